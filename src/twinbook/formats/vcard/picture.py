"""Photos: their bytes, and whether they are safe to pass on.

Nothing in here decodes a picture; of its size only the header is read.
"""

from hashlib import sha256
from io import BytesIO

from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from twinbook.formats.vcard.card import Card, View
from twinbook.formats.vcard.lines import Line, Param, line, param, parse_head
from twinbook.formats.vcard.quirks import STALE
from twinbook.formats.vcard.transfer import decode_base64, encode_base64
from twinbook.model.contact import Photo

MOST_BYTES = 10 << 20
MOST_PIXELS = 50_000_000
#: Longer than any base64 of a photo that is small enough, folds included.
_MOST_TEXT = MOST_BYTES * 3 // 2

_READERS = (
    (b"\xff\xd8\xff", "image/jpeg", JpegImageFile),
    (b"\x89PNG\r\n\x1a\n", "image/png", PngImageFile),
    (b"GIF8", "image/gif", GifImageFile),
    (b"RIFF", "image/webp", WebPImageFile),
    (b"BM", "image/bmp", BmpImageFile),
    (b"II*\x00", "image/tiff", TiffImageFile),
    (b"MM\x00*", "image/tiff", TiffImageFile),
)
_TYPES = {
    "BMP": "image/bmp", "GIF": "image/gif", "JPEG": "image/jpeg", "JPG": "image/jpeg",
    "PNG": "image/png", "TIFF": "image/tiff", "WEBP": "image/webp",
}  # fmt: skip


def photos(view: View) -> list[tuple[int, bytes, str]]:
    """Position, bytes and media type of every embedded photo that is safe, in order."""
    found = []
    for number in view.named.get("PHOTO", ()):
        body = _body(view.card.lines[number])
        if body and not refusal(body):
            found.append((number, body, _media_type(view.card.lines[number], body)))
    return found


def refusals(view: View) -> list[str]:
    """Why photos of a card are left out, in sentences."""
    said = []
    for number in view.named.get("PHOTO", ()):
        one = view.card.lines[number]
        reason = _TOO_LARGE if len(one.raw) > _MOST_TEXT else refusal(_body(one) or b"")
        said += [reason] if reason else []
    return said


_TOO_LARGE = f"The photo is larger than {MOST_BYTES >> 20} MB; it is left out."
_TOO_WIDE = f"The photo has more than {MOST_PIXELS // 1_000_000} million pixels; it is left out."


def refusal(body: bytes) -> str:
    """Why these bytes are no photo to pass on; "" if they are."""
    if len(body) > MOST_BYTES:
        return _TOO_LARGE
    width, height = _size(body)
    return _TOO_WIDE if width * height > MOST_PIXELS else ""


def _size(body: bytes) -> tuple[int, int]:
    """Width and height by the header; (0, 0) where it can't be read."""
    for magic, _, reader in _READERS:
        if body.startswith(magic):
            try:
                # Not Image.open: it warns of bombs by Python's global warnings, and
                # tries the readers of every format there is.
                return reader(BytesIO(body)).size
            except Exception:  # noqa: BLE001 - a damaged header may raise anything
                return 0, 0
    return 0, 0


def photo_of(body: bytes, media_type: str) -> Photo:
    """The photo as a value."""
    return Photo(sha256(body).hexdigest(), media_type)


def _body(one: Line) -> bytes | None:
    """The photo's bytes; None for a link, for damaged base64, and for what is far too large."""
    if len(one.raw) > _MOST_TEXT:
        return None
    value = one.value
    if value[:5].lower() == b"data:":
        about, comma, body = value.partition(b",")
        is_base64 = b";base64" in about.lower() or about.lower().endswith(b"\\;base64")
        return decode_base64(body) if comma and is_base64 else None
    return decode_base64(value) if one.head.encoding == "BASE64" else None


def _media_type(one: Line, body: bytes) -> str:
    value = one.value[:100]
    if value[:5].lower() == b"data:":
        said = (
            value[5:].partition(b",")[0].partition(b";")[0].decode("latin-1").strip("\\ ").lower()
        )
    else:
        said = (one.head.get("MEDIATYPE") or one.head.get("TYPE") or "").lower()
    if "/" in said:
        return said
    known = (_TYPES[word] for word in sorted(one.head.types) if word in _TYPES)
    return next(known, None) or (f"image/{said}" if said else looks_like(body))


def looks_like(body: bytes) -> str:
    """The media type of a photo by its first bytes; that of JPEG where they say nothing."""
    return next((kind for magic, kind, _ in _READERS if body.startswith(magic)), "image/jpeg")


def with_photo(view: View, wanted: Photo | None, body: bytes | None) -> Card:
    """The card with this photo: in the place of the one it shows, without any for None."""
    card, held = view.card, photos(view)
    if wanted is None:
        return card.with_lines(view.without([number for number, _, _ in held]))
    if body is None or (held and photo_of(held[0][1], "").digest == wanted.digest):
        return card
    if held:
        number = held[0][0]
        return card.with_lines({number: _photo_lines(view, number, wanted, body)})
    return card.with_lines({}, {view.kin("PHOTO"): _photo_lines(view, None, wanted, body)})


def _photo_lines(view: View, number: int | None, wanted: Photo, body: bytes) -> list[Line]:
    """The line of a photo in the place of another, and the blank line that vCard 2.1 asks for."""
    card = view.card
    if number is None:
        one, behind = Line(b"", parse_head("PHOTO"), 0, card.old), b":"
    else:
        one, behind = card.lines[number], card.lines[number + 1].raw
    made = _photo_line(card, one, wanted, body)
    return [made, line(card.newline, old=True)] if card.old and behind.strip() else [made]


def _photo_line(card: Card, one: Line, wanted: Photo, body: bytes) -> Line:
    kept = tuple(each for each in one.head.params if each.name and each.name not in STALE["PHOTO"])
    head = one.head._replace(params=kept)
    encoded = encode_base64(body)
    if card.version == "4.0":
        return card.raw_line(head, f"data:{wanted.media_type};base64,".encode() + encoded)
    subtype = wanted.media_type.removeprefix("image/")
    kind = subtype.upper() if "/" not in subtype else subtype
    how = Param("ENCODING", ("BASE64",), "ENCODING=BASE64") if card.old else param("ENCODING", "b")
    head = head._replace(params=(*kept, how, param("TYPE", kind)))
    if not card.old:
        return card.raw_line(head, encoded)
    cut = [encoded[at : at + 72] for at in range(0, len(encoded), 72)]
    return card.raw_line(head, (card.newline + b" ").join([b"", *cut]))
