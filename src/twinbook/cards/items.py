"""What a change makes of a card, and what a card says as a record."""

from collections.abc import Collection
from datetime import datetime

from twinbook.cards.marks import mark_of, uid_of
from twinbook.formats import vcard
from twinbook.formats.vcard import Card, Problem
from twinbook.model.contact import Contact
from twinbook.model.ids import LinkId, RecordId, Version
from twinbook.model.record import Record
from twinbook.model.shape import ALL_FIELDS
from twinbook.ports import Create, Release, Update
from twinbook.reconcile.normal import fold, is_empty


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


def record(id: RecordId, version: Version, card: Card, edited_at: datetime | None = None) -> Record:
    """The item as the engine sees it."""
    return Record(
        id=id,
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
