"""What a change makes of a card, and what a card says as a record. Nothing here opens a file."""

import re
from collections.abc import Collection
from datetime import datetime
from urllib.parse import quote_from_bytes, unquote_to_bytes

from twinbook.formats import vcard
from twinbook.formats.vcard import Card, Problem
from twinbook.model.contact import Contact
from twinbook.model.ids import LinkId, RecordId, Version
from twinbook.model.record import Record
from twinbook.model.shape import ALL_FIELDS
from twinbook.ports import Create, Release, Update
from twinbook.reconcile.normal import fold, is_empty

_UUID = re.compile(
    r"(?:urn:uuid:)?([0-9a-f]{8}(-?)[0-9a-f]{4}\2[0-9a-f]{4}\2[0-9a-f]{4}\2[0-9a-f]{12})\Z",
    re.IGNORECASE,
)
_MARK = re.compile(r"[0-9a-f]{32}\Z")
#: Begins the id of a file whose name is no text.
_ESCAPED = "%:"


def id_of(name: str) -> RecordId:
    r"""The item's id: the file's name, or an escaped form where the name is no text.

    >>> id_of("ada.vcf"), id_of("caf\udce9.vcf")
    ('ada.vcf', '%:caf%E9.vcf')
    """
    try:
        name.encode()
    except UnicodeEncodeError:
        return RecordId(_ESCAPED + quote_from_bytes(name.encode("utf-8", "surrogateescape")))
    return RecordId(
        _ESCAPED + quote_from_bytes(name.encode()) if name.startswith(_ESCAPED) else name
    )


def name_of(id: RecordId) -> str:
    """The file's name, "" for an id that can't be one of a file in the folder."""
    name = str(id)
    if name.startswith(_ESCAPED):
        name = unquote_to_bytes(name.removeprefix(_ESCAPED)).decode("utf-8", "surrogateescape")
    return "" if _is_no_card(name) else name


def _is_no_card(name: str) -> bool:
    return "/" in name or "\0" in name or name[:1] == "." or name[-4:].lower() != ".vcf"


def mark_of(uid: str) -> LinkId | None:
    """The mark that a UID is: UUIDs as 32 lower-case hex digits, others as they are.

    >>> mark_of("urn:uuid:03A0E51F-D1AA-4385-8A53-E29025ACD8AF")
    '03a0e51fd1aa43858a53e29025acd8af'
    >>> mark_of("") is None
    True
    """
    found = _UUID.match(uid)
    return LinkId(found[1].replace("-", "").lower() if found else uid) if uid else None


def uid_of(mark: LinkId) -> str:
    """The UID of an item we create.

    >>> uid_of(LinkId("03a0e51fd1aa43858a53e29025acd8af"))
    'urn:uuid:03a0e51f-d1aa-4385-8a53-e29025acd8af'
    """
    if not _MARK.match(mark):
        return str(mark)
    parts = (mark[:8], mark[8:12], mark[12:16], mark[16:20], mark[20:])
    return f"urn:uuid:{'-'.join(parts)}"


def file_of(mark: LinkId) -> str:
    """The name of the file of an item we create."""
    return (
        f"{mark}.vcf" if _MARK.match(mark) else f"{re.sub('[^A-Za-z0-9@_-]', '_', mark)[:200]}.vcf"
    )


def card_in(data: bytes) -> Card | str:
    """The one card of a file, or a sentence that says why there isn't one."""
    found = list(_some(data))
    if len(found) == 1 and isinstance(found[0], Card):
        return found[0]
    problem = next((one for one in found if isinstance(one, Problem)), None)
    if problem is not None:
        return problem.reason
    return "The file holds several cards; keep one card a file." if found else "The file is empty."


def _some(data: bytes) -> Collection[Card | Problem]:
    """The first two: more are not needed to know that a file is not one card."""
    cards = vcard.cards(data)
    return [one for _, one in zip(range(2), cards, strict=False)]


def record(name: str, version: Version, card: Card, edited_at: datetime) -> Record:
    """The item as the engine sees it."""
    return Record(
        id=id_of(name),
        version=version,
        contact=vcard.contact(card),
        mark=mark_of(vcard.uid(card)),
        edited_at=edited_at,
    )


def created(change: Create) -> Card:
    """The card of a new item, or the one that is put back with what is said laid over it."""
    card = card_in(change.image) if change.image is not None else ""
    if isinstance(card, str):
        card = vcard.new(change.contact, uid_of(change.mark), change.photo)
    else:
        said = {name for name in ALL_FIELDS if not is_empty(getattr(change.contact, name))}
        card = vcard.edit(_untagged(card, change.untag), change.contact, said, change.photo)
    return _tagged(_marked(card, change.mark), change.tag)


def updated(card: Card, change: Update) -> Card:
    """The card after an update: nothing but the fields it names, the mark and the tag."""
    held = vcard.contact(card).categories
    wanted = change.contact
    if "categories" in change.fields:
        # The engine takes the tag off before it compares; here it stays.
        tags = tuple(word for word in held if change.tag and fold(word) == fold(change.tag))
        wanted = wanted.but(categories=(*wanted.categories, *tags))
    card = vcard.edit(card, wanted, change.fields, change.photo)
    return _tagged(_marked(card, change.mark), change.tag)


def released(card: Card, change: Release) -> Card:
    """The card without the tag. Its UID stays: other programs know the card by it."""
    return _untagged(card, change.tag)


def _untagged(card: Card, tag: str) -> Card:
    held = vcard.contact(card).categories
    left = tuple(word for word in held if fold(word) != fold(tag))
    return vcard.edit(card, Contact(categories=left), {"categories"}) if left != held else card


def _marked(card: Card, mark: LinkId | None) -> Card:
    return vcard.with_uid(card, uid_of(mark)) if mark and not vcard.uid(card) else card


def _tagged(card: Card, tag: str) -> Card:
    held = vcard.contact(card).categories
    if not tag or any(fold(word) == fold(tag) for word in held):
        return card
    return vcard.edit(card, Contact(categories=(*held, tag)), {"categories"})
