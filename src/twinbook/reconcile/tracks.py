"""What became of the elements of a field, and which of them belong together.

`follow` compares a side with what *it* showed before; `counterparts` the two sides of
a base, in which a server may have spelled every element its own way.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from twinbook.model.fields import BY_NAME, Nature
from twinbook.model.shape import part_of
from twinbook.reconcile.normal import is_rewritten, key_of

Elements = tuple[Any, ...]
Track = tuple[int | None, ...]
"""For each element before, the place of what became of it; None if it was removed."""


def follow(name: str, before: Elements, after: Elements) -> Track:
    """What became of each element: the same, the same key, or its replacement.

    One element that went and one of the same kind that came are a replacement: else a
    changed number would leave both the old and the new one (rule 2.5).
    """
    found = _pair_up(before, after, (_itself, lambda one: key_of(name, one)))
    if BY_NAME[name].nature is Nature.VALUES:
        found = _pair_up(before, after, (lambda one: (part_of(name, one), one.label),), found)
    return tuple(found.get(i) for i in range(len(before)))


def counterparts(name: str, hub: Elements, spoke: Elements, *, by_kind: bool) -> dict[int, int]:
    """Which element of the hub is which of the spoke, after whatever the server made of it.

    `by_kind`: what is left over is paired by its kind alone. That is right where the
    spoke's elements are echoes of the hub's, and wrong where its user brought his own.
    """
    found = _pair_up(hub, spoke, (_itself, lambda one: key_of(name, one)))
    free = [j for j in range(len(spoke)) if j not in found.values()]
    for i in (i for i in range(len(hub)) if i not in found):
        match = next((j for j in free if is_rewritten(name, hub[i], spoke[j])), None)
        if match is not None:
            found[i] = match
            free.remove(match)
    if by_kind and BY_NAME[name].nature is Nature.VALUES:
        found = _pair_up(hub, spoke, (lambda one: part_of(name, one),), found)
    return found


def _itself(element: Any) -> Any:
    return element


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


def undone(
    name: str, before: Elements, after: Elements, undoes: Callable[[Any], bool]
) -> tuple[Elements, Elements]:
    """`after` without the edits of those elements that `undoes` names; and what was typed."""
    track = follow(name, before, after)
    shown: list[Any] = list(after)
    removed: list[Any] = []
    for was, place in zip(before, track, strict=True):
        if not undoes(was):
            continue
        if place is None:
            removed.append(was)
        else:
            shown[place] = was
    for place in set(range(len(after))) - set(track):
        if undoes(after[place]):
            shown[place] = None
    typed = tuple(one for one, it in zip(after, shown, strict=True) if one != it)
    return tuple(one for one in (*shown, *removed) if one is not None), typed
