"""What reconciling is given: one value for each link or newcomer that may need something."""

from dataclasses import dataclass, field

from twinbook.model.ids import AccountId, LinkId, RecordId
from twinbook.model.link import Link
from twinbook.model.record import Gone, Record
from twinbook.reconcile.match import Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A link, and both its sides as they are now."""

    link: Link
    hub: Record | None  #: None where the contact was erased
    item: Record | Gone | None  #: Gone by a direct read; None where it could not be read
    survivor: Record | None = None  #: the contact that this one was merged into
    survivor_linked: bool = False  #: the survivor has an item of its own in this spoke
    survivor_hidden: bool = False  #: the user does not want to see the survivor
    deactivations: int = 0  #: by removals in this book, in the last 24 hours
    held: frozenset[str] = frozenset()  #: fields that another program keeps changing
    rolled_back: frozenset[str] = frozenset()  #: fields that show an older state of ours
    missed: bool = False  #: the item went by a restore, and nobody has said what that means


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A hub contact that belongs in this spoke and has no item there."""

    hub: Record
    hidden: bool = False  #: a tombstone: the user does not want to see it
    marked: Record | None = None  #: an item that carries the mark of a link to this contact
    fading: bool = False  #: perhaps only old lists show that item: it is looked for again
    look_alikes: tuple[Candidate, ...] = ()
    sure: Record | None = None  #: the item that is the same person beyond doubt
    mark: LinkId | None = None  #: what a new item of it is to carry


@dataclass(frozen=True, slots=True)
class Parent:
    """The account that a promoted contact is to belong to."""

    id: AccountId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """A personal item whose owner asks for something: by category, or by a command.

    `accounts` are those whose exact name is among the item's categories, or the one
    that was named. Contacts that the user may not see are only counted.
    """

    item: Record
    asked: bool = True
    accounts: tuple[Parent, ...] = ()
    look_alikes: tuple[Candidate, ...] = ()  #: hub contacts
    linked: frozenset[RecordId] = field(default_factory=frozenset)  #: of them, linked here already
    unseen: int = 0  #: look-alikes in the hub that this user may not see


Case = Linked | Wanted | Stranger
