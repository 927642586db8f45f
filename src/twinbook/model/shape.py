"""What a replica is able to hold.

A field that a side can't hold is never compared there, never written there and
never mistaken for one that somebody cleared.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from twinbook.model.contact import EMPTY, Contact
from twinbook.model.fields import BY_NAME, FIELDS, Nature

ALL_FIELDS = frozenset(row.name for row in FIELDS)


def part_of(name: str, element: Any) -> str:
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
    """

    fields: frozenset[str] = ALL_FIELDS
    at_most: Mapping[str, int] = field(default_factory=dict)
    parts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    lengths: Mapping[str, int] = field(default_factory=dict)

    def holds(self, name: str, part: str = "") -> bool:
        """Whether the replica can store this field, or this kind of its values."""
        if name not in self.fields:
            return False
        return not part or name not in self.parts or part in self.parts[name]

    def fit(self, wanted: Contact, holding: Contact = EMPTY) -> Contact:
        """`wanted` as far as the replica can hold it.

        Values that it holds already keep their place; new ones take what is free, in
        order, and the rest stays in the hub alone (the law of slots, L9).
        """
        changes: dict[str, Any] = {}
        for row in FIELDS:
            value = getattr(wanted, row.name)
            if row.name not in self.fields:
                changes[row.name] = getattr(EMPTY, row.name)
            elif row.nature in (Nature.VALUES, Nature.WORDS) and value:
                changes[row.name] = self._fit_values(row.name, value, getattr(holding, row.name))
        return wanted.but(**changes)

    def _fit_values(
        self, name: str, wanted: tuple[Any, ...], held: tuple[Any, ...]
    ) -> tuple[Any, ...]:
        kept = [one for one in wanted if one in held]
        room = {key: limit for key, limit in self.at_most.items() if key.split(".")[0] == name}
        chosen: list[Any] = []
        for one in kept + [one for one in wanted if one not in held]:
            part = part_of(name, one)
            limits = [key for key in (name, f"{name}.{part}") if key in room]
            if not self.holds(name, part) or any(room[key] == 0 for key in limits):
                continue
            for key in limits:
                room[key] -= 1
            chosen.append(one)
        return tuple(one for one in wanted if one in chosen)


FULL = Shape()
