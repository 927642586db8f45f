"""What the engine asks of the outside world.

Words used here:

RECORD   one contact as a replica stores it, with an id and a version.
MARK     our link id inside an item, by which a copy knows its original.
CURSOR   a place in a replica's change feed; opaque to everybody else.
ECHO     what a replica shows after a write, read from its answer or read back.

Every method of a replica may raise `Unavailable`, `Throttled`, `SignInNeeded` or
`Emptied`; nothing else that goes wrong in a replica leaves it untranslated.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from twinbook.model.cause import Cause
from twinbook.model.contact import Contact, Photo
from twinbook.model.ids import AccountId, Cursor, LinkId, RecordId, UserId, Version
from twinbook.model.keys import Key
from twinbook.model.record import Delta, Gone, Record
from twinbook.model.shape import ALL_FIELDS, Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """Store a new contact that carries `mark` from its first moment.

    `tag` is the category that shows people that the item is business, "" for none.
    `image` is an item as `Removed.image` kept it: it is put back whole, and then
    `contact` is laid over it.
    """

    contact: Contact
    mark: LinkId
    tag: str = ""
    photo: bytes | None = None
    image: bytes | None = None
    owner: UserId | None = None  #: for a CRM
    account: AccountId | None = None  #: for a CRM


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Make a record show `contact` in `fields`; nothing else in it may change.

    Written only if the record's version still is `expected`.
    """

    id: RecordId
    expected: Version
    contact: Contact
    fields: frozenset[str] = ALL_FIELDS
    mark: LinkId | None = None  #: put this mark on the item as well
    tag: str = ""
    photo: bytes | None = None
    revive: bool = False  #: for a CRM: make a deleted or inactive contact active again


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Take our mark and the category `tag` off the item, if its version still is `expected`."""

    id: RecordId
    expected: Version
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """Remove a record if its version still is `expected`. A CRM deactivates it instead."""

    id: RecordId
    expected: Version


Change = Create | Update | Release | Remove


@dataclass(frozen=True, slots=True)
class Written:
    """The change was made; `record` is the echo."""

    record: Record


@dataclass(frozen=True, slots=True)
class Removed:
    """The record is gone, by this change. `image` is all it held, for putting it back."""

    image: bytes | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """There was no such record (any more). Nothing was written."""


@dataclass(frozen=True, slots=True)
class Outdated:
    """The record is not at the expected version. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Exists:
    """A record with this mark exists already. Nothing was written."""

    id: RecordId


@dataclass(frozen=True, slots=True)
class Refused:
    """The replica will never take this. Nothing was written; `reason` is for a person."""

    reason: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """The request left and no usable answer came: it may have been carried out or not."""

    reason: str = ""


Outcome = Written | Removed | Missing | Outdated | Exists | Refused | Doubt


class Replica(Protocol):
    """A place where contacts live."""

    @property
    def shape(self) -> Shape:
        """What this replica can hold."""

    @property
    def settles_after(self) -> float:
        """Seconds after which a given-up request can no longer act and every list is fresh.

        T_req + T_vis in docs/explanation/rules.md; 0 for a place on this machine.
        """

    def changes(self, since: Cursor | None) -> Iterator[Delta]:
        """What happened since a cursor, page by page; everything when `since` is None.

        Own writes are reported too. Raises `CursorExpired` when the replica has
        forgotten the cursor.
        """

    def read(self, ids: Collection[RecordId]) -> Mapping[RecordId, Record | Gone]:
        """Each record as it is now, or Gone: the only proof that a record does not exist.

        An id that could not be read at all is missing from the answer.
        """

    def find(self, marks: Collection[LinkId]) -> Mapping[LinkId, Record]:
        """The records that carry these marks; the oldest, where several carry one."""

    def resembling(self, keys: Collection[Key]) -> Mapping[Key, Sequence[Record]]:
        """The records that share a key. Held in memory only; nothing of it is stored."""

    def write(self, changes: Sequence[Change], cause: Cause) -> Iterator[Outcome]:
        """Carry out changes in order, one outcome each."""

    def photo(self, id: RecordId, photo: Photo) -> bytes | None:
        """The bytes of a record's picture, None if it no longer is that picture."""


class Clock(Protocol):
    """Time and randomness: the only source of both."""

    def now(self) -> datetime:
        """The time now, in UTC."""

    def new_id(self) -> str:
        """A random id nobody has had before: 32 lower-case hex digits."""
