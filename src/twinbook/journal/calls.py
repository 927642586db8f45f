"""Which spokes have something to do now: somebody, or some news, called for them.

A call says nothing about what there is to do, and is not lost with a crash: it is written
together with what it calls for, and taken away by the worker that takes the spoke up.
"""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.database.dialect import insert_missing
from twinbook.journal.tables import calls
from twinbook.model.ids import SpokeId


def call(connection: Connection, spokes: Collection[SpokeId]) -> None:
    """Let these spokes be worked on soon."""
    # In one order, so that two who call the same ones do not wait for each other.
    insert_missing(connection, calls, [{"spoke_id": one} for one in sorted(spokes)])


def take_away(connection: Connection, spokes: Collection[SpokeId]) -> None:
    """These are being worked on from now; whoever calls later calls again."""
    if spokes:
        connection.execute(sa.delete(calls).where(calls.c.spoke_id.in_(list(spokes))))


def waiting(connection: Connection) -> Sequence[SpokeId]:
    """The spokes that were called for and not taken up yet."""
    return [SpokeId(id) for id in connection.scalars(sa.select(calls.c.spoke_id))]
