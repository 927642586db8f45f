"""A write to a spoke that is about to leave, as it is remembered before it does.

If its answer never comes, this is all that is needed to find out what happened.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from twinbook.model.contact import Contact
from twinbook.model.ids import LinkId, RecordId, RunId, Version
from twinbook.model.link import Half
from twinbook.model.pair import Pair
from twinbook.model.plan import Act, Edit, Tomb
from twinbook.model.record import Business


class Request(Enum):
    """What is asked of the spoke."""

    CREATE = "create"
    UPDATE = "update"
    RELEASE = "release"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One write to one item of a spoke, with all that its success will mean."""

    act: Act
    request: Request
    link: LinkId
    mark: LinkId
    contact: RecordId
    item: RecordId | None
    expected: Version | None = None
    sent: Contact | None = None  #: what the item is to show; holds no value of the book alone
    fields: frozenset[str] = frozenset()
    hub: Half  #: what the hub showed when this was decided
    hub_version: Version | None = None
    number: int = 0
    base: Pair[Half] | None = None
    frozen: frozenset[str] = frozenset()
    owned: frozenset[str] = frozenset()
    adopted: bool = False
    tomb: Tomb | None = None
    run: RunId
    done: "Done | None" = None  #: what the run will say of it; the spoke's part is to come
    again: bool = False  #: look at the link anew afterwards
    personal: bool = False  #: an item that comes back is its user's own

    def but(self, **changes: object) -> "Intent":
        """This intent with some parts replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An intent whose outcome is not known yet."""

    id: str
    intent: Intent
    doubted: datetime | None = None  #: since when nothing more can have been sent
    void: bool = False  #: known not to have happened; its mark is to be used again


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What one step of a run did, so that it can be shown and undone.

    `before` and `after` are what each side showed; None where there was nothing.
    `versions` are those after the step: a later change can be told by them.
    """

    act: Act
    contact: RecordId | None
    item: RecordId | None = None
    link: LinkId | None = None
    before: Pair[Half | None] = field(default_factory=lambda: Pair(None, None))
    after: Pair[Half | None] = field(default_factory=lambda: Pair(None, None))
    versions: Pair[Version | None] = field(default_factory=lambda: Pair(None, None))
    wrote: Pair[bool] = field(default_factory=lambda: Pair(False, False))  # noqa: FBT003 - a pair of answers
    image: bytes | None = None  #: a removed item, whole; sealed before it is stored
    tomb: Tomb | None = None
    edits: tuple[Edit, ...] = ()
    stood: tuple[Business, Business] | None = None
    """How the hub contact stood before and after, where a person changed that in the hub."""
    name: str = ""
    reason: str = ""
