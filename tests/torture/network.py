"""A village whose books are behind a bad network, and a clock that needs no waiting.

The program runs inside the test; the server is a real one, in a process of its own.
"""

import itertools
import random
import shutil
import time
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import httpx2
from handheld import OnServer
from proxy import Fault, Proxy
from village import Village

from twinbook.cli import run
from twinbook.jobs import rounds
from twinbook.journal import journal, spokes
from twinbook.model.errors import TwinbookError
from twinbook.replicas.carddav import profile
from twinbook.settings import Settings
from twinbook.wiring import House, open_house

FAULTS = (
    Fault.REQUEST_LOST,
    Fault.ANSWER_LOST,
    Fault.CUT,
    Fault.DELAYED,
    Fault.LATE,
    Fault.ACTS_LATER,
    Fault.DOUBLED,
    Fault.DOUBLED_SECOND,
    Fault.DOWN,
    Fault.STORED_500,
    Fault.BUSY,
    Fault.TOO_MANY,
)
BOOKS = ("ann", "bob")
WRITES = frozenset({"PUT", "DELETE"})
PATIENCE = 60  #: seconds in which every request comes to its end
GIVEN_UP = 0.8  #: seconds after which a request is given up
SLOWEST = 0.1  #: seconds


class Clock:
    """The time on the wall, and whatever was skipped."""

    def __init__(self) -> None:
        self.skipped = timedelta()
        self.ids = 0

    def now(self) -> datetime:
        return datetime.now(UTC) + self.skipped

    def new_id(self) -> str:
        self.ids += 1
        return f"{self.ids * 2654435761 % 2**32:08x}{self.ids:024x}"

    def skip(self, seconds: float) -> None:
        self.skipped += timedelta(seconds=seconds)


class Hurried(House):
    """A house that gives requests up soon, and does not wait before it asks again."""

    def replica(self, spoke):
        place = super().replica(spoke)
        place.web.sleep = lambda _seconds: None
        place.web._client.timeout = httpx2.Timeout(GIVEN_UP, connect=5.0)
        return place


class Network(Proxy):
    """Knows when nothing is under way any more, and lets people act in the midst of requests."""

    def __init__(self, *args, **more) -> None:
        super().__init__(*args, **more)
        self.under_way = 0
        self.people = iter(())  #: what happens before each of the next requests, None: nothing
        self.storms = {True: iter(()), False: iter(())}  #: faults of writes, and of questions

    def next_fault(self, request):
        with self.lock:
            return next(self.storms[request.method in WRITES], None)

    def behave(self, fault, request, client):
        with self.lock:
            self.under_way += 1
            act = next(self.people, None)
            if act is not None:
                act()
        try:
            return super().behave(fault, request, client)
        finally:
            with self.lock:
                self.under_way -= 1

    def wait_until_nothing_is_under_way(self) -> None:
        """Whatever still acts now acts before the clock goes on (A3)."""
        until = time.monotonic() + PATIENCE
        while self.under_way or self.web is None:
            assert time.monotonic() < until, (self.under_way, self.web)
            time.sleep(0.01)


@dataclass(frozen=True)
class Template:
    """A company on its first day, made once; every schedule begins with a copy."""

    server: object
    data: Path
    network: Network


def template(place: Path, server, network: Network) -> Template:
    (place / "password").write_text("secret")
    data = place / "data"

    def do(*words):
        with redirect_stdout(StringIO()) as out:
            assert run(["--data", str(data), *map(str, words)]) == 0, out.getvalue()

    do("init", "--company", "Torture")
    for name in BOOKS:
        role = "admin" if name == BOOKS[0] else "user"
        do("user", "add", f"{name}@example.com", "--name", name, "--role", role)
        book = network.through(server.new_book("alice"))
        words = ["--login", "alice", "--password-file", place / "password", "--name", name]
        do("connect", "carddav", book, *words, "--user", f"{name}@example.com")
    return Template(server, data, network)


class Schedule:
    """One company, and what happens to it."""

    def __init__(self, begun: Template, place: Path, seed: int) -> None:
        self.chance, self.network = random.Random(seed), begun.network
        shutil.copytree(begun.data, place / "data")
        settings = Settings(place / "data", f"sqlite:///{place / 'data' / 'twinbook.db'}")
        self.clock = Clock()
        house = open_house(settings, self.clock)
        self.house = Hurried(house.database, house.clock, house.secret, house.vault)
        books = {name: self._new_book(begun, name) for name in BOOKS}
        self.village = Village(self.house, books, self.chance)
        self.told: Counter[str] = Counter()
        # Few kinds of faults at once find more than many; over six seeds each kind has its turn.
        own = FAULTS[2 * seed % len(FAULTS)], FAULTS[(2 * seed + 1) % len(FAULTS)]
        others = set(self.chance.sample(FAULTS, self.chance.randint(0, 4)))
        among, share = (
            sorted({*own, *others}, key=FAULTS.index),
            self.chance.choice((0.1, 0.2, 0.3)),
        )
        # A question is asked again; what becomes of a write has to be found out.
        self.storms = {
            True: self._storm(among, 2 * share),
            False: self._storm(among, share / 2),
        }
        self.acts = self._people(self.chance.choice((0.0, 0.05, 0.2)))

    def _new_book(self, begun: Template, name: str) -> OnServer:
        url = begun.server.new_book("alice")
        with self.house.database.write() as c:
            (spoke,) = [one for one in spokes.everything(c) if one.name == name]
            known = profile.load(spoke.profile)
            # With one request at a time a schedule happens again as it did.
            known = known.but(
                slowest=min(known.slowest, SLOWEST), in_flight=self.chance.choice((1, 4))
            )
            self.settles = known.settles_after
            address = self.network.through(url)
            spokes.change(c, spoke.id, address=address, profile=profile.dump(known), cursor=None)
            journal.look_everywhere(c, spokes.get(c, spoke.id))
        return OnServer(begun.server, url)

    def _storm(self, among, share):
        turns = itertools.cycle(among)
        while True:
            yield next(turns) if self.chance.random() < share else None

    def _people(self, share):
        while True:
            yield self._meanwhile if self.chance.random() < share else None

    def _meanwhile(self) -> None:
        self.told["acts in the midst of a request"] += 1
        self.village.act()

    # ------------------------------------------------

    def blow(self) -> None:
        """A few cycles in bad weather, with people at work before and within them."""
        before = Counter(self.network.seen)
        for _ in range(self.chance.randint(3, 5)):
            for _ in range(self.chance.randint(1, 4)):
                self.village.act()
            self.network.storms = self.storms
            self.network.people = self.acts
            self.synchronise()
            self.be_calm()
            self.clock.skip(self.chance.choice((0.0, self.settles, 60.0)))
        seen = self.network.seen - before
        self.told.update({f"{fault.name}: {fault.value}": seen[fault] for fault in seen})

    def be_calm(self) -> None:
        self.network.storms = {True: iter(()), False: iter(())}
        self.network.people = iter(())
        self.network.wait_until_nothing_is_under_way()

    def synchronise(self) -> list[rounds.Outcome]:
        self.told["cycles"] += 1
        with self.house.database.read() as c:
            every = spokes.everything(c)
        return rounds.synchronise(self.house, every)

    def come_to_rest(self) -> None:
        """Go on in calm weather until nothing is left to do, and once more (L1, L2)."""
        for _ in range(4):
            self.clock.skip(self.settles + 1)
            if not any(map(did_something, self.synchronise())):
                break
        self.clock.skip(self.settles + 1)
        told = [(one.spoke.name, one.report) for one in self.synchronise() if did_something(one)]
        assert told == [], "L1"


def did_something(outcome: rounds.Outcome) -> bool:
    report = outcome.report
    error: TwinbookError | None = outcome.trouble or report.error
    assert error is None, error
    return bool(report.tally or report.waiting or report.postponed or report.unsettled)
