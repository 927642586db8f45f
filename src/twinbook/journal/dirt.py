"""Which contacts have to be looked at again, in which spoke.

An index and nothing more: it says where to look, never what to do. It can be made anew
from the feed at any time, so losing it is harmless.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from twinbook.crm import feed, lookup, scopes
from twinbook.database import meta
from twinbook.database.dialect import is_sqlite, take_dispatch_turn
from twinbook.journal.tables import dirt, links
from twinbook.model.filter import Filter
from twinbook.model.ids import RecordId, SpokeId, Version
from twinbook.model.record import Record
from twinbook.model.rights import Viewer
from twinbook.ports import LOOK, MISSING, VANISHED, Dirt
from twinbook.reconcile.scope import matches

WATERMARK = "dispatched"
PAGE = 500


@dataclass(frozen=True, slots=True)
class Audience:
    """One spoke and what belongs in it, as the dispatcher needs it."""

    spoke: SpokeId
    scope: Filter
    viewer: Viewer


def soil(connection: Connection, spoke: SpokeId, marks: Collection[Dirt], at: datetime) -> None:
    """Mark contacts to be looked at again; news is added to what is marked already.

    What is known and since when is not forgotten for a wish to look, nor that an item is
    missing for the news that it vanished.
    """
    rows = [
        {
            "spoke_id": spoke,
            "contact_id": one.contact,
            "number": one.number,
            "announced": one.announced,
            "since": one.since or at,
        }
        for one in marks
    ]
    _merge(connection, rows)


def _merge(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    if not rows:
        return
    connection.execute(_merging(is_sqlite(connection)), list(rows))


@cache
def _merging(sqlite_: bool) -> sa.Insert:  # noqa: FBT001 - the cache's key
    statement = (sqlite if sqlite_ else postgresql).insert(dirt)
    newer = statement.excluded
    known = sa.or_(
        sa.and_(newer.announced == LOOK, dirt.c.announced.is_not(None)),
        sa.and_(newer.announced == VANISHED, dirt.c.announced == MISSING),
    )
    merging: sa.Insert = statement.on_conflict_do_update(
        index_elements=["spoke_id", "contact_id"],
        set_={
            "number": sa.case((dirt.c.number > newer.number, dirt.c.number), else_=newer.number),
            "announced": sa.case(
                (known, dirt.c.announced),
                else_=sa.func.coalesce(newer.announced, dirt.c.announced),
            ),
            "since": sa.case(
                (known, dirt.c.since), else_=sa.func.coalesce(newer.since, dirt.c.since)
            ),
        },
    )
    return merging


def clean(connection: Connection, spoke: SpokeId, contacts: Sequence[tuple[RecordId, int]]) -> None:
    """Take marks off, unless the hub changed after the number that goes with a contact."""
    if not contacts:
        return
    rows = [{"spoke": spoke, "contact": contact, "seen": number} for contact, number in contacts]
    connection.execute(_CLEAN, rows)


_CLEAN = sa.delete(dirt).where(
    dirt.c.spoke_id == sa.bindparam("spoke"),
    dirt.c.contact_id == sa.bindparam("contact"),
    dirt.c.number <= sa.bindparam("seen", type_=sa.BigInteger),
)


def page(
    connection: Connection, spoke: SpokeId, after: RecordId | None, limit: int
) -> Sequence[Dirt]:
    """A page of what is dirty, in the order of contacts."""
    asked = {"spoke": spoke, "after": after or "", "limit": limit}
    return [
        Dirt(
            contact=RecordId(row.contact_id),
            number=row.number,
            announced=None if row.announced is None else Version(row.announced),
            since=row.since,
        )
        for row in connection.execute(_PAGE, asked)
    ]


_PAGE = (
    sa.select(dirt)
    .where(dirt.c.spoke_id == sa.bindparam("spoke"), dirt.c.contact_id > sa.bindparam("after"))
    .order_by(dirt.c.contact_id)
    .limit(sa.bindparam("limit", type_=sa.Integer))
)


def is_behind(connection: Connection) -> bool:
    """Whether the hub has news that nobody has been told of."""
    return feed.newest(connection) > int(meta.get(connection, WATERMARK) or 0)


def dispatch(
    connection: Connection, audiences: Callable[[], Sequence[Audience]]
) -> frozenset[SpokeId]:
    """Turn the hub's news into dirt, for every spoke, up to now; the spokes that have some."""
    take_dispatch_turn(connection)
    touched: set[SpokeId] = set()
    number = int(meta.get(connection, WATERMARK) or 0)
    listening = audiences()
    while records := lookup.page(connection, number, PAGE):
        touched |= _tell_linked(connection, records)
        touched |= {
            audience.spoke
            for audience in listening
            if _tell_entering(connection, audience, records)
        }
        number = max(_number(record) for record in records)
    meta.put(connection, WATERMARK, str(max(number, feed.newest(connection))))
    return frozenset(touched)


def _tell_linked(connection: Connection, records: Sequence[Record]) -> set[SpokeId]:
    numbers = {record.id: _number(record) for record in records}
    found = connection.execute(_LINKED, {"contacts": list(numbers)}).all()
    rows = [
        _row(spoke, contact, numbers[contact])
        for spoke, contact, seen in found
        if seen < numbers[contact]
    ]
    _merge(connection, rows)
    return {SpokeId(str(row["spoke_id"])) for row in rows}


_LINKED = sa.select(links.c.spoke_id, links.c.contact_id, links.c.number).where(
    links.c.contact_id.in_(sa.bindparam("contacts", expanding=True))
)


def _tell_entering(connection: Connection, audience: Audience, records: Sequence[Record]) -> bool:
    entering = {
        record.id: _number(record)
        for record in records
        if matches(audience.scope, record, audience.viewer)
    }
    if not entering:
        return False
    linked = sa.select(links.c.contact_id).where(
        links.c.spoke_id == audience.spoke, links.c.contact_id.in_(list(entering))
    )
    known = set(connection.scalars(linked))
    rows = [_row(audience.spoke, id, number) for id, number in entering.items() if id not in known]
    _merge(connection, rows)
    return bool(rows)


def look_everywhere(connection: Connection, audience: Audience) -> int:
    """Mark everything that is or should be in a spoke: its rules changed. How much that is."""
    linked = connection.execute(
        sa.select(links.c.contact_id, links.c.number).where(links.c.spoke_id == audience.spoke)
    )
    rows = {contact: _row(audience.spoke, contact, max(number, 1)) for contact, number in linked}
    for contact in scopes.matching(connection, audience.scope, audience.viewer):
        rows.setdefault(contact, _row(audience.spoke, contact, 1))
    values = list(rows.values())
    for start in range(0, len(values), PAGE):
        _merge(connection, values[start : start + PAGE])
    return len(values)


def _row(spoke: str, contact: str, number: int) -> dict[str, object]:
    return {
        "spoke_id": spoke,
        "contact_id": contact,
        "number": number,
        "announced": None,
        "since": None,
    }


def _number(record: Record) -> int:
    return record.business.number if record.business else 0
