"""What should be done, said before anything is done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from twinbook.model.contact import Contact
from twinbook.model.ids import AccountId, HoldId, LinkId, RecordId
from twinbook.model.link import Half, Link
from twinbook.model.pair import Pair, Side
from twinbook.model.record import Record


@dataclass(frozen=True, slots=True)
class Keep:
    """Leave this side as it is."""


@dataclass(frozen=True, slots=True)
class Put:
    """Make this side show `contact`: only `fields` are written, all others stay untouched."""

    contact: Contact
    fields: frozenset[str]
    revive: bool = False  #: in the hub: a deleted or inactive contact becomes active again


@dataclass(frozen=True, slots=True)
class Drop:
    """Remove the record from this side. In the hub that means: deactivate it."""


@dataclass(frozen=True, slots=True)
class Release:
    """Take our mark and category off the item; it is its user's own from now on."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Put our mark and category on an item that its user had already."""


@dataclass(frozen=True, slots=True)
class Bring:
    """Put an item back that was removed, with all it held."""

    image: bytes


Write = Keep | Put | Drop | Release | Claim | Bring
KEEP = Keep()
REST: Pair[Write] = Pair(KEEP, KEEP)


class Act(Enum):
    """What a step means for its link."""

    CREATE = "create"  #: a new item for a contact in scope
    UPDATE = "update"  #: edits travel
    LINK = "link"  #: an existing item becomes the contact's copy
    PROMOTE = "promote"  #: a personal item becomes a new business contact
    RELINK = "relink"  #: the link points at another item or another contact
    REBASE = "rebase"  #: nothing is written; both sides agree already
    FOLD = "fold"  #: a second item of the same person: its values join the contact, it goes
    FREEZE = "freeze"  #: the item stays and nothing flows any more
    REMOVE = "remove"  #: the item goes; the link ends
    RELEASE = "release"  #: the item stays as a personal one; the link ends
    RESTORE = "restore"  #: what a run took away comes back
    FORGET = "forget"  #: the item is gone already; the link ends


class Tomb(Enum):
    """Why a contact must never again be copied into a user's books."""

    HIDDEN = "hidden"  #: the user removed it
    UNTRACKED = "untracked"  #: the user ended the link and kept or removed the item


@dataclass(frozen=True, slots=True)
class Lost:
    """A value that gives way; it is logged before it is overwritten."""

    field: str
    side: Side  #: where it was typed
    value: str
    private: bool = False  #: typed in a book and never shared: for its user's eyes only


@dataclass(frozen=True, slots=True)
class Edit:
    """One field that a step changes on one side; for the preview and the run's report."""

    side: Side
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Everything to do for one link. It succeeds or fails as a whole.

    `seen` is what reconciling was based on: a write is allowed only while its side
    still shows that version.
    """

    act: Act
    contact: RecordId | None  #: None for a promotion: the hub has no such contact yet
    item: RecordId | None  #: None for a creation: the spoke has no such item yet
    link: LinkId | None = None  #: None until the link is made
    seen: Pair[Record | None] = field(default_factory=lambda: Pair(None, None))
    writes: Pair[Write] = REST
    frozen: frozenset[str] = frozenset()  #: fields that wait for a person; their base stays
    base: Pair[Half] | None = None  #: the base of the link as it was
    owned: frozenset[str] = frozenset()
    adopted: bool = False
    account: AccountId | None = None  #: for a promotion with Set Parent
    mark: LinkId | None = None  #: for a creation: what the new item carries
    tomb: Tomb | None = None
    again: bool = False  #: look at the link anew after this: it may hold edits nobody has seen
    lift: bool = False  #: the user wants to see the contact again
    personal: bool = False  #: what comes back is the user's own from now on
    lost: tuple[Lost, ...] = ()
    edits: tuple[Edit, ...] = ()
    reason: str = ""  #: a clause for people, without personal values

    def writes_to(self, side: Side) -> bool:
        """Whether this step sends anything to a side."""
        return not isinstance(self.writes[side], Keep)

    def writes_nothing(self) -> bool:
        """Whether neither side is written to."""
        return not any(self.writes_to(side) for side in Side)


class Question(Enum):
    """What a hold asks."""

    FIELD = "field"  #: which of two values
    TRUNCATED = "truncated"  #: an edit of a value of which the book holds only the beginning
    DELETED_AND_EDITED = "deleted and edited"
    REMOVED_IN_BOOK = "removed in book"
    UNTRACK = "untrack"  #: the category was taken off
    IDENTITY = "identity"  #: are these two the same person
    ACCOUNT = "account"  #: which account was meant
    SCOPE = "scope"  #: a promoted item would not belong in its own book
    PERMISSION = "permission"  #: an edit that its user may not make
    REFUSED = "refused"  #: a replica refused the write for good
    MANY_REMOVALS = "many removals"
    EMPTIED = "emptied"
    SAME_FIELD = "same field"
    RESTORED = "restored"  #: the place, or our own database, was restored from a backup
    FLAPPING = "flapping"  #: another program keeps changing this


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer."""

    word: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A question for a person. It never expires and never stops unrelated work.

    The same question about the same things has the same `topic`, so it is asked once
    however often it comes up. `shown` identifies what the person saw: an answer counts
    only while it is still true.
    """

    question: Question
    topic: str  #: what it is about: link, field, item, contact; ids only
    contact: RecordId | None = None
    item: RecordId | None = None
    values: Pair[str] = field(default_factory=lambda: Pair("", ""))
    shown: str = ""
    text: str = ""  #: the question as a sentence
    choices: tuple[Choice, ...] = ()
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person said to a hold."""

    hold: HoldId
    topic: str
    shown: str
    choice: str


Answers = Mapping[str, Answer]
"""Answers that have not been carried out yet, by topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one cycle will do and ask, as a value."""

    steps: tuple[Step, ...] = ()
    holds: tuple[Hold, ...] = ()
    settled: frozenset[str] = frozenset()  #: topics that were looked at: others stay open
    at_rest: tuple[tuple[RecordId, int], ...] = ()  #: contacts with nothing to do, as of a number
    unlike: tuple[Link, ...] = ()  #: of them, links that remember another item than there is
    unsettled: int = 0  #: links whose item is looked at again before it is believed

    def writes_nothing(self) -> bool:
        """Whether neither side is written to by any step."""
        return all(step.writes_nothing() for step in self.steps)

    def __add__(self, other: "Plan") -> "Plan":
        return Plan(
            steps=(*self.steps, *other.steps),
            holds=self.holds + other.holds,
            settled=self.settled | other.settled,
            at_rest=(*self.at_rest, *other.at_rest),
            unlike=(*self.unlike, *other.unlike),
            unsettled=self.unsettled + other.unsettled,
        )
