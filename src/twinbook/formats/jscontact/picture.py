"""The photo: an entry of `media` that holds it whole, as a data: URI (RFC 2397)."""

import re
from typing import Any, Final

from twinbook.formats.jscontact.tree import Node
from twinbook.formats.vcard.picture import looks_like, photo_of, refusal
from twinbook.formats.vcard.transfer import decode_base64, encode_base64
from twinbook.model.contact import Photo

_DATA: Final = re.compile(r"data:([^,;]*+)(?:;(?!base64,)[^,;]*+)*+;base64,", re.IGNORECASE)
_MEDIA_TYPE: Final = re.compile(r"image/[a-z0-9][a-z0-9.+-]*\Z")


def taken(card: Node) -> tuple[Photo | None, bytes | None]:
    """The first photo that is embedded and safe, with its bytes; others stay. Raises Wrong."""
    for _, node in card.items("media"):
        media_type, body = _embedded(node)
        if body and not refusal(body):
            for name in ("kind", "uri", "mediaType"):
                node.text(name)
            return photo_of(body, media_type), body
    return None, None


def refusals(card: Node) -> list[str]:
    """Why photos of a card are left out, in sentences."""
    return [
        reason
        for _, node in card.items("media")
        if (body := _embedded(node)[1]) and (reason := refusal(body))
    ]


def _embedded(node: Node) -> tuple[str, bytes | None]:
    """The media type and the bytes of a photo; None for what is none, for a link, for damage."""
    kind, uri, media_type = (
        node.is_a("Media").says("kind"),
        node.says("uri"),
        node.says("mediaType"),
    )
    data = _DATA.match(uri)
    if kind != "photo" or data is None:
        return "", None
    body = decode_base64(uri[data.end() :].encode("ascii", "replace"))
    said = (media_type or data[1]).strip().lower()
    return said if _MEDIA_TYPE.match(said) else looks_like(body or b""), body


def write(photo: Photo | None, body: bytes | None) -> dict[str, Any]:
    """The photo as the only medium; nothing without its bytes."""
    if photo is None or body is None:
        return {}
    said = photo.media_type.lower()
    media_type = said if _MEDIA_TYPE.match(said) else looks_like(body)
    uri = f"data:{media_type};base64,{encode_base64(body).decode()}"
    return {"media": {"m1": {"kind": "photo", "uri": uri}}}
