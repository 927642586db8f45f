"""What reconciling needs to know beside the records themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from twinbook.model.fields import direction_of
from twinbook.model.filter import EVERYTHING, Filter
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import Answer
from twinbook.model.policy import Direction, Policy
from twinbook.model.record import Record
from twinbook.model.rights import Rights
from twinbook.model.shape import Shape
from twinbook.model.spoke import Role
from twinbook.reconcile.scope import matches


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The rules for one spoke and its user, as values."""

    policy: Policy
    shapes: Pair[Shape]
    rights: Rights
    scope: Filter = EVERYTHING
    role: Role = Role.BOOK
    answers: Mapping[str, Answer] = field(default_factory=dict)
    held: frozenset[str] = frozenset()  #: fields that wait for a person in the whole spoke
    restored: bool = False  #: the spoke or our own database was put back from a backup

    def carries(self, name: str, part: str = "") -> bool:
        """Whether a field exists between these two sides at all."""
        return name not in self.rights.hidden and all(
            self.shapes[side].holds(name, part) for side in Side
        )

    def direction(self, name: str, part: str = "") -> Direction:
        """Which way a field's edits travel here."""
        return direction_of(self.policy, name, part)

    def reaches(self, name: str, side: Side, part: str = "") -> bool:
        """Whether an edit of this field, or of this kind of its values, is sent to a side."""
        return self.carries(name, part) and self.direction(name, part).reaches(side)

    def may_edit(self, name: str, record: Record) -> bool:
        """Whether this user may make an edit of this field in the hub."""
        return name not in self.rights.locked and matches(
            self.rights.edit, record, self.rights.viewer
        )

    def may_see(self, record: Record) -> bool:
        """Whether this user may know of a hub contact at all."""
        business = record.business
        hidden = business is None or business.deleted
        return not hidden and matches(self.rights.see, record, self.rights.viewer)

    def in_scope(self, record: Record) -> bool:
        """Whether a hub contact belongs in this spoke."""
        return self.may_see(record) and matches(self.scope, record, self.rights.viewer)

    def answer(self, topic: str, shown: str) -> str | None:
        """What a person chose, if what was shown then still is so."""
        answer = self.answers.get(topic)
        return answer.choice if answer is not None and answer.shown == shown else None
