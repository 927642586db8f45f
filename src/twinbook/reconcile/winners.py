"""Whose value stays when both sides edited a field to different values (rule F4)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from twinbook.model.fields import BY_NAME, Unit, in_unit, winner_of
from twinbook.model.pair import Pair, Side
from twinbook.model.policy import Winner
from twinbook.reconcile.facts import Facts
from twinbook.reconcile.normal import is_empty

UNDECIDED = timedelta(seconds=2)  # closer than this, two servers' clocks prove nothing

REPLACED = {
    Unit.NAME: frozenset({"given", "surname"}),
    Unit.ORGANISATION: frozenset({"company"}),
}
"""Where one side edited all of these, it means another person, or another employer."""

STRICTEST = (Winner.ASK, Winner.NEWEST, Winner.HUB, Winner.SPOKE)
"""Where the parts of one unit have different rules, the first of these holds for all."""


@dataclass(frozen=True, slots=True)
class Units:
    """The fields that belong so closely together that clashing edits can't be mixed (rule 2.5)."""

    facts: Facts
    stopped: Callable[[str], bool]  #: an edit of this field waits for a person

    def whole(self, name: str) -> Unit | None:
        """The unit that a field has to be decided with; None if it can be on its own."""
        unit = BY_NAME[name].unit
        return unit if unit and (self.clashes(unit) or self.waits(unit)) else None

    def clashes(self, unit: Unit) -> bool:
        """Whether both sides edited a unit in ways that would not fit together."""
        apart = self.apart(unit)
        if not apart.hub or not apart.spoke:
            return False
        return (
            bool(apart.hub & apart.spoke)
            or any(self._replaced(unit, side) for side in Side)
            or self._nothing_left(unit, apart)
        )

    def _nothing_left(self, unit: Unit, apart: Pair[frozenset[str]]) -> bool:
        """Whether both sides together would leave a contact without a name (law L12)."""
        sources = (
            (name, Side.SPOKE if name in apart.spoke else Side.HUB) for name in in_unit(unit)
        )
        left = any(self.facts.now(side, name) for name, side in sources)
        return unit is Unit.NAME and not left

    def apart(self, unit: Unit) -> Pair[frozenset[str]]:
        """What each side edited, would send, and does not agree on with the other."""
        return Pair.each(
            lambda side: frozenset(
                name
                for name in self._carried(unit)
                if self.facts.is_edited(side, name)
                and self.facts.is_changed(side, name)
                and self.facts.terms.reaches(name, side.other)
                and not self.facts.same(name)
            )
        )

    def waits(self, unit: Unit) -> bool:
        """Whether a part waits of a unit that the book replaced: then all of it waits."""
        return self._replaced(unit, Side.SPOKE) and any(
            self.facts.is_edited(Side.SPOKE, name) and self.stopped(name)
            for name in self._carried(unit)
        )

    def _replaced(self, unit: Unit, side: Side) -> bool:
        return all(self.facts.is_changed(side, name) for name in REPLACED[unit])

    def _carried(self, unit: Unit) -> list[str]:
        return [name for name in in_unit(unit) if self.facts.terms.carries(name)]


def winner(facts: Facts, units: Units, name: str) -> Side | None:
    """The side whose value stays; None if a person has to say."""
    if facts.terms.restored:  # an old base proves nothing
        return None
    unit = BY_NAME[name].unit
    if unit is None or not units.clashes(unit):
        return outlives(facts, frozenset({name})) or by_rule(facts, name)
    apart = units.apart(unit)
    contested = apart.hub & apart.spoke
    rules = {winner_of(facts.terms.policy, one) for one in apart.hub | apart.spoke}
    rule = next(rule for rule in STRICTEST if rule in rules)
    return outlives(facts, contested) or _by(rule, facts, apart.hub | apart.spoke)


def outlives(facts: Facts, names: frozenset[str]) -> Side | None:
    """The side that still says something where the other one cleared: an edit outlives that."""
    emptied = [side for side in Side if all(is_empty(facts.now(side, name)) for name in names)]
    return emptied[0].other if names and len(emptied) == 1 else None


def by_rule(facts: Facts, name: str, part: str = "") -> Side | None:
    """The side that the policy lets win for a field, or one kind of its values."""
    if facts.terms.restored:
        return None
    return _by(winner_of(facts.terms.policy, name, part), facts, frozenset({name}))


def _by(rule: Winner, facts: Facts, names: frozenset[str]) -> Side | None:
    match rule:
        case Winner.HUB:
            return Side.HUB
        case Winner.SPOKE:
            return Side.SPOKE
        case Winner.NEWEST:
            return _newest(facts, names)
        case Winner.ASK:
            return None


def _newest(facts: Facts, names: frozenset[str]) -> Side | None:
    business = facts.seen.hub.business
    times = [business.edited[name] for name in names if name in business.edited] if business else []
    hub = max(times, default=None)
    return newer(hub, facts.seen.spoke.edited_at if facts.tells_when(names) else None)


def newer(hub: datetime | None, spoke: datetime | None) -> Side | None:
    """The side edited last, None where the times don't tell."""
    if hub is None or spoke is None or abs(hub - spoke) <= UNDECIDED:
        return None
    return Side.HUB if hub > spoke else Side.SPOKE
