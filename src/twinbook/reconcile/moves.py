"""The field table: what happens to one field, by who edited it and which way it travels.

docs/explanation/rules.md, section 2.4.
"""

from collections.abc import Mapping
from enum import Enum, auto

from twinbook.model.policy import Direction


class Move(Enum):
    """What happens to one field. Whatever it is, the base follows what is shown afterwards."""

    REST = auto()  #: nothing but that
    DOWN = auto()  #: the hub's value goes to the book
    UP = auto()  #: the book's value goes to the hub
    DRIFT = auto()  #: the policy `drift` says
    DECIDE = auto()  #: the winner's value goes to the other side


class Row(Enum):
    """Which of the two sides edited a field, and whether they agree."""

    F1 = auto()  #: the hub alone
    F2 = auto()  #: the book alone
    F3 = auto()  #: both, to what a person calls the same
    F4 = auto()  #: both, differently


MOVES: Mapping[Direction, Mapping[Row, Move]] = {
    direction: dict(zip(Row, moves, strict=True))
    for direction, moves in {
        #                        F1         F2          F3         F4
        Direction.BOTH:     (Move.DOWN, Move.UP,    Move.REST, Move.DECIDE),
        Direction.TO_SPOKE: (Move.DOWN, Move.DRIFT, Move.REST, Move.DOWN),
        Direction.TO_HUB:   (Move.REST, Move.UP,    Move.REST, Move.UP),
        Direction.NONE:     (Move.REST, Move.REST,  Move.REST, Move.REST),
    }.items()
}  # fmt: skip
"""The field table. F0, nothing edited, does nothing; F5 is `meet.introduce`; a direction
`own` is decided in `_own`, and fields of several values element by element."""
