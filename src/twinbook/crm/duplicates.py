"""Contacts that may be one person, what people said about them, and making them one.

Nothing here merges by itself, whatever the score: a pair is a question to a person. That two
are not the same is remembered for ever. It is kept as it was said, between two contacts; if
one of them is merged, it holds for the survivor, and if they are parted again, for both.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.crm import blocking, contacts, merge, scopes
from twinbook.crm.blocking import Memory
from twinbook.database import Database, dialect
from twinbook.database.schema import apart, duplicates
from twinbook.database.schema import contacts as table
from twinbook.model.cause import Cause
from twinbook.model.contact import EMPTY, Contact
from twinbook.model.errors import Invalid
from twinbook.model.fields import FIELDS
from twinbook.model.ids import RecordId, UserId
from twinbook.model.record import Record
from twinbook.model.rights import Rights
from twinbook.ports import Clock
from twinbook.reconcile.grouping import Ids, key_of
from twinbook.reconcile.likeness import LEAST
from twinbook.reconcile.match import is_living
from twinbook.reconcile.private import blank
from twinbook.reconcile.scope import matches
from twinbook.reconcile.signs import Likeness

AT_ONCE = 200  #: so many pairs are read at once


@dataclass(frozen=True, slots=True)
class Pair:
    """Two contacts that may be one person. `kept` says more, or is the older."""

    kept: Record
    other: Record
    likeness: Likeness

    @property
    def ids(self) -> Ids:
        """The ids of both, whichever is kept."""
        return key_of(self.kept.id, self.other.id)


@dataclass(frozen=True, slots=True)
class Apart:
    """Two contacts of which somebody said that they are not the same; survivors of merges."""

    one: RecordId
    other: RecordId
    user: UserId | None
    at: datetime


def catch_up(database: Database) -> Iterator[tuple[int, int]]:
    """Bring the pairs up to date; after each step how many were looked at, and are left."""
    memory, done = Memory(), 1
    while done:
        with database.write(durable=False) as connection:
            done = blocking.step(connection, memory)
            if done:
                yield done, blocking.left(connection)


def found(connection: Connection, rights: Rights, least: int = LEAST) -> Iterator[Pair]:
    """The pairs that a user may see, the likeliest first, as far as they were looked at.

    Each is judged by what it says now, and by the fields that are shown to this user: what
    is hidden is no reason. Raises Invalid for a score below which none is kept.
    """
    if least < LEAST:
        raise Invalid(f"Pairs below {LEAST} are not kept. Ask for {LEAST} or more.")
    told = said(connection)
    visible = sa.select(table.c.serial).where(
        scopes.condition(connection, rights.see, rights.viewer)
    )
    query = (
        sa.select(duplicates.c.one, duplicates.c.other)
        .where(duplicates.c.score >= least)
        .where(duplicates.c.one.in_(visible), duplicates.c.other.in_(visible))
        .order_by(duplicates.c.score.desc(), duplicates.c.one, duplicates.c.other)
    )
    serials = [(one, other) for one, other in connection.execute(query)]
    for first in range(0, len(serials), AT_ONCE):
        for pair in _judged(connection, serials[first : first + AT_ONCE], rights):
            if pair.likeness.score >= least and pair.ids not in told:
                yield pair


def _judged(
    connection: Connection, serials: Sequence[tuple[int, int]], rights: Rights
) -> Iterator[Pair]:
    records = _by_serial(connection, {serial for pair in serials for serial in pair})
    pairs = [
        (records[one], records[other])
        for one, other in serials
        if one in records and other in records
    ]
    yield from judged(connection, pairs, rights)


def judged(
    connection: Connection, pairs: Sequence[tuple[Record, Record]], rights: Rights
) -> Iterator[Pair]:
    """Pairs of records, the older first, as this user may see them."""
    shown = [(_shown(one, rights), _shown(other, rights)) for one, other in pairs]
    for (one, other), likeness in zip(pairs, blocking.judged(connection, shown), strict=True):
        kept, rest = (one, other) if fullness(one) >= fullness(other) else (other, one)
        yield Pair(kept, rest, likeness)


def _shown(record: Record, rights: Rights) -> Contact:
    return blank(record.contact, rights.hidden) if rights.hidden else record.contact


def fullness(record: Record) -> tuple[bool, int]:
    """How much would be lost if a contact were the one that joins: its account, its fields."""
    business, person = record.business, record.contact
    filled = sum(getattr(person, row.name) != getattr(EMPTY, row.name) for row in FIELDS)
    return business is not None and business.account is not None, filled


def _by_serial(connection: Connection, serials: set[int]) -> Mapping[int, Record]:
    query = sa.select(table.c.id, table.c.serial).where(table.c.serial.in_(serials))
    known = {RecordId(id): serial for id, serial in connection.execute(query)}
    records = contacts.read(connection, known)
    return {known[id]: record for id, record in records.items()}


def resembling(connection: Connection, person: Contact, rights: Rights) -> list[Record]:
    """The contacts that somebody who is not stored yet may be, the likeliest first.

    What changed since the last look is not known here; without a first look nothing is.
    """
    if not blocking.state(connection).whole:
        return []
    records = _by_serial(connection, set(blocking.near(connection, person))).values()
    visible = [one for one in records if is_living(one) and matches(rights.see, one, rights.viewer)]
    likeness = blocking.judged(connection, [(person, _shown(one, rights)) for one in visible])
    found = [
        (-like.score, one.id, one)
        for one, like in zip(visible, likeness, strict=True)
        if like.score >= LEAST
    ]
    return [one for _, _, one in sorted(found, key=lambda it: it[:2])]


def set_apart(
    connection: Connection, one: RecordId, other: RecordId, user: UserId, clock: Clock
) -> None:
    """Remember for ever that two contacts are not the same. Raises Invalid for one and itself."""
    if one == other:
        raise Invalid("A contact is always the same as itself. Name two of them.")
    first, second = key_of(one, other)
    row = {"one_id": first, "other_id": second, "user_id": user, "at": clock.now()}
    dialect.insert_missing(connection, apart, [row])


def reconsider(connection: Connection, one: RecordId, other: RecordId) -> bool:
    """Take back that two are not the same, whichever of their merged contacts it was said of."""
    rows = [
        row
        for row in connection.execute(_APART)
        if key_of(row.one, row.other) == key_of(one, other)
    ]
    for row in rows:
        here = sa.and_(apart.c.one_id == row.one_id, apart.c.other_id == row.other_id)
        connection.execute(sa.delete(apart).where(here))
    return bool(rows)


_first, _second = table.alias(), table.alias()
_APART = (
    sa.select(
        apart.c.one_id,
        apart.c.other_id,
        sa.func.coalesce(_first.c.merged_into, _first.c.id).label("one"),
        sa.func.coalesce(_second.c.merged_into, _second.c.id).label("other"),
        apart.c.user_id,
        apart.c.at,
    )
    .join(_first, _first.c.id == apart.c.one_id)
    .join(_second, _second.c.id == apart.c.other_id)
    .order_by(apart.c.at, apart.c.one_id, apart.c.other_id)
)


def said(connection: Connection) -> Mapping[Ids, Apart]:
    """The pairs that are not the same, as their contacts are called after all merges."""
    told = (
        Apart(
            RecordId(row.one),
            RecordId(row.other),
            UserId(row.user_id) if row.user_id else None,
            row.at,
        )
        for row in connection.execute(_APART)
    )
    return {key_of(one.one, one.other): one for one in told if one.one != one.other}


def check_together(connection: Connection, group: Sequence[Record]) -> None:
    """Raises Invalid if somebody said that two of a group are not the same."""
    told = said(connection)
    for one, other in combinations(group, 2):
        if key_of(one.id, other.id) in told:
            raise Invalid(
                f"Somebody said that {one.id[:8]} and {other.id[:8]} are not the same. If that "
                f"was wrong: twinbook duplicates reconsider {one.id[:8]} {other.id[:8]}"
            )


def unite(
    connection: Connection, kept: Record, others: Sequence[Record], cause: Cause, clock: Clock
) -> Iterator[tuple[Record, Record, Record]]:
    """Merge others into a contact; each time the survivor before, after, and who joined it.

    Raises Invalid as `check_together`, before anything is done.
    """
    check_together(connection, [kept, *others])
    for other in others:
        after = merge.merge(connection, kept.id, other.id, cause, clock)
        yield kept, after, other
        kept = after
