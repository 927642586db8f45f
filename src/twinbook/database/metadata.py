"""What all tables are made of: names of constraints, text, and instants."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# A migration writes these two as TEXT and SERIAL, and Instant as a plain BigInteger.

Text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Text that both engines sort alike: by code point."""

Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A number that may be a primary key: SQLite makes a row's own address of it."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """A moment in time, kept as microseconds since 1970 so that both engines agree on it."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else ticks(value)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else instant(value)


def ticks(at: datetime) -> int:
    """Microseconds since 1970.

    >>> ticks(datetime(1970, 1, 2, tzinfo=UTC))
    86400000000
    """
    return (at - _EPOCH) // _TICK


def instant(ticks: int) -> datetime:
    """The moment that `ticks` counted, in UTC."""
    return _EPOCH + ticks * _TICK
