"""What the engine asks of the outside world.

Words used here:

RECORD   one contact as a replica stores it, with an id and a version.
MARK     our link id inside an item, by which a copy knows its original.
CURSOR   a place in a replica's change feed; opaque to everybody else.
ECHO     what a replica shows after a write, read from its answer or read back.

Every method of a replica may raise `Unavailable`, `Throttled`, `SignInNeeded`, `Emptied`
or `Closed`; nothing else that goes wrong in a replica leaves it untranslated.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from twinbook.model.cause import Cause
from twinbook.model.contact import Contact, Photo
from twinbook.model.ids import AccountId, Cursor, LinkId, RecordId, RunId, UserId, Version
from twinbook.model.intent import Done, Intent, Operation
from twinbook.model.keys import Key
from twinbook.model.link import Half, Link
from twinbook.model.plan import Hold, Lost, Tomb
from twinbook.model.record import Delta, Gone, Record, Trouble
from twinbook.model.run import Counts, Run
from twinbook.model.shape import ALL_FIELDS, Shape
from twinbook.model.spoke import Spoke


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """Store a new contact that carries `mark` from its first moment.

    `tag` is the category that shows people that the item is business, "" for none.
    `image` is an item as `Removed.image` kept it: it is put back whole, without the
    category `untag`, and then what `contact` says is laid over it.
    """

    contact: Contact
    mark: LinkId
    tag: str = ""
    photo: bytes | None = None
    image: bytes | None = None
    untag: str = ""
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
    account: AccountId | None = None  #: for a CRM: let it belong to this account


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

    @property
    def shows_after(self) -> float:
        """Seconds after which every list and every read shows what was stored (T_vis).

        0 where they always do; then an item that a read does not find is gone.
        """

    def changes(self, since: Cursor | None) -> Iterator[Delta]:
        """What happened since a cursor, page by page; everything when `since` is None.

        Own writes are reported too. Raises `CursorExpired` when the replica has
        forgotten the cursor.
        """

    def read(self, ids: Collection[RecordId]) -> Mapping[RecordId, Record | Gone | Trouble]:
        """Each record as it is now, or Gone: the only proof that a record does not exist.

        A Trouble stands for a record that is there and can't be understood; an id that
        could not be read at all is missing from the answer.
        """

    def find(self, marks: Collection[LinkId]) -> Mapping[LinkId, Record]:
        """The records that carry these marks; the oldest, where several carry one."""

    def resembling(self, keys: Collection[Key]) -> Mapping[Key, Sequence[Record]]:
        """The records that share a key. Held in memory only; nothing of it is stored."""

    def write(self, changes: Sequence[Change], cause: Cause) -> Iterator[Outcome]:
        """Carry out changes in order, one outcome each."""

    def photo(self, id: RecordId, photo: Photo) -> bytes | None:
        """The bytes of a record's picture, None if it no longer is that picture."""

    def close(self) -> None:
        """Let go of connections and threads, where there are any."""


class Clock(Protocol):
    """Time and randomness: the only source of both."""

    def now(self) -> datetime:
        """The time now, in UTC."""

    def new_id(self) -> str:
        """A random id nobody has had before: 32 lower-case hex digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokeState:
    """What the journal knows about a spoke as a whole."""

    spoke: Spoke
    cursor: Cursor | None  #: None: everything has to be listed
    restored: bool  #: the place, or our own database, was put back from a backup


@dataclass(frozen=True, slots=True, kw_only=True)
class Dirt:
    """A contact that has to be looked at again in one spoke."""

    contact: RecordId
    number: int = 0  #: the hub's newest feed number that made it dirty
    announced: Version | None = None  #: the version of the item that was announced
    since: datetime | None = None  #: when that was; None for now, where it is marked


LOOK = Version("?")
"""Announced where nothing is known but that the item must be read."""

VANISHED = Version("vanished")
"""Announced for an item that a list no longer shows."""

MISSING = Version("missing")
"""Announced for an item that a direct read no longer found."""


def recheck(contact: RecordId, since: datetime | None = None) -> Dirt:
    """The wish that both sides of a link are looked at again, as since a time before now."""
    return Dirt(contact=contact, announced=LOOK, since=since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A link that is no more. Its mark is remembered for ever."""

    mark: LinkId
    contact: RecordId
    released: bool  #: the item was handed over to its user: it is personal
    at: datetime  #: since when it is no more


class Transaction(Protocol):
    """One all-or-nothing change of our own house, the hub included (rule 0.15)."""

    def attempt(self) -> AbstractContextManager[None]:
        """A part that is undone alone when it raises.

        Raises Stale if it collides with a link or a write that exists already.
        """

    def store(self, change: Change, cause: Cause) -> Outcome:
        """Carry out a change in the hub."""

    def save(self, link: Link, *, new: bool = False) -> None:
        """Remember a link as it is now. One that is `new` for an existing item may collide."""

    def end(self, link: LinkId, *, released: bool) -> None:
        """Forget a link and the questions about it, but never its mark."""

    def intend(self, intent: Intent) -> tuple[str, Intent]:
        """Remember a write before it leaves: its id, and the intent as it is to be sent.

        A creation that is known not to have happened gives its link id and mark to the next.
        """

    def doubt(self, operation: str, since: datetime) -> None:
        """Note that a write's outcome is unknown, and since when."""

    def void(self, operation: str) -> None:
        """Note that a creation did not happen; its mark will be used again."""

    def settle(self, operation: str) -> None:
        """Forget a write whose outcome is known."""

    def note(self, run: RunId, done: Done) -> None:
        """Record what a step of a run did."""

    def lose(self, contact: RecordId, lost: Lost, cause: Cause) -> None:
        """Keep a value that gives way, before it is overwritten (rule S1)."""

    def bury(self, contact: RecordId, why: Tomb, cause: Cause) -> None:
        """Never copy this contact into the books of this spoke's user again."""

    def unearth(self, contact: RecordId) -> None:
        """Lift that."""

    def soil(self, dirt: Collection[Dirt]) -> None:
        """Mark contacts to be looked at again; what is announced makes the item be read."""

    def clean(self, contact: RecordId, number: int) -> None:
        """Take a mark off, unless the hub changed after `number`."""

    def ask(self, hold: Hold) -> None:
        """Put a question; the same topic is put once."""

    def close(self, settled: Collection[str], still: Collection[str]) -> None:
        """Close every open question about `settled` topics that is not in `still`."""

    def advance(self, cursor: Cursor) -> None:
        """Move the spoke's cursor."""

    def restore(self, *, restored: bool) -> None:
        """Enter or leave restore mode."""


class Journal(Protocol):
    """What was agreed with one spoke, what is under way, and what waits for a person."""

    def state(self) -> SpokeState:
        """The spoke as a whole."""

    def known(self) -> int:
        """How many links there are. To count them takes longer the more there are."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """A transaction: kept when the block ends, undone when it raises.

        Raises Busy when another worker has taken over the spoke.
        """

    def open_run(self, run: Run) -> None:
        """From now on steps belong to this run. It is recorded with the first it begins."""

    def close_run(self, counts: Counts, error: str) -> None:
        """Record the run's end; one that did nothing and met no trouble leaves no trace."""

    def dispatch(self) -> None:
        """Turn news of the hub into dirt, for every spoke, up to now."""

    def links_to(self, contacts: Collection[RecordId]) -> Mapping[RecordId, Link]:
        """The links of hub contacts, by contact."""

    def links_at(self, items: Collection[RecordId]) -> Mapping[RecordId, Link]:
        """The links of items, by item."""

    def links_marked(self, marks: Collection[LinkId]) -> Mapping[LinkId, Link]:
        """The links whose items carry these marks, by mark."""

    def ended(self, marks: Collection[LinkId]) -> Mapping[LinkId, Ended]:
        """Which of these marks belonged to a link that is no more."""

    def ended_for(self, contacts: Collection[RecordId]) -> Sequence[Ended]:
        """The ended links of hub contacts."""

    def items(self) -> Iterator[tuple[RecordId, RecordId, Version | None]]:
        """Every linked item with its contact and its version, in the order of the items."""

    def dirty(self, *, after: RecordId | None, limit: int) -> Sequence[Dirt]:
        """A page of what has to be looked at, in the order of contacts."""

    def hidden(self, contacts: Collection[RecordId]) -> frozenset[RecordId]:
        """Those of the contacts that the spoke's user does not want to see."""

    def operations(self) -> Sequence[Operation]:
        """Writes whose outcome is not known, the oldest first."""

    def asks_about(self, topics: Collection[str]) -> bool:
        """Whether a question about any of these topics, or about a part of one, is open."""

    def answered(self) -> tuple[Sequence[RecordId], Sequence[RecordId]]:
        """The hub contacts, and the unlinked items, that open answers are about."""

    def flapping(self, links: Collection[LinkId]) -> Mapping[LinkId, frozenset[str]]:
        """The fields that another program keeps changing, by link."""

    def earlier(self, links: Collection[LinkId]) -> Mapping[LinkId, Sequence[Half]]:
        """Older states of the items that were agreed on, by link."""

    def missed(self, links: Collection[LinkId]) -> frozenset[LinkId]:
        """Those whose item a restore took away; nobody has said yet what that is to mean."""

    def deactivations(self, since: datetime) -> int:
        """How many contacts removals in this spoke deactivated in the hub since then."""

    def accounts_named(self, names: Collection[str]) -> Mapping[str, Sequence[AccountId]]:
        """The accounts with exactly these names."""

    def absorbed(self, contacts: Collection[RecordId]) -> Mapping[RecordId, Sequence[RecordId]]:
        """The contacts that were merged into each of these."""

    def account_name(self, account: AccountId) -> str:
        """The name of an account, "" if there is no such account any more."""
