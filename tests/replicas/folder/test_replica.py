"""What a folder of .vcf files promises as a replica."""

import os
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from twinbook.model.cause import Cause
from twinbook.model.contact import Contact, Email, Phone, PhoneKind, Photo
from twinbook.model.errors import Emptied
from twinbook.model.ids import LinkId, RecordId, Version
from twinbook.model.record import Gone, Record
from twinbook.ports import (
    Create,
    Exists,
    Missing,
    Outdated,
    Refused,
    Release,
    Remove,
    Removed,
    Update,
    Written,
)
from twinbook.reconcile.match import keys_of
from twinbook.replicas.folder import FolderReplica
from twinbook.replicas.folder.files import RACY
from twinbook.testing import strategies

MARK = LinkId("03a0e51fd1aa43858a53e29025acd8af")
ADA = Contact(
    given="Ada",
    surname="Lovelace",
    job_title="Analyst",
    emails=(Email("ada@example.org"),),
    phones=(Phone("+44 20 7946 0000", PhoneKind.MOBILE),),
)
CAUSE = Cause(actor=None, channel="test")
KHARD = b"""BEGIN:VCARD
VERSION:3.0
UID:kh4rd
FN:Grace Hopper
N:Hopper;Grace;;;
X-KEPT;X-WHY=unknown:to the byte
TEL;TYPE=cell:+1 555 0100
END:VCARD
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "contacts"
    path.mkdir()
    return path


@pytest.fixture
def replica(folder: Path) -> FolderReplica:
    return FolderReplica(folder)


def put(folder: Path, name: str, data: bytes, *, ago: float = 60) -> Path:
    """A file that another program wrote a while ago."""
    path = folder / name
    path.write_bytes(data)
    when = time.time_ns() - int(ago * 1e9)
    os.utime(path, ns=(when, when))
    return path


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def write(replica, change):
    [outcome] = replica.write([change], CAUSE)
    return outcome


def news(replica, since=None):
    pages = list(replica.changes(since))
    return {one.id: one for page in pages for one in page.announced}, pages


def record(replica, name) -> Record:
    found = replica.read([RecordId(name)])[RecordId(name)]
    assert isinstance(found, Record)
    return found


# ---------------------------------------------------------------- reading


def test_all_cards_are_announced_with_their_content(folder, replica):
    put(folder, "grace.vcf", KHARD)

    announced, [page] = news(replica)

    assert page.complete
    assert announced["grace.vcf"].mark == "kh4rd"
    assert announced["grace.vcf"].record.contact.given == "Grace"


def test_a_quiet_folder_has_no_news(folder, replica):
    put(folder, "grace.vcf", KHARD)
    _, [first] = news(replica)

    announced, [page] = news(replica, first.cursor)

    assert (announced, page.complete, page.present, page.cursor) == ({}, False, (), first.cursor)


def test_a_card_that_came_after_the_listing_and_went_again_is_not_overlooked(folder, replica):
    _, [first] = news(replica)
    time.sleep(0.02)  # a clock that stamps files ticks slowly
    put(folder, "grace.vcf", KHARD).unlink()

    _, [page] = news(replica, first.cursor)

    assert page.complete


def test_only_what_changed_is_read_again_and_all_that_is_there_is_named(folder, replica):
    for number in range(3):
        path = put(folder, f"{number}.vcf", KHARD)
    _, [first] = news(replica)
    cursor = later(first.cursor)
    time.sleep(0.02)  # a clock that stamps files ticks slowly
    path.write_bytes(KHARD.replace(b"0100", b"0199"))

    announced, [page] = news(replica, cursor)

    assert set(announced) == {"2.vcf"}
    assert {id for id, _ in page.present} == {"0.vcf", "1.vcf"}
    assert page.complete


def later(cursor):
    """The cursor as if all it knows of had happened longer ago than the slack of its clock."""
    digest, newest, doubt = cursor.split(":")
    assert doubt == "sure"
    return f"{digest}:{int(newest, 16) + RACY + 1:x}:{doubt}"


def test_versions_of_the_listing_and_of_reading_are_the_same(folder, replica):
    put(folder, "grace.vcf", KHARD)

    announced, [page] = news(replica)
    _, [again] = news(replica, later(page.cursor).replace("sure", "racy"))

    assert announced["grace.vcf"].version == record(replica, "grace.vcf").version
    assert again.present == (("grace.vcf", announced["grace.vcf"].version),)


def test_an_item_is_gone_only_if_its_file_is(folder, replica):
    put(folder, "broken.vcf", b"BEGIN:VCARD\r\nFN:Half\r\n")

    answer = replica.read([RecordId("broken.vcf"), RecordId("never.vcf"), RecordId("../x.vcf")])

    assert answer == {
        RecordId("never.vcf"): Gone(RecordId("never.vcf")),
        RecordId("../x.vcf"): Gone(RecordId("../x.vcf")),
    }


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The file is empty."),
        (KHARD + KHARD, "The file holds several cards; keep one card a file."),
        (KHARD[:-10], "The card has no END:VCARD; it may have been cut off."),
        (b"hello", "There is text that belongs to no card."),
    ],
)
def test_a_file_that_is_no_card_is_a_trouble_and_stays(folder, replica, data, reason):
    put(folder, "odd.vcf", data)

    announced, [page] = news(replica)

    assert announced == {}
    assert [(one.id, one.reason) for one in page.troubles] == [("odd.vcf", reason)]
    assert (folder / "odd.vcf").read_bytes() == data
    assert isinstance(write(replica, Remove(id=RecordId("odd.vcf"), expected=Version(""))), Refused)


def test_only_cards_of_the_folder_itself_are_items(folder, replica):
    put(folder, "UPPER.VCF", KHARD)
    put(folder, ".hidden.vcf", KHARD)
    put(folder, "note.txt", KHARD)
    put(folder, "grace.vcf.tmp", KHARD)
    (folder / "sub.vcf").mkdir()
    (folder / "link.vcf").symlink_to(folder / "UPPER.VCF")
    os.mkfifo(folder / "pipe.vcf")

    announced, [page] = news(replica)

    assert set(announced) == {"UPPER.VCF"}
    assert page.troubles == ()
    ids = [RecordId(name) for name in ("sub.vcf", "link.vcf", "pipe.vcf", ".hidden.vcf")]
    assert replica.read(ids) == {id: Gone(id) for id in ids}


def test_a_file_whose_name_is_no_text_is_an_item_like_any_other(folder, replica):
    odd = os.fsdecode(b"caf\xe9.vcf")
    put(folder, odd, KHARD)

    [id] = news(replica)[0]
    outcome = write(replica, Update(id=id, expected=record(replica, id).version, contact=ADA))

    assert id.encode()
    assert isinstance(outcome, Written)
    assert b"Lovelace" in (folder / odd).read_bytes()


@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        (lambda path: path.rmdir(), "does not exist"),
        (lambda path: (path.rmdir(), path.write_text("")), "is a file"),
    ],
)
def test_a_folder_that_is_not_there_is_no_empty_folder(folder, replica, break_it, says):
    break_it(folder)

    for ask in (
        lambda: list(replica.changes(None)),
        lambda: replica.read([RecordId("a.vcf")]),
        lambda: list(replica.write([], CAUSE)),
        lambda: replica.find([MARK]),
        lambda: replica.photo(RecordId("a.vcf"), Photo("")),
    ):
        with pytest.raises(Emptied, match=says):
            ask()


# ---------------------------------------------------------------- writing


def test_a_new_item_is_a_file_named_by_its_mark(folder, replica):
    outcome = write(replica, Create(contact=ADA, mark=MARK, tag="CRM"))

    assert isinstance(outcome, Written)
    assert outcome.record.mark == MARK
    assert outcome.record.contact == ADA.but(categories=("CRM",))
    assert outcome.record == record(replica, f"{MARK}.vcf")
    data = (folder / f"{MARK}.vcf").read_bytes()
    assert b"UID:urn:uuid:03a0e51f-d1aa-4385-8a53-e29025acd8af\r\n" in data
    assert names(folder) == [f"{MARK}.vcf"]


def test_an_item_is_created_once(folder, replica):
    write(replica, Create(contact=ADA, mark=MARK))
    (folder / f"{MARK}.vcf").rename(folder / "renamed.vcf")

    again = write(FolderReplica(folder), Create(contact=ADA, mark=MARK))

    assert again == Exists(RecordId("renamed.vcf"))
    assert names(folder) == ["renamed.vcf"]


def test_a_file_with_the_name_of_a_new_item_is_never_overwritten(folder, replica):
    put(folder, f"{MARK}.vcf", KHARD)

    assert write(replica, Create(contact=ADA, mark=MARK)) == Exists(RecordId(f"{MARK}.vcf"))
    assert (folder / f"{MARK}.vcf").read_bytes() == KHARD


def test_an_update_writes_the_named_fields_and_keeps_the_rest_to_the_byte(folder, replica):
    path = put(folder, "grace.vcf", KHARD)
    path.chmod(0o640)
    before = record(replica, "grace.vcf")

    outcome = write(
        replica,
        Update(
            id=before.id,
            expected=before.version,
            contact=ADA,
            fields=frozenset({"job_title"}),
            tag="CRM",
        ),
    )

    assert outcome.record.contact == before.contact.but(job_title="Analyst", categories=("CRM",))
    assert outcome.record == record(replica, "grace.vcf")
    data = path.read_bytes().replace(b"TITLE:Analyst\n", b"").replace(b"CATEGORIES:CRM\n", b"")
    assert data == KHARD
    assert path.stat().st_mode & 0o777 == 0o640
    assert names(folder) == ["grace.vcf"]


def test_an_update_on_another_version_writes_nothing(folder, replica):
    path = put(folder, "grace.vcf", KHARD)
    before = record(replica, "grace.vcf")
    path.write_bytes(newer := KHARD.replace(b"Grace", b"Amazing"))

    update = Update(id=before.id, expected=before.version, contact=ADA)

    assert write(replica, update) == Outdated()
    assert path.read_bytes() == newer


def test_an_update_of_what_is_not_there_says_so(replica):
    update = Update(id=RecordId("no.vcf"), expected=Version("1"), contact=ADA)

    assert write(replica, update) == Missing()


def test_an_update_that_changes_nothing_writes_nothing(folder, replica):
    put(folder, "grace.vcf", KHARD)
    before = record(replica, "grace.vcf")

    outcome = write(replica, Update(id=before.id, expected=before.version, contact=before.contact))

    assert outcome == Written(before)
    assert record(replica, "grace.vcf") == before


def test_a_mark_is_put_on_an_item_without_one_and_never_over_another(folder, replica):
    put(folder, "with.vcf", KHARD)
    put(folder, "without.vcf", KHARD.replace(b"UID:kh4rd\n", b""))

    for name, mark in (("with.vcf", "kh4rd"), ("without.vcf", MARK)):
        seen = record(replica, name)
        outcome = write(
            replica,
            Update(id=seen.id, expected=seen.version, contact=seen.contact, mark=MARK),
        )
        assert outcome.record.mark == mark


def test_letting_an_item_go_takes_the_tag_off_and_nothing_else(folder, replica):
    data = KHARD.replace(b"TEL", b"CATEGORIES:friends,crm,boats\nTEL")
    path = put(folder, "grace.vcf", data)
    seen = record(replica, "grace.vcf")

    outcome = write(replica, Release(id=seen.id, expected=seen.version, tag="CRM"))

    assert outcome.record.contact.categories == ("friends", "boats")
    assert path.read_bytes() == data.replace(b",crm", b"")


def test_what_was_removed_can_be_put_back_to_the_byte(folder, replica):
    path = put(folder, "grace.vcf", KHARD)
    seen = record(replica, "grace.vcf")

    removed = write(replica, Remove(id=seen.id, expected=seen.version))
    assert removed == Removed(KHARD)
    assert not path.exists()

    again = write(replica, Create(contact=seen.contact, mark=MARK, image=removed.image))
    assert again.record.mark == "kh4rd"
    assert (folder / f"{MARK}.vcf").read_bytes() == KHARD


def test_a_removal_on_another_version_removes_nothing(folder, replica):
    path = put(folder, "grace.vcf", KHARD)
    seen = record(replica, "grace.vcf")
    path.write_bytes(KHARD.replace(b"Grace", b"Amazing"))

    assert write(replica, Remove(id=seen.id, expected=seen.version)) == Outdated()
    assert path.exists()


def test_a_photo_travels_into_the_card_and_out_of_it(folder, replica):
    photo = Photo(sha256(strategies.PIXEL).hexdigest(), "image/gif")

    outcome = write(
        replica, Create(contact=ADA.but(photo=photo), mark=MARK, photo=strategies.PIXEL)
    )

    assert outcome.record.contact.photo == photo
    assert replica.photo(outcome.record.id, photo) == strategies.PIXEL
    assert replica.photo(outcome.record.id, replace(photo, digest="0" * 64)) is None


# ---------------------------------------------------------------- looking for


def test_items_are_found_by_their_marks_the_oldest_first(folder, replica):
    write(replica, Create(contact=ADA, mark=MARK))
    put(folder, "older.vcf", (folder / f"{MARK}.vcf").read_bytes(), ago=9999)
    put(folder, "grace.vcf", KHARD)

    found = replica.find([MARK, LinkId("kh4rd"), LinkId("nobody")])

    assert {mark: one.id for mark, one in found.items()} == {
        MARK: "older.vcf",
        "kh4rd": "grace.vcf",
    }


def test_look_alikes_are_found_by_what_they_share(folder, replica):
    write(replica, Create(contact=ADA, mark=MARK))
    put(folder, "grace.vcf", KHARD)
    keys = keys_of(ADA)

    found = replica.resembling(keys)

    assert set(found) == keys
    assert {one.id for some in found.values() for one in some} == {f"{MARK}.vcf"}
