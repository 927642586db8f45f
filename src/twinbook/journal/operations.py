"""Writes that left, or are about to, and whose outcome is not known (rules 4.1 to 4.3)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.journal.tables import operations
from twinbook.model.ids import SpokeId
from twinbook.model.intent import Intent, Operation, Request

_decoder = msgspec.json.Decoder(Intent)


@dataclass(frozen=True, slots=True)
class Begun:
    """A write that is about to leave, not stored yet."""

    id: str
    intent: Intent
    at: datetime


def store(connection: Connection, spoke: SpokeId, begun: Sequence[Begun]) -> None:
    """Remember writes before they leave. Void ones of the same contacts are replaced."""
    if not begun:
        return
    contacts = [one.intent.contact for one in begun]
    connection.execute(_REPLACED, {"spoke": spoke, "contacts": contacts})
    rows = [
        {
            "id": one.id,
            "spoke_id": spoke,
            "contact_id": one.intent.contact,
            "intent": msgspec.json.encode(one.intent),
            "doubted": None,
            "void": False,
            "started": one.at,
        }
        for one in begun
    ]
    connection.execute(_STORED, rows)


_STORED = sa.insert(operations)
_REPLACED = sa.delete(operations).where(
    operations.c.spoke_id == sa.bindparam("spoke"),
    operations.c.contact_id.in_(sa.bindparam("contacts", expanding=True)),
    operations.c.void,
)


def inheriting(intent: Intent, earlier: Intent) -> Intent:
    """A creation with the link id and mark of one that is known not to have happened.

    Should the old request arrive after all, the place refuses the second by its mark.
    """
    if intent.request is not Request.CREATE:
        return intent
    return intent.but(link=earlier.link, mark=earlier.mark)


def doubt(connection: Connection, id: str, since: datetime) -> None:
    """Note that a write's outcome is unknown, and since when nothing more can have been sent."""
    connection.execute(sa.update(operations).where(operations.c.id == id).values(doubted=since))


def void(connection: Connection, id: str) -> None:
    """Note that a creation did not happen."""
    connection.execute(sa.update(operations).where(operations.c.id == id).values(void=True))


def settle(connection: Connection, ids: Collection[str]) -> None:
    """Forget writes whose outcome is known."""
    if ids:
        connection.execute(_SETTLED, {"ids": list(ids)})


_SETTLED = sa.delete(operations).where(operations.c.id.in_(sa.bindparam("ids", expanding=True)))
_OPEN = (
    sa.select(operations)
    .where(operations.c.spoke_id == sa.bindparam("spoke"))
    .order_by(operations.c.started, operations.c.id)
)


def open_ones(connection: Connection, spoke: SpokeId) -> Sequence[Operation]:
    """The writes of a spoke whose outcome is not known, the oldest first."""
    return [
        Operation(
            id=row.id,
            intent=_decoder.decode(bytes(row.intent)),
            doubted=row.doubted,
            void=row.void,
        )
        for row in connection.execute(_OPEN, {"spoke": spoke})
    ]
