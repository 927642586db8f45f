"""Part two contacts again that were merged by mistake."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.crm import contacts, rows, saving
from twinbook.crm.feed import Kind
from twinbook.crm.history import Line
from twinbook.crm.merge import MERGED, united
from twinbook.crm.rows import Stored
from twinbook.crm.saving import Edit
from twinbook.database.schema import merges
from twinbook.formats import stored
from twinbook.model.cause import Cause
from twinbook.model.contact import Contact
from twinbook.model.errors import NotFound
from twinbook.model.fields import FIELDS
from twinbook.model.ids import RecordId
from twinbook.model.record import Record
from twinbook.ports import Clock


def part(connection: Connection, survivor: RecordId, cause: Cause, clock: Clock) -> Record:
    """The surviving contact without what its newest merge brought; the other lives again.

    What was edited since the merge stays with the survivor. Raises NotFound if nothing
    was merged into it.
    """
    newest = sa.select(merges).where(merges.c.survivor_id == survivor).order_by(merges.c.at.desc())
    row = connection.execute(newest.limit(1)).one_or_none()
    if row is None:
        raise NotFound(f"Nothing was merged into the contact {survivor}.")
    kept = contacts.living(connection, survivor, None)
    loser = rows.one(connection, RecordId(row.loser_id))
    edits = [
        _shrunk(kept, stored.load(bytes(row.survivor_before)), loser),
        _alive(loser, kept, active=row.loser_was_active),
    ]
    after = saving.replace_all(connection, edits, cause, clock.now())
    connection.execute(sa.delete(merges).where(merges.c.loser_id == row.loser_id))
    return contacts.records(connection, after[:1])[0]


def _shrunk(kept: Stored, before: Contact, loser: Stored) -> Edit:
    """The survivor with every field as before the merge that still shows its result."""
    merged = united(before, loser.own)
    values: dict[str, Any] = {
        row.name: getattr(before, row.name)
        for row in FIELDS
        if getattr(kept.own, row.name) == getattr(merged, row.name)
    }
    line = Line(MERGED, f"{loser.shown.name} ({loser.id})", "")
    return Edit(kept, kept.but(own=kept.own.but(**values)), Kind.MERGED, (line,))


def _alive(loser: Stored, survivor: Stored, *, active: bool) -> Edit:
    line = Line(MERGED, f"{survivor.shown.name} ({survivor.id})", "")
    return Edit(loser, loser.but(merged_into=None, active=active), Kind.MERGED, (line,))
