"""What happened to a contact, field by field: kept as long as the contact lives."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.database.schema import contacts, history
from twinbook.model.cause import Cause
from twinbook.model.entry import Entry
from twinbook.model.errors import NotFound
from twinbook.model.ids import RecordId, RunId, UserId

CREATED = "created"
"""The field of a contact's first entry; it stands for all values that came with it."""


@dataclass(frozen=True, slots=True)
class Line:
    """What an entry says, before it is known when and why."""

    field: str
    before: str
    after: str
    yielded: bool = False


def write(
    connection: Connection, lines: Iterable[tuple[int, Line]], cause: Cause, at: datetime
) -> None:
    """Keep lines of contacts, given by serial, under one cause."""
    rows = [_row(serial, line, cause, at) for serial, line in lines]
    if rows:
        connection.execute(sa.insert(history), rows)


def keep(connection: Connection, entries: Sequence[Entry]) -> None:
    """Keep entries that go with no change, such as a value that yielded.

    Raises NotFound if one is about no contact.
    """
    ids = {entry.contact for entry in entries}
    rows = connection.execute(
        sa.select(contacts.c.id, contacts.c.serial).where(contacts.c.id.in_(list(ids)))
    )
    serials = {RecordId(id): serial for id, serial in rows}
    if lost := ids - serials.keys():
        raise NotFound(f"There is no contact {min(lost)} to remember anything about.")
    for entry in entries:
        line = Line(entry.field, entry.before, entry.after, entry.yielded)
        write(connection, [(serials[entry.contact], line)], entry.cause, entry.at)


def of(connection: Connection, contact: RecordId, field: str | None = None) -> Sequence[Entry]:
    """The entries of a contact, or of one of its fields, oldest first."""
    condition = contacts.c.id == contact
    if field is not None:
        condition &= history.c.field == field
    return _select(connection, condition)


def of_run(connection: Connection, run: RunId) -> Sequence[Entry]:
    """The entries that one run left, oldest first."""
    return _select(connection, history.c.run == run)


def last_edits(
    connection: Connection, serials: Collection[int]
) -> Mapping[int, Mapping[str, datetime]]:
    """When each field of some contacts, given by serial, last got its value by an edit."""
    found: dict[int, dict[str, datetime]] = defaultdict(dict)
    for serial, field, at in connection.execute(_LAST_EDITS, {"serials": list(serials)}):
        found[serial][field] = at
    return found


_LAST_EDITS = (
    sa.select(
        history.c.contact, history.c.field, sa.func.max(history.c.at, type_=history.c.at.type)
    )
    .where(
        history.c.contact.in_(sa.bindparam("serials", expanding=True)),
        history.c.yielded.is_(sa.false()),
    )
    .group_by(history.c.contact, history.c.field)
)


def _select(connection: Connection, condition: sa.ColumnElement[bool]) -> Sequence[Entry]:
    columns = (
        contacts.c.id, history.c.field, history.c.before, history.c.after, history.c.at,
        history.c.actor, history.c.channel, history.c.reason, history.c.run, history.c.yielded,
    )  # fmt: skip
    rows = connection.execute(
        sa.select(*columns)
        .join_from(history, contacts, history.c.contact == contacts.c.serial)
        .where(condition)
        .order_by(history.c.id)
    )
    return [
        Entry(
            contact=RecordId(id),
            field=field,
            before=before,
            after=after,
            at=at,
            cause=Cause(
                actor=UserId(actor) if actor else None,
                channel=channel,
                reason=reason,
                run=RunId(run) if run else None,
            ),
            yielded=yielded,
        )
        for id, field, before, after, at, actor, channel, reason, run, yielded in rows
    ]


def _row(serial: int, line: Line, cause: Cause, at: datetime) -> dict[str, object]:
    return {
        "contact": serial,
        "field": line.field,
        "before": line.before.replace("\0", ""),
        "after": line.after.replace("\0", ""),
        "at": at,
        "actor": cause.actor,
        "channel": cause.channel,
        "reason": cause.reason,
        "run": cause.run,
        "yielded": line.yielded,
    }
