"""Whether a database is sound."""

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.database import dialect
from twinbook.database.schema import contacts, photos

AT_MOST = 10  #: so many complaints of the engine are passed on


def ailments(connection: Connection) -> list[str]:
    """What is wrong, in sentences; an empty list if nothing is."""
    found = _of_the_engine(connection)
    if missing := _missing_halves(connection):
        found.append(f"{missing} agreed states of links are missing.")
    return found


def _of_the_engine(connection: Connection) -> list[str]:
    """SQLite checks itself; PostgreSQL checks each page as it is read, so all is read once."""
    if not dialect.is_sqlite(connection):
        for table in (contacts, photos):
            connection.execute(sa.select(sa.func.count()).select_from(table)).all()
        return []
    rows = connection.exec_driver_sql(f"PRAGMA integrity_check({AT_MOST})").scalars().all()
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(AT_MOST)
    found = [f"The database is damaged: {row}." for row in rows if row != "ok"]
    return found + [f"A row of {row[0]} refers to one of {row[2]} that is gone." for row in broken]


def _missing_halves(connection: Connection) -> int:
    """How many links name a base that is not there."""
    tables = sa.MetaData()
    tables.reflect(connection, only=["links", "halves"])
    links, halves = tables.tables["links"], tables.tables["halves"]
    known = sa.select(halves.c.hash)
    gone = sa.or_(links.c.base_hub.not_in(known), links.c.base_spoke.not_in(known))
    return connection.scalar(sa.select(sa.func.count()).select_from(links).where(gone)) or 0
