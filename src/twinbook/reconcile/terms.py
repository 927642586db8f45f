"""What reconciling needs to know beside the records themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

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


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The rules for one spoke and its user, as values.

    Which way a field travels is asked for every value of every contact: it is worked
    out once (hence no slots).
    """

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
        return self._route(name, part).carried

    def direction(self, name: str, part: str = "") -> Direction:
        """Which way a field's edits travel here."""
        return self._route(name, part).direction

    def reaches(self, name: str, side: Side, part: str = "") -> bool:
        """Whether an edit of this field, or of this kind of its values, is sent to a side."""
        return self._route(name, part).reached[side]

    @cached_property
    def _routes(self) -> dict[tuple[str, str], "_Route"]:
        return {}

    def _route(self, name: str, part: str) -> "_Route":
        route = self._routes.get((name, part))
        if route is None:
            hidden = name in self.rights.hidden
            carried = not hidden and all(self.shapes[side].holds(name, part) for side in Side)
            direction = direction_of(self.policy, name, part)
            reached = Pair.each(lambda side: carried and direction.reaches(side))
            route = self._routes[name, part] = _Route(carried, direction, reached)
        return route

    @property
    def tag(self) -> str:
        """The category that linked items carry here, "" for none."""
        book = self.role is Role.BOOK and self.shapes.spoke.holds("categories")
        return self.policy.category if book else ""

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


@dataclass(frozen=True, slots=True)
class _Route:
    """How one field, or one kind of its values, travels."""

    carried: bool
    direction: Direction
    reached: Pair[bool]
