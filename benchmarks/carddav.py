"""Address books on real servers, next to the bare requests and to vdirsyncer.

Each of the three has a book of its own on one server. BENCH_RADICALE and BENCH_XANDIKOS say
how many contacts are in it, for a quicker look than the real one: `python -m benchmarks.carddav`
shows the rows and leaves the page alone.
"""

import math
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from benchmarks import Row, line
from benchmarks._company import BenchHouse, company, person
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
)
from twinbook.crm import contacts
from twinbook.crm.contacts import New
from twinbook.jobs.rounds import one_round
from twinbook.model.spoke import Spoke
from twinbook.ports import Update
from twinbook.replicas.carddav import CardDavReplica
from twinbook.replicas.carddav.profile import Profile
from twinbook.testing.servers import Radicale, Server, Xandikos

SIZES = {
    Radicale: int(os.environ.get("BENCH_RADICALE", "1000")),
    Xandikos: int(os.environ.get("BENCH_XANDIKOS", "10000")),
}
EDITS, ROUNDS, RUNS = 100, 10, 3


def run() -> list[Row]:
    return [row for kind, count in SIZES.items() for row in _measured(kind, count)]


def _measured(kind: type[Server], count: int) -> Iterator[Row]:
    with ExitStack() as stack:
        server, house = stack.enter_context(running(kind)), stack.enter_context(company())
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours = _Ours(house, *connected(house, server, server.new_book(USER)), count)
        bare = stack.enter_context(closing(Bare(server.new_book(USER))))
        other = VdirSyncer(place, server.new_book(USER), cards(count))
        yield from _first_sync(ours, bare, other)
        yield from _quiet(ours, bare, other)
        yield from _edits_in_the_book(ours, other)
        yield from _edits_in_the_hub(ours, other)


class _Ours:
    """A book of Twinbook's, and the contacts that belong there."""

    def __init__(self, house: BenchHouse, spoke: Spoke, known: Profile, count: int) -> None:
        self.house, self.spoke, self.known, self.count = house, spoke, known, count
        with house.database.write() as connection:
            new = (New(contact=person(number)) for number in range(count))
            self.contacts = contacts.create_many(connection, new, house.cause, house.clock)

    def sync(self, steps: int) -> Cost:
        """What a cycle takes that has so many things to do, and does them."""
        outcomes = []
        taken = cost(lambda: outcomes.append(one_round(self.house, self.spoke)))
        report, trouble = outcomes[0].report, outcomes[0].trouble
        assert (trouble, report.error, report.tally.total()) == (None, None, steps), outcomes
        return taken

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
    mine = ours.sync(ours.count)
    the_same = cost(lambda: bare.upload(cards(ours.count), reads_back=not ours.known.echoes))
    theirs = other.sync()
    against = "the same requests, bare, one after another (goal: 0.8)"
    yield ours.row("first sync", "s", mine.seconds, against, the_same.seconds)
    yield ours.row("first sync: whole time", "s", mine.seconds, "vdirsyncer", theirs.seconds)
    yield ours.row("first sync: own time", "s", mine.own, "vdirsyncer's own", theirs.own)


def _quiet(ours: _Ours, bare: Bare, other: VdirSyncer) -> Iterator[Row]:
    ours.sync(0)  # our own writes are told once
    token = bare.since("")
    mine, the_same, theirs = [], [], []
    for _ in range(ROUNDS):  # by turns, so that all meet the same machine
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
