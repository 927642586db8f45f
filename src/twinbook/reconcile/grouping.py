"""From pairs to groups that become one contact each."""

from collections.abc import Callable, Iterable, Sequence

from twinbook.model.ids import RecordId

Ids = tuple[RecordId, RecordId]
"""Two contacts in the order of their ids."""


def key_of(one: RecordId, other: RecordId) -> Ids:
    """The same for two contacts whichever is named first."""
    return (one, other) if one < other else (other, one)


def grouped(
    pairs: Iterable[Ids], may_join: Callable[[RecordId, RecordId], bool]
) -> tuple[Sequence[Sequence[RecordId]], Sequence[Ids]]:
    """Groups of contacts, and the pairs that were left out.

    The pairs come surest first. Two groups become one only if everybody in one may join
    everybody in the other: J. Smith is like John and like Jane, who are two people.

    >>> never = {("jane", "john")}
    >>> pairs = [key_of("j", "john"), key_of("j", "jane")]
    >>> grouped(pairs, lambda one, other: key_of(one, other) not in never)
    ([['j', 'john']], [('j', 'jane')])
    """
    of: dict[RecordId, list[RecordId]] = {}
    left_out: list[Ids] = []
    for one, other in pairs:
        mine, theirs = of.get(one, [one]), of.get(other, [other])
        if mine is theirs:
            continue
        if all(may_join(it, its) for it in mine for its in theirs):
            mine += theirs
            of.update(dict.fromkeys(mine, mine))
        else:
            left_out.append((one, other))
    groups = {id(group): group for group in of.values()}
    return list(groups.values()), left_out
