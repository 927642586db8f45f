"""Servers that did not answer are left alone, by all their books together.

However many books a dead server has, it is asked once in each wait. `failures` is also
what tells a new failure from one that was noted already: of several books that fail at
once only the first counts.
"""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.database.dialect import insert_missing
from twinbook.jobs.tables import servers
from twinbook.model.errors import Invalid
from twinbook.model.spoke import Spoke
from twinbook.net import addresses


def server_of(spoke: Spoke) -> str:
    """The server that keeps a place, with its port; "" for one on this machine.

    >>> from twinbook.model.ids import SpokeId, UserId
    >>> book = Spoke(id=SpokeId("1"), name="", kind="carddav", address="", user=UserId("1"))
    >>> server_of(book.but(address="https://DAV.example.com/ada/"))
    'dav.example.com:443'
    """
    try:
        return addresses.server_of(spoke.address)
    except Invalid:
        return ""


def probe(
    connection: Connection, server: str, failures: int, now: datetime, until: datetime
) -> bool:
    """Try a server that did not answer, alone till `until`; False if somebody else does."""
    free = sa.and_(_as_it_was(server, failures), servers.c.until <= now)
    return connection.execute(sa.update(servers).where(free).values(until=until)).rowcount == 1


def stayed_silent(connection: Connection, server: str, failures: int, until: datetime) -> None:
    """Leave a server alone till then, unless that was said since it had so many failures."""
    if failures == 0:
        row = {"address": server, "until": until, "failures": 1}
        insert_missing(connection, servers, [row])
        return
    values = {"until": until, "failures": failures + 1}
    connection.execute(sa.update(servers).where(_as_it_was(server, failures)).values(**values))


def answered(connection: Connection, server: str) -> None:
    """A server answers: its books may go on."""
    connection.execute(sa.delete(servers).where(servers.c.address == server))


def not_asked(connection: Connection, server: str, failures: int, now: datetime) -> None:
    """A probe came to nothing: somebody else may try."""
    here = _as_it_was(server, failures)
    connection.execute(sa.update(servers).where(here).values(until=now))


def left_alone(connection: Connection) -> Mapping[str, datetime]:
    """Until when each server that did not answer is left alone."""
    rows = connection.execute(sa.select(servers.c.address, servers.c.until))
    return {row.address: row.until for row in rows}


def _as_it_was(server: str, failures: int) -> sa.ColumnElement[bool]:
    return sa.and_(servers.c.address == server, servers.c.failures == failures)
