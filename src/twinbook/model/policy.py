"""The company's rules, as data: what travels where, who wins, what a removal means.

Nothing in here is code of the engine. Two policies are shipped, `twinbook()` and
`like_dynamics()`, both in `twinbook.model.profiles`; an administrator changes
them with `twinbook policy set`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from enum import Enum

from twinbook.model.pair import Side


class Direction(Enum):
    """Which way the edits of a field travel."""

    BOTH = "both"
    TO_SPOKE = "to-spoke"
    TO_HUB = "to-hub"
    NONE = "none"
    OWN = "own"  #: shows the hub's value until its user edits it, then is the user's for good

    def reaches(self, side: Side) -> bool:
        """Whether an edit made on the other side is sent to `side`."""
        match self:
            case Direction.BOTH:
                return True
            case Direction.TO_SPOKE | Direction.OWN:
                return side is Side.SPOKE
            case Direction.TO_HUB:
                return side is Side.HUB
            case Direction.NONE:
                return False


class Winner(Enum):
    """Whose value stays when both sides edited one field to different values."""

    HUB = "hub"
    SPOKE = "spoke"
    NEWEST = "newest"
    ASK = "ask"


class OnBookRemoval(Enum):
    """What it means that a user removed a linked item from the book."""

    HIDE = "hide"
    ASK = "ask"
    RECREATE = "recreate"
    DEACTIVATE = "deactivate"


class OnExit(Enum):
    """What happens to the item of a contact that left the scope."""

    REMOVE = "remove"
    KEEP = "keep"  #: as a personal item, no longer linked
    FREEZE = "freeze"  #: stays linked, nothing flows


class OnInactive(Enum):
    """What happens to the item of a deactivated contact."""

    LIKE_EXIT = "like-exit"
    FREEZE = "freeze"
    MARK = "mark"  #: stays and flows, with a category that says so


class OnHubRemoval(Enum):
    """What happens to the item of a contact that was deleted in the hub."""

    REMOVE = "remove"
    KEEP_FOR_OWNER = "keep-for-owner"  #: the contact's owner keeps a personal copy


class OnDeleteAgainstEdit(Enum):
    """What happens when the hub deleted a contact that its book has edited since."""

    ASK = "ask"
    REMOVE = "remove"
    KEEP = "keep"
    RESTORE = "restore"


class Drift(Enum):
    """What an edit in a book means for a field that only travels to the book."""

    IGNORE = "ignore"
    REVERT = "revert"


class FirstMeeting(Enum):
    """Whose value stays when two records with different values are linked by a person."""

    HUB = "hub"
    SPOKE = "spoke"
    ASK = "ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """Above these a cycle asks instead of acting. Shares are between 0 and 1."""

    removals_floor: int = 10
    removals_share: float = 0.10
    shrunk_share: float = 0.50
    same_field_floor: int = 50
    same_field_share: float = 0.30
    scope_loss_share: float = 0.20
    flapping_rounds: int = 3

    def allows_removals(self, count: int, known: int) -> bool:
        """Whether `count` removals among `known` links look like somebody's wish."""
        return count <= max(self.removals_floor, self.removals_share * known)

    def allows_same_field(self, count: int, known: int) -> bool:
        """Whether one field changed on `count` of `known` items looks like people's work."""
        return not (count > self.same_field_floor and count > self.same_field_share * known)


MOST_OFTEN, MOST_RARELY = 1, 86_400  #: seconds between two looks at a quiet book


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When books are looked at by themselves.

    >>> Schedule(quiet="22:00-06:00").hours()
    (datetime.time(22, 0), datetime.time(6, 0))
    """

    every: int = 900  #: seconds from one look at a quiet book to the next
    quiet: str = ""  #: hours of the day in which nothing is done, "" for none
    zone: str = ""  #: the time zone of those hours, "Europe/Berlin"; "" for the computer's own

    def __post_init__(self) -> None:
        if not MOST_OFTEN <= self.every <= MOST_RARELY:
            raise ValueError(f"it is a number of seconds from {MOST_OFTEN} to {MOST_RARELY}")
        self.hours()

    def hours(self) -> tuple[time, time] | None:
        """When the quiet hours begin and end, None without any."""
        if not self.quiet:
            return None
        begin, _, end = self.quiet.partition("-")
        try:
            found = time.fromisoformat(begin.strip()), time.fromisoformat(end.strip())
        except ValueError:
            raise ValueError("quiet hours look like 22:00-06:00") from None
        if found[0] == found[1] or found[0].tzinfo or found[1].tzinfo:
            raise ValueError("quiet hours look like 22:00-06:00")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How the hub and a spoke are kept in step.

    `directions` and `winners` name what differs from the field table. A key is a
    field ("note") or one kind of its values ("phones.home fax"); the longer key wins.
    """

    name: str = "twinbook"
    directions: Mapping[str, Direction] = field(default_factory=dict)
    winners: Mapping[str, Winner] = field(default_factory=dict)
    on_book_removal: OnBookRemoval = OnBookRemoval.HIDE
    on_exit: OnExit = OnExit.REMOVE
    on_inactive: OnInactive = OnInactive.LIKE_EXIT
    on_hub_removal: OnHubRemoval = OnHubRemoval.REMOVE
    on_delete_against_edit: OnDeleteAgainstEdit = OnDeleteAgainstEdit.ASK
    drift: Drift = Drift.IGNORE
    first_meeting: FirstMeeting = FirstMeeting.HUB
    default_scope: str = "visible"
    category: str = "CRM"  #: the category that every linked item carries; "" for none
    required: str = ""  #: what an imported contact must have: "surname, emails|phones"
    guards: Guards = field(default_factory=Guards)
    schedule: Schedule = field(default_factory=Schedule)
    undo_days: int = 90

    def but(self, **changes: object) -> "Policy":
        """This policy with some rules replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]
