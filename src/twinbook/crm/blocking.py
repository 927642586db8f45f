"""Pairs of contacts that may be one person, kept true by the feed.

What is kept follows from the living contacts alone: blocks of each, and the score of every
two that share one. Whatever changed since the last look, by whomever and through what, is
in the feed; so catching up costs what changed, the first time everything, and gives what a
scan from nothing would give. Each step is a short transaction, so that nobody waits.

A block of very many contacts is not compared pair by pair. If it is telling, everybody in
it is compared with the oldest of the same face, and these with each other: so a record that
was stored a thousand times is found a thousand times and not half a million times.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import combinations

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.crm import rows
from twinbook.crm.blocks import ALONE, Standing, among, members, standings, telling_nothing
from twinbook.crm.rows import Stored
from twinbook.database import dialect, meta
from twinbook.database.schema import blocks, contacts, duplicates, unexamined
from twinbook.model.contact import Contact
from twinbook.reconcile.likeness import LEAST, RULES, compare
from twinbook.reconcile.signs import Likeness
from twinbook.reconcile.traits import (
    OF_NAMESAKES,
    Traits,
    blocks_of,
    faces_of,
    traits_of,
)

#: So many contacts are looked at in one transaction. Keys are hashes: however few contacts a
#: transaction puts into blocks, it touches pages all over the table.
PAGE = 4_000
REMEMBERED = 50_000  #: of so many contacts the traits stay in memory while a scan runs

_STATE = "duplicates"
_COLUMNS = ("key", "contact", "face", "kind")


@dataclass(frozen=True, slots=True)
class State:
    """How far the pairs follow the feed."""

    rules: int = RULES
    cursor: int = 0
    whole: bool = False  #: whether everybody was put into blocks once

    def write(self, connection: Connection) -> None:
        """Keep it."""
        meta.put(connection, _STATE, f"{self.rules} {self.cursor} {int(self.whole)}")


def state(connection: Connection) -> State:
    """How far the pairs follow the feed; not at all if they were made by other rules."""
    text = meta.get(connection, _STATE)
    rules, cursor, whole = (int(part) for part in text.split()) if text else (RULES, 0, 0)
    return State(rules, cursor, bool(whole)) if rules == RULES else State()


@dataclass(slots=True)
class Memory:
    """Traits of contacts that were looked at lately, by serial and version."""

    known: dict[int, tuple[int, Traits]] = field(default_factory=dict)

    def keep(self, serial: int, number: int, traits: Traits) -> None:
        """Remember one; the one that was remembered longest is forgotten for it."""
        if len(self.known) >= REMEMBERED:
            del self.known[next(iter(self.known))]
        self.known[serial] = number, traits


def step(connection: Connection, memory: Memory) -> int:
    """Look at one page of what is new; how many contacts that were, 0 if there are none."""
    dialect.take_duplicates_turn(connection)
    now = _begun(connection)
    if page := rows.behind(connection, now.cursor, PAGE):
        _file(connection, page, memory, whole=now.whole)
        State(cursor=page[-1].number, whole=now.whole).write(connection)
        return len(page)
    if not now.whole:
        State(cursor=now.cursor, whole=True).write(connection)
    waiting = sa.select(unexamined.c.contact).order_by(unexamined.c.contact).limit(PAGE)
    if serials := connection.scalars(waiting).all():
        _examine(connection, serials, memory)
        return len(serials)
    return 0


def left(connection: Connection) -> int:
    """How many contacts are still to be looked at; 0 if the pairs are true."""
    changed = sa.select(sa.func.count()).where(contacts.c.number > state(connection).cursor)
    waiting = sa.select(sa.func.count()).select_from(unexamined)
    return (connection.scalar(changed) or 0) + (connection.scalar(waiting) or 0)


def _begun(connection: Connection) -> State:
    """The state to go on from; what other rules made is thrown away."""
    now = state(connection)
    if now.cursor == 0:
        for table in (blocks, duplicates, unexamined):
            connection.execute(sa.delete(table))
    return now


def _lives(one: Stored) -> bool:
    return one.active and not one.deleted and one.merged_into is None


def _file(connection: Connection, page: Sequence[Stored], memory: Memory, *, whole: bool) -> None:
    """Put changed contacts into their blocks, and note whose pairs that may change."""
    serials = [one.serial for one in page]
    new = [row for one in page if _lives(one) for row in _rows(one, memory)]
    there = blocks.c.contact.in_(serials)
    old = set(connection.scalars(sa.select(blocks.c.key).where(there)))
    touched = old.union(row[0] for row in new)
    before = standings(connection, touched) if whole else {}
    connection.execute(sa.delete(blocks).where(there))
    dialect.pour(connection, blocks, _COLUMNS, sorted(new))
    concerned = set(serials)
    if whole:
        after = standings(connection, touched)
        turned = [key for key in touched if before.get(key, ALONE) != after.get(key, ALONE)]
        concerned.update(serial for _, serial, _ in members(connection, turned))
    waiting = [{"contact": serial} for serial in sorted(concerned)]
    dialect.insert_missing(connection, unexamined, waiting)


def _rows(one: Stored, memory: Memory) -> Iterable[tuple[int, int, int, str]]:
    traits = traits_of(one.shown)
    memory.keep(one.serial, one.number, traits)
    by_name, by_employer = (_number(face) for face in faces_of(traits))
    found: dict[int, tuple[int, int, int, str]] = {}
    for block in blocks_of(traits):
        key, face = block.key, by_employer if block.kind in OF_NAMESAKES else by_name
        found[key] = key, one.serial, face, block.kind.value
    return found.values()


def _number(face: str) -> int:
    return int.from_bytes(blake2b(face.encode(), digest_size=8).digest()) >> 1


def _examine(connection: Connection, serials: Sequence[int], memory: Memory) -> None:
    """Score the pairs of some contacts anew."""
    gone = sa.or_(duplicates.c.one.in_(serials), duplicates.c.other.in_(serials))
    connection.execute(sa.delete(duplicates).where(gone))
    theirs = sa.select(blocks.c.key).where(blocks.c.contact.in_(serials))
    standing = among(connection, blocks.c.key.in_(theirs))
    pairs = sorted(_pairs(connection, set(serials), standing))
    traits = _traits(connection, {serial for pair in pairs for serial in pair}, memory)
    shared = telling_nothing(standing)
    found = [
        (one, other, score)
        for one, other in pairs
        if one in traits and other in traits
        if (score := compare(traits[one], traits[other], shared, LEAST).score) >= LEAST
    ]
    dialect.pour(connection, duplicates, ("one", "other", "score"), found)
    connection.execute(sa.delete(unexamined).where(unexamined.c.contact.in_(serials)))


def _pairs(
    connection: Connection, serials: Collection[int], standing: Mapping[int, Standing]
) -> set[tuple[int, int]]:
    """The pairs to be compared of which one is among `serials`, the older first."""
    wanted = [key for key, one in standing.items() if one.pairs]
    within: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for key, serial, face in members(connection, wanted):
        within[key].append((serial, face))
    return {
        pair
        for key, members in within.items()
        for pair in _within(members, standing[key].oldest)
        if pair[0] in serials or pair[1] in serials
    }


def _within(members: Sequence[tuple[int, int]], oldest: Sequence[int]) -> Iterable[tuple[int, int]]:
    if not oldest:
        return combinations(sorted(serial for serial, _ in members), 2)
    of_face = {face: serial for serial, face in members if serial in oldest}
    own = ((of_face[face], serial) for serial, face in members if serial not in oldest)
    return (*own, *combinations(oldest, 2))


def _traits(
    connection: Connection, serials: Collection[int], memory: Memory
) -> Mapping[int, Traits]:
    """The traits of living contacts, from memory where they did not change since."""
    found: dict[int, Traits] = {}
    for some in rows.batches(serials, rows.AT_ONCE):
        now = connection.execute(_NUMBERS, {"serials": some})
        fresh = {serial for serial, number in now if memory.known.get(serial, _NONE)[0] == number}
        found |= {serial: memory.known[serial][1] for serial in fresh}
        if missing := [serial for serial in some if serial not in fresh]:
            for one in rows.select(connection, contacts.c.serial.in_(missing)):
                if _lives(one):
                    found[one.serial] = traits_of(one.shown)
                    memory.keep(one.serial, one.number, found[one.serial])
    return found


_NONE: tuple[int, None] = (-1, None)
_NUMBERS = sa.select(contacts.c.serial, contacts.c.number).where(
    contacts.c.serial.in_(sa.bindparam("serials", expanding=True)),
    contacts.c.active,
    sa.not_(contacts.c.deleted),
    contacts.c.merged_into.is_(None),
)


def judged(connection: Connection, pairs: Sequence[tuple[Contact, Contact]]) -> Sequence[Likeness]:
    """How likely each two are one person, as far as these contacts show what they are."""
    traits = [(traits_of(one), traits_of(other)) for one, other in pairs]
    keys = {block.key for one, _ in traits for block in blocks_of(one)}
    shared = telling_nothing(standings(connection, keys))
    return [compare(one, other, shared) for one, other in traits]


def near(connection: Connection, person: Contact) -> Sequence[int]:
    """The serials of contacts to compare a person with who is not stored yet."""
    keys = {block.key for block in blocks_of(traits_of(person))}
    standing = standings(connection, keys)
    wanted = [key for key in keys if (it := standing.get(key, ALONE)).pairs and not it.oldest]
    oldest = {serial for one in standing.values() for serial in one.oldest}
    return sorted(oldest.union(serial for _, serial, _ in members(connection, wanted)))
