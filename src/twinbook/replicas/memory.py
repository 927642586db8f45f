"""The reference replica: a dictionary that keeps every promise of the protocol.

It can also do what real servers do: rewrite what they are given, hold only so much,
show old lists, lose requests and answers, forget cursors, be restored from a backup.
Tests of the engine run against it, and it is held to the same contract as the others.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from twinbook.formats import stored
from twinbook.model.cause import Cause
from twinbook.model.contact import Contact, Photo
from twinbook.model.errors import CursorExpired
from twinbook.model.ids import Cursor, LinkId, RecordId, Version
from twinbook.model.keys import Key
from twinbook.model.record import Announced, Business, Delta, Gone, Record
from twinbook.model.shape import ALL_FIELDS, FULL, Shape
from twinbook.model.spoke import Role
from twinbook.ports import (
    Change,
    Create,
    Exists,
    Missing,
    Outcome,
    Outdated,
    Release,
    Remove,
    Removed,
    Update,
    Written,
)
from twinbook.reconcile.match import keys_of
from twinbook.reconcile.normal import fold, is_empty

Rewrite = Callable[[Contact], Contact]


def as_given(contact: Contact) -> Contact:
    """The server that keeps what it is given."""
    return contact


@dataclass(slots=True)
class MemoryReplica:
    """Contacts in a dictionary, with a numbered log as the change feed."""

    name: str = "memory"
    shape: Shape = FULL
    role: Role = Role.BOOK
    settles_after: float = 0.0
    shows_after: float = 0.0
    rewrite: Rewrite = as_given
    page: int = 100
    records: dict[RecordId, Record] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    log: list[RecordId] = field(default_factory=list)
    oldest: int = 0  #: cursors before this one have expired
    made: int = 0

    # what the engine asks

    def changes(self, since: Cursor | None) -> Iterator[Delta]:
        start = self._position(since)
        touched = list(dict.fromkeys(self.log[start:])) if since is not None else list(self.records)
        here = [self.records[id] for id in touched if id in self.records]
        gone = tuple(id for id in touched if id not in self.records)
        cursor = Cursor(str(len(self.log)))
        for first in range(0, max(len(here), 1), self.page):
            some = here[first : first + self.page]
            yield Delta(
                cursor=cursor,
                announced=tuple(
                    Announced(id=one.id, version=one.version, mark=one.mark, record=one)
                    for one in some
                ),
                removed=gone if first == 0 else (),
                complete=since is None,
            )

    def _position(self, since: Cursor | None) -> int:
        if since is None:
            return 0
        known = since.isdecimal() and self.oldest <= int(since) <= len(self.log)
        if not known:
            raise CursorExpired(since)
        return int(since)

    def read(self, ids: Collection[RecordId]) -> Mapping[RecordId, Record | Gone]:
        return {id: self.records.get(id, Gone(id)) for id in ids}

    def find(self, marks: Collection[LinkId]) -> Mapping[LinkId, Record]:
        wanted = set(marks)
        found: dict[LinkId, Record] = {}
        for record in self.records.values():
            if record.mark in wanted and record.mark is not None:
                found.setdefault(record.mark, record)
        return found

    def resembling(self, keys: Collection[Key]) -> Mapping[Key, Sequence[Record]]:
        wanted = frozenset(keys)
        found: dict[Key, list[Record]] = {}
        for record in self.records.values():
            for key in keys_of(record.contact) & wanted:
                found.setdefault(key, []).append(record)
        return found

    def write(self, changes: Sequence[Change], cause: Cause) -> Iterator[Outcome]:
        for change in changes:
            yield self.carry_out(change)

    def photo(self, id: RecordId, photo: Photo) -> bytes | None:
        record = self.records.get(id)
        shown = record is not None and record.contact.photo == photo
        return self.pictures.get(photo.digest) if shown else None

    def close(self) -> None:
        """Nothing is held open."""

    # how it answers

    def carry_out(self, change: Change) -> Outcome:
        """Make one change, or say why not."""
        match change:
            case Create():
                return self._create(change)
            case Update():
                return self._update(change)
            case Release():
                return self._release(change)
            case Remove():
                return self._remove(change)

    def _create(self, change: Create) -> Outcome:
        if change.mark in (found := self.find([change.mark])):
            return Exists(found[change.mark].id)
        if change.photo is not None and change.contact.photo is not None:
            self.pictures[change.contact.photo.digest] = change.photo
        contact = change.contact
        if change.image is not None:
            contact = _untagged(stored.load(change.image), change.untag).but(**_said(contact))
        contact = _tagged(contact, change.tag)
        return Written(self.put(contact, mark=change.mark))

    def _update(self, change: Update) -> Outcome:
        record = self.records.get(change.id)
        if record is None:
            return Missing()
        if record.version != change.expected:
            return Outdated()
        if change.photo is not None and change.contact.photo is not None:
            self.pictures[change.contact.photo.digest] = change.photo
        others = [one for one in record.contact.categories if fold(one) == fold(change.tag)]
        edits = {name: getattr(change.contact, name) for name in change.fields}
        if "categories" in edits:
            edits["categories"] = (*edits["categories"], *others)
        contact = _tagged(record.contact.but(**edits), change.tag)
        return Written(self.put(contact, id=record.id, mark=record.mark or change.mark))

    def _release(self, change: Release) -> Outcome:
        record = self.records.get(change.id)
        if record is None:
            return Missing()
        if record.version != change.expected:
            return Outdated()
        return Written(self.put(_untagged(record.contact, change.tag), id=record.id))

    def _remove(self, change: Remove) -> Outcome:
        record = self.records.get(change.id)
        if record is None:
            return Missing()
        if record.version != change.expected:
            return Outdated()
        self.drop(record.id)
        return Removed(stored.dump(record.contact))

    # what its user does

    def put(
        self, contact: Contact, *, id: RecordId | None = None, mark: LinkId | None = None
    ) -> Record:
        """Store a contact as the server does: within its shape, spelled its way."""
        if id is None:
            self.made += 1
            id = RecordId(f"{self.name}-{self.made}")
        self.log.append(id)
        held = self.records[id].contact if id in self.records else Contact()
        shown = self.rewrite(self.shape.fit(contact, held))
        business = Business() if self.role is Role.CRM else None
        record = Record(
            id=id,
            version=Version(f"v{len(self.log)}"),
            contact=shown,
            mark=mark,
            business=business,
        )
        self.records[id] = record
        return record

    def edit(self, id: RecordId, **changes: object) -> Record:
        """Let the user edit an item."""
        record = self.records[id]
        return self.put(record.contact.but(**changes), id=id, mark=record.mark)

    def drop(self, id: RecordId) -> None:
        """Let an item go."""
        del self.records[id]
        self.log.append(id)

    def forget_cursors(self) -> None:
        """Let every cursor expire."""
        self.oldest = len(self.log) + 1
        self.log.append(RecordId("(expired)"))

    def rename(self, id: RecordId) -> RecordId:
        """Give an item a new id, as a mailbox move does."""
        record = self.records.pop(id)
        self.log.append(id)
        self.made += 1
        new = RecordId(f"{self.name}-{self.made}")
        self.log.append(new)
        self.records[new] = replace(record, id=new, version=Version(f"v{len(self.log)}"))
        return new

    def backup(self) -> dict[RecordId, Record]:
        """A copy of everything, for `go_back`."""
        return dict(self.records)

    def go_back(self, backup: Mapping[RecordId, Record]) -> None:
        """Restore a backup: old items, old contents, and no cursor is good any more."""
        self.records = {
            id: replace(record, version=Version(f"r{len(self.log)}-{record.version}"))
            for id, record in backup.items()
        }
        self.forget_cursors()


def _said(contact: Contact) -> dict[str, Any]:
    values = {name: getattr(contact, name) for name in ALL_FIELDS}
    return {name: value for name, value in values.items() if not is_empty(value)}


def _tagged(contact: Contact, tag: str) -> Contact:
    if not tag or any(fold(one) == fold(tag) for one in contact.categories):
        return contact
    return contact.but(categories=(*contact.categories, tag))


def _untagged(contact: Contact, tag: str) -> Contact:
    left = tuple(one for one in contact.categories if fold(one) != fold(tag))
    return contact.but(categories=left)
