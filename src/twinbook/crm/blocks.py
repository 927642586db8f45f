"""How blocks of contacts stand: who is in them, and whether they tell anything."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.crm import rows
from twinbook.database.schema import blocks
from twinbook.reconcile.likeness import SEVERAL
from twinbook.reconcile.traits import OF_NAMESAKES, TELLING, Block, BlockKind

LARGEST = 24  #: so many contacts of a block are compared pair by pair
KEYS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a block counts for its pairs; as long as it is the same, they are."""

    shared: bool = False  #: several people have it, so that it tells nothing
    pairs: bool = True  #: whether it brings anybody together
    oldest: tuple[int, ...] = ()  #: the oldest of each face, in a large telling block


ALONE = Standing()  #: of a block in which nobody or one contact is


def standings(connection: Connection, keys: Collection[int]) -> Mapping[int, Standing]:
    """How the blocks of some keys stand; those in which one is alone are left out."""
    found: dict[int, Standing] = {}
    for some in rows.batches(keys, KEYS_AT_ONCE):
        found |= among(connection, blocks.c.key.in_(some))
    return found


def among(connection: Connection, these: sa.ColumnElement[bool]) -> Mapping[int, Standing]:
    """How the blocks of a condition stand; those in which one is alone are left out."""
    of_all = sa.func.max(blocks.c.kind)  # one block has one kind
    query = (
        sa.select(blocks.c.key, sa.func.count(), sa.func.count(blocks.c.face.distinct()), of_all)
        .where(these)
        .group_by(blocks.c.key)
        .having(sa.func.count() > 1)
    )
    found = connection.execute(query).all()
    stars = [key for key, number, faces, kind in found if _is_star(number, faces, kind)]
    oldest = _oldest(connection, stars)
    return {
        key: _standing(number, faces, kind, oldest.get(key, ()))
        for key, number, faces, kind in found
    }


def _standing(number: int, faces: int, kind: str, oldest: tuple[int, ...]) -> Standing:
    """How a block stands.

    What many have brings nobody together, but for their names: other blocks do that.
    """
    shared = faces >= SEVERAL
    small = number <= LARGEST and (not shared or BlockKind(kind) in OF_NAMESAKES)
    return Standing(shared, small or bool(oldest), oldest)


def _is_star(number: int, faces: int, kind: str) -> bool:
    return number > LARGEST and faces < SEVERAL and BlockKind(kind) in TELLING


def _oldest(connection: Connection, keys: Collection[int]) -> Mapping[int, tuple[int, ...]]:
    """The oldest of each face in some blocks."""
    found: dict[int, list[int]] = defaultdict(list)
    for some in rows.batches(keys, KEYS_AT_ONCE):
        query = sa.select(blocks.c.key, sa.func.min(blocks.c.contact)).where(blocks.c.key.in_(some))
        for key, oldest in connection.execute(query.group_by(blocks.c.key, blocks.c.face)):
            found[key].append(oldest)
    return {key: tuple(sorted(several)) for key, several in found.items()}


def members(connection: Connection, keys: Collection[int]) -> list[tuple[int, int, int]]:
    """Key, contact and face of all who are in some blocks."""
    found: list[tuple[int, int, int]] = []
    for some in rows.batches(keys, KEYS_AT_ONCE):
        query = sa.select(blocks.c.key, blocks.c.contact, blocks.c.face)
        found += [(key, serial, face) for key, serial, face in
                  connection.execute(query.where(blocks.c.key.in_(some))).all()]  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks, told by their keys."""

    keys: frozenset[int]

    def __contains__(self, block: object) -> bool:
        return isinstance(block, Block) and block.key in self.keys


def telling_nothing(standing: Mapping[int, Standing]) -> Blocks:
    """The blocks that tell nothing."""
    return Blocks(frozenset(key for key, one in standing.items() if one.shared))
