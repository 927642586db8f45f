"""Send each side the other side's edits, field by field.

The rule numbers F0 to F5 are those of docs/explanation/rules.md, section 2.4.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from twinbook.model.fields import BY_NAME, FIELDS, Field, Nature, Unit, in_unit, winner_of
from twinbook.model.link import Half
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import Choice, Edit, Hold, Lost, Question
from twinbook.model.policy import Direction, Drift, Winner
from twinbook.model.record import Record
from twinbook.reconcile.elements import Rules, merge_elements
from twinbook.reconcile.normal import as_text, is_empty, plausible, prose, same
from twinbook.reconcile.terms import Terms

UNDECIDED = timedelta(seconds=2)  # closer than this, two servers' clocks prove nothing
LONGEST_TRUSTED_CUT = 8  # a shorter beginning of a value says nothing about truncation


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What each side should show, and what has to be asked or logged."""

    wanted: Pair[Any]
    fields: Pair[frozenset[str]]  #: in which `wanted` differs from what is shown
    frozen: frozenset[str] = frozenset()
    owned: frozenset[str] = frozenset()
    lost: tuple[Lost, ...] = ()
    holds: tuple[Hold, ...] = ()
    edits: tuple[Edit, ...] = ()


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
    merging = _Merging(base, seen, terms, topic, owned, adopted, held | terms.held)
    for row in FIELDS:
        if terms.carries(row.name):
            merging.field(row)
    return merging.result()


class _Merging:
    """One merge in progress."""

    def __init__(
        self,
        base: Pair[Half],
        seen: Pair[Record],
        terms: Terms,
        topic: str,
        owned: frozenset[str],
        adopted: bool,
        held: frozenset[str],
    ) -> None:
        self.base, self.seen, self.terms, self.topic = base, seen, terms, topic
        self.owned, self.adopted, self.held = set(owned), adopted, held
        self.changes: Pair[dict[str, Any]] = Pair({}, {})
        self.frozen: set[str] = set()
        self.lost: list[Lost] = []
        self.holds: list[Hold] = []
        self.units = {unit: self._unit_winner(unit) for unit in Unit}

    def field(self, row: Field) -> None:
        """Decide one field."""
        if row.name in self.held:
            self.frozen.add(row.name)
        elif self.terms.direction(row.name) is Direction.OWN:
            self._own(row.name)
        elif not self._edited(row.name):
            return  # F0
        elif self._is_forbidden(row.name):
            self._forbid(row.name)
        elif row.nature in (Nature.VALUES, Nature.WORDS):
            self._elements(row.name)
        elif self._in_clashing_unit(row.name):
            self._both(row.name)
        else:
            self._single(row.name)

    def result(self) -> Merged:
        shown = Pair.each(lambda side: self.seen[side].contact)
        wanted = Pair.each(lambda side: shown[side].but(**self.changes[side]))
        fitted = wanted.having(Side.SPOKE, self.terms.shapes.spoke.fit(wanted.spoke, shown.spoke))
        fields = Pair.each(lambda side: self._worth_writing(side, fitted))
        return Merged(
            wanted=fitted,
            fields=fields,
            frozen=frozenset(self.frozen),
            owned=frozenset(self.owned),
            lost=tuple(self.lost),
            holds=tuple(self.holds),
            edits=tuple(edit for side in Side for edit in self._edits(side, fitted, fields[side])),
        )

    # what is known of one field

    def _was(self, side: Side, name: str) -> Any:
        return getattr(self.base[side].contact, name)

    def _now(self, side: Side, name: str) -> Any:
        return getattr(self.seen[side].contact, name)

    def _edited(self, name: str) -> list[Side]:
        return [side for side in Side if self._now(side, name) != self._was(side, name)]

    def _agreed(self, name: str) -> bool:
        """Whether the two halves of the base are one value, spelled or cut by a server."""
        return plausible(name, self._was(Side.HUB, name), self._was(Side.SPOKE, name))

    def _set(self, side: Side, name: str, value: Any) -> None:
        """Make a side show a value; what nobody on the other side ever saw is kept first."""
        shown = self._now(side, name)
        if shown == value:
            return
        if not is_empty(shown) and not self._agreed(name):
            self._lose(side, name, shown)
        self.changes[side][name] = value

    def _lose(self, side: Side, name: str, value: Any) -> None:
        private = side is Side.SPOKE and self.adopted and not self._agreed(name)
        self.lost.append(Lost(name, side, as_text(name, value), private))

    # single values

    def _single(self, name: str) -> None:
        match self._edited(name):
            case [Side.HUB]:
                self._carry(Side.HUB, name)
            case [Side.SPOKE] if self.terms.reaches(name, Side.HUB):
                self._carry_up(name)
            case [Side.SPOKE]:
                self._drift(name)
            case _:
                self._both(name)

    def _carry(self, source: Side, name: str) -> None:
        """F1 and F2: one side was edited; the other follows."""
        if self.terms.reaches(name, source.other):
            self._set(source.other, name, self._now(source, name))

    def _carry_up(self, name: str) -> None:
        """F2, where the book may hold only the beginning of the hub's value."""
        if not self._is_cut(name):
            self._carry(Side.SPOKE, name)
        elif BY_NAME[name].nature is Nature.PROSE and (whole := self._patched(name)) is not None:
            self._set(Side.HUB, name, whole)
        else:
            self._settle(name, Question.TRUNCATED, self._answered(name))

    def _is_cut(self, name: str) -> bool:
        full, cut = self._was(Side.HUB, name), self._was(Side.SPOKE, name)
        if not (isinstance(full, str) and len(cut) >= LONGEST_TRUSTED_CUT):
            return False
        return (
            len(prose(cut)) < len(prose(full)) and not same(name, full, cut) and self._agreed(name)
        )

    def _patched(self, name: str) -> str | None:
        """The full text with the edit made to its beginning; None if that isn't clear."""
        full, cut = prose(self._now(Side.HUB, name)), prose(self._was(Side.SPOKE, name))
        if not full.startswith(cut):
            return None
        return prose(self._now(Side.SPOKE, name)) + full[len(cut) :]

    def _drift(self, name: str) -> None:
        """F2 for a field that only travels to the book."""
        if (
            self.terms.direction(name) is Direction.TO_SPOKE
            and self.terms.policy.drift is Drift.REVERT
        ):
            self._lose(Side.SPOKE, name, self._now(Side.SPOKE, name))
            self.changes.spoke[name] = self._now(Side.HUB, name)

    def _both(self, name: str) -> None:
        """F3 and F4: both sides were edited."""
        if same(name, self._now(Side.HUB, name), self._now(Side.SPOKE, name)):
            return
        match self.terms.direction(name):
            case Direction.TO_SPOKE:
                self._yield(Side.SPOKE, name)
            case Direction.TO_HUB:
                self._yield(Side.HUB, name)
            case Direction.BOTH:
                self._settle(name, Question.FIELD, self._winner(name))
            case Direction.NONE | Direction.OWN:
                return

    def _settle(self, name: str, question: Question, winner: Side | None) -> None:
        if winner is None:
            self._ask(name, question)
        else:
            self._yield(winner.other, name)

    def _yield(self, side: Side, name: str) -> None:
        value = self._now(side, name)
        if not is_empty(value):
            self._lose(side, name, value)
        self.changes[side][name] = self._now(side.other, name)

    # who wins

    def _winner(self, name: str) -> Side | None:
        chosen = self._answered(name)
        if chosen is not None or self.terms.restored:  # an old base proves nothing: ask
            return chosen
        unit = BY_NAME[name].unit
        if unit and (rule := self.units[unit]):
            return self._by(rule, name)
        emptied = [side for side in Side if is_empty(self._now(side, name))]
        if emptied:
            return emptied[0].other  # an edit outlives a clearing
        return self._by(winner_of(self.terms.policy, name), name)

    def _by(self, rule: Winner, name: str) -> Side | None:
        match rule:
            case Winner.HUB:
                return Side.HUB
            case Winner.SPOKE:
                return Side.SPOKE
            case Winner.NEWEST:
                return self._newest(name)
            case Winner.ASK:
                return None

    def _newest(self, name: str) -> Side | None:
        business = self.seen.hub.business
        hub = business.edited.get(name) if business else None
        spoke = self.seen.spoke.edited_at if self._tells_when(name) else None
        return newer(hub, spoke)

    def _tells_when(self, name: str) -> bool:
        """Whether the item's time is this field's: it says when *something* was edited."""
        before, after = self.base.spoke.contact, self.seen.spoke.contact
        return all(
            row.name == name or getattr(before, row.name) == getattr(after, row.name)
            for row in FIELDS
        )

    def _unit_winner(self, unit: Unit) -> Winner | None:
        """One winner for all parts where edits of a name or an organisation can't be mixed."""
        names = [name for name in in_unit(unit) if self.terms.carries(name)]
        edited = Pair.each(
            lambda side: {name for name in names if self._now(side, name) != self._was(side, name)}
        )
        apart = {
            name
            for name in edited.hub | edited.spoke
            if not same(name, self._now(Side.HUB, name), self._now(Side.SPOKE, name))
        }
        if not (edited.hub & apart and edited.spoke & apart):
            return None
        whole = {"given", "surname"} if unit is Unit.NAME else {"company"}
        if not (edited.hub & edited.spoke & apart) and not any(
            whole <= edited[side] for side in Side
        ):
            return None
        rules = {winner_of(self.terms.policy, name) for name in apart}
        return next((rule for rule in (Winner.ASK, Winner.NEWEST) if rule in rules), rules.pop())

    # elements

    def _elements(self, name: str) -> None:
        base = Pair.each(lambda side: self._was(side, name))
        now = Pair.each(lambda side: self._now(side, name))
        if self._reverts(name) and now.spoke != base.spoke:
            self._lose(Side.SPOKE, name, now.spoke)
            now = now.having(Side.SPOKE, base.spoke)
        chosen = self._answered(name)
        rules = Rules(
            name,
            lambda side, part: self.terms.reaches(name, side, part),
            lambda part: chosen or self._by(winner_of(self.terms.policy, name, part), name),
        )
        merged = merge_elements(rules, base, now)
        if merged.clash:
            self._ask(name, Question.FIELD)
            return
        for side, element in merged.lost:
            self._lose(side, name, (element,))
        for side in Side:
            if merged.wanted[side] != self._now(side, name):
                self.changes[side][name] = merged.wanted[side]

    def _reverts(self, name: str) -> bool:
        return (
            self.terms.policy.drift is Drift.REVERT
            and self.terms.direction(name) is Direction.TO_SPOKE
        )

    # private fields

    def _own(self, name: str) -> None:
        """Follow the hub until the user edits the field; from then on it is the user's."""
        before, after = self.base.spoke.seals.get(name), self.seen.spoke.seals.get(name)
        if before != after:
            self.owned.add(name)
        if name not in self.owned and self._now(Side.HUB, name) != self._was(Side.HUB, name):
            self.changes.spoke[name] = self._now(Side.HUB, name)

    # questions

    def _is_forbidden(self, name: str) -> bool:
        return (
            Side.SPOKE in self._edited(name)
            and self.terms.direction(name).reaches(Side.HUB)
            and not self.terms.may_edit(name, self.seen.hub)
            and not same(name, self._now(Side.HUB, name), self._now(Side.SPOKE, name))
        )

    def _forbid(self, name: str) -> None:
        match self._choice(name):
            case "drop":
                self._yield(Side.SPOKE, name)
            case "keep":
                return
            case _:
                self._ask(name, Question.PERMISSION)

    def _in_clashing_unit(self, name: str) -> bool:
        unit = BY_NAME[name].unit
        return unit is not None and self.units[unit] is not None

    def _answered(self, name: str) -> Side | None:
        choice = self._choice(name)
        return next((side for side in Side if side.value == choice), None)

    def _choice(self, name: str) -> str | None:
        subject = self._subject(name)
        return self.terms.answer(f"{self.topic}:{subject}", fingerprint(self._texts(subject)))

    def _subject(self, name: str) -> str:
        """What is asked about: a field, or the whole unit where its parts can't be mixed."""
        unit = BY_NAME[name].unit
        return f"whole {unit.value}" if unit and self.units[unit] else name

    def _texts(self, subject: str) -> Pair[str]:
        """What each side shows of a field or unit, for a person."""
        unit = next((unit for unit in Unit if subject == f"whole {unit.value}"), None)
        names = in_unit(unit) if unit else (subject,)
        return Pair.each(
            lambda side: " ".join(
                text for name in names if (text := as_text(name, self._now(side, name)))
            )
        )

    def _ask(self, name: str, question: Question) -> None:
        self.frozen.add(name)
        subject = self._subject(name)
        topic, texts = f"{self.topic}:{subject}", self._texts(subject)
        if any(hold.topic == topic for hold in self.holds):
            return
        label = subject.removeprefix("whole ") if subject != name else BY_NAME[name].label
        self.holds.append(
            Hold(
                question=question,
                topic=topic,
                contact=self.seen.hub.id,
                item=self.seen.spoke.id,
                field=name,
                values=texts,
                shown=fingerprint(texts),
                text=_QUESTIONS[question].format(label=label),
                choices=_PERMISSION if question is Question.PERMISSION else _EITHER,
            )
        )

    # the outcome

    def _worth_writing(self, side: Side, wanted: Pair[Any]) -> frozenset[str]:
        names = frozenset(
            name
            for name in self.changes[side]
            if getattr(wanted[side], name) != self._now(side, name)
            or self.terms.direction(name) is Direction.OWN
        )
        if all(BY_NAME[name].derived for name in names) and wanted[side].derived_name:
            return frozenset()
        return names

    def _edits(self, side: Side, wanted: Pair[Any], names: Iterable[str]) -> Iterable[Edit]:
        hidden = {lost.field for lost in self.lost if lost.private}
        for name in sorted(names):
            mask = side is Side.SPOKE and name in hidden
            before = "(the user's own value)" if mask else as_text(name, self._now(side, name))
            yield Edit(side, name, before, as_text(name, getattr(wanted[side], name)))


_EITHER = (
    Choice("hub", "everybody keeps the value of the CRM"),
    Choice("spoke", "the value from the address book goes to everybody"),
)
_PERMISSION = (
    Choice("drop", "the address book shows the value of the CRM again"),
    Choice("keep", "the value stays in this address book only"),
)
_QUESTIONS = {
    Question.FIELD: "The {label} was changed in the CRM and in the address book. Which one stays?",
    Question.TRUNCATED: (
        "The address book holds only the beginning of the {label}, and it was edited there. "
        "Which one stays?"
    ),
    Question.PERMISSION: "The {label} was changed in the address book by a user who may not change it.",
}


def fingerprint(texts: Pair[str]) -> str:
    """Identifies what a person was shown, so that an answer to something else is void."""
    return hashlib.sha256("\x00".join((texts.hub, texts.spoke)).encode()).hexdigest()[:16]


def newer(hub: datetime | None, spoke: datetime | None) -> Side | None:
    """The side edited last, None where the times don't tell."""
    if hub is None or spoke is None or abs(hub - spoke) <= UNDECIDED:
        return None
    return Side.HUB if hub > spoke else Side.SPOKE
