"""Address books on real servers, next to the bare requests and to vdirsyncer.

BENCH_FIRST_RADICALE and BENCH_FIRST_XANDIKOS say how many contacts a first sync has, and
BENCH_RADICALE and BENCH_XANDIKOS how many are in the book that is kept in step, for a quicker
look than the real one: the first sync of Xandikos's takes two hours, for there every card is
stored in a time that grows with the book. `python -m benchmarks.carddav` shows the rows and leaves
the page alone.
"""

import math
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import chain, islice
from pathlib import Path

import sqlalchemy as sa

from benchmarks import Row, line
from benchmarks._company import BenchHouse, agreed, company, person
from benchmarks._servers import (
    MANY,
    USER,
    Bare,
    Cost,
    VdirSyncer,
    cards,
    connected,
    cost,
    running,
    seed,
)
from twinbook.crm import contacts
from twinbook.crm.contacts import New
from twinbook.jobs.rounds import one_round
from twinbook.journal import journal
from twinbook.journal.tables import links
from twinbook.model.ids import RecordId
from twinbook.model.spoke import Spoke
from twinbook.ports import Update
from twinbook.replicas.carddav import CardDavReplica
from twinbook.replicas.carddav.profile import Profile
from twinbook.sync.cycle import Progress, silent
from twinbook.testing.servers import Radicale, Server, Xandikos

EDITS, ROUNDS, RUNS = 100, 10, 3


def run() -> list[Row]:
    """The long ones last: with every card a book of Xandikos's takes the next one slower."""
    kept = _kept(Radicale, _size("RADICALE", 1_000)), _kept(Xandikos, _size("XANDIKOS", 10_000))
    first = (
        _begun(Radicale, _size("FIRST_RADICALE", 1_000)),
        _begun(Xandikos, _size("FIRST_XANDIKOS", 10_000)),
    )
    return list(chain(*kept, *first))


def _size(name: str, usual: int) -> int:
    return int(os.environ.get(f"BENCH_{name}", usual))


def _begun(kind: type[Server], count: int) -> Iterator[Row]:
    """A first sync into an empty book; vdirsyncer's goes to another server, at the same time."""
    with _places(kind) as (server, house, place), running(kind) as second:
        ours = _Ours(house, *connected(house, server, server.new_book(USER)), count)
        other = VdirSyncer(place, second.new_book(USER), cards(count))
        with closing(Bare(server.new_book(USER))) as bare:
            yield from _first_sync(ours, bare, other)


def _kept(kind: type[Server], count: int) -> Iterator[Row]:
    """Cycles over a book that is in step."""
    with _places(kind) as (server, house, place):
        books = [server.new_book(USER) for _ in range(2)]
        for book in books:
            seed(server, book, cards(count))
        ours = _Ours(house, *connected(house, server, books[0]), count)
        ours.link()
        ours.sync(0)
        other = VdirSyncer(place, books[1], cards(count))
        other.sync()
        yield from _quiet(ours, other)
        yield from _edits_in_the_book(ours, other)
        yield from _edits_in_the_hub(ours, other)


@contextmanager
def _places(kind: type[Server]) -> Iterator[tuple[Server, BenchHouse, Path]]:
    """A server, a company, and a folder for what else there is."""
    with running(kind) as server, company() as house, tempfile.TemporaryDirectory() as folder:
        yield server, house, Path(folder)


class _Ours:
    """A book of Twinbook's, and the contacts that belong there."""

    def __init__(self, house: BenchHouse, spoke: Spoke, known: Profile, count: int) -> None:
        self.house, self.spoke, self.known, self.count = house, spoke, known, count
        with house.database.write() as connection:
            new = (New(contact=person(number)) for number in range(count))
            self.contacts = contacts.create_many(connection, new, house.cause, house.clock)

    def sync(self, steps: int, progress: Progress = silent) -> Cost:
        """What a cycle takes that has so many things to do, and does them."""
        outcomes = []
        taken = cost(lambda: outcomes.append(one_round(self.house, self.spoke, progress)))
        report, trouble = outcomes[0].report, outcomes[0].trouble
        assert (trouble, report.error, report.tally.total()) == (None, None, steps), outcomes
        return taken

    def link(self) -> None:
        """Remember that the book holds these contacts' cards, as if they had been synchronised."""
        names = [RecordId(name) for name in cards(self.count)]
        with closing(self.house.replica(self.spoke)) as place:
            found = place.read(names)
        with self.house.database.write() as connection:
            hub = contacts.read(connection, self.contacts)
            rows = [
                agreed(connection, self.spoke, hub[id], found[name])
                for id, name in zip(self.contacts, names, strict=True)
            ]
            connection.execute(sa.insert(links), rows)
            journal.dispatch(connection)

    @property
    def requests(self) -> int:
        """How many requests the last cycle sent."""
        (place,) = self.house.opened
        assert isinstance(place, CardDavReplica)
        return place.requests

    def row(self, what: str, unit: str, ours: float, against: str, other: float) -> Row:
        """A comparison at this book."""
        where = f"{what} ({self.spoke.name}, {self.count:,} contacts)"
        return Row(what=where, unit=unit, ours=ours, against=against, other=other)


def _first_sync(ours: _Ours, bare: Bare, other: VdirSyncer) -> Iterator[Row]:
    """Ours and the bare requests by turns, batch by batch, so that both meet the same machine."""
    left, turns = iter(cards(ours.count).items()), [Cost(0.0, 0.0)]

    def their_turn(steps: int, _of: int) -> None:
        some = dict(islice(left, steps))
        turns.append(cost(lambda: bare.upload(some, reads_back=not ours.known.echoes)))

    with ThreadPoolExecutor(1) as beside:
        others = beside.submit(other.sync)
        both = ours.sync(ours.count, their_turn)
        theirs = others.result()
    the_same = Cost(sum(one.seconds for one in turns), sum(one.own for one in turns))
    mine = Cost(both.seconds - the_same.seconds, both.own - the_same.own)
    against = "the same requests, bare, one after another (goal: 0.8)"
    yield ours.row("first sync", "s", mine.seconds, against, the_same.seconds)
    yield ours.row("first sync: whole time", "s", mine.seconds, "vdirsyncer", theirs.seconds)
    yield ours.row("first sync: own time", "s", mine.own, "vdirsyncer's own", theirs.own)


def _quiet(ours: _Ours, other: VdirSyncer) -> Iterator[Row]:
    with closing(Bare(ours.spoke.address)) as bare:
        token, mine, the_same = bare.since(""), [], []
        for _ in range(ROUNDS):  # by turns, so that both meet the same machine
            mine.append(ours.sync(0))
            the_same.append(cost(lambda: bare.since(token)))
    theirs = [other.sync() for _ in range(RUNS)]
    own, whole = (min(getattr(one, name) for one in mine) * 1e3 for name in ("own", "seconds"))
    yield ours.row("quiet cycle: requests", "", ours.requests, "the goal, at most", 2)
    against, longest = "vdirsyncer's whole run (goal: 50)", min(one.seconds for one in theirs)
    yield ours.row("quiet cycle: own time", "ms", own, against, longest * 1e3)
    against, bare_time = "sync-collection, bare (goal: 0.8)", min(one.seconds for one in the_same)
    yield ours.row("quiet cycle: whole time", "ms", whole, against, bare_time * 1e3)


def _edits_in_the_book(ours: _Ours, other: VdirSyncer) -> Iterator[Row]:
    """Somebody edits cards with another program."""
    with closing(Bare(ours.spoke.address)) as somebody:
        somebody.edit(EDITS)
    mine = ours.sync(EDITS)
    least = 1 + math.ceil(EDITS / MANY)
    yield from _told(ours, f"{EDITS} edits in the book", mine, least, other.edited_there(EDITS))


def _edits_in_the_hub(ours: _Ours, other: VdirSyncer) -> Iterator[Row]:
    ours.sync(0)
    with ours.house.database.write() as connection:
        for record in contacts.read(connection, ours.contacts[-EDITS:]).values():
            change = Update(
                id=record.id,
                expected=record.version,
                contact=record.contact.but(job_title="Head of bridges"),
                fields=frozenset({"job_title"}),
            )
            contacts.update(connection, change, ours.house.cause, ours.house.clock)
    mine = ours.sync(EDITS)
    looks = 1 if ours.known.echoes else 2
    least = 1 + EDITS + looks * math.ceil(EDITS / MANY)
    yield from _told(ours, f"{EDITS} edits in the hub", mine, least, other.edited_here(EDITS))


def _told(ours: _Ours, what: str, mine: Cost, least: int, theirs: Cost) -> Iterator[Row]:
    yield ours.row(f"{what}: requests", "", ours.requests, "the least (goal: 1.0)", least)
    yield ours.row(f"{what}: own time", "ms", mine.own * 1e3, "vdirsyncer's own", theirs.own * 1e3)
    against, seconds = "vdirsyncer", theirs.seconds * 1e3
    yield ours.row(f"{what}: whole time", "ms", mine.seconds * 1e3, against, seconds)


if __name__ == "__main__":
    print("\n".join(map(line, run())))
