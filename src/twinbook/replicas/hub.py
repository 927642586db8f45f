"""The hub as a replica: the company's contacts, seen by the engine."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Final, Protocol

from sqlalchemy import Connection

from twinbook.crm import contacts, feed, lookup, photos
from twinbook.crm.store import store
from twinbook.model.cause import Cause
from twinbook.model.contact import Photo
from twinbook.model.errors import CursorExpired
from twinbook.model.ids import Cursor, LinkId, RecordId
from twinbook.model.keys import Key
from twinbook.model.record import Announced, Delta, Gone, Record
from twinbook.model.shape import FULL, Shape
from twinbook.ports import Change, Clock, Outcome

PAGE: Final = 500  #: so many contacts are announced at once


class Transactions(Protocol):
    """What the hub needs of a database."""

    def read(self) -> AbstractContextManager[Connection]: ...
    def write(self) -> AbstractContextManager[Connection]: ...


class Hub:
    """Keeps the promise of a replica on the company's database.

    A contact that was deactivated, deleted or merged is still a record; `business` says
    so. To remove one means to deactivate it.
    """

    shape: Shape = FULL
    settles_after: float = 0.0
    shows_after: float = 0.0

    def __init__(self, database: Transactions, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def changes(self, since: Cursor | None) -> Iterator[Delta]:
        """Each changed contact once, as it is now, in pages; see `Replica.changes`."""
        number = 0 if since is None else self._number(since)
        more = True
        while more:
            with self._database.read() as connection:
                records = lookup.page(connection, number, PAGE)
            number = _position(records, number)
            more = len(records) == PAGE
            yield Delta(
                cursor=Cursor(str(number)),
                announced=tuple(_announced(record) for record in records),
                complete=since is None,
            )

    def _number(self, cursor: Cursor) -> int:
        with self._database.read() as connection:
            newest = feed.newest(connection)
        if not cursor.isdecimal() or int(cursor) > newest:
            raise CursorExpired("The hub was put back to an earlier state; list it anew.")
        return int(cursor)

    def read(self, ids: Collection[RecordId]) -> Mapping[RecordId, Record | Gone]:
        with self._database.read() as connection:
            found = contacts.read(connection, ids)
        return {id: found.get(id) or Gone(id) for id in ids}

    def find(self, marks: Collection[LinkId]) -> Mapping[LinkId, Record]:
        with self._database.read() as connection:
            return lookup.by_marks(connection, marks)

    def resembling(self, keys: Collection[Key]) -> Mapping[Key, Sequence[Record]]:
        with self._database.read() as connection:
            return lookup.resembling(connection, keys)

    def write(self, changes: Sequence[Change], cause: Cause) -> Iterator[Outcome]:
        """Each change in a transaction of its own; see `Replica.write`."""
        for change in changes:
            with self._database.write() as connection:
                outcome = store(connection, change, cause, self._clock)
            yield outcome

    def photo(self, id: RecordId, photo: Photo) -> bytes | None:
        with self._database.read() as connection:
            found = contacts.read(connection, [id]).get(id)
            if found is None or found.contact.photo != photo:
                return None
            return photos.photo(connection, photo.digest)

    def close(self) -> None:
        """Nothing is held open: the database is its owner's."""


def _position(records: Sequence[Record], otherwise: int) -> int:
    newest = records[-1].business if records else None
    return newest.number if newest else otherwise


def _announced(record: Record) -> Announced:
    return Announced(id=record.id, version=record.version, mark=record.mark, record=record)
