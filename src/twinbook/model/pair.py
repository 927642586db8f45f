"""The two sides that are kept in step, and a value for each of them.

Nothing in Twinbook is written twice for two sides: where a line would be, it
takes a `side`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")


class Side(Enum):
    """Where a record lives."""

    HUB = "hub"  #: the company's shared contacts
    SPOKE = "spoke"  #: one address book, or one outside CRM

    @property
    def other(self) -> "Side":
        return Side.SPOKE if self is Side.HUB else Side.HUB


@dataclass(frozen=True, slots=True)
class Pair(Generic[T]):
    """One value for the hub and one for the spoke."""

    hub: T
    spoke: T

    def __getitem__(self, side: Side) -> T:
        return self.hub if side is Side.HUB else self.spoke

    @classmethod
    def each(cls, make: Callable[[Side], U]) -> "Pair[U]":
        """`make` called once for each side.

        >>> Pair.each(lambda side: side.value)
        Pair(hub='hub', spoke='spoke')
        """
        return Pair(make(Side.HUB), make(Side.SPOKE))

    @classmethod
    def only(cls, side: Side, value: U, other: U) -> "Pair[U]":
        """`value` on `side` and `other` on the other one."""
        return Pair(value, other) if side is Side.HUB else Pair(other, value)

    def having(self, side: Side, value: T) -> "Pair[T]":
        """This pair with the value of one side replaced."""
        return Pair(value, self.spoke) if side is Side.HUB else Pair(self.hub, value)
