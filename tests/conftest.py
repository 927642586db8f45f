"""What every test may ask for."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql

from twinbook.database import Database, open_database
from twinbook.database.migrate import ensure_schema

# Two cores are shared with everything else: how long an example takes says nothing here.
# A change is judged by the same examples every time; who asks for more of them gets new ones.
settings.register_profile(
    "twinbook",
    settings.default,
    deadline=None,
    derandomize="TWINBOOK_EXAMPLES" not in os.environ,
)
settings.load_profile("twinbook")

SERVER = "TWINBOOK_TEST_POSTGRES"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.database)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of the test's own: the test runs once on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'twinbook.sqlite3'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database with its schema."""
    database = open_database(database_url)
    ensure_schema(database)
    yield database
    database.close()


class TickingClock:
    """A second passes whenever somebody looks; every id is another one."""

    def __init__(self) -> None:
        self._ticks = count(1)
        self._ids = count(1)

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=next(self._ticks))

    def new_id(self) -> str:
        return f"{next(self._ids):032x}"


@pytest.fixture
def clock() -> TickingClock:
    return TickingClock()


@pytest.fixture
def postgres_url(postgres_database: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty schema that is the only one the URL's connections see."""
    schema = sql.Identifier(name := f"test_{abs(hash(request.node.nodeid)):x}")
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
        yield f"{postgres_database}?options=-csearch_path%3D{name}"
        # A test that leaves a transaction open would block here for ever.
        connection.execute("SET lock_timeout = '5s'")
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(schema))


@pytest.fixture(scope="session")
def postgres_database() -> Iterator[str]:
    """A database for this process of the test run, on the server that `make test` starts."""
    server = os.environ.get(SERVER)
    if server is None:
        pytest.fail(f"{SERVER} is not set: run `make test`, which starts a PostgreSQL server.")
    database = sql.Identifier(name := f"twinbook_{os.getpid()}")
    run(server, sql.SQL("CREATE DATABASE {}").format(database))
    yield server.rpartition("/")[0] + "/" + name
    run(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))


def run(server: str, statement: sql.Composed) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


COUNTED = {"torture": "torture", "sweep": "crash sweep"}  #: what tests count, and what it is called


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What happened in all tests together, wherever they ran."""
    told = {name: Counter[str]() for name in COUNTED}
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        if report.when == "call":
            for name, value in report.user_properties:
                if name in told:
                    told[name].update(json.loads(value))
    for name, counts in told.items():
        if counts:
            terminalreporter.section(COUNTED[name])
        for what, number in sorted(counts.items()):
            terminalreporter.line(f"{number:8d}  {what}")
