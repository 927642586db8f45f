"""The engine: what a plan, a quiet cycle and a first sync cost, and in what they don't grow."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from benchmarks import Row, microseconds
from twinbook.crm import contacts
from twinbook.crm.contacts import New
from twinbook.database.engine import open_database
from twinbook.database.migrate import ensure_schema
from twinbook.jobs.rounds import synchronise
from twinbook.journal import halves, journal, spokes
from twinbook.journal.tables import links
from twinbook.model.cause import Cause
from twinbook.model.contact import Contact, Email, Kind, Phone, PhoneKind
from twinbook.model.filter import EVERYTHING
from twinbook.model.ids import LinkId, RecordId, SpokeId, UserId, Version
from twinbook.model.link import Half, Link
from twinbook.model.pair import Pair
from twinbook.model.profiles import twinbook
from twinbook.model.record import Business, Record
from twinbook.model.rights import Rights, UserRole, Viewer
from twinbook.model.shape import FULL
from twinbook.model.spoke import Spoke
from twinbook.ports import Replica
from twinbook.reconcile.cases import Linked
from twinbook.reconcile.reconcile import reconcile
from twinbook.reconcile.terms import Terms
from twinbook.replicas.folder import FolderReplica
from twinbook.replicas.memory import MemoryReplica
from twinbook.users import people
from twinbook.wiring import House, SystemClock

FEW, MANY, DIRTY = 100, 100_000, 500
FIRST = 100_000


def run() -> list[Row]:
    return [*_planning(), *_quiet(), *_first_sync()]


def _row(what: str, unit: str, ours: float, against: str, other: float) -> Row:
    return Row(what=what, unit=unit, ours=ours, against=against, other=other)


# planning


def _planning() -> Iterator[Row]:
    """Only what is dirty is planned: the links beside it are never looked at."""
    some, all_ = ([_case(n) for n in range(count)] for count in (DIRTY, 50_000))
    terms = _terms()
    dirty = all_[:: len(all_) // DIRTY][:DIRTY]
    ours = _milliseconds(lambda: reconcile(dirty, terms))
    alone = _milliseconds(lambda: reconcile(some, terms))
    what = f"reconcile of {DIRTY} dirty links out of 50,000"
    yield _row(what, "ms", ours, f"{DIRTY} out of {DIRTY}", alone)


def _case(number: int) -> Linked:
    contact = person(number)
    edited = contact.but(job_title="Head of engines")
    hub = Record(
        id=RecordId(f"c{number}"),
        version=Version("2"),
        contact=edited,
        business=Business(number=number),
    )
    item = Record(id=RecordId(f"i{number}"), version=Version("1"), contact=contact, tagged=True)
    half = Half(contact=contact)
    link = Link(
        id=LinkId(f"l{number}"),
        spoke=SpokeId("s"),
        contact=hub.id,
        item=item.id,
        mark=LinkId(f"l{number}"),
        base=Pair(half, Half(contact=contact, tagged=True)),
        versions=Pair(Version("1"), Version("1")),
    )
    return Linked(link=link, hub=hub, item=item)


def _terms() -> Terms:
    rights = Rights(viewer=Viewer(user=UserId("u")))
    return Terms(policy=twinbook(), shapes=Pair(FULL, FULL), rights=rights, scope=EVERYTHING)


# a quiet cycle


def _quiet() -> Iterator[Row]:
    """One request and a constant number of rows, however many links there are."""
    many, few = (_quiet_cycle(count) for count in (MANY, FEW))
    yield _row(f"quiet cycle over {MANY:,} links", "ms", many, f"over {FEW} links", few)


def _quiet_cycle(count: int) -> float:
    with company() as house:
        book = MemoryReplica()
        spoke = house.connect("book", book)
        for first in range(0, count, 5_000):
            _link(house, spoke, book, range(first, min(first + 5_000, count)))
        with house.database.write() as connection:
            journal.dispatch(connection)
        synchronise(house, [spoke])
        return _milliseconds(lambda: synchronise(house, [spoke]))


def _link(house: "BenchHouse", spoke: Spoke, book: MemoryReplica, numbers: range) -> None:
    """Contacts and items that were agreed on long ago, put into the tables directly."""
    with house.database.write() as connection:
        new = (New(contact=person(n)) for n in numbers)
        ids = contacts.create_many(connection, new, house.cause, house.clock)
        found = contacts.read(connection, ids)
        rows = [
            _agreed(connection, spoke, found[id], book.put(person(n).but(categories=("CRM",))))
            for n, id in zip(numbers, ids, strict=True)
        ]
        connection.execute(sa.insert(links), rows)


def _agreed(
    connection: sa.Connection, spoke: Spoke, hub: Record, item: Record
) -> dict[str, object]:
    shown = Half(contact=item.contact.but(categories=()), tagged=True)
    base = halves.keep(connection, [Half.of(hub), shown])
    return {
        "id": f"link-{item.id}",
        "spoke_id": spoke.id,
        "contact_id": hub.id,
        "item": item.id,
        "mark": f"link-{item.id}",
        "base_hub": base[0],
        "base_spoke": base[1],
        "hub_version": hub.version,
        "spoke_version": item.version,
        "owned": "",
        "number": hub.business.number if hub.business else 0,
        "state": "alive",
        "adopted": False,
        "whole": True,
        "past": "[]",
    }


# a first sync


def _first_sync() -> Iterator[Row]:
    """In a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "benchmarks.engine", str(FIRST)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    seconds, megabytes, bare = (float(word) for word in told)
    what = f"first sync of {FIRST:,} contacts into a folder"
    yield _row(f"{what}: memory", "MB", megabytes, "the goal", 300.0)
    yield _row(what, "s", seconds, "writing the same files durably, nothing else", bare)


def first_sync(count: int) -> None:
    """Print the seconds, the peak memory in MB, and the seconds of a bare loop."""
    with company() as house, tempfile.TemporaryDirectory() as folder:
        spoke = house.connect("book", FolderReplica(Path(folder)))
        with house.database.write() as connection:
            new = (New(contact=person(n)) for n in range(count))
            contacts.create_many(connection, new, house.cause, house.clock)
        start = time.perf_counter()
        (outcome,) = synchronise(house, [spoke])[:1]
        seconds = time.perf_counter() - start
        if outcome.report.error is not None:
            raise outcome.report.error
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{seconds:.1f} {peak:.1f} {_bare(Path(folder)):.1f}")


def _bare(folder: Path) -> float:
    """Seconds to write the same files again, each on the disk before the next."""
    bodies = [file.read_bytes() for file in folder.glob("*.vcf")]
    with tempfile.TemporaryDirectory(dir=folder) as other:
        start = time.perf_counter()
        for number, body in enumerate(bodies):
            _write(Path(other) / f"{number}.vcf", body)
        return time.perf_counter() - start


def _write(path: Path, body: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(body)
        stream.flush()
        os.fsync(stream.fileno())


# the surroundings


def person(number: int) -> Contact:
    return Contact(
        given=f"Given{number}",
        surname=f"Surname{number}",
        company=f"Company {number % 500}",
        job_title="Engineer",
        emails=(Email(f"person{number}@company{number % 500}.example", Kind.WORK),),
        phones=(
            Phone(f"+1 555 {number:07d}", PhoneKind.MOBILE),
            Phone(f"+1 556 {number:07d}", PhoneKind.WORK),
        ),
    )


class BenchHouse(House):
    """A house with one user and whatever place is to be measured."""

    places: dict[SpokeId, Replica]
    cause: Cause

    def replica(self, spoke: Spoke) -> Replica:
        return self.places[spoke.id]

    def connect(self, name: str, place: Replica) -> Spoke:
        user = self.cause.actor
        assert user is not None
        spoke = Spoke(id=SpokeId(name), name=name, kind="bench", address=name, user=user)
        self.places[spoke.id] = place
        with self.database.write() as connection:
            return spokes.add(connection, spoke, "visible", self.clock.now())


@contextmanager
def company() -> Iterator[BenchHouse]:
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/twinbook.db")
        ensure_schema(database)
        house = BenchHouse(database, SystemClock(), b"a secret of thirty-two bytes ...")
        with database.write() as connection:
            user = people.add(connection, "ann@example.com", "Ann", UserRole.ADMIN, house.clock)
        object.__setattr__(house, "places", {})
        object.__setattr__(house, "cause", Cause(actor=user.id, channel="benchmark"))
        yield house
        database.close()


def _milliseconds(work: Callable[[], object]) -> float:
    return microseconds(work, 1) / 1000


if __name__ == "__main__":
    first_sync(int(sys.argv[1]))
