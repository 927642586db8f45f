"""The database's schema, brought up to this version of Twinbook.

There is one line of migrations for both engines. A database that is up to date is
recognised by one row, so that Alembic is not even loaded.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.database import dialect
from twinbook.database.engine import Database
from twinbook.model.errors import NewerData

if TYPE_CHECKING:
    from alembic.config import Config

NEWEST = "0004"  #: the number of the last migration; a test holds it to the folder's content
FOLDER = Path(__file__).parent / "migrations"

_version = sa.table("alembic_version", sa.column("version_num"))


def ensure_schema(database: Database) -> None:
    """Make the schema, or bring it up to date, in one transaction.

    Raises NewerData, without touching anything, if a newer Twinbook made it.
    """
    with database.read() as connection:
        if version(connection) == NEWEST:
            return
    with database.write() as connection:
        dialect.take_schema_turn(connection)
        found = version(connection)
        if found != NEWEST:
            _refuse_newer(found)
            _upgrade(connection)


def version(connection: Connection) -> str | None:
    """The number of the schema that is there, or None if there is none yet."""
    if not sa.inspect(connection).has_table(_version.name):
        return None
    return connection.scalar(sa.select(_version.c.version_num))


def _refuse_newer(found: str | None) -> None:
    if found is not None and found > NEWEST:
        raise NewerData(
            f"These data were written by a newer Twinbook (schema {found}, this one knows "
            f"{NEWEST}). Nothing was changed. Install the newer version and do it again."
        )


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415, its import costs a second

    command.upgrade(config(connection), "head")


def config(connection: Connection) -> "Config":
    """How Alembic finds our migrations and the connection to use."""
    from alembic.config import Config  # noqa: PLC0415, as above

    found = Config()
    found.set_main_option("script_location", str(FOLDER))
    found.attributes["connection"] = connection
    return found
