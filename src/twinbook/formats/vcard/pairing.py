"""Which wanted element is which held one: as few elements as possible are touched."""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def paired(
    held: Sequence[T],
    wanted: Sequence[T],
    identity: Callable[[T], Hashable],
    slot: Callable[[T], Hashable],
) -> list[int | None]:
    """For each wanted element the position of the held one that it is, or None if it is new.

    Equal elements first; then those that are the same thing under another kind; then
    those that take each other's place.

    >>> paired(["a1", "b1"], ["a2", "b1", "c1"], lambda one: one[0], lambda one: one[1])
    [0, 1, None]
    """
    # Where several are equal, each is the one in its own place.
    mates: list[int | None] = [
        at if at < len(held) and held[at] == element else None for at, element in enumerate(wanted)
    ]
    taken = set(mates)
    free = dict.fromkeys(at for at in range(len(held)) if at not in taken)
    for key in (lambda one: one, identity, slot):
        places = defaultdict[Hashable, deque[int]](deque)
        for number in free:
            places[key(held[number])].append(number)
        for at, element in enumerate(wanted):
            if mates[at] is None and (fitting := places[key(element)]):
                mates[at] = mate = fitting.popleft()
                del free[mate]
    return mates
