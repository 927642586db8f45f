"""The keys of the vault: at the command line, beside backups, and in a database's bytes."""

import stat
import sys
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest

from twinbook.journal import spokes
from twinbook.model.errors import DamagedData
from twinbook.settings import read_settings
from twinbook.users.vault import for_spoke
from twinbook.wiring import open_house

PASSWORD = "correct horse battery staple"


def keep(town, secret: str = PASSWORD, book: str = "ann") -> None:
    """Keep a password for a book, as a command that connects a server does."""
    house = open_house(read_settings(town.data))
    with closing(house.database) as database, database.write() as connection:
        name = for_spoke(spokes.find(connection, book).id)
        house.vault.put(connection, name, secret, house.clock.now())


def kept(town, book: str = "ann") -> str:
    house = open_house(read_settings(town.data))
    with closing(house.database) as database, database.read() as connection:
        return house.vault.get(connection, for_spoke(spokes.find(connection, book).id))


def ring(town) -> Path:
    return town.data / "vault.keys"


def test_a_new_installation_has_a_key_file_for_its_owner_only(town):
    town.founded()

    assert stat.S_IMODE(ring(town).stat().st_mode) == 0o600


def test_an_installation_does_not_begin_where_its_key_file_can_not_be(town, monkeypatch):
    monkeypatch.setenv("TWINBOOK_VAULT", str(town.place / "nowhere" / "vault.keys"))

    refused = town("init", "--company", "Example Ltd")
    monkeypatch.delenv("TWINBOOK_VAULT")

    assert refused.status == 1
    assert "can't be written" in refused.err
    assert not (town.data / "secret.key").exists()
    town.founded()


def test_the_key_file_may_be_kept_elsewhere(town, monkeypatch):
    elsewhere = town.file("safe/my.keys")
    elsewhere.unlink()
    monkeypatch.setenv("TWINBOOK_VAULT", str(elsewhere))
    town.with_two_books()
    keep(town)

    answer = town.json("key", "rotate")

    assert answer["file"] == str(elsewhere)
    assert elsewhere.exists()
    assert not ring(town).exists()
    assert kept(town) == PASSWORD


def test_a_rotation_says_what_it_did_and_where_the_file_is(any_town):
    town = any_town.with_two_books()
    keep(town)
    keep(town, "other", "bob")

    said = town.do("key", "rotate").out
    answer = town.json("key", "rotate", "--forget-old")

    assert "2 secrets" in said
    assert f"{ring(town)}. Keep a copy of it apart from the backups." in said
    assert "older keys stay" in said
    assert answer == {"sealed": 2, "forgotten": 2, "closed": [], "file": str(ring(town))}
    assert (kept(town), kept(town, "bob")) == (PASSWORD, "other")


def test_only_an_administrator_rotates(town):
    town.with_two_books()
    before = ring(town).read_bytes()

    refused = town("key", "rotate", by="bob")

    assert refused.status == 1
    assert ring(town).read_bytes() == before


def test_an_installation_of_the_previous_version_gets_a_key_file(town):
    town.with_two_books()
    ring(town).unlink()

    town.do("book", "list")
    keep(town)

    assert kept(town) == PASSWORD


@pytest.mark.skipif(sys.platform == "win32", reason="needs a folder that takes no files")
@pytest.mark.parametrize(
    ("file", "why"), [("/proc/nowhere/vault.keys", "is missing"), ("/" + "x" * 300, "too long")]
)
def test_a_key_file_that_can_not_be_made_stops_nothing_else(town, monkeypatch, file, why):
    town.with_two_books()
    monkeypatch.setenv("TWINBOOK_VAULT", file)

    assert town("book", "list").status == 0
    assert town("doctor").out == "All is well.\n"
    with pytest.raises(DamagedData, match=why):
        keep(town)


def test_lost_keys_are_told_where_a_password_is_needed_and_nowhere_else(town):
    town.with_two_books()
    keep(town)
    ring(town).unlink()

    assert town("book", "list").status == 0
    assert town("sync").status == 0
    assert not ring(town).exists()
    for needing in (lambda: kept(town), lambda: keep(town)):
        with pytest.raises(DamagedData, match="is missing"):
            needing()
    assert "--new-key" in town("key", "rotate").err
    assert "is missing" in town("doctor").out


def test_after_a_loss_a_new_key_begins_and_names_what_stays_closed(town):
    town.with_two_books()
    keep(town)
    ring(town).unlink()

    result = town("key", "rotate", "--new-key")
    examined = town("doctor")
    keep(town, "given anew")

    assert result.status == 1
    assert "Still closed: spoke:" in result.out
    assert "opens the password for ann" in examined.out
    assert "give the password anew" in examined.out
    assert kept(town) == "given anew"
    assert town.json("doctor") == []


def test_the_doctor_names_a_key_file_that_others_may_read(town):
    town.with_two_books()
    ring(town).chmod(0o640)

    result = town("doctor")

    assert result.status == 1
    assert f"chmod 600 {ring(town)}" in result.out


# ---------------------------------------------------------------- backups


def test_neither_database_nor_backup_holds_a_password_or_a_key(town):
    town.with_two_books()
    keep(town)
    saved = town.place / "saved.zip"
    said = town.do("backup", saved).out
    keys = [line.split()[1] for line in ring(town).read_text().splitlines() if line[0] != "#"]

    with ZipFile(saved) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts |= {path.name: path.read_bytes() for path in town.data.glob("twinbook.db*")}

    assert len(keys) == 1
    assert b"spoke:" in parts["secrets.jsonl"]
    for text in (PASSWORD.encode(), *(key.encode() for key in keys)):
        assert [name for name, body in parts.items() if text in body] == []
    assert str(ring(town)) in said


def test_a_backup_without_the_key_file_gives_no_password(any_town):
    town = any_town.with_two_books()
    keep(town)
    saved = town.place / "saved.zip"
    town.do("backup", saved)
    copy = ring(town).read_bytes()
    ring(town).unlink()

    town.do("restore", saved, "--replace", "--new-key")

    assert ring(town).read_bytes() != copy
    with pytest.raises(DamagedData, match="Put the right key file back"):
        kept(town)
    ring(town).write_bytes(copy)
    assert kept(town) == PASSWORD


def test_a_restore_with_the_old_secret_waits_for_the_key_file(town):
    town.with_two_books()
    keep(town)
    saved = town.place / "saved.zip"
    town.do("backup", saved)
    keys = {name: (town.data / name).read_bytes() for name in ("secret.key", "vault.keys")}
    town.data.rename(town.place / "lost")
    town.data.mkdir()
    (town.data / "secret.key").write_bytes(keys["secret.key"])

    town.do("restore", saved)

    with pytest.raises(DamagedData, match="is missing"):
        kept(town)
    ring(town).write_bytes(keys["vault.keys"])
    assert kept(town) == PASSWORD


def test_an_older_backup_opens_after_a_rotation_until_the_old_keys_are_forgotten(any_town):
    town = any_town.with_two_books()
    keep(town)
    saved = town.place / "saved.zip"
    town.do("backup", saved)
    town.do("key", "rotate")
    keep(town, "newer")

    town.do("restore", saved, "--replace")
    after_rotation = kept(town)
    town.do("key", "rotate", "--forget-old")
    town.do("restore", saved, "--replace")

    assert after_rotation == PASSWORD
    with pytest.raises(DamagedData, match="give the password anew"):
        kept(town)


def test_no_answer_and_no_error_holds_a_password(town):
    town.with_two_books()
    keep(town)
    said = [town("key", "rotate"), town("key", "rotate", "--json"), town("doctor")]
    ring(town).write_text(f"{PASSWORD}\n")
    said += [town("key", "rotate"), town("key", "rotate", "--json"), town("doctor")]

    assert "no usable key file" in said[3].err
    assert [one for one in said if "horse" in one.out + one.err] == []
