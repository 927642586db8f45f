"""Take a file of cards into the hub: what is new is created, what is there already is left out.

A card is there already if its UID is a contact's mark or id, or if a contact says exactly
the same. A card that shares a personal mailbox with a contact, and whose name agrees, looks
like that contact: it is reported and left out, because a duplicate is worse than a delay.
Own fields (note, spouse, …) are their user's business and stay out of the hub.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from hashlib import blake2b

from sqlalchemy import Connection

from twinbook.cards.marks import mark_of
from twinbook.crm import contacts, lookup
from twinbook.crm.contacts import New
from twinbook.formats import stored, vcard
from twinbook.formats.vcard import Card, Problem
from twinbook.journal import links
from twinbook.journal.deeds import Deed
from twinbook.model.contact import EMPTY, Contact
from twinbook.model.errors import Invalid
from twinbook.model.ids import LinkId, RecordId, UserId
from twinbook.model.keys import Key, KeyKind
from twinbook.model.record import Record
from twinbook.ports import Clock
from twinbook.reconcile.match import Rung, keys_of, names_agree, rung_between
from twinbook.reconcile.private import blank

PAGE = 500  #: so many cards are looked at, and stored, at once


class Fate(Enum):
    """What becomes of a card."""

    NEW = "new"
    SAME = "same"  #: the hub has it already
    ALIKE = "alike"  #: it looks like a contact of the hub, or an earlier card
    BROKEN = "broken"  #: it can't be read, or says nothing


@dataclass(frozen=True, slots=True)
class Taken:
    """One card of a file and what became of it."""

    number: int  #: its position in the file, counted from 1
    fate: Fate
    name: str = ""
    reason: str = ""  #: why it was left out
    contact: RecordId | None = None  #: the contact that was made, or that was there
    new: New | None = None

    def told(self) -> "Taken":
        """The same without the card's content, which need not be kept."""
        return replace(self, new=None) if self.new is not None else self


@dataclass(slots=True)
class Seen:
    """What the cards of this file have said so far, in as few bytes as will do."""

    uids: set[bytes] = field(default_factory=set)
    details: set[bytes] = field(default_factory=set)
    mailboxes: dict[bytes, tuple[int, str, str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Card:
    """A card as the hub would keep it."""

    number: int
    uid: str
    person: Contact
    photo: bytes | None


class Intake:
    """One file on its way into the hub."""

    def __init__(self, owner: UserId, own: frozenset[str]) -> None:
        self.owner, self.own, self.seen = owner, own, Seen()

    def pages(self, cards: Iterable[Card | Problem]) -> Iterator[list[_Card | Taken]]:
        """The cards, read, in lists of a few hundred; a broken one is a `Taken` already."""
        page: list[_Card | Taken] = []
        for number, card in enumerate(cards, 1):
            page.append(self._read(card, number))
            if len(page) == PAGE:
                yield page
                page = []
        if page:
            yield page

    def _read(self, card: Card | Problem, number: int) -> _Card | Taken:
        if isinstance(card, Problem):
            return Taken(number, Fate.BROKEN, reason=str(card))
        person = blank(vcard.normal(vcard.contact(card)), self.own)
        try:
            person = contacts.checked(person)
        except Invalid as error:
            return Taken(number, Fate.BROKEN, reason=f"Card {number}: {error}")
        photo = vcard.photo(card) if person.photo else None
        return _Card(number, mark_of(vcard.uid(card)) or "", person, photo)

    def judge(self, connection: Connection, page: Sequence[_Card | Taken]) -> list[Taken]:
        """What is to become of each card of a page."""
        read = [one for one in page if isinstance(one, _Card)]
        hub = _Hub(connection, read)
        return [one if isinstance(one, Taken) else self._judge(one, hub) for one in page]

    def store(
        self, connection: Connection, page: Sequence[Taken], deed: Deed, clock: Clock
    ) -> list[Taken]:
        """Create the new contacts of a page, in the run; the page with their ids.

        What these cards said need not be remembered any longer: the hub knows it now.
        """
        self.seen.details.clear()
        self.seen.mailboxes.clear()
        return _stored(connection, page, deed, clock)

    def _judge(self, card: _Card, hub: "_Hub") -> Taken:
        name, mark = card.person.name, None
        body = blake2b(stored.dump(card.person), digest_size=16).digest()
        uid = blake2b(card.uid.encode(), digest_size=16).digest()
        repeated = uid in self.seen.uids
        if (known := hub.same(card, by_uid=not repeated)) is not None:
            return Taken(card.number, Fate.SAME, name, _there(known), known.id)
        if body in self.seen.details:
            return Taken(card.number, Fate.SAME, name, "an earlier card says the same")
        if (alike := self._alike(card, hub)) is not None:
            return Taken(card.number, Fate.ALIKE, name, *alike)
        if card.uid and not repeated:
            mark = LinkId(card.uid)
        self._remember(card, uid, body)
        new = New(contact=card.person, owner=self.owner, mark=mark, photo=card.photo)
        return Taken(card.number, Fate.NEW, name, new=new)

    def _alike(self, card: _Card, hub: "_Hub") -> tuple[str, RecordId | None] | None:
        record = hub.alike(card.person)
        if record is not None:
            return f"looks like {record.contact.name} ({record.id[:8]})", record.id
        for key in _mailboxes(card.person):
            earlier = self.seen.mailboxes.get(_short(key))
            if earlier and names_agree(card.person, _slim(*earlier[1:])):
                return f"looks like card {earlier[0]}", None
        return None

    def _remember(self, card: _Card, uid: bytes, body: bytes) -> None:
        person = card.person
        self.seen.uids.add(uid)
        self.seen.details.add(body)
        for key in _mailboxes(person):
            names = (card.number, person.given, person.surname, person.display_name)
            self.seen.mailboxes.setdefault(_short(key), names)


def _there(record: Record) -> str:
    """Why a card of a contact that is there already is left out."""
    business = record.business
    if business is None or (business.active and not business.deleted):
        return "it is there already"
    if business.merged_into is not None:
        return "it is there already, as part of another contact"
    state = "deleted" if business.deleted else "not active"
    return f"it is there, but {state}: twinbook contact edit {record.id[:8]} active=yes"


def _mailboxes(person: Contact) -> list[Key]:
    return [key for key in keys_of(person) if key.kind is KeyKind.EMAIL]


def _short(key: Key) -> bytes:
    return blake2b(key.value.encode(), digest_size=16).digest()


def _slim(given: str, surname: str, display_name: str) -> Contact:
    return EMPTY.but(given=given, surname=surname, display_name=display_name)


class _Hub:
    """What the hub knows about a page of cards."""

    def __init__(self, connection: Connection, cards: Sequence[_Card]) -> None:
        uids = {one.uid for one in cards if one.uid}
        marked = lookup.by_marks(connection, [LinkId(uid) for uid in uids])
        carried = links.contacts_marked(connection, [LinkId(uid) for uid in uids])
        by_id = contacts.read(connection, [RecordId(uid) for uid in uids] + list(carried.values()))
        self._by_uid: dict[str, Record] = {
            str(uid): by_id[id] for uid, id in carried.items() if id in by_id
        }
        self._by_uid |= {str(id): record for id, record in by_id.items()}
        self._by_uid |= {str(mark): record for mark, record in marked.items()}
        equal = lookup.equal(connection, [one.person for one in cards])
        records = contacts.read(connection, list(equal.values()))
        self._equal = {person: records[id] for person, id in equal.items()}
        keys = {key for one in cards for key in _mailboxes(one.person)}
        self._resembling = lookup.resembling(connection, keys) if keys else {}

    def same(self, card: _Card, *, by_uid: bool) -> Record | None:
        """The contact that a card is, by all that it says, and by its UID unless others had it."""
        known = self._by_uid.get(card.uid) if by_uid else None
        return known or self._equal.get(card.person)

    def alike(self, person: Contact) -> Record | None:
        """A contact with the same personal mailbox and a name that agrees."""
        for key in sorted(_mailboxes(person), key=lambda key: key.value):
            for record in self._resembling.get(key, ()):
                if rung_between(person, record.contact) is Rung.EMAIL:
                    return record
        return None


def _stored(connection: Connection, page: Sequence[Taken], deed: Deed, clock: Clock) -> list[Taken]:
    """Create the new contacts of a page, in the run; the page with their ids."""
    fresh = [one.new for one in page if one.new is not None]
    ids = iter(contacts.create_many(connection, fresh, deed.cause, clock))
    kept = [
        one if one.new is None else Taken(one.number, one.fate, one.name, contact=next(ids))
        for one in page
    ]
    made = contacts.read(
        connection, [one.contact for one in kept if one.fate is Fate.NEW and one.contact]
    )
    deed.note(connection, [(None, record) for record in made.values()])
    return kept
