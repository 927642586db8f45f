"""What is to become of each record of a file.

A record is there already if it was imported before, if its UID is a contact's mark or id, or
if a contact says exactly the same. A record that shares a personal mailbox with a contact, and
whose name agrees, looks like that contact: unless somebody decides otherwise it is reported
and left out, because a duplicate is worse than a delay.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from sqlalchemy import Connection

from twinbook.crm import contacts, lookup, origins
from twinbook.crm.access import may_edit, may_see
from twinbook.intake.found import Fate, Found, OnMatch, Taken
from twinbook.journal import links
from twinbook.model.contact import EMPTY, Contact
from twinbook.model.errors import Invalid
from twinbook.model.ids import LinkId, RecordId
from twinbook.model.keys import Key, KeyKind
from twinbook.model.record import Record
from twinbook.model.rights import Rights
from twinbook.reconcile.match import Rung, is_living, keys_of, names_agree, rung_between
from twinbook.reconcile.required import Required

PAGE = 500  #: so many records are looked at, and stored, at once


@dataclass(slots=True)
class Seen:
    """What the records of this file have said so far, in as few bytes as will do."""

    uids: set[bytes] = field(default_factory=set)
    details: set[bytes] = field(default_factory=set)
    ids: set[bytes] = field(default_factory=set)
    mailboxes: dict[bytes, tuple[int, str, str, str]] = field(default_factory=dict)


class Judge:
    """One file on its way into the hub."""

    def __init__(self, word: str, on_match: OnMatch, required: Required, rights: Rights) -> None:
        self.word, self.on_match, self.required, self.rights = word, on_match, required, rights
        self.seen = Seen()

    def page(self, connection: Connection, page: Sequence[Found | Taken]) -> list[Taken]:
        """What is to become of each record of a page."""
        read = [checked(one, self.word) for one in page]
        hub = _Hub(connection, [one for one in read if isinstance(one, Found)])
        return [one if isinstance(one, Taken) else self._judge(one, hub) for one in read]

    def forget(self) -> None:
        """What the records of the pages so far said, the hub knows now."""
        self.seen.details.clear()
        self.seen.mailboxes.clear()

    def _judge(self, found: Found, hub: "_Hub") -> Taken:
        number, name = found.number, found.person.name
        uid = blake2b(found.uid.encode(), digest_size=16).digest()
        is_repeated = uid in self.seen.uids
        if (known := hub.same(found, by_uid=not is_repeated)) is not None:
            return self._known(found, hub, known)
        if found.body in self.seen.details:
            reason = f"an earlier {self.word} says the same"
            return Taken(number, Fate.SAME, name, reason)
        if lacks := self.required.lacking(found.person):
            return Taken(
                number, Fate.BROKEN, name, f"{self.word.capitalize()} {number}: it lacks {lacks}."
            )
        if self.on_match is not OnMatch.CREATE and (alike := self._alike(found, hub)) is not None:
            return alike
        if found.id:
            self.seen.ids.add(found.origin.key)
        mine = found.but(uid="") if found.uid and is_repeated else found
        self._remember(found, uid)
        return Taken(number, Fate.NEW, name, " ".join(found.remarks), found=mine)

    def _known(self, found: Found, hub: "_Hub", known: Record) -> Taken:
        """The fate of a record that the hub has: it may have learned something since."""
        name = found.person.name
        if self.on_match is OnMatch.LINK and hub.says_more(found) and self._may_fill(known):
            return Taken(found.number, Fate.FILLED, name, "", known.id, found)
        return Taken(found.number, Fate.SAME, name, _there(known), known.id)

    def _may_fill(self, record: Record) -> bool:
        return is_living(record) and may_edit(self.rights, record)

    def _alike(self, found: Found, hub: "_Hub") -> Taken | None:
        number, name = found.number, found.person.name
        if found.id and found.origin.key in self.seen.ids:
            return Taken(number, Fate.ALIKE, name, f"an earlier {self.word} has the same id")
        if (record := hub.alike(found.person)) is not None:
            if self.on_match is OnMatch.LINK and self._may_fill(record):
                return Taken(number, Fate.FILLED, name, "", record.id, found)
            if not may_see(self.rights, record):
                return Taken(number, Fate.ALIKE, name, "looks like a contact that you may not see")
            reason = f"looks like {record.contact.name} ({record.id[:8]})"
            return Taken(number, Fate.ALIKE, name, reason, record.id)
        for key in _mailboxes(found.person):
            earlier = self.seen.mailboxes.get(_short(key))
            if earlier and names_agree(found.person, _slim(*earlier[1:])):
                reason = f"looks like {self.word} {earlier[0]}"
                if self.on_match is OnMatch.LINK:
                    return Taken(number, Fate.FILLED, name, reason, found=found, fills=earlier[0])
                return Taken(number, Fate.ALIKE, name, reason)
        return None

    def _remember(self, found: Found, uid: bytes) -> None:
        person = found.person
        self.seen.uids.add(uid)
        self.seen.details.add(found.body)
        for key in _mailboxes(person):
            names = (found.number, person.given, person.surname, person.display_name)
            self.seen.mailboxes.setdefault(_short(key), names)


def checked(one: Found | Taken, word: str) -> Found | Taken:
    """The record as it will be read back, or why it can't be stored."""
    if isinstance(one, Taken):
        return one
    try:
        person = contacts.checked(one.person)
    except Invalid as error:
        reason = f"{word.capitalize()} {one.number}: {error}"
        return Taken(one.number, Fate.BROKEN, reason=reason)
    return one.but(person=person)


def _there(record: Record) -> str:
    """Why a record of a contact that is there already is left out."""
    if is_living(record):
        return "it is there already"
    if record.business is not None and record.business.merged_into is not None:
        return "it is there already, as part of another contact"
    state = "deleted" if record.is_deleted else "not active"
    return f"it is there, but {state}: twinbook contact edit {record.id[:8]} active=yes"


def _mailboxes(person: Contact) -> list[Key]:
    return [key for key in keys_of(person) if key.kind is KeyKind.EMAIL]


def _short(key: Key) -> bytes:
    return blake2b(key.value.encode(), digest_size=16).digest()


def _slim(given: str, surname: str, display_name: str) -> Contact:
    return EMPTY.but(given=given, surname=surname, display_name=display_name)


class _Hub:
    """What the hub knows about a page of records."""

    def __init__(self, connection: Connection, found: Sequence[Found]) -> None:
        self._origins = origins.known(connection, [one.origin.key for one in found])
        uids = {one.uid for one in found if one.uid}
        marked = lookup.by_marks(connection, [LinkId(uid) for uid in uids])
        carried = links.contacts_marked(connection, [LinkId(uid) for uid in uids])
        wanted = {*map(RecordId, uids), *carried.values()}
        wanted |= {one.contact for one in self._origins.values()}
        self._by_id = contacts.read(connection, sorted(wanted))
        self._by_uid: dict[str, Record] = {
            str(uid): self._by_id[id] for uid, id in carried.items() if id in self._by_id
        }
        self._by_uid |= {str(id): record for id, record in self._by_id.items()}
        self._by_uid |= {str(mark): record for mark, record in marked.items()}
        equal = lookup.equal(connection, [one.person for one in found])
        records = contacts.read(connection, list(equal.values()))
        self._equal = {  # whoever was deleted and is in a file again is somebody new
            person: records[id] for person, id in equal.items() if not records[id].is_deleted
        }
        keys = {key for one in found for key in _mailboxes(one.person)}
        self._resembling = lookup.resembling(connection, keys) if keys else {}

    def same(self, found: Found, *, by_uid: bool) -> Record | None:
        """The contact that a record is: by its origin, by its UID, by all that it says."""
        origin = self._origins.get(found.origin.key)
        if origin is not None and origin.contact in self._by_id:
            return self._by_id[origin.contact]
        known = self._by_uid.get(found.uid) if by_uid else None
        return known or self._equal.get(found.person)

    def says_more(self, found: Found) -> bool:
        """Whether a record is not known to have said just this before."""
        origin = self._origins.get(found.origin.key)
        if origin is None:
            return found.person not in self._equal
        return origin.said != found.origin.said

    def alike(self, person: Contact) -> Record | None:
        """A contact with the same personal mailbox and a name that agrees."""
        for key in sorted(_mailboxes(person), key=lambda key: key.value):
            for record in self._resembling.get(key, ()):
                if rung_between(person, record.contact) is Rung.EMAIL:
                    return record
        return None
