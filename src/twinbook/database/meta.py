"""A few named facts about the whole database, such as the company's name."""

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.database import dialect
from twinbook.database.schema import meta


def get(connection: Connection, key: str) -> str | None:
    """The value kept under a key, or None."""
    return connection.scalar(_VALUE, {"key": key})


_VALUE = sa.select(meta.c.value).where(meta.c.key == sa.bindparam("key"))


def put(connection: Connection, key: str, value: str) -> None:
    """Keep a value under a key, in place of what was there."""
    dialect.upsert(connection, meta, {"key": key, "value": value})
