"""Writes that left, or are about to, and whose outcome is not known (rules 4.1 to 4.3)."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.journal.tables import operations
from twinbook.model.ids import SpokeId
from twinbook.model.intent import Intent, Operation, Request

_decoder = msgspec.json.Decoder(Intent)


def intend(connection: Connection, spoke: SpokeId, intent: Intent, id: str, at: datetime) -> Intent:
    """Remember a write before it leaves; the intent as it is to be sent.

    A creation that is known not to have happened hands its link id and mark on: should
    its old request arrive after all, the place refuses the second one by its mark.
    """
    here = sa.and_(operations.c.spoke_id == spoke, operations.c.contact_id == intent.contact)
    query = sa.select(operations.c.intent).where(here, operations.c.void)
    before = connection.scalar(query)
    if before is not None:
        connection.execute(sa.delete(operations).where(here, operations.c.void))
        earlier = _decoder.decode(bytes(before))
        if intent.request is Request.CREATE:
            intent = intent.but(link=earlier.link, mark=earlier.mark)
    row = {
        "id": id,
        "spoke_id": spoke,
        "contact_id": intent.contact,
        "intent": msgspec.json.encode(intent),
        "doubted": None,
        "void": False,
        "started": at,
    }
    connection.execute(sa.insert(operations).values(**row))
    return intent


def doubt(connection: Connection, id: str, since: datetime) -> None:
    """Note that a write's outcome is unknown, and since when nothing more can have been sent."""
    connection.execute(sa.update(operations).where(operations.c.id == id).values(doubted=since))


def void(connection: Connection, id: str) -> None:
    """Note that a creation did not happen."""
    connection.execute(sa.update(operations).where(operations.c.id == id).values(void=True))


def settle(connection: Connection, id: str) -> None:
    """Forget a write whose outcome is known."""
    connection.execute(sa.delete(operations).where(operations.c.id == id))


def open_ones(connection: Connection, spoke: SpokeId) -> Sequence[Operation]:
    """The writes of a spoke whose outcome is not known, the oldest first."""
    query = sa.select(operations).where(operations.c.spoke_id == spoke)
    return [
        Operation(
            id=row.id,
            intent=_decoder.decode(bytes(row.intent)),
            doubted=row.doubted,
            void=row.void,
        )
        for row in connection.execute(query.order_by(operations.c.started, operations.c.id))
    ]
