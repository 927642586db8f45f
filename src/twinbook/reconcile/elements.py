"""Three-way merging of multi-valued fields: e-mails, phones, addresses, categories.

Each side is compared with what *it* last showed. What happened to an element on one
side then happens to its counterpart on the other, whatever either side calls it.
An element that one side never showed (a third number where there are two places)
has no counterpart, so its absence can't be mistaken for a removal (law L9).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from twinbook.model.contact import Address
from twinbook.model.fields import BY_NAME, Nature
from twinbook.model.pair import Pair, Side
from twinbook.model.shape import part_of
from twinbook.reconcile.normal import key_of, plausible

Elements = tuple[Any, ...]
Track = tuple[int | None, ...]
"""For each element before, the place of what became of it; None if it was removed."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What may travel, and who wins, for one field."""

    name: str
    reaches: Callable[[Side, str], bool]  #: may an edit of this kind be sent to that side
    winner: Callable[[str], Side | None]  #: of two clashing edits; None: ask a person


@dataclass(frozen=True, slots=True)
class MergedElements:
    """What each side should show, which values gave way, and whether a person must decide."""

    wanted: Pair[Elements]
    lost: tuple[tuple[Side, Any], ...] = ()
    clash: bool = False


def follow(name: str, before: Elements, after: Elements) -> Track:
    """What became of each element: the same, the same key, or its replacement.

    One element that went and one of the same kind that came are a replacement: else a
    changed number would leave both the old and the new one (rule 2.5).
    """
    found = _pair_up(before, after, (lambda one: one, lambda one: key_of(name, one)))
    if BY_NAME[name].nature is Nature.VALUES:
        found = _pair_up(before, after, (lambda one: _place(name, one),), found)
    return tuple(found.get(i) for i in range(len(before)))


def counterparts(name: str, hub: Elements, spoke: Elements) -> dict[int, int]:
    """Which element of the hub is which of the spoke, after whatever the server made of it."""
    ways: tuple[Callable[[Any], Any], ...] = (lambda one: one, lambda one: key_of(name, one))
    found = _pair_up(hub, spoke, ways)
    free = [j for j in range(len(spoke)) if j not in found.values()]
    for i in (i for i in range(len(hub)) if i not in found):
        match = next((j for j in free if plausible(name, (hub[i],), (spoke[j],))), None)
        if match is not None:
            found[i] = match
            free.remove(match)
    if BY_NAME[name].nature is Nature.VALUES:
        found = _pair_up(hub, spoke, (lambda one: part_of(name, one),), found)
    return found


def _pair_up(
    before: Sequence[Any],
    after: Sequence[Any],
    ways: Iterable[Callable[[Any], Any]],
    found: dict[int, int] | None = None,
) -> dict[int, int]:
    """Pairs of places that look alike, by the surest way first; in order among equals."""
    pairs = dict(found or {})
    for way in ways:
        free: dict[Any, list[int]] = {}
        taken = set(pairs.values())
        for j, element in enumerate(after):
            if j not in taken:
                free.setdefault(way(element), []).append(j)
        for i, element in enumerate(before):
            if i not in pairs and (places := free.get(way(element))):
                pairs[i] = places.pop(0)
    return pairs


def _place(name: str, element: Any) -> tuple[str, str]:
    return part_of(name, element), element.label


def merge_elements(rules: Rules, base: Pair[Elements], now: Pair[Elements]) -> MergedElements:
    """Each side's elements with the other side's edits made to them."""
    return _Merging(rules, base, now).run()


class _Merging:
    """One merge in progress. `slots` holds what each element of a side becomes."""

    def __init__(self, rules: Rules, base: Pair[Elements], now: Pair[Elements]) -> None:
        self.rules, self.base, self.now = rules, base, now
        self.tracks = Pair.each(lambda side: follow(rules.name, base[side], now[side]))
        self.slots: Pair[list[Any]] = Pair.each(lambda side: list(now[side]))
        self.lost: list[tuple[Side, Any]] = []
        self.clash = False

    def run(self) -> MergedElements:
        twins = counterparts(self.rules.name, self.base.hub, self.base.spoke)
        for i, j in twins.items():
            self._settle(Pair(i, j))
        lonely = Pair(
            set(range(len(self.base.hub))) - twins.keys(),
            set(range(len(self.base.spoke))) - set(twins.values()),
        )
        for side in Side:
            self._carry_news(side, lonely[side])
        wanted = Pair.each(lambda side: tuple(one for one in self.slots[side] if one is not None))
        return MergedElements(wanted, tuple(self.lost), self.clash)

    def _settle(self, places: Pair[int]) -> None:
        """Bring one element of the base into step on both sides."""
        was = Pair.each(lambda side: self.base[side][places[side]])
        at = Pair.each(lambda side: self.tracks[side][places[side]])
        new = Pair.each(lambda side: self._at(side, at[side]))
        changed = [side for side in Side if new[side] != was[side]]
        if len(changed) == 1:
            self._carry(changed[0], was, new, at)
        elif len(changed) == 2 and new.hub != new.spoke:  # noqa: PLR2004 - both sides
            self._clash(was, new, at)

    def _at(self, side: Side, place: int | None) -> Any:
        return None if place is None else self.now[side][place]

    def _carry(self, source: Side, was: Pair[Any], new: Pair[Any], at: Pair[int | None]) -> None:
        target = source.other
        element = new[source] if new[source] is not None else was[source]
        place = at[target]
        if place is None or not self._reaches(target, element):
            return
        if not plausible(self.rules.name, (was.hub,), (was.spoke,)):  # never agreed on
            self.lost.append((target, new[target]))
        self.slots[target][place] = (
            None if new[source] is None else overlay(was[source], new[source], new[target])
        )

    def _clash(self, was: Pair[Any], new: Pair[Any], at: Pair[int | None]) -> None:
        for side in Side:
            if new[side] is None:  # a change outlives a removal: it holds what would be lost
                if self._reaches(side, new[side.other]):
                    self.slots[side].append(new[side.other])
                return
        if overlay(was.hub, new.hub, new.spoke) == overlay(was.spoke, new.spoke, new.hub):
            for side in Side:
                self._carry(side.other, was, new, at)
            return
        winner = self._winner(new)
        if winner is None:
            self.clash = True
            return
        yields = winner.other
        if self._reaches(yields, new[winner]):
            self.lost.append((yields, new[yields]))
            place = at[yields]
            if place is not None:
                self.slots[yields][place] = overlay(was[winner], new[winner], new[yields])

    def _winner(self, new: Pair[Any]) -> Side | None:
        part = part_of(self.rules.name, new.hub)
        for side in Side:
            if not self.rules.reaches(side, part):
                return side if self.rules.reaches(side.other, part) else None
        return self.rules.winner(part)

    def _carry_news(self, source: Side, lonely: set[int]) -> None:
        """Send what one side added, and what it changed in elements that only it shows."""
        target = source.other
        hit = {place for place in self.tracks[source] if place is not None}
        news = [j for j in range(len(self.now[source])) if j not in hit]
        if source is Side.SPOKE:  # a hub element that found no room stays the hub's alone
            news += self._edited(source, lonely)
        for place in sorted(news):
            element = self.now[source][place]
            if self._reaches(target, element) and not self._has(target, element):
                self.slots[target].append(element)

    def _edited(self, side: Side, lonely: set[int]) -> Iterator[int]:
        for i in lonely:
            place = self.tracks[side][i]
            if place is not None and self.now[side][place] != self.base[side][i]:
                yield place

    def _has(self, side: Side, element: Any) -> bool:
        key = key_of(self.rules.name, element)
        return any(
            one is not None and key_of(self.rules.name, one) == key for one in self.slots[side]
        )

    def _reaches(self, side: Side, element: Any) -> bool:
        return self.rules.reaches(side, part_of(self.rules.name, element))


def overlay(was: Any, new: Any, onto: Any) -> Any:
    """`onto` with the parts that differ between `was` and `new`.

    A postal address is one unit: a street of one and a town of another would be nowhere.
    """
    if isinstance(new, str):
        return new
    names = [one.name for one in fields(new)]
    if isinstance(new, Address):
        postal = [name for name in names if name not in ("preferred", "label")]
        if any(getattr(was, name) != getattr(new, name) for name in postal):
            onto = replace(onto, **{name: getattr(new, name) for name in postal})
        names = ["preferred", "label"]
    edited = {
        name: getattr(new, name) for name in names if getattr(was, name) != getattr(new, name)
    }
    return replace(onto, **edited)
