"""Transactions on SQLite or PostgreSQL, under one promise.

`read()` shows one unchanging state of the whole database and waits for nobody.
`write()` is all or nothing, and what it left behind survives a power cut, unless it
says that it need not. Two writers never overwrite each other unseen: SQLite admits
one at a time, and on PostgreSQL every update says which version it replaces.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from twinbook.database.trouble import translated
from twinbook.model.errors import Busy, Invalid

PATIENCE = 30.0  #: seconds to wait for another writer
_PAUSE = 0.01  #: seconds before we ask again where SQLite itself does not wait


class Database:
    """An open database. Threads may share it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._place = engine.url.render_as_string(hide_password=True)
        self._turn = _Turn() if engine.dialect.name == "sqlite" else None
        self._readers = engine.execution_options(
            **{"twinbook_reads": True}
            if self._turn
            else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )

        self._hasty = engine.execution_options(twinbook_hasty=True)

    def __repr__(self) -> str:
        return f"<Database {self._place}>"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection on which the database stands still. Writing on it fails."""
        with translated(self._place), self._readers.begin() as connection:
            yield connection

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Connection]:
        """A transaction: kept when the block ends, undone when it raises.

        What is not `durable` a power cut may take back, with nothing that came after it;
        a lease or a claim is worth no wait for the disk. On PostgreSQL all is durable.
        Raises Busy when another writer does not finish within half a minute.
        """
        engine = self._engine if durable else self._hasty
        if self._turn is None:
            with translated(self._place), engine.begin() as connection:
                yield connection
        else:
            # SQLite's own waiting is unfair: without the lock one of many threads starves.
            with self._turn.taken(), translated(self._place), engine.begin() as connection:
                yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()


class _Turn:
    """One writer at a time in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: int | None = None

    @contextmanager
    def taken(self) -> Iterator[None]:
        if self._holder == threading.get_ident():
            raise RuntimeError("a write transaction was opened inside another one")
        if not self._lock.acquire(timeout=PATIENCE):
            raise Busy("Another task is still writing. Nothing was changed; try again.")
        self._holder = threading.get_ident()
        try:
            yield
        finally:
            self._holder = None
            self._lock.release()


def open_database(url: str) -> Database:
    """The database at a URL: "sqlite:///FILE" or "postgresql://USER@HOST/NAME".

    Nothing is read yet, and no schema made: see `migrate.ensure_schema`. Raises Invalid
    for any other URL.
    """
    try:
        address = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise Invalid(f"This is not the URL of a database: {url!r}. {_WANTED}") from error
    match address.get_backend_name():
        case "sqlite" if address.database:
            return Database(_sqlite(address))
        case "postgresql" | "postgres":
            return Database(_postgresql(address))
        case _:
            raise Invalid(f"Twinbook keeps no data in {address.drivername!r}. {_WANTED}")


_WANTED = "Use sqlite:///FILE or postgresql://USER@HOST/NAME."


def _postgresql(address: sa.URL) -> Engine:
    return sa.create_engine(
        address.set(drivername="postgresql+psycopg"),
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        hide_parameters=True,  # they are people's data, and errors reach the log
        pool_size=10,
        max_overflow=60,
    )


def _sqlite(address: sa.URL) -> Engine:
    engine = sa.create_engine(
        address,
        # No transaction but ours: sqlite3 itself opens none at a SELECT, so that of two
        # who read and then write one would lose the other's change.
        connect_args={"isolation_level": None, "timeout": PATIENCE, "check_same_thread": False},
        hide_parameters=True,  # they are people's data, and errors reach the log
        pool_size=10,
        max_overflow=60,
    )
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    _keep_a_log(connection)
    for setting in ("synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {setting}")


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Turn write-ahead logging on. Of two who do it first, SQLite sends one away at once.

    It does not wait, since each may hold what the other wants, so we come again.
    Source: sqlite.org/c3ref/busy_handler.html.
    """
    connection.execute("PRAGMA busy_timeout = 0")
    for tries_left in reversed(range(int(PATIENCE / _PAUSE))):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or not tries_left:
                raise
            time.sleep(_PAUSE)
    connection.execute(f"PRAGMA busy_timeout = {int(PATIENCE * 1000)}")


def begin(connection: Connection) -> None:
    """Open SQLite's transaction: a writer takes its place before it reads.

    Of what is hasty the log is not pushed to the disk at once. The next durable transaction
    pushes all of it, in order.

    Source: sqlite.org/pragma.html#pragma_synchronous.
    """
    options, raw = connection.get_execution_options(), connection.connection
    if options.get("twinbook_reads"):
        raw.execute("BEGIN")  # it waits for nobody, and a cycle does it a dozen times
        return
    mode = "NORMAL" if options.get("twinbook_hasty") else "FULL"
    if connection.info.get("synchronous") != mode:
        connection.exec_driver_sql(f"PRAGMA synchronous = {mode}")
        connection.info["synchronous"] = mode
    connection.exec_driver_sql("BEGIN IMMEDIATE")
