"""Why a contact is in a book, or is not: what the journal knows about it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.journal.tables import dirt, operations, steps, tombstones
from twinbook.model.ids import RecordId, RunId, SpokeId, UserId
from twinbook.model.plan import Act, Tomb

AT_ONCE = 500
_LINKING = (Act.CREATE, Act.LINK, Act.PROMOTE, Act.RELINK, Act.RESTORE)


@dataclass(frozen=True, slots=True)
class Grave:
    """That a user does not want to see a contact."""

    why: Tomb
    at: datetime
    run: RunId | None


def grave(connection: Connection, user: UserId, contact: RecordId) -> Grave | None:
    """Why, since when and by which run a user no longer sees a contact; None if not so."""
    here = sa.and_(tombstones.c.user_id == user, tombstones.c.contact_id == contact)
    row = connection.execute(sa.select(tombstones).where(here)).one_or_none()
    return Grave(Tomb(row.why), row.at, row.run_id and RunId(row.run_id)) if row else None


def linked_by(
    connection: Connection, spoke: SpokeId, contact: RecordId
) -> tuple[RunId, datetime, Act] | None:
    """The run that linked a contact with its item in a spoke, when, and how."""
    linking = steps.c.act.in_([act.value for act in _LINKING])
    row = connection.execute(
        sa.select(steps.c.run_id, steps.c.at, steps.c.act)
        .where(steps.c.contact_id == contact, steps.c.spoke_id == spoke, linking)
        .order_by(steps.c.serial.desc())
        .limit(1)
    ).one_or_none()
    return (RunId(row.run_id), row.at, Act(row.act)) if row else None


def linked_since(
    connection: Connection, spoke: SpokeId, contacts: Collection[RecordId]
) -> dict[RecordId, datetime]:
    """When contacts were linked with their items in a spoke."""
    wanted: Sequence[RecordId] = list(contacts)
    linking = steps.c.act.in_([act.value for act in _LINKING])
    found: dict[RecordId, datetime] = {}
    for start in range(0, len(wanted), AT_ONCE):
        some = steps.c.contact_id.in_(wanted[start : start + AT_ONCE])
        rows = connection.execute(
            sa.select(steps.c.contact_id, steps.c.at)
            .where(some, steps.c.spoke_id == spoke, linking)
            .order_by(steps.c.serial)
        )
        found |= {RecordId(contact): at for contact, at in rows}
    return found


def is_dirty(connection: Connection, spoke: SpokeId, contact: RecordId) -> bool:
    """Whether a contact will be looked at in the next cycle of a spoke."""
    here = sa.and_(dirt.c.spoke_id == spoke, dirt.c.contact_id == contact)
    return connection.scalar(sa.select(sa.exists().where(here))) or False


def count_dirty(connection: Connection, spoke: SpokeId) -> int:
    """How many contacts have to be looked at in a spoke."""
    query = sa.select(sa.func.count()).select_from(dirt).where(dirt.c.spoke_id == spoke)
    return connection.scalar(query) or 0


def doubts(connection: Connection, spoke: SpokeId, contact: RecordId | None = None) -> int:
    """How many writes to a spoke have no known outcome, of one contact or of all."""
    query = sa.select(sa.func.count()).select_from(operations)
    query = query.where(operations.c.spoke_id == spoke, sa.not_(operations.c.void))
    if contact is not None:
        query = query.where(operations.c.contact_id == contact)
    return connection.scalar(query) or 0
