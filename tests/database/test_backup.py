"""A backup is whole or not there; restoring is whole or not done."""

import zipfile
from contextlib import closing

import pytest
import sqlalchemy as sa

from twinbook.crm import accounts, contacts, history, merge
from twinbook.crm.contacts import New
from twinbook.database import backup as backups
from twinbook.database import open_database
from twinbook.database.backup import backup, restore
from twinbook.database.metadata import metadata
from twinbook.database.migrate import NEWEST
from twinbook.model.cause import Cause
from twinbook.model.contact import Contact, Photo
from twinbook.model.errors import DamagedData, Invalid, NewerData
from twinbook.model.rights import UserRole
from twinbook.users import people, teams

PICTURE = b"\xff\xd8 a picture \x00"
ADA = Contact(
    given="Ada",
    note="Größe\n😀",
    photo=Photo("2c4f8a42bd8ee2cfa4ca22fc72a1b0bf8bb6c5dcf5ed02c2b7c5fbb2c6d54ab7"),
)


@pytest.fixture
def filled(database, clock):
    """A database with something in every table that a company fills."""
    with database.write() as connection:
        user = people.add(connection, "ada@example.org", "Ada", UserRole.ADMIN, clock)
        teams.join(connection, teams.add(connection, "Sales", clock).id, user.id)
        holding = accounts.add(connection, "Holding", clock)
        # The child is older in no order at all: references must wait for each other.
        acme = accounts.add(connection, "Acme", clock, parent=holding.id, domains=["acme.example"])
        photo = Photo(__import__("hashlib").sha256(PICTURE).hexdigest())
        cause = Cause(actor=user.id, channel="test")
        new = [
            New(contact=ADA.but(photo=photo), photo=PICTURE, owner=user.id, account=acme.id),
            New(contact=Contact(given="Ada", surname="Lovelace")),
        ]
        ada, other = contacts.create_many(connection, new, cause, clock)
        merge.merge(connection, other, ada, cause, clock)
    return database


def everything(database):
    with database.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table))]
            for table in metadata.sorted_tables
        }


def sorted_everything(database):
    return {name: sorted(rows, key=repr) for name, rows in everything(database).items()}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.database)])
def other(request, tmp_path):
    """An empty database without even a schema, on either engine."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    else:
        url = request.getfixturevalue("other_postgres_url")
    with closing(open_database(url)) as database:
        yield database


@pytest.fixture
def other_postgres_url(postgres_database):
    with closing(open_database(postgres_database)) as server:
        with server.write() as connection:
            connection.exec_driver_sql("CREATE SCHEMA other")
        yield f"{postgres_database}?options=-csearch_path%3Dother"
        with server.write() as connection:
            connection.exec_driver_sql("DROP SCHEMA other CASCADE")


def test_what_is_restored_is_what_was_saved_on_either_engine(filled, other, tmp_path):
    saved = backup(filled, tmp_path / "backup.zip")
    restored = restore(tmp_path / "backup.zip", other)

    assert sorted_everything(other) == sorted_everything(filled)
    assert restored == saved
    assert saved.tables["contacts"].rows == 2


def test_work_goes_on_where_it_stood(filled, other, tmp_path, clock):
    backup(filled, tmp_path / "backup.zip")
    restore(tmp_path / "backup.zip", other)
    clock.new_id = lambda: "f" * 32
    cause = Cause(actor=None, channel="test")

    with other.write() as connection:
        record = contacts.create(connection, New(contact=Contact(given="Grace")), cause, clock)
        lines = history.of(connection, record.id)

    assert record.version == "5", "numbers go on behind those of the backup"
    assert [line.after for line in lines] == ["Grace"]


def test_data_that_are_there_are_not_replaced_by_accident(filled, tmp_path):
    backup(filled, tmp_path / "backup.zip")
    before = everything(filled)

    with pytest.raises(Invalid, match="There are data here already"):
        restore(tmp_path / "backup.zip", filled)

    assert everything(filled) == before


def test_on_request_they_are_replaced(filled, tmp_path, clock):
    backup(filled, tmp_path / "backup.zip")
    before = sorted_everything(filled)
    with filled.write() as connection:
        people.add(connection, "grace@example.org", "Grace", UserRole.USER, clock)

    restore(tmp_path / "backup.zip", filled, replace=True)

    assert sorted_everything(filled) == before


def rewritten(file, change):
    """The same ZIP, its members changed, so that the ZIP's own sums are right again."""
    with zipfile.ZipFile(file) as source:
        members = {name: source.read(name) for name in source.namelist()}
    change(members)
    with zipfile.ZipFile(file, "w") as target:
        for name, body in members.items():
            target.writestr(name, body)


def drop_a_row(members):
    members["contacts.jsonl"] = members["contacts.jsonl"].split(b"\n", 1)[1]


def change_a_value(members):
    members["users.jsonl"] = members["users.jsonl"].replace(b"example.org", b"example.com")


def garble(members):
    members["teams.jsonl"] = b"[1,2"


def forget_a_table(members):
    del members["history.jsonl"]


@pytest.mark.parametrize("change", [drop_a_row, change_a_value, garble, forget_a_table])
def test_a_backup_that_is_not_what_was_written_is_refused_whole(filled, tmp_path, change):
    file = tmp_path / "backup.zip"
    backup(filled, file)
    rewritten(file, change)
    before = everything(filled)

    with pytest.raises(DamagedData, match="left as it was"):
        restore(file, filled, replace=True)

    assert everything(filled) == before


def test_a_file_cut_short_is_refused(filled, tmp_path):
    file = tmp_path / "backup.zip"
    backup(filled, file)
    file.write_bytes(file.read_bytes()[:-100])
    before = everything(filled)

    with pytest.raises(DamagedData, match="damaged or no backup"):
        restore(file, filled, replace=True)

    assert everything(filled) == before


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        (f'"schema":"{NEWEST}"'.encode(), b'"schema":"9999"', NewerData),
        (b'"format":1', b'"format":2', NewerData),
        (b'"users"', b'"aliens"', Invalid),
        (b"{", b"[", Invalid),
    ],
)
def test_a_backup_that_is_not_understood_is_refused(filled, tmp_path, old, new, error):
    file = tmp_path / "backup.zip"
    backup(filled, file)

    def change(members):
        members["manifest.json"] = members["manifest.json"].replace(old, new)

    rewritten(file, change)
    before = everything(filled)
    with pytest.raises(error):
        restore(file, filled, replace=True)
    assert everything(filled) == before


def test_a_file_that_is_not_there_is_named(database, tmp_path):
    with pytest.raises(Invalid, match="can't be read"):
        restore(tmp_path / "nothing.zip", database)


def test_a_backup_that_has_no_place_leaves_nothing_behind(filled, tmp_path):
    with pytest.raises(DamagedData, match="No backup was made"):
        backup(filled, tmp_path / "nowhere" / "backup.zip")


def test_an_older_backup_stays_when_the_new_one_fails(filled, tmp_path, monkeypatch):
    file = tmp_path / "backup.zip"
    backup(filled, file)
    before = file.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "_write_table", full)
    with pytest.raises(DamagedData, match="No space left"):
        backup(filled, file)

    assert file.read_bytes() == before
    assert not list(tmp_path.glob(".backup*"))


def test_a_table_that_no_room_declares_is_saved_too(filled, tmp_path):
    with filled.write() as connection:
        connection.exec_driver_sql("CREATE TABLE stray (id INTEGER)")
    assert "stray" in backup(filled, tmp_path / "backup.zip").tables
