"""What a replica is able to hold.

A field that a side can't hold is never compared there, never written there and
never mistaken for one that somebody cleared.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from twinbook.model.contact import ADDRESS_PARTS, EMPTY, Address, Contact
from twinbook.model.fields import BY_NAME, FIELDS, Nature

ALL_FIELDS = frozenset(row.name for row in FIELDS)
SEPARATORS = ",; "  #: each may stand for another one


def part_of(name: str, element: Any) -> str:  # noqa: ANN401 - an element of any field
    """The kind of one element of a field, as policies and shapes name it.

    >>> from twinbook.model.contact import Phone
    >>> part_of("phones", Phone("1")), part_of("categories", "Key account")
    ('other', 'Key account')
    """
    if BY_NAME[name].nature is Nature.WORDS:
        return str(element)
    return str(element.kind.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The fields a replica stores, how many values, and how long.

    `at_most` limits a field ("emails") or one kind of it ("phones.mobile"); `parts`
    names the kinds it knows, where it does not know all. `lengths` is in characters.
    `without` names the characters at which a field would come apart.
    """

    fields: frozenset[str] = ALL_FIELDS
    at_most: Mapping[str, int] = field(default_factory=dict)
    parts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    lengths: Mapping[str, int] = field(default_factory=dict)
    without: Mapping[str, str] = field(default_factory=dict)

    def holds(self, name: str, part: str = "") -> bool:
        """Whether the replica can store this field, or this kind of its values."""
        if name not in self.fields:
            return False
        return not part or name not in self.parts or part in self.parts[name]

    def fit(self, wanted: Contact, holding: Contact = EMPTY) -> Contact:
        """`wanted` as far as the replica can hold it.

        Values that it holds already keep their place; new ones take what is free, in
        order, and the rest stays in the hub alone (the law of slots, L9). Into an empty
        place preferred values go first. A text that is too long is cut, and for a
        character that can't be held stands a similar one.
        """
        changes: dict[str, Any] = {}
        for row in FIELDS:
            value, held = getattr(wanted, row.name), getattr(holding, row.name)
            if row.name not in self.fields:
                changes[row.name] = getattr(EMPTY, row.name)
            elif row.nature in (Nature.VALUES, Nature.WORDS) and value:
                spelt = tuple(one if one in held else self._spelt(row.name, one) for one in value)
                changes[row.name] = self._fit_values(row.name, spelt, held)
            elif isinstance(value, str) and value != held:
                changes[row.name] = self._spelt(row.name, value)[: self.lengths.get(row.name)]
        return wanted.but(**changes)

    def _spelt(self, name: str, element: Any) -> Any:  # noqa: ANN401 - an element of any field
        """The element with other separators in the place of those that can't be held."""
        unheld = self.without.get(name)
        if not unheld:
            return element
        instead = next(one for one in SEPARATORS if one not in unheld)
        table = str.maketrans(dict.fromkeys(unheld, instead))
        if isinstance(element, Address):
            parts = {part: getattr(element, part).translate(table) for part in ADDRESS_PARTS}
            return replace(element, **parts)
        return element.translate(table) if isinstance(element, str) else element

    def _fit_values(
        self, name: str, wanted: tuple[Any, ...], held: tuple[Any, ...]
    ) -> tuple[Any, ...]:
        room = {key: limit for key, limit in self.at_most.items() if key.split(".")[0] == name}
        chosen: set[int] = set()
        for place in _by_claim(wanted, held):
            part = part_of(name, wanted[place])
            limits = [key for key in (name, f"{name}.{part}") if key in room]
            fits = self.holds(name, part) and all(room[key] > 0 for key in limits)
            if fits or wanted[place] in held:
                chosen.add(place)
                for key in limits:
                    room[key] -= 1
        return tuple(one for place, one in enumerate(wanted) if place in chosen)


def _by_claim(wanted: tuple[Any, ...], held: tuple[Any, ...]) -> list[int]:
    """Places of values in the order in which they claim room: first what is held already."""

    def claim(place: int) -> tuple[bool, bool]:
        one = wanted[place]
        return one not in held, not held and not getattr(one, "preferred", False)

    return sorted(range(len(wanted)), key=claim)


FULL = Shape()
