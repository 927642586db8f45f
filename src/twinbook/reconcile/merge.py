"""Send each side the other side's edits, field by field.

The rule numbers F0 to F5 are those of docs/explanation/rules.md, section 2.4.
"""

from dataclasses import dataclass
from typing import Any

from twinbook.model.contact import Contact
from twinbook.model.fields import BY_NAME, FIELDS, Field, Nature, Unit, in_unit
from twinbook.model.link import Half
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import Edit, Hold, Lost, Question
from twinbook.model.policy import Drift
from twinbook.model.record import Record
from twinbook.reconcile import discreet
from twinbook.reconcile.derived import DERIVED, beyond_parts
from twinbook.reconcile.facts import Facts
from twinbook.reconcile.moves import MOVES, Move, Row
from twinbook.reconcile.questions import Questions
from twinbook.reconcile.several import decide_elements
from twinbook.reconcile.terms import Terms
from twinbook.reconcile.winners import Units, winner


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What each side should show, and what has to be asked or logged."""

    wanted: Pair[Contact]
    fields: Pair[frozenset[str]]  #: in which `wanted` differs from what is shown
    frozen: frozenset[str] = frozenset()  #: the base of these must not move
    owned: frozenset[str] = frozenset()
    lost: tuple[Lost, ...] = ()
    holds: tuple[Hold, ...] = ()
    answered: tuple[Hold, ...] = ()  #: questions whose answers were used
    edits: tuple[Edit, ...] = ()


NAMES = (*in_unit(Unit.NAME), *DERIVED, "nickname", "company")
"""Whatever a contact may be called by."""


def merge(
    base: Pair[Half],
    seen: Pair[Record],
    terms: Terms,
    *,
    topic: str = "",
    owned: frozenset[str] = frozenset(),
    adopted: bool = False,
    held: frozenset[str] = frozenset(),
) -> Merged:
    """Merge what happened to one contact on both sides since they last agreed.

    Fields in `held` wait for a person: they are left alone on both sides.
    """
    facts = Facts(base, seen, terms, owned, adopted)
    merging = _Merging(facts, topic, held | terms.held)
    for row in FIELDS:
        if facts.is_touched(row.name) and terms.carries(row.name):
            merging.field(row)
    return merging.result()


class _Merging:
    """One merge in progress."""

    def __init__(self, facts: Facts, topic: str, held: frozenset[str]) -> None:
        self.facts, self.terms, self.held = facts, facts.terms, held
        self.units = Units(facts, lambda name: name in held or self._is_forbidden(name))
        self.questions = Questions(facts, self.units, topic)
        self.changes: Pair[dict[str, Any]] = Pair({}, {})
        self.owned, self.frozen = set(facts.owned), set[str]()
        self.lost: list[Lost] = []

    def field(self, row: Field) -> None:
        """Decide one field."""
        name = row.name
        if self.facts.is_own(name) and name not in self.held:
            self._own(name)
        elif not self.facts.edited(name) and not self.facts.is_own(name):
            return  # F0
        elif self._is_held(name):
            self.frozen.add(name)
        elif row.nature in (Nature.VALUES, Nature.WORDS):
            self._elements(name)
        elif self._waits_for_permission(name):
            self._forbid(name)
        else:
            self._single(name)

    # private fields

    def _own(self, name: str) -> None:
        """Follow the hub until the user edits the field; from then on it is the user's."""
        facts = self.facts
        half, item = facts.base.spoke, facts.seen.spoke
        # Where the policy made the field private, or public, one of the two is readable and
        # the other sealed: then nobody can tell that it was edited.
        readable = getattr(half.contact, name) or getattr(item.contact, name)
        if half.seals.get(name) != item.seals.get(name) and not readable:
            self.owned.add(name)
        reaches = self.terms.reaches(name, Side.SPOKE)
        if reaches and name not in self.owned and facts.is_edited(Side.HUB, name):
            self.changes.spoke[name] = facts.now(Side.HUB, name)

    # single values

    def _single(self, name: str) -> None:
        match MOVES[self.terms.direction(name)][self._row(name)]:
            case Move.REST:
                return
            case Move.DOWN:
                self._send(name, Side.SPOKE)
            case Move.UP:
                self._send_up(name)
            case Move.DRIFT:
                self._drift(name)
            case Move.DECIDE:
                self._decide(name)

    def _row(self, name: str) -> Row:
        edited, unit = self.facts.edited(name), BY_NAME[name].unit
        if unit is None or not self.units.clashes(unit):
            if len(edited) > 1:  # a new spelling is no match for a new value
                edited = [side for side in edited if self.facts.is_changed(side, name)] or edited
            if len(edited) == 1:
                return Row.F1 if edited == [Side.HUB] else Row.F2
        return Row.F3 if self.facts.same(name) else Row.F4

    def _send(self, name: str, target: Side) -> None:
        """Make a side show the other's value; what nobody there has seen is kept first."""
        shown, value = self.facts.now(target, name), self.facts.now(target.other, name)
        if target is Side.HUB and not self.facts.is_edited(Side.SPOKE, name):
            # Part of a unit that the book wins: what it shows may be a server's spelling.
            value = self.facts.was(Side.HUB, name)
        if shown == value:
            return
        if self.facts.unseen(target, name):
            self.lost.append(discreet.lost(self.facts, target, name, shown))
        self.changes[target][name] = value

    def _send_up(self, name: str) -> None:
        """Send the book's value to the hub; where it is cut, only the edit made to it."""
        if not self.facts.is_cut(name):
            self._send(name, Side.HUB)
        elif (whole := self.facts.patched(name)) is not None:
            self.changes.hub[name] = whole
        else:
            self._settle(name, Question.TRUNCATED, None)

    def _drift(self, name: str) -> None:
        if self.terms.policy.drift is Drift.REVERT:
            self._send(name, Side.SPOKE)

    def _decide(self, name: str) -> None:
        """F4: the winner's value goes to the other side; what gives way is kept first."""
        cut = self.facts.is_cut(name) and self.facts.is_edited(Side.SPOKE, name)
        if cut and (whole := self.facts.patched(name)) is not None:
            self.changes.hub[name] = whole
            return
        side = winner(self.facts, self.units, name)
        if cut and side is Side.SPOKE:
            self._settle(name, Question.TRUNCATED, None)
        else:
            self._settle(name, Question.FIELD, side)

    def _settle(self, name: str, question: Question, otherwise: Side | None) -> None:
        """Let a side win: the one that a person chose, or else the one given."""
        side = self.questions.side(name, question) or otherwise
        if side is None:
            self._ask(name, question)
        else:
            self._send(name, side.other)

    def _ask(self, name: str, question: Question) -> None:
        self.frozen.add(name)
        self.questions.ask(name, question)

    def _elements(self, name: str) -> None:
        several = decide_elements(self.facts, self.questions, name)
        if several.asks is not None:
            self._ask(name, several.asks)
            return
        self.lost += several.lost
        for side in Side:
            if several.wanted[side] != self.facts.now(side, name):
                self.changes[side][name] = several.wanted[side]

    # what this user may not do, or what waits

    def _is_held(self, name: str) -> bool:
        unit = self.units.whole(name)
        names = in_unit(unit) if unit else (name,)
        return any(one in self.held for one in names)

    def _is_forbidden(self, name: str) -> bool:
        facts = self.facts
        return (
            facts.is_edited(Side.SPOKE, name)
            and self.terms.reaches(name, Side.HUB)
            and not self.terms.may_edit(name, facts.seen.hub)
            and not facts.same(name)
        )

    def _waits_for_permission(self, name: str) -> bool:
        unit = self.units.whole(name)
        names = in_unit(unit) if unit else (name,)
        return self.terms.reaches(name, Side.HUB) and any(map(self._is_forbidden, names))

    def _forbid(self, name: str) -> None:
        match self.questions.choice(name, Question.PERMISSION):
            case "drop":
                self._send(name, Side.SPOKE)
            case "keep":
                return
            case _:
                self._ask(name, Question.PERMISSION)

    # the outcome

    def result(self) -> Merged:
        """What came of it."""
        seen, shape = self.facts.seen, self.terms.shapes.spoke
        for side in Side:
            self._clear_stale_names(side)
            self._keep_a_name(side)
        wanted = Pair.each(lambda side: seen[side].contact.but(**self.changes[side]))
        if self.changes.spoke:
            wanted = wanted.having(Side.SPOKE, shape.fit(wanted.spoke, seen.spoke.contact))
        fields = Pair.each(lambda side: self._worth_writing(side, wanted[side]))
        return Merged(
            wanted=wanted,
            fields=fields,
            frozen=frozenset(self.frozen),
            owned=frozenset(self.owned),
            lost=tuple(self.lost),
            holds=tuple(self.questions.open.values()),
            answered=tuple(self.questions.answered.values()),
            edits=tuple(
                discreet.edit(self.facts, side, name, getattr(wanted[side], name))
                for side in Side
                for name in sorted(fields[side])
            ),
        )

    def _clear_stale_names(self, side: Side) -> None:
        """A full name that said what the parts say must not outlive a change of them."""
        if not self.changes[side]:
            return
        before = self.facts.seen[side].contact
        after = before.but(**self.changes[side])
        for name in DERIVED:
            followed = getattr(before, name) and not beyond_parts(name, before)
            stale = followed and after.derived_name and beyond_parts(name, after)
            if stale and name not in self.changes[side] and self.terms.reaches(name, side):
                self.changes[side][name] = ""

    def _keep_a_name(self, side: Side) -> None:
        """Two clearings that leave nobody's name, each right by itself, do not travel (L12)."""
        before = self.facts.seen[side].contact
        if not before.but(**self.changes[side]).name and self.facts.seen[side.other].contact.name:
            for name in [name for name in NAMES if not self.changes[side].get(name, "?")]:
                del self.changes[side][name]

    def _worth_writing(self, side: Side, wanted: Contact) -> frozenset[str]:
        shown = self.facts.seen[side].contact
        return frozenset(
            name
            for name in self.changes[side]
            if getattr(wanted, name) != getattr(shown, name) or self.facts.is_own(name)
        )
