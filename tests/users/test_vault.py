"""Passwords and tokens of outside places: sealed, moved to new keys, and never told."""

import errno
import os
import stat
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import example, given
from hypothesis import strategies as st

from twinbook.database import backup, dialect, open_database
from twinbook.database.migrate import ensure_schema
from twinbook.database.schema import secrets
from twinbook.model.errors import DamagedData, NotFound
from twinbook.users import keyring
from twinbook.users.vault import Vault

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
FRIDAY = datetime(2026, 1, 9, tzinfo=UTC)
ANN, BOB = "spoke:ann", "spoke:bob"
PASSWORD = "correct horse battery"


class Crash(BaseException):
    """The program ends at this very moment."""


@pytest.fixture
def vault(database, tmp_path: Path) -> Vault:
    """A vault with two secrets in it."""
    vault = Vault(tmp_path / "vault.keys")
    with database.write() as connection:
        vault.begin(connection)
        vault.put(connection, ANN, PASSWORD, MONDAY)
        vault.put(connection, BOB, "other", MONDAY)
    return vault


def begun(database, file: Path) -> Vault:
    vault = Vault(file)
    with database.write() as connection:
        vault.begin(connection)
    return vault


def rotate(database, vault: Vault, *, broken_off: bool = False) -> int:
    with database.write() as connection:
        count = vault.rotate(connection, FRIDAY)
        if broken_off:
            raise Crash
    return count


def opened(database, vault: Vault, name: str = ANN) -> str:
    with database.read() as connection:
        return vault.get(connection, name)


def rows(database) -> dict[str, tuple]:
    with database.read() as connection:
        return {row.name: tuple(row) for row in connection.execute(sa.select(secrets))}


def set_row(database, name: str, **values) -> None:
    with database.write() as connection:
        connection.execute(sa.update(secrets).where(secrets.c.name == name).values(**values))


def key_ids(vault: Vault) -> list[str]:
    return [key.id for key in keyring.read(vault.file).keys]


# ---------------------------------------------------------------- what it keeps


@pytest.fixture(scope="module")
def lasting(tmp_path_factory):
    """A database and a vault that serve all examples of a law."""
    place = tmp_path_factory.mktemp("vault")
    database = open_database(f"sqlite:///{place / 'twinbook.sqlite3'}")
    ensure_schema(database)
    yield database, begun(database, place / "vault.keys")
    database.close()


@given(name=st.text(), secret=st.text())
@example(name="", secret="not UTF-8: \udcff")
def test_any_text_comes_out_as_it_was_put_in(lasting, name, secret):
    database, vault = lasting

    with database.write() as connection:
        vault.put(connection, name, secret, MONDAY)
        vault.rotate(connection, FRIDAY)
        actual = vault.get(connection, name)
        vault.drop(connection, name)

    assert actual == secret


def test_a_secret_is_kept_by_its_name_until_it_is_dropped(database, vault):
    with database.write() as connection:
        vault.put(connection, ANN, "newer", FRIDAY)
        vault.drop(connection, BOB)
        vault.drop(connection, "spoke:nobody")

    with database.read() as connection:
        assert vault.get(connection, ANN) == "newer"
        assert vault.names(connection) == [ANN]
        with pytest.raises(NotFound, match="spoke:bob"):
            vault.get(connection, BOB)


def test_the_same_secret_is_never_sealed_alike(database, vault):
    before = rows(database)[ANN]
    with database.write() as connection:
        vault.put(connection, ANN, PASSWORD, MONDAY)

    assert rows(database)[ANN] != before


# ---------------------------------------------------------------- what it refuses


def test_a_row_can_not_be_passed_off_as_another(database, vault):
    _, key_id, sealed, _ = rows(database)[ANN]
    set_row(database, BOB, key_id=key_id, sealed=sealed)

    with pytest.raises(DamagedData, match="give the password anew"):
        opened(database, vault, BOB)


def test_a_row_can_not_be_said_to_be_of_another_key(database, vault):
    ring = keyring.read(vault.file)
    twin = keyring.Key("twin", ring.newest.secret)
    keyring.write(vault.file, keyring.Ring((twin, *ring.keys)))
    set_row(database, ANN, key_id="twin")

    with pytest.raises(DamagedData, match="give the password anew"):
        opened(database, vault)


@pytest.mark.parametrize("change", [b"", b"short", b"x" * 12, b"x" * 60])
def test_a_changed_row_stays_closed(database, vault, change):
    set_row(database, ANN, sealed=change)

    with pytest.raises(DamagedData, match="give the password anew"):
        opened(database, vault)


def test_another_key_file_opens_nothing(database, vault, tmp_path):
    other = begun(database, tmp_path / "other.keys")

    with pytest.raises(DamagedData, match=r"Put the right key file back") as refusal:
        opened(database, other)

    assert str(other.file) in str(refusal.value)
    with database.read() as connection:
        assert other.closed(connection) == [ANN, BOB]
        assert vault.closed(connection) == []


def test_another_key_of_the_same_id_opens_nothing(database, vault):
    (key,) = keyring.read(vault.file).keys
    keyring.write(vault.file, keyring.Ring((keyring.Key(key.id, os.urandom(32)),)))

    with pytest.raises(DamagedData, match="Put the right key file back"):
        opened(database, vault)


def test_a_lost_key_file_is_missed_only_where_a_key_is_needed(database, vault):
    vault.file.unlink()

    with database.write() as connection:
        assert vault.names(connection) == [ANN, BOB]
        for needing in (
            lambda: vault.get(connection, ANN),
            lambda: vault.put(connection, ANN, "new", FRIDAY),
            lambda: vault.rotate(connection, FRIDAY),
            lambda: vault.closed(connection),
        ):
            with pytest.raises(DamagedData, match=r"is missing.*key rotate --new-key"):
                needing()
        vault.drop(connection, BOB)
        assert vault.names(connection) == [ANN]


def test_with_a_new_key_file_a_password_is_given_anew(database, vault):
    vault.file.unlink()
    begun(database, vault.file)

    with database.write() as connection:
        vault.put(connection, ANN, "given anew", FRIDAY)

    assert opened(database, vault) == "given anew"
    with database.read() as connection:
        assert vault.closed(connection) == [BOB]


def test_an_old_key_file_that_turns_up_is_added_to_the_new_one(database, vault):
    old = vault.file.read_text()
    vault.file.unlink()
    begun(database, vault.file)

    vault.file.write_text(vault.file.read_text() + old)

    assert opened(database, vault) == PASSWORD


def test_no_key_file_is_overwritten_by_a_new_one(database, vault):
    before = vault.file.read_bytes()

    begun(database, vault.file)

    assert vault.file.read_bytes() == before


# ---------------------------------------------------------------- the file


A_KEY = "k1 " + "QUJD" * 10 + "QUI="


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "no key in it"),
        (b"# only a remark\n\n", "no key in it"),
        (b"\xff\xfe\x00", "no text"),
        (b"# head\nhorse\n", "Line 2"),
        (b"horse battery!\n", "Line 1"),
        (b"k1 QUJD\n", "Line 1"),
        (f"{A_KEY}\n{A_KEY}\n".encode(), "Line 2"),
        (f"{A_KEY}\n{A_KEY[:20]}".encode(), "Line 2"),
        (f"{A_KEY[:20]}!{A_KEY[20:]}".encode(), "Line 1"),
    ],
)
def test_a_malformed_key_file_is_named_with_the_line_and_the_next_step(tmp_path, text, why):
    file = tmp_path / "vault.keys"
    file.write_bytes(text)

    with pytest.raises(DamagedData) as refusal:
        keyring.read(file)

    told = "".join(traceback.format_exception(refusal.value))
    assert why in str(refusal.value)
    assert f"{file} is no usable key file" in told
    assert "from its copy" in told
    assert "horse" not in told
    assert A_KEY[3:12] not in told
    assert refusal.value.__cause__ is None


def test_a_file_that_can_not_be_read_says_why(tmp_path):
    with pytest.raises(DamagedData, match="can't be read: Is a directory"):
        keyring.read(tmp_path)


def test_a_file_that_can_not_be_written_says_why_and_leaves_the_old_one(database, vault):
    with pytest.raises(DamagedData, match="can't be written: No such file or directory"):
        keyring.write(vault.file.parent / "nowhere" / "vault.keys", keyring.begun())

    assert opened(database, vault) == PASSWORD


def test_a_full_disk_leaves_the_old_file_and_no_other(database, vault, monkeypatch):
    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        with pytest.raises(DamagedData, match="No space left"):
            rotate(database, vault)

    assert opened(database, vault) == PASSWORD
    assert [path.name for path in vault.file.parent.glob("*vault*")] == ["vault.keys"]


def test_a_key_file_that_went_through_an_editor_is_read(vault):
    text = vault.file.read_text()

    vault.file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode() + b"\r\n")

    assert keyring.read(vault.file).newest.secret
    assert keyring.read(vault.file).keys[0].id in text


def test_only_its_owner_reads_the_key_file_also_after_it_was_renewed(database, vault):
    before = stat.S_IMODE(vault.file.stat().st_mode)
    vault.file.chmod(0o644)
    rotate(database, vault)

    assert before == 0o600
    assert stat.S_IMODE(vault.file.stat().st_mode) == 0o600
    assert [path.name for path in vault.file.parent.glob("*vault*")] == ["vault.keys"]


def test_the_key_file_says_what_it_is_and_keeps_what_people_noted(database, vault):
    said = vault.file.read_text()
    vault.file.write_text(f"# A copy is in the safe.\n{said}")
    rotate(database, vault)

    assert said.startswith("# The keys of Twinbook's vault.")
    assert "in another place than the backups" in said
    assert vault.file.read_text().startswith(f"# A copy is in the safe.\n{said[:100]}")


@pytest.mark.skipif(os.name != "posix", reason="needs links")
def test_a_key_file_behind_a_link_stays_there(database, vault, tmp_path):
    elsewhere = tmp_path / "safe" / "vault.keys"
    elsewhere.parent.mkdir()
    vault.file.rename(elsewhere)
    vault.file.symlink_to(elsewhere)

    rotate(database, vault)

    assert vault.file.is_symlink()
    assert elsewhere.read_bytes() == vault.file.read_bytes()
    assert opened(database, vault) == PASSWORD


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_the_key_file_stays_its_owners_when_root_renews_it(database, vault):
    os.chown(vault.file, 1234, 1235)

    rotate(database, vault)

    assert (vault.file.stat().st_uid, vault.file.stat().st_gid) == (1234, 1235)


# ---------------------------------------------------------------- new keys


def test_a_new_key_seals_everything_anew_and_the_old_one_stays(database, vault):
    old_ids, before = key_ids(vault), rows(database)

    count = rotate(database, vault)

    new_id = key_ids(vault)[0]
    assert count == 2
    assert key_ids(vault) == [new_id, *old_ids]
    assert {row[1] for row in rows(database).values()} == {new_id}
    assert all(rows(database)[name][2] != before[name][2] for name in (ANN, BOB))
    assert (opened(database, vault, ANN), opened(database, vault, BOB)) == (PASSWORD, "other")


def test_old_keys_are_forgotten_only_when_nothing_needs_them(database, vault):
    old = key_ids(vault)

    early = vault.forget_old(database)
    with database.write() as connection:
        before = vault.rotate(connection, FRIDAY)
    late = vault.forget_old(database)

    assert (early, before, late) == (0, 2, 1)
    assert set(key_ids(vault)).isdisjoint(old)
    assert opened(database, vault) == PASSWORD


def test_what_is_closed_stops_no_rotation_and_is_left_as_it_was(database, vault):
    set_row(database, BOB, key_id="gone")
    closed = rows(database)[BOB]

    count = rotate(database, vault)
    vault.forget_old(database)

    assert count == 1
    assert rows(database)[BOB] == closed
    assert opened(database, vault) == PASSWORD
    with database.read() as connection:
        assert vault.closed(connection) == [BOB]


def test_a_key_that_may_still_open_a_row_is_not_forgotten(database, vault):
    set_row(database, BOB, sealed=b"damaged")
    (old,) = key_ids(vault)

    rotate(database, vault)
    vault.forget_old(database)

    assert old in key_ids(vault)


def test_two_who_rotate_one_after_the_other_lose_no_key(database, vault):
    rotate(database, vault)
    rotate(database, vault)

    assert len(key_ids(vault)) == 3
    assert opened(database, vault) == PASSWORD


def test_many_who_work_at_once_lose_nothing(database, vault):
    def work(number: int) -> None:
        for turn in range(4):
            with database.write() as connection:
                vault.put(connection, f"spoke:{number}", f"secret {turn}", FRIDAY)
            rotate(database, vault)
            vault.forget_old(database)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    with database.read() as connection:
        assert vault.closed(connection) == []
        assert {vault.get(connection, f"spoke:{n}") for n in range(4)} == {"secret 3"}
    assert len(key_ids(vault)) == 1


@pytest.mark.parametrize("moment", ["open", "fsync", "replace", "flush", "upsert", "commit"])
def test_a_crash_while_a_new_key_comes_loses_nothing(database, vault, monkeypatch, moment):
    crash_at(monkeypatch, moment, lambda: rotate(database, vault, broken_off=True))

    assert (opened(database, vault, ANN), opened(database, vault, BOB)) == (PASSWORD, "other")
    assert rotate(database, vault) == 2
    assert vault.forget_old(database) >= 1
    assert (opened(database, vault, ANN), opened(database, vault, BOB)) == (PASSWORD, "other")
    assert [path.name for path in vault.file.parent.glob("*vault*")] == ["vault.keys"]


@pytest.mark.parametrize("moment", ["open", "fsync", "replace", "flush"])
def test_a_crash_while_old_keys_go_loses_nothing(database, vault, monkeypatch, moment):
    rotate(database, vault)

    crash_at(monkeypatch, moment, lambda: vault.forget_old(database))

    assert opened(database, vault) == PASSWORD
    vault.forget_old(database)
    assert len(key_ids(vault)) == 1
    assert opened(database, vault) == PASSWORD


MOMENTS = {
    "open": (keyring, "_write_aside"),
    "fsync": (keyring, "_give_to_owner"),
    "replace": (Path, "replace"),
    "flush": (keyring, "_flush"),
    "upsert": (dialect, "upsert"),
}


def crash_at(monkeypatch, moment: str, work) -> None:
    """Let the program end at a moment of its work: what was written until then stays."""
    with monkeypatch.context() as patched:

        def crash(*_arguments):
            # A dead process clears nothing away.
            patched.setattr(Path, "unlink", lambda *_arguments, **_more: None)
            raise Crash

        if moment in MOMENTS:
            patched.setattr(*MOMENTS[moment], crash)
        with pytest.raises(Crash):
            work()


def test_the_new_key_is_on_the_disk_before_a_row_needs_it(database, vault, monkeypatch):
    seen = []
    monkeypatch.setattr(keyring, "_flush", lambda _folder: seen.append(dict(seal_ids(connection))))

    with database.write() as connection:
        before = dict(seal_ids(connection))
        vault.rotate(connection, FRIDAY)

    assert seen == [before]


def seal_ids(connection):
    return [tuple(row) for row in connection.execute(sa.select(secrets.c.name, secrets.c.key_id))]


def test_a_database_as_it_was_before_a_crash_opens_with_the_newer_key_file(
    database, vault, tmp_path
):
    file = tmp_path / "saved.zip"
    backup.backup(database, file)
    rotate(database, vault)
    rotate(database, vault)

    backup.restore(file, database, replace=True)

    assert opened(database, vault) == PASSWORD


def test_a_backup_from_before_stays_closed_once_the_old_keys_are_forgotten(
    database, vault, tmp_path
):
    file = tmp_path / "saved.zip"
    backup.backup(database, file)
    rotate(database, vault)
    vault.forget_old(database)

    backup.restore(file, database, replace=True)

    with pytest.raises(DamagedData, match="give the password anew"):
        opened(database, vault)


# ---------------------------------------------------------------- what is never told


def test_nothing_that_is_shown_holds_a_secret(database, vault, caplog):
    ring = keyring.read(vault.file)
    set_row(database, ANN, sealed=b"x" * 60)
    with pytest.raises(DamagedData) as refusal:
        opened(database, vault)
    told = "".join(traceback.format_exception(refusal.value))

    shown = f"{vault!r} {ring!r} {ring.newest!r} {told} {caplog.text}"

    assert ring.newest.id in shown
    for hidden in (PASSWORD, repr(ring.newest.secret), vault.file.read_text().split()[-1]):
        assert hidden not in shown
