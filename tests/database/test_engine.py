"""What a transaction promises, and what is said when it can't be kept."""

import os
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from twinbook.crm import contacts
from twinbook.crm.contacts import New
from twinbook.database import Database, engine, meta, open_database
from twinbook.database.migrate import ensure_schema
from twinbook.model.cause import Cause
from twinbook.model.contact import Contact
from twinbook.model.errors import Busy, DamagedData, Invalid, Stale, Unreachable
from twinbook.ports import Update

TEST = Cause(actor=None, channel="test")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "twinbook.sqlite3"


@pytest.fixture
def sqlite(file):
    database = open_database(f"sqlite:///{file}")
    ensure_schema(database)
    yield database
    database.close()


def write_and_fail(connection):
    meta.put(connection, "company", "Other")
    raise ZeroDivisionError


def test_what_was_written_is_there_and_what_failed_is_not(database):
    with database.write() as connection:
        meta.put(connection, "company", "Acme")
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        write_and_fail(connection)

    with database.read() as connection:
        assert meta.get(connection, "company") == "Acme"


def test_a_reader_sees_one_state_while_others_write(database):
    with database.read() as reader:
        before = meta.get(reader, "company")
        with database.write() as writer:
            meta.put(writer, "company", "Acme")
        assert (before, meta.get(reader, "company")) == (None, None)


def setting(connection, name):
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_what_is_committed_survives_a_power_cut(sqlite):
    with sqlite.read() as connection:
        modes = [
            setting(connection, one) for one in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert modes == ["wal", 2, 1]


def test_only_what_need_not_be_durable_does_not_wait_for_the_disk(sqlite):
    modes = []
    for durable in (True, False, True):
        with sqlite.write(durable=durable) as connection:
            modes.append(setting(connection, "synchronous"))
            meta.put(connection, "company", f"Acme {len(modes)}")

    assert modes == [FULL, NORMAL, FULL]
    with sqlite.read() as connection:
        assert meta.get(connection, "company") == "Acme 3"


NORMAL, FULL = 1, 2


def test_a_write_inside_a_write_is_refused_at_once(sqlite):
    with pytest.raises(RuntimeError, match="inside another"), sqlite.write(), sqlite.write():
        pass
    with sqlite.write() as connection:
        meta.put(connection, "company", "Acme")


# ------------------------------------------------------------ concurrent writers

CLERKS, EDITS = 8, 20


def edit_contact(database: Database, ids, clock, times: int) -> int:
    """Count up in the note of each contact; how often somebody else was faster."""
    refused = 0
    for turn in range(times):
        id = ids[turn % len(ids)]
        while True:
            try:
                with database.write() as connection:
                    record = contacts.get(connection, id)
                    note = str(int(record.contact.note or 0) + 1)
                    contacts.update(
                        connection,
                        Update(
                            id=id,
                            expected=record.version,
                            contact=Contact(note=note),
                            fields=frozenset({"note"}),
                        ),
                        TEST,
                        clock,
                    )
                break
            except Stale:
                refused += 1
    return refused


def two_contacts(database, clock):
    with database.write() as connection:
        new = [New(contact=Contact(given=name)) for name in ("Ada", "Grace")]
        return contacts.create_many(connection, new, TEST, clock)


def notes(database, ids):
    with database.read() as connection:
        return [int(one.contact.note) for one in contacts.read(connection, ids).values()]


def test_of_many_threads_nobody_loses_an_edit(database, clock):
    ids = two_contacts(database, clock)

    with ThreadPoolExecutor(CLERKS) as pool:
        refused = list(pool.map(lambda _: edit_contact(database, ids, clock, EDITS), range(CLERKS)))

    assert notes(database, ids) == [CLERKS * EDITS / 2] * 2
    if database._turn is not None:
        assert sum(refused) == 0, "on SQLite a writer takes its place before it reads"


CLERK = """
import sys
from conftest import TickingClock
from test_engine import edit_contact
from twinbook.database import open_database
edit_contact(open_database(sys.argv[1]), sys.argv[2:], TickingClock(), 30)
"""


def test_of_two_processes_nobody_loses_an_edit(database, database_url, clock):
    ids = two_contacts(database, clock)
    tests = Path(__file__).parent
    paths = os.pathsep.join([str(tests), str(tests.parent)])
    command = [sys.executable, "-c", CLERK, database_url, *ids]
    environment = os.environ | {"PYTHONPATH": paths}

    clerks = [subprocess.Popen(command, env=environment) for _ in range(2)]

    assert [clerk.wait(60) for clerk in clerks] == [0, 0]
    assert notes(database, ids) == [30, 30]


def count_up(database: Database, both_have_read: threading.Barrier | None) -> None:
    with database.write() as connection:
        value = int(meta.get(connection, "counter") or 0)
        if both_have_read:
            both_have_read.wait(10)
        meta.put(connection, "counter", str(value + 1))


def counted(database):
    with database.read() as connection:
        return int(meta.get(connection, "counter"))


def test_sqlite_lets_no_one_read_what_another_is_about_to_replace(file, sqlite):
    # A database each, as processes have: no lock of ours stands between them.
    databases = [open_database(f"sqlite:///{file}") for _ in range(CLERKS)]

    def work(database):
        for _ in range(EDITS):
            count_up(database, None)

    with ThreadPoolExecutor(CLERKS) as pool:
        list(pool.map(work, databases))

    assert counted(sqlite) == CLERKS * EDITS
    for database in databases:
        database.close()


def test_without_our_begin_sqlite_loses_an_edit_without_any_error(file, sqlite):
    bare = sa.create_engine(f"sqlite:///{file}")
    careless = Database(bare)
    careless._turn = None
    barrier = threading.Barrier(2)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: count_up(careless, barrier), range(2)))

    assert counted(sqlite) == 1, "two edits, one of them lost: this is what `begin` is for"
    careless.close()


def test_of_many_who_open_a_new_database_at_once_none_is_sent_away(tmp_path):
    def enter(database):
        with database.write() as connection:
            connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS hello (word TEXT)")

    for attempt in range(40):  # SQLite refused somebody at about one in six of them
        databases = [open_database(f"sqlite:///{tmp_path}/{attempt}.sqlite3") for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(enter, databases))
        for database in databases:
            database.close()


# ------------------------------------------------------------ trouble


def test_a_file_that_is_no_database_is_named_and_left_alone(file):
    file.write_bytes(b"Dear diary, " * 1000)

    with pytest.raises(DamagedData, match="restore"):
        ensure_schema(open_database(f"sqlite:///{file}"))

    assert file.read_bytes() == b"Dear diary, " * 1000


def test_a_damaged_database_is_named(file):
    database = open_database(f"sqlite:///{file}")
    ensure_schema(database)
    with database.write() as connection:
        for number in range(2000):
            meta.put(connection, f"key {number}", "x" * 100)
    database.close()
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))

    with pytest.raises(DamagedData, match="damaged"), database.read() as connection:
        connection.exec_driver_sql("SELECT count(value) FROM meta").scalar()
    database.close()


def fill_the_disk(connection):
    connection.exec_driver_sql("PRAGMA max_page_count = 1")  # no more than there are already
    meta.put(connection, "company", "Other")
    for number in range(2000):
        meta.put(connection, f"key {number}", "x" * 1000)


def test_a_full_disk_changes_nothing_and_says_so(sqlite):
    with sqlite.write() as connection:
        meta.put(connection, "company", "Acme")

    with pytest.raises(DamagedData, match=r"no room.*Free some"), sqlite.write() as connection:
        fill_the_disk(connection)

    with sqlite.read() as connection:
        assert meta.get(connection, "company") == "Acme"


def test_a_folder_that_is_not_there_is_named(tmp_path):
    database = open_database(f"sqlite:///{tmp_path}/nowhere/twinbook.sqlite3")
    with pytest.raises(DamagedData, match="its folder exists"), database.read():
        pass


def test_a_writer_that_never_ends_makes_others_give_up(file, sqlite, monkeypatch):
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(engine, "PATIENCE", 0.1)
    impatient = open_database(f"sqlite:///{file}")

    with pytest.raises(Busy, match="Try again"), impatient.write():
        pass

    other.close()
    impatient.close()


def test_in_one_process_too(sqlite, monkeypatch):
    monkeypatch.setattr(engine, "PATIENCE", 0.1)

    def write():
        with sqlite.write():
            pass

    with sqlite.write(), ThreadPoolExecutor(1) as pool, pytest.raises(Busy):
        pool.submit(write).result()


def test_a_server_that_is_away_is_named_without_the_password():
    database = open_database("postgresql://ada:secret@127.0.0.1:9/twinbook")
    with pytest.raises(Unreachable, match="does not answer") as caught, database.read():
        pass
    assert "secret" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


@pytest.mark.database
def test_a_server_without_our_database_is_named(postgres_database):
    database = open_database(postgres_database + "_of_somebody_else")
    with pytest.raises(Unreachable, match="refused us"), database.read():
        pass


@pytest.mark.database
def test_postgresql_lets_no_reader_write(postgres_url):
    database = open_database(postgres_url)
    ensure_schema(database)
    with pytest.raises(DamagedData, match="can't be written"), database.read() as connection:
        meta.put(connection, "company", "Acme")
    database.close()


@pytest.mark.parametrize("url", ["", "twinbook.db", "mysql://localhost/x", "sqlite://"])
def test_a_url_of_something_else_is_refused(url):
    with pytest.raises(Invalid, match="sqlite:///FILE"):
        open_database(url)


def test_no_persons_data_stand_in_an_error(database):
    with pytest.raises(sa.exc.IntegrityError) as caught, database.write() as connection:
        connection.execute(sa.insert(meta.meta).values(key="Ada Lovelace"))
    assert "Lovelace" not in str(caught.value).replace("Failing row", "").split("DETAIL")[0]


def test_an_error_in_our_own_code_stays_what_it_is(database):
    with pytest.raises(sa.exc.DBAPIError), database.read() as connection:
        connection.exec_driver_sql("SELECT nothing FROM nowhere")
