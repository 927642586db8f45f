"""Three-way merging of multi-valued fields: e-mails, phones, addresses, categories.

Each side is compared with what *it* last showed. What happened to an element on one
side then happens to its counterpart on the other, whatever either side calls it.
An element that one side never showed (a third number where there are two places)
has no counterpart, so its absence can't be mistaken for a removal (law L9).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from twinbook.model.pair import Pair, Side
from twinbook.model.shape import part_of
from twinbook.reconcile.edits import (
    TRAITS,
    Edits,
    edits_of,
    is_changed,
    named,
    overlay,
    replaces,
    without_spelling,
)
from twinbook.reconcile.normal import is_rewritten, key_of
from twinbook.reconcile.tracks import Elements, counterparts, follow


@dataclass(frozen=True, slots=True)
class Rules:
    """What may travel, and who wins, for one field."""

    name: str
    reaches: Callable[[Side, str], bool]  #: may an edit of this kind be sent to that side
    winner: Callable[[str], Side | None]  #: of two clashing edits; None: ask a person
    adopted: bool = False  #: the spoke's elements may be its user's own, not echoes


@dataclass(frozen=True, slots=True)
class MergedElements:
    """What each side should show, what gave way, and whether a person must decide.

    `lost` are values that were overwritten, `outlived` those whose removal was.
    """

    wanted: Pair[Elements]
    lost: tuple[tuple[Side, Any], ...] = ()
    outlived: tuple[tuple[Side, Any], ...] = ()
    clash: bool = False


def merge_elements(rules: Rules, base: Pair[Elements], now: Pair[Elements]) -> MergedElements:
    """Each side's elements with the other side's edits made to them."""
    return _Merging(rules, base, now).run()


@dataclass(frozen=True, slots=True)
class _One:
    """One element of the base: what it was, where it is now, and what it is there."""

    was: Pair[Any]
    at: Pair[int | None]
    new: Pair[Any]  #: None where it was removed
    known: bool  #: both halves are one element; else one overwrites what nobody there saw


class _Merging:
    """One merge in progress. `slots` holds what each element of a side becomes."""

    def __init__(self, rules: Rules, base: Pair[Elements], now: Pair[Elements]) -> None:
        self.rules, self.base, self.now = rules, base, now
        self.tracks = Pair.each(lambda side: follow(rules.name, base[side], now[side]))
        self.slots: Pair[list[Any]] = Pair.each(lambda side: list(now[side]))
        self.lost: list[tuple[Side, Any]] = []
        self.outlived: list[tuple[Side, Any]] = []
        self.clash = False

    def run(self) -> MergedElements:
        twins = counterparts(
            self.rules.name, self.base.hub, self.base.spoke, by_kind=not self.rules.adopted
        )
        for i, j in twins.items():
            self._settle(self._one(Pair(i, j)))
        lonely = Pair(
            set(range(len(self.base.hub))) - twins.keys(),
            set(range(len(self.base.spoke))) - set(twins.values()),
        )
        self._exchange(Pair.each(lambda side: self._news(side, lonely[side])))
        for side in Side:
            self._drop_doubles(side)
            self._prefer_one(side)
        wanted = Pair.each(lambda side: tuple(one for one in self.slots[side] if one is not None))
        return MergedElements(wanted, tuple(self.lost), tuple(self.outlived), self.clash)

    # elements of the base

    def _one(self, places: Pair[int]) -> _One:
        was = Pair.each(lambda side: self.base[side][places[side]])
        at = Pair.each(lambda side: self.tracks[side][places[side]])
        new = Pair.each(lambda side: self._at(side, at[side]))
        return _One(was, at, new, is_rewritten(self.rules.name, was.hub, was.spoke))

    def _at(self, side: Side, place: int | None) -> Any:
        return None if place is None else self.now[side][place]

    def _settle(self, one: _One) -> None:
        """Bring one element of the base into step on both sides: F1 to F4."""
        name = self.rules.name
        match [side for side in Side if one.new[side] != one.was[side]]:
            case [source]:
                self._carry(source, one)
            case [_, _] if one.new.hub is None or one.new.spoke is None:
                if one.new.hub != one.new.spoke:
                    self._outlive(Side.HUB if one.new.hub is None else Side.SPOKE, one)
            case [_, _]:
                edits = Pair.each(lambda side: edits_of(one.was[side], one.new[side]))
                self._contest(without_spelling(name, edits, one.was, one.new), one)
            case _:
                pass

    def _carry(self, source: Side, one: _One) -> None:
        """F1 and F2: one side edited the element, or removed it."""
        target, new = source.other, one.new[source]
        if not self._reaches(target, one.was[source] if new is None else new):
            return
        edits = {} if new is None else edits_of(one.was[source], new)
        if not one.known and (new is None or replaces(edits)):
            self.lost.append((target, one.new[target]))
        self._show(target, one, None if new is None else overlay(edits, one.new[target]))

    def _outlive(self, gone: Side, one: _One) -> None:
        """One side changed what the other removed: the change holds what would be lost.

        Only where the change can't travel and the removal can does the removal win (F4).
        """
        source = gone.other
        if not is_changed(self.rules.name, one.was[source], one.new[source]):
            self._carry(gone, one)
        elif self._reaches(gone, one.new[source]):
            self.outlived.append((gone, one.was[gone]))
            if self._twin(gone, one.new[source]) is None:
                self.slots[gone].append(one.new[source])
        elif self._reaches(source, one.was[gone]):
            self.lost.append((source, one.new[source]))
            self._show(source, one, None)

    def _contest(self, edits: Pair[Edits], one: _One) -> None:
        """Both sides edited the element: each attribute is a row of its own (F3, F4)."""
        reached = [side for side in Side if self._reaches(side, one.new[side.other])]
        if not reached:
            return
        apart = self._apart(edits, one.new)
        sole = reached[0].other if len(reached) == 1 else None
        winner = sole or self.rules.winner(part_of(self.rules.name, one.new.hub))
        if apart and winner is None:
            self.clash = True
            return
        for target in reached:
            mine = edits[target]
            theirs = {name: it for name, it in edits[target.other].items() if name not in mine}
            if apart and target is not winner:
                theirs |= {name: edits[target.other][name] for name in sorted(apart)}
                self.lost.append((target, one.new[target]))
            elif replaces(theirs) and (not one.known or self._typed(target, one)):
                self.lost.append((target, one.new[target]))
            self._show(target, one, overlay(theirs, one.new[target]))

    def _typed(self, side: Side, one: _One) -> bool:
        return replaces(edits_of(one.was[side], one.new[side]))

    def _apart(self, edits: Pair[Edits], new: Pair[Any]) -> set[str]:
        """The attributes that both sides edited, to different values."""
        keys = Pair.each(lambda side: key_of(self.rules.name, new[side]))
        return {
            name
            for name in edits.hub.keys() & edits.spoke.keys()
            if edits.hub[name] != edits.spoke[name] and (name in TRAITS or keys.hub != keys.spoke)
        }

    def _show(self, side: Side, one: _One, element: Any) -> None:
        place = one.at[side]
        if place is not None:
            self.slots[side][place] = element

    # elements that are new, or that only one side shows

    def _news(self, side: Side, lonely: set[int]) -> list[int]:
        """The places of what a side added, and of what it changed that only it shows."""
        hit = {place for place in self.tracks[side] if place is not None}
        added = [place for place in range(len(self.now[side])) if place not in hit]
        return sorted([*added, *self._changed(side, lonely)])

    def _changed(self, side: Side, lonely: set[int]) -> Iterator[int]:
        for i in lonely:
            place, was = self.tracks[side][i], self.base[side][i]
            if place is None:
                continue
            new, name = self.now[side][place], self.rules.name
            moved = not self.rules.adopted and part_of(name, was) != part_of(name, new)
            if key_of(name, was) != key_of(name, new) or moved:
                yield place

    def _exchange(self, news: Pair[list[int]]) -> None:
        for side in Side:
            for place in news[side]:
                element = self.now[side][place]
                twin = self._twin(side.other, element)
                if twin is None and self._reaches(side.other, element):
                    self.slots[side.other].append(element)
                elif twin in news.spoke and side is Side.HUB:
                    self._meet(Pair(place, twin))

    def _meet(self, at: Pair[int | None]) -> None:
        """Both sides added the same value: they have to agree on its kind alone."""
        new = Pair.each(lambda side: self._at(side, at[side]))
        edits = Pair.each(lambda side: named(new[side]))
        self._contest(edits, _One(new, at, new, known=True))

    # what must be true of the outcome

    def _twin(self, side: Side, element: Any) -> int | None:
        """The place on a side that holds this value already."""
        key = key_of(self.rules.name, element)
        return next((i for i, one in enumerate(self.slots[side]) if self._has_key(one, key)), None)

    def _has_key(self, element: Any, key: str) -> bool:
        return element is not None and key_of(self.rules.name, element) == key

    def _drop_doubles(self, side: Side) -> None:
        """A value that came from the other side is not a second copy of one that is here."""
        slots, now = self.slots[side], self.now[side]
        for place, element in enumerate(slots):
            if element is None:
                continue
            key = key_of(self.rules.name, element)
            came = place >= len(now) or key_of(self.rules.name, now[place]) != key
            if came and any(self._has_key(it, key) for i, it in enumerate(slots) if i != place):
                slots[place] = None

    def _prefer_one(self, side: Side) -> None:
        """Of each kind one value is preferred: the one that was chosen last (law L12)."""
        chosen: dict[str, list[int]] = defaultdict(list)
        for place, element in enumerate(self.slots[side]):
            if getattr(element, "preferred", False):
                chosen[part_of(self.rules.name, element)].append(place)
        for part, places in chosen.items():
            came = [place for place in places if not self._preferred(side, place)]
            here = [place for place in places if place not in came]
            if came and here:
                keeps = self._newly(side, here) and self._first(part) is side
                for place in came if keeps else here:
                    self.slots[side][place] = replace(self.slots[side][place], preferred=False)

    def _first(self, part: str) -> Side:
        return self.rules.winner(part) or Side.HUB

    def _preferred(self, side: Side, place: int) -> bool:
        """Whether a side itself shows the element in a place as preferred."""
        return place < len(self.now[side]) and self.now[side][place].preferred

    def _newly(self, side: Side, places: list[int]) -> bool:
        before = {
            place: self.base[side][i].preferred
            for i, place in enumerate(self.tracks[side])
            if place is not None
        }
        return any(not before.get(place, False) for place in places)

    def _reaches(self, side: Side, element: Any) -> bool:
        return self.rules.reaches(side, part_of(self.rules.name, element))
