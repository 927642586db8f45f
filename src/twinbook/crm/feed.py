"""The numbered log of changes: whoever has seen number N has missed nothing up to N.

Numbers have no gaps and become visible in their order: they are drawn one transaction
at a time (docs/explanation/rules.md, section 5.1). Lines are never removed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.database import dialect
from twinbook.database.schema import feed
from twinbook.model.ids import RecordId


class Kind(Enum):
    """What happened to a contact."""

    CREATED = "created"
    EDITED = "edited"  #: its details, its account or its mark
    ACCOUNT = "account"  #: the account that it shows has another name
    OWNER = "owner"
    STATE = "state"  #: activated, deactivated, deleted or brought back
    MERGED = "merged"  #: into another contact, or another one into it


@dataclass(frozen=True, slots=True)
class News:
    """One line of the feed."""

    number: int
    contact: RecordId
    kind: Kind


def since(connection: Connection, number: int, limit: int = 1000) -> Sequence[News]:
    """The lines behind a number, oldest first, at most `limit`."""
    rows = connection.execute(
        sa.select(feed.c.number, feed.c.contact_id, feed.c.kind)
        .where(feed.c.number > number)
        .order_by(feed.c.number)
        .limit(limit)
    )
    return [News(number, RecordId(contact), Kind(kind)) for number, contact, kind in rows]


def newest(connection: Connection) -> int:
    """The number of the last line, 0 if there is none."""
    return connection.scalar(_NEWEST) or 0


_NEWEST = sa.select(sa.func.max(feed.c.number))


def draw(connection: Connection, count: int) -> range:
    """The next `count` numbers; nobody else draws any until this transaction ends."""
    dialect.take_turn(connection)
    first = newest(connection) + 1
    return range(first, first + count)


def announce(connection: Connection, lines: Sequence[News]) -> None:
    """Write lines whose numbers were drawn in this transaction."""
    rows = [
        {"number": line.number, "contact_id": line.contact, "kind": line.kind.value}
        for line in lines
    ]
    connection.execute(sa.insert(feed), rows)
