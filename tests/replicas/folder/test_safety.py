"""A folder that others write into at the same time, that is full, or that a crash interrupted."""

import errno
import multiprocessing
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from twinbook.model.cause import Cause
from twinbook.model.contact import Contact, Phone
from twinbook.model.ids import RecordId
from twinbook.model.record import Record
from twinbook.ports import Create, Missing, Outdated, Refused, Remove, Removed, Update, Written
from twinbook.replicas.folder import FolderReplica, system, writer
from twinbook.replicas.folder.files import now

CAUSE = Cause(actor=None, channel="test")
CARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:1\r\nFN:Ada\r\nTEL:100\r\nEND:VCARD\r\n"
NAME = RecordId("ada.vcf")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "contacts"
    path.mkdir()
    put(path, CARD)
    return path


def put(folder: Path, data: bytes, *, ago: float = 60) -> None:
    """A file as another program leaves it, a while ago."""
    (folder / NAME).write_bytes(data)
    when = time.time_ns() - int(ago * 1e9)
    os.utime(folder / NAME, ns=(when, when))


def seen(folder: Path, name: RecordId = NAME) -> Record:
    found = FolderReplica(folder).read([name])[name]
    assert isinstance(found, Record)
    return found


def update(folder: Path, number: str = "200", record: Record | None = None):
    record = record or seen(folder)
    wanted = Update(
        id=record.id,
        expected=record.version,
        contact=Contact(phones=(Phone(number),)),
        fields=frozenset({"phones"}),
    )
    [outcome] = FolderReplica(folder).write([wanted], CAUSE)
    return outcome


def remove(folder: Path):
    record = seen(folder)
    [outcome] = FolderReplica(folder).write([Remove(id=record.id, expected=record.version)], CAUSE)
    return outcome


def elsewhere(work):
    """What a piece of work in another process answers."""
    fork = multiprocessing.get_context("fork")
    answer = fork.Queue()
    child = fork.Process(target=work, args=(answer,))
    child.start()
    found = answer.get(timeout=60)
    child.join()
    return found


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# ---------------------------------------------------------------- edits that leave no trace


def edit_within_a_tick(folder: Path) -> None:
    """An edit in place of the same length, so soon that the clock shows the same time."""
    about = (folder / NAME).stat()
    with (folder / NAME).open("r+b") as file:
        file.write(CARD.replace(b"100", b"300"))
    os.utime(folder / NAME, ns=(about.st_atime_ns, about.st_mtime_ns))


def test_an_edit_that_leaves_time_and_size_as_they_were_is_news(folder):
    put(folder, CARD, ago=0)
    [first] = FolderReplica(folder).changes(None)
    edit_within_a_tick(folder)

    [page] = FolderReplica(folder).changes(first.cursor)

    assert page.announced[0].record.contact.phones == (Phone("300"),)
    assert page.announced[0].version != first.announced[0].version


def test_an_edit_that_leaves_time_and_size_as_they_were_is_not_overwritten(folder):
    put(folder, CARD, ago=0)
    record = seen(folder)
    edit_within_a_tick(folder)

    assert update(folder, record=record) == Outdated()
    assert b"TEL:300" in (folder / NAME).read_bytes()


def test_a_version_that_was_seen_at_once_is_still_known_later(folder):
    put(folder, CARD, ago=1.9)
    record = seen(folder)
    time.sleep(0.3)

    assert isinstance(update(folder, record=record), Written)


def test_our_own_writes_leave_no_doubt(folder):
    update(folder)

    [page] = FolderReplica(folder).changes(None)
    [quiet] = FolderReplica(folder).changes(page.cursor)

    assert page.cursor.endswith(":sure")
    assert (quiet.announced, quiet.present, quiet.complete) == ((), (), False)


# ---------------------------------------------------------------- somebody was quicker

NEWER = CARD.replace(b"FN:Ada", b"FN:Ada King")


def edit_in_place(folder: Path) -> None:
    (folder / NAME).write_bytes(NEWER)


def edit_by_renaming(folder: Path) -> None:
    (folder / "editor~").write_bytes(NEWER)
    (folder / "editor~").rename(folder / NAME)


LATE_EDITS = pytest.mark.parametrize("late_edit", [edit_in_place, edit_by_renaming])


def just_before_the_swap(monkeypatch, action) -> None:
    """Do something when everything has been read and compared, and the swap comes next."""
    real, done = system.exchange, []

    def exchange(one: Path, other: Path) -> bool:
        if not done:
            done.append(action())
        return real(one, other)

    monkeypatch.setattr(writer, "exchange", exchange)


@LATE_EDITS
def test_an_edit_in_the_last_moment_is_put_back(folder, monkeypatch, late_edit):
    just_before_the_swap(monkeypatch, lambda: late_edit(folder))

    assert update(folder) == Outdated()
    assert files(folder) == {NAME: NEWER}


def test_a_file_that_is_removed_in_the_last_moment_stays_removed(folder, monkeypatch):
    just_before_the_swap(monkeypatch, (folder / NAME).unlink)

    assert update(folder) == Missing()
    assert files(folder) == {}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who has a file open")
def test_a_file_that_an_editor_has_open_for_writing_is_left_to_it(folder):
    with (folder / NAME).open("r+b") as editor:
        assert update(folder) == Outdated()
        assert remove(folder) == Outdated()
        editor.write(NEWER)

    assert files(folder) == {NAME: NEWER}


def test_what_is_written_between_two_swaps_is_what_stays(folder, monkeypatch):
    real, calls = system.exchange, []

    def exchange(one: Path, other: Path) -> bool:
        calls.append(1)
        edit_in_place(folder) if len(calls) == 1 else None
        if len(calls) == 2:
            (folder / "third").write_bytes(b"third")
            (folder / "third").rename(folder / NAME)
        return real(one, other)

    monkeypatch.setattr(writer, "exchange", exchange)

    assert update(folder) == Outdated()
    assert files(folder) == {NAME: b"third"}


@LATE_EDITS
def test_an_edit_in_the_last_moment_before_a_removal_is_put_back(folder, monkeypatch, late_edit):
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "rename", real)
        late_edit(folder)
        return real(self, target)

    record = seen(folder)
    replica = FolderReplica(folder)
    monkeypatch.setattr(Path, "rename", rename)
    [outcome] = replica.write([Remove(id=NAME, expected=record.version)], CAUSE)

    assert outcome == Outdated()
    assert files(folder) == {NAME: NEWER}


@pytest.mark.parametrize("has_links", [True, False])
def test_a_system_without_swapping_is_served_as_well_as_it_allows(folder, monkeypatch, has_links):
    def refuse(*_args: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(system, "_renameat2", lambda: None)
    if not has_links:
        monkeypatch.setattr(Path, "hardlink_to", refuse)
    mark = "0" * 31 + "1"

    [made] = FolderReplica(folder).write([Create(contact=Contact(given="Eve"), mark=mark)], CAUSE)
    [again] = FolderReplica(folder).write([Create(contact=Contact(given="Eve"), mark=mark)], CAUSE)

    assert isinstance(made, Written)
    assert again.id == made.record.id
    assert isinstance(update(folder), Written)
    assert b"TEL:200" in files(folder)[NAME]
    assert isinstance(remove(folder), Removed)
    assert set(files(folder)) == {f"{mark}.vcf"}


# ---------------------------------------------------------------- many at the same time


def add_words(folder: Path, worker: int, words: int) -> None:
    for number in range(words):
        while True:
            record = seen(folder)
            contact = record.contact.but(
                categories=(*record.contact.categories, f"{worker}-{number}")
            )
            change = Update(
                id=NAME, expected=record.version, contact=contact, fields={"categories"}
            )
            [outcome] = FolderReplica(folder).write([change], CAUSE)
            if isinstance(outcome, Written):
                break
            assert isinstance(outcome, Outdated | Missing | Refused), outcome


def test_processes_that_edit_one_card_lose_nothing(folder):
    spawn = multiprocessing.get_context("fork")
    workers = [spawn.Process(target=add_words, args=(folder, one, 15)) for one in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(120)

    assert [one.exitcode for one in workers] == [0] * 4
    words = {f"{worker}-{number}" for worker in range(4) for number in range(15)}
    assert set(seen(folder).contact.categories) == words
    assert set(files(folder)) == {NAME}


def assert_soon(condition) -> None:
    """While it is put back, an edit is out of sight for less than a millisecond."""
    for _ in range(200):
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError


def test_an_editor_never_finds_an_older_card_than_it_wrote(folder):
    stop = threading.Event()

    def update_all_the_time() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            found = FolderReplica(folder).read([NAME]).get(NAME)
            if isinstance(found, Record):
                update(folder, str(number % 1000), record=found)

    updaters = [threading.Thread(target=update_all_the_time) for _ in range(2)]
    for one in updaters:
        one.start()
    try:
        for number in range(150):
            data = CARD.replace(b"FN:Ada", b"FN:Ada %d" % number)
            if number % 2:
                (folder / NAME).write_bytes(data)
            else:
                (folder / "editor~").write_bytes(data)
                (folder / "editor~").rename(folder / NAME)
            time.sleep(random.Random(number).random() / 100)
            assert_soon(
                lambda number=number: b"FN:Ada %d\r\n" % number in (folder / NAME).read_bytes()
            )
    finally:
        stop.set()
        for one in updaters:
            one.join()


# ---------------------------------------------------------------- crashes and full disks


def keep_updating(folder: Path) -> None:
    number = 100
    while True:
        number += 1
        update(folder, str(number))


def test_a_process_that_is_killed_leaves_the_old_card_or_the_new_one(folder):
    fork = multiprocessing.get_context("fork")
    chance = random.Random(7)
    for _ in range(60):
        child = fork.Process(target=keep_updating, args=(folder,))
        before = (folder / NAME).read_bytes()
        child.start()
        while (folder / NAME).read_bytes() == before:
            assert child.is_alive()
        time.sleep(chance.random() / 50)
        child.kill()
        child.join()

        visible = {name for name in files(folder) if not name.startswith(".")}
        assert visible == {NAME}
        assert seen(folder).contact.phones[0].value.isdigit()
        assert isinstance(update(folder), Written)


def test_left_overs_of_a_crash_go_after_an_hour_and_nothing_of_others_does(folder, monkeypatch):
    entry = (folder / NAME).stat()
    stamp = f"{entry.st_mtime_ns:x}-{entry.st_size:x}-{entry.st_ino:x}"
    (folder / ".twinbook-part-x_y.tmp").write_bytes(CARD[:20])
    ours = folder / ".twinbook-aside-x"
    ours.write_bytes(CARD)
    inode = ours.stat().st_ino
    ours.rename(folder / f".twinbook-aside-{inode:x}_{stamp}_a.tmp")
    (folder / f".twinbook-aside-0_{stamp}_b.tmp").write_bytes(NEWER)  # swapped out, never checked
    before = files(folder)

    list(FolderReplica(folder).write([], CAUSE))
    assert files(folder) == before  # another process may be at work

    an_hour_later = now() + 3601 * 10**9
    monkeypatch.setattr(writer, "now", lambda: an_hour_later)
    list(FolderReplica(folder).write([], CAUSE))

    assert sorted(files(folder).values()) == sorted([CARD, NEWER])
    assert all(name.endswith(".vcf") for name in files(folder))


def test_a_full_disk_refuses_a_change_and_changes_nothing(folder):
    def write_with_little_room(answer) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(CARD) + 5, len(CARD) + 5))
        try:
            made = Create(contact=Contact(note="x" * 1000), mark="0" * 32)
            [created] = FolderReplica(folder).write([made], CAUSE)
            answer.put((update(folder, "2" * 50), created))
        except BaseException as error:  # noqa: BLE001 - the other process shall see it
            answer.put(error)

    outcomes = elsewhere(write_with_little_room)

    reason = Refused("The card is larger than a file may be here. Nothing was written.")
    assert outcomes == (reason, reason)
    assert files(folder) == {NAME: CARD}


def test_a_folder_that_may_not_be_written_refuses():
    def write_where_it_is_forbidden(answer) -> None:
        record = seen(folder)  # loads all that is needed
        if os.geteuid() == 0:  # root may write everywhere
            os.seteuid(65534)
        answer.put(update(folder, record=record))

    with tempfile.TemporaryDirectory() as place:  # not below a folder that only root may enter
        folder = Path(place)
        put(folder, CARD)
        folder.chmod(0o555)
        (folder / NAME).chmod(0o644)
        assert isinstance(elsewhere(write_where_it_is_forbidden), Refused)
        folder.chmod(0o755)
        assert files(folder) == {NAME: CARD}


# ---------------------------------------------------------------- many items

MANY = """
import resource, sys
from pathlib import Path
from twinbook.replicas.folder import FolderReplica

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
count, cursor = 0, None
for page in FolderReplica(Path(sys.argv[1])).changes(None):
    assert len(page.announced) <= 500
    count, cursor = count + len(page.announced), page.cursor
assert count == int(sys.argv[2]), count
print(len(cursor), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.slow
def test_a_first_listing_of_many_cards_needs_little_memory(tmp_path):
    many = 20_000
    for number in range(many):
        (tmp_path / f"{number}.vcf").write_bytes(CARD)

    told = subprocess.run(
        [sys.executable, "-c", MANY, str(tmp_path), str(many)],
        check=True, capture_output=True, timeout=280,
    )  # fmt: skip

    length, kilobytes = map(int, told.stdout.split())
    assert length < 80
    assert kilobytes < 25_000  # 100,000 cards: under 100 MB
