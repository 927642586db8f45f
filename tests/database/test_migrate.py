"""The schema that migrations make is the one that the code declares."""

import importlib.util
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from twinbook.database import migrate, open_database, schema
from twinbook.database.metadata import Instant, metadata
from twinbook.database.migrate import ensure_schema, version
from twinbook.journal.tables import spokes
from twinbook.model.errors import NewerData


def same_type(_context, _column, _declared, there, ours):
    """Alembic sees only the plain type that an Instant is stored as."""
    return False if isinstance(ours, Instant) and isinstance(there, sa.BigInteger) else None


def test_the_migrated_schema_is_the_declared_one(database):
    importlib.import_module("twinbook.jobs.tables")
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": same_type})
        assert compare_metadata(context, metadata) == []


def test_a_forgotten_column_would_be_noticed(database):
    other = sa.MetaData()
    for table in metadata.tables.values():
        table.to_metadata(other)
    other.tables[schema.users.name].append_column(sa.Column("shoe_size", sa.Integer))
    with database.read() as connection:
        found = compare_metadata(MigrationContext.configure(connection), other)
    assert [difference[0] for difference in found] == ["add_column"]


def test_the_newest_number_is_that_of_the_last_migration(database):
    with database.read() as connection:
        scripts = ScriptDirectory.from_config(migrate.config(connection))
        assert (scripts.get_heads(), version(connection)) == ([migrate.NEWEST], migrate.NEWEST)


def test_data_of_a_newer_version_are_left_alone(database):
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(NewerData, match="Install the newer version"):
        ensure_schema(database)

    with database.read() as connection:
        assert version(connection) == "9999"


def test_two_who_start_at_once_make_one_schema(database_url):
    databases = [open_database(database_url) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(ensure_schema, databases))
    with databases[0].read() as connection:
        assert version(connection) == migrate.NEWEST
    for database in databases:
        database.close()


def test_on_an_ordinary_day_the_migration_tool_is_not_even_loaded(tmp_path):
    url = f"sqlite:///{tmp_path}/twinbook.sqlite3"
    first = open_database(url)
    ensure_schema(first)
    first.close()
    program = (
        "import sys\n"
        "from twinbook.database import open_database\n"
        "from twinbook.database.migrate import ensure_schema\n"
        f"ensure_schema(open_database({url!r}))\n"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_data_of_the_first_schema_survive(database_url):
    database = open_database(database_url)
    with database.write() as connection:
        command.upgrade(migrate.config(connection), "0001")
        connection.exec_driver_sql(
            "INSERT INTO users VALUES ('u', 'ada@example.com', 'Ada', 'ada', 'user', true, 0)"
        )
        connection.exec_driver_sql(
            "INSERT INTO spokes VALUES ('s', 'ada', 'ada', 'folder', '/cards', 'u', 'book', "
            "'visible', false, 'c', false, '', 0, 7)"
        )
    ensure_schema(database)
    with database.read() as connection:
        (row,) = connection.execute(sa.select(spokes)).all()
        assert (row.address, row.cursor, row.epoch, row.login) == ("/cards", "c", 7, "")
    database.close()
