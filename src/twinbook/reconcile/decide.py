"""The table at the heart of Twinbook: what happened here, what happened there, what now.

docs/explanation/rules.md, section 2.1. A removal in a book is an act on membership, not
on the contact: the hub still holds everything, so the removal wins. A deletion in the
hub would destroy an edit made in the book, so there a person is asked (rule 0.17).
"""

from enum import Enum, auto


class HubFate(Enum):
    """How the hub contact of a link stands to this spoke."""

    HERE = auto()  #: it belongs in this spoke
    LEFT = auto()  #: it left the scope
    INACTIVE = auto()
    DELETED = auto()
    MERGED = auto()  #: it was merged into another contact


class ItemFate(Enum):
    """What happened to the item of a link since both sides last agreed."""

    SAME = auto()
    EDITED = auto()
    GONE = auto()  #: proved by a direct read, never by an absence from a list
    UNSEEN = auto()  #: could not be read: nothing is known


class Verdict(Enum):
    """What to do about a link."""

    WAIT = auto()
    MERGE = auto()
    REMOVED_IN_BOOK = auto()
    LEAVE = auto()  #: bring its edits home, then follow the exit policy
    HIDE = auto()  #: never again for this user
    DELETE = auto()
    DELETED_AND_EDITED = auto()
    FORGET = auto()
    FOLLOW = auto()  #: go on with the contact it was merged into
    HIDE_SURVIVOR = auto()


def decide(hub: HubFate, item: ItemFate) -> Verdict:
    """The verdict on a link. A removal wins only where the information survives."""
    return _TABLE[hub][_COLUMNS.index(item)]


_COLUMNS = (ItemFate.SAME, ItemFate.EDITED, ItemFate.GONE, ItemFate.UNSEEN)
_TABLE: dict[HubFate, tuple[Verdict, Verdict, Verdict, Verdict]] = {
    HubFate.HERE: (
        Verdict.MERGE,
        Verdict.MERGE,
        Verdict.REMOVED_IN_BOOK,
        Verdict.WAIT,
    ),
    HubFate.LEFT: (
        Verdict.LEAVE,
        Verdict.LEAVE,
        Verdict.HIDE,
        Verdict.WAIT,
    ),
    HubFate.INACTIVE: (
        Verdict.LEAVE,
        Verdict.LEAVE,
        Verdict.HIDE,
        Verdict.WAIT,
    ),
    HubFate.DELETED: (
        Verdict.DELETE,
        Verdict.DELETED_AND_EDITED,
        Verdict.FORGET,
        Verdict.WAIT,
    ),
    HubFate.MERGED: (
        Verdict.FOLLOW,
        Verdict.FOLLOW,
        Verdict.HIDE_SURVIVOR,
        Verdict.WAIT,
    ),
}
