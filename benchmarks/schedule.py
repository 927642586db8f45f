"""A thousand books that are due at once, worked on as `twinbook serve` does it.

BENCH_BOOKS says how many there are, for a quicker look than the real one.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urljoin

import sqlalchemy as sa

from benchmarks import Row, line
from benchmarks._company import person
from twinbook.crm import contacts
from twinbook.crm.contacts import New
from twinbook.jobs import due
from twinbook.jobs.events import Event, Moved, Synced
from twinbook.jobs.rounds import one_round
from twinbook.jobs.service import Manner, Service
from twinbook.jobs.serving import Stop, stay
from twinbook.jobs.tables import schedule
from twinbook.journal import journal, spokes
from twinbook.model.cause import Cause
from twinbook.model.ids import LinkId, SpokeId, UserId
from twinbook.model.rights import UserRole
from twinbook.model.spoke import Spoke
from twinbook.net.web import Login, Web
from twinbook.replicas.carddav import opening, profile
from twinbook.replicas.carddav.discovery import Found
from twinbook.settings import read_settings
from twinbook.users import people
from twinbook.users.vault import for_spoke
from twinbook.wiring import House, found_house

BOOKS = int(os.environ.get("BENCH_BOOKS", "1000"))
FEW = 5  #: contacts in a book
PEERS = Path(__file__).parent.parent / "tests" / "peers"
LOGIN, PASSWORD = "alice", "secret"
CAUSE = Cause(actor=None, channel="benchmark")


def run() -> list[Row]:
    """Each kind in a process of its own, so that its memory is its own."""
    return [row for kind in ("folder", "carddav") for row in _measured(kind)]


def _measured(kind: str) -> Iterator[Row]:
    command = [sys.executable, "-m", "benchmarks.schedule", kind, str(BOOKS)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    megabytes, first, first_alone, quiet, quiet_alone = (float(word) for word in told)
    what, against = f"{BOOKS:,} books due at once ({kind})", "one after another, without a schedule"
    yield Row(
        what=f"{what}: first sync, {FEW} contacts each",
        unit="s",
        ours=first,
        against=against,
        other=first_alone,
    )
    yield Row(what=f"{what}: quiet", unit="s", ours=quiet, against=against, other=quiet_alone)
    memory = "as in a first sync (goal)"
    yield Row(what=f"{what}: memory", unit="MB", ours=megabytes, against=memory, other=300.0)


def measure(kind: str, count: int) -> None:
    """Print the peak memory in MB, then the seconds of a first sync and of a quiet round.

    Each by the service, and by a mere loop over the books of another company of the same kind.
    """
    with _places(kind, 2 * count) as places, _company(kind, places[:count]) as house:
        served = [_served(house), _served(house)]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        with _company(kind, places[count:]) as other:
            looped = [_looped(other), _looped(other)]
    print(peak, served[0], looped[0], served[1], looped[1])


@contextmanager
def _places(kind: str, count: int) -> Iterator[list[str]]:
    """The addresses of so many places with nothing in them."""
    if kind == "carddav":
        with _stand_in(count) as books:
            yield books
        return
    with tempfile.TemporaryDirectory() as folder:
        found = [Path(folder) / f"{number}" for number in range(count)]
        for one in found:
            one.mkdir()
        yield [str(one) for one in found]


@contextmanager
def _stand_in(count: int) -> Iterator[list[str]]:
    """Books on a small server that does nothing but answer; it ends when we let go of it."""
    server = subprocess.Popen(
        [sys.executable, "-c", _SERVER, str(count)],
        cwd=PEERS,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with server:
        assert server.stdout is not None
        yield [server.stdout.readline().strip() for _ in range(count)]


_SERVER = """
import sys
from dishonest import Dishonest
with Dishonest() as server:
    print(*(server.new_book() for _ in range(int(sys.argv[1]))), sep="\\n", flush=True)
    sys.stdin.read()
"""


@contextmanager
def _company(kind: str, places: Sequence[str]) -> Iterator[House]:
    """Users with a book and a few contacts each, all of them only theirs."""
    with tempfile.TemporaryDirectory() as folder:
        house = found_house(read_settings(Path(folder) / "data", {}), "Benchmark")
        with closing(house.database):
            with house.database.write() as connection:
                _fill(connection, house, kind, places)
            yield house


def _fill(connection: sa.Connection, house: House, kind: str, places: Sequence[str]) -> None:
    known = _profile(house, places[0]) if kind == "carddav" else ""
    new: list[New] = []
    for number, place in enumerate(places):
        user = _connected(connection, house, f"user{number}", place, known)
        these = range(FEW * number, FEW * (number + 1))
        new += [New(contact=person(one), owner=user) for one in these]
    contacts.create_many(connection, new, CAUSE, house.clock)
    journal.dispatch(connection)


def _connected(
    connection: sa.Connection, house: House, name: str, place: str, known: str
) -> UserId:
    """The owner of a place that is a new book."""
    user = people.add(connection, f"{name}@example.com", name, UserRole.USER, house.clock)
    spoke = Spoke(
        id=SpokeId(house.clock.new_id()),
        name=name,
        user=user.id,
        kind="carddav" if known else "folder",
        address=place,
        login=LOGIN if known else "",
        profile=known,
    )
    spokes.add(connection, spoke, "mine", house.clock.now())
    if known:
        house.vault.put(connection, for_spoke(spoke.id), PASSWORD, house.clock.now())
    return user.id


def _profile(house: House, book: str) -> str:
    with closing(Web(book, Login(LOGIN, PASSWORD))) as web:
        mark = LinkId(house.clock.new_id())
        place = Found(book, "", urljoin(book, ".."))
        return profile.dump(opening.measured(web, place, mark, digest=False))


def _served(house: House) -> float:
    """Seconds in which the service has worked on all books, all of them due."""
    with house.database.write() as connection:
        connection.execute(sa.update(schedule).values(due=due.BEGINNING, tried=None))
        left = {one.id for one in spokes.everything(connection)}
    stop = Stop()

    def tell(event: Event) -> None:
        assert isinstance(event, Synced | Moved), event
        if isinstance(event, Synced):
            left.discard(event.outcome.spoke.id)
        if not left:
            stop.ask()

    begun = time.perf_counter()
    stay(Service(house, Manner(), tell), stop)
    return time.perf_counter() - begun


def _looped(house: House) -> float:
    """Seconds of the same rounds by hand."""
    with house.database.read() as connection:
        books = spokes.everything(connection)
    begun = time.perf_counter()
    for book in books:
        outcome = one_round(house, book)
        assert (outcome.trouble, outcome.report.error) == (None, None), outcome
    return time.perf_counter() - begun


if __name__ == "__main__":
    if sys.argv[1:]:
        measure(sys.argv[1], int(sys.argv[2]))
    else:
        print("\n".join(map(line, run())))
