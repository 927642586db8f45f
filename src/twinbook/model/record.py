"""A contact as one replica stores it, and the news a replica reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from twinbook.model.contact import Contact
from twinbook.model.ids import AccountId, Cursor, LinkId, RecordId, Seal, TeamId, UserId, Version

NO_SEALS: Mapping[str, Seal] = {}
NO_TIMES: Mapping[str, datetime] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """What a CRM knows about a contact beside the person's details.

    Records of the hub carry it, and those of an outside CRM; items of a book don't.
    """

    owner: UserId | None = None
    owner_teams: frozenset[TeamId] = frozenset()  #: the teams that the owner belongs to
    account: AccountId | None = None
    account_name: str = ""
    active: bool = True
    deleted: bool = False
    merged_into: RecordId | None = None  #: the surviving contact after a merge
    number: int = 0  #: position of its newest change in the hub's feed
    edited: Mapping[str, datetime] = field(default_factory=dict)  #: last edit of a field


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One stored contact."""

    id: RecordId
    version: Version
    contact: Contact
    mark: LinkId | None = None  #: what the item carries for being recognised (rule 0.6)
    tagged: bool = False  #: carries the category that means "business"; stripped from contact
    seals: Mapping[str, Seal] = field(default_factory=dict)  #: of private fields, blank in contact
    edited_at: datetime | None = None  #: when the replica says it was last stored
    business: Business | None = None

    @property
    def is_deleted(self) -> bool:
        """Whether this is a contact of the hub that was deleted."""
        return self.business is not None and self.business.deleted

    def but(self, **changes: object) -> "Record":
        """This record with some parts replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Gone:
    """The replica was asked for exactly this record and does not have it."""

    id: RecordId


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """News of one record. `record` is there where the replica gives the content for free."""

    id: RecordId
    version: Version
    mark: LinkId | None = None
    record: Record | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """One page of what happened in a replica since a cursor.

    `complete` says that the pages together list every record of the replica, so that a
    known record which is in none of them *may* have been removed; `present` then names
    those that exist without being news. Only the last page's cursor may be kept.
    """

    cursor: Cursor
    announced: tuple[Announced, ...] = ()
    removed: tuple[RecordId, ...] = ()
    complete: bool = False
    present: tuple[tuple[RecordId, Version], ...] = ()
    troubles: tuple["Trouble", ...] = ()


@dataclass(frozen=True, slots=True)
class Trouble:
    """One item that the replica has and Twinbook can't read; it is left exactly as it is."""

    id: RecordId
    reason: str  #: a sentence without personal values
