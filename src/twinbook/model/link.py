"""The pairing of one hub contact with one item, and what both last agreed on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from twinbook.model.contact import EMPTY, Contact
from twinbook.model.ids import LinkId, RecordId, Seal, SpokeId, Version
from twinbook.model.pair import Pair
from twinbook.model.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """What one side last showed, in its own spelling. Never what was merely sent to it.

    A side was edited if it differs from *its own* half: so whatever a server makes of
    what it is given, that can't be mistaken for an edit (rule S11).
    """

    contact: Contact
    seals: Mapping[str, Seal] = field(default_factory=dict)
    tagged: bool = False  #: the item carried the category that means "business"

    @classmethod
    def of(cls, record: Record) -> "Half":
        """The half that a record shows now."""
        return cls(contact=record.contact, seals=record.seals, tagged=record.tagged)


NOTHING_YET = Half(contact=EMPTY)


class LinkState(Enum):
    """Whether anything flows over a link."""

    ALIVE = "alive"
    FROZEN = "frozen"  #: the item stays and nothing flows (policy: freeze)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One hub contact and its item in one spoke."""

    id: LinkId
    spoke: SpokeId
    contact: RecordId
    item: RecordId
    mark: LinkId  #: by which the item is known again: the id, or an adopted item's own UID
    base: Pair[Half]
    versions: Pair[Version | None]  #: the newest version of each side that was agreed on
    owned: frozenset[str] = frozenset()  #: private fields that the user has made his own
    number: int = 0  #: the hub's feed number that this link has caught up with
    state: LinkState = LinkState.ALIVE
    adopted: bool = False  #: the item was the user's own before it was linked
    whole: bool = True  #: `base.spoke` is all that the item shows at its version

    def but(self, **changes: object) -> "Link":
        """This link with some parts replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]
