"""Real CardDAV servers to measure against, and those who compete there."""

import resource
import subprocess
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import md5
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks._company import BenchHouse, person
from twinbook.cards import items
from twinbook.cards.marks import file_of
from twinbook.formats import webdav
from twinbook.journal import journal, spokes
from twinbook.model.ids import LinkId, SpokeId
from twinbook.model.spoke import Spoke
from twinbook.net.web import Login, Web
from twinbook.ports import Create
from twinbook.replicas.carddav import opening, profile
from twinbook.replicas.carddav.client import CARD, XML
from twinbook.replicas.carddav.discovery import Found
from twinbook.replicas.carddav.profile import Profile
from twinbook.testing.processes import program
from twinbook.testing.servers import Server
from twinbook.users.vault import for_spoke

USER, PASSWORD = "alice", "secret"
TAG = "CRM"
MANY = 50  #: cards in one multiget


@dataclass(frozen=True, slots=True)
class Cost:
    """What a piece of work took."""

    seconds: float  #: by the clock on the wall
    own: float  #: seconds of processor time of who did it, without those of the server


def cost(work: Callable[[], object]) -> Cost:
    """What work in this process takes."""
    begun, own = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - begun, time.process_time() - own)


def best(work: Callable[[], object], rounds: int) -> Cost:
    """The least that the same work takes."""
    costs = [cost(work) for _ in range(rounds)]
    return Cost(min(one.seconds for one in costs), min(one.own for one in costs))


@contextmanager
def running(kind: type[Server]) -> Iterator[Server]:
    """A server with nothing in it."""
    with tempfile.TemporaryDirectory() as folder, kind(Path(folder), {USER: PASSWORD}) as server:
        yield server


def connected(house: BenchHouse, server: Server, book: str) -> tuple[Spoke, Profile]:
    """A book of the server as a new spoke, measured as `twinbook connect` does."""
    user = house.cause.actor
    assert user is not None
    with closing(Web(book, Login(USER, PASSWORD))) as web:
        mark = LinkId(house.clock.new_id())
        place = Found(book, "", server.home(USER))
        known = opening.measured(web, place, mark, digest=False)
    spoke = Spoke(
        id=SpokeId(house.clock.new_id()),
        name=server.name,
        user=user,
        kind="carddav",
        address=book,
        login=USER,
        profile=profile.dump(known),
    )
    with house.database.write() as connection:
        now = house.clock.now()
        spoke = spokes.add(connection, spoke, "visible", now)
        house.vault.put(connection, for_spoke(spoke.id), PASSWORD, now)
        journal.look_everywhere(connection, spoke)
    return spoke, known


def cards(count: int) -> dict[str, bytes]:
    """The cards that Twinbook makes of so many people, by the names that it gives them."""
    found = {}
    for number in range(count):
        mark = LinkId(md5(f"{number}".encode()).hexdigest())
        found[file_of(mark)] = bytes(
            items.created(Create(contact=person(number), mark=mark, tag=TAG))
        )
    return found


def seed(server: Server, book: str, cards: Mapping[str, bytes]) -> None:
    """Put cards into a book behind its server's back: by its own way they would take hours."""
    name = urlsplit(book).path.strip("/").rpartition("/")[2]
    server.stop()
    folder = next(one for one in server.place.rglob(name) if one.is_dir())
    for file, body in cards.items():
        (folder / file).write_bytes(body)
    if (folder / ".git").exists():
        somebody = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")
        for command in (("add", "--all"), ("commit", "--quiet", "--message", "Cards")):
            subprocess.run(["git", "-C", folder, *somebody, *command], check=True)
    server.start()


def edited(card: bytes, number: int) -> bytes:
    """A card with an edit: not always of one field, which looks like a program's accident."""
    return card.replace(*_EDITS[number % len(_EDITS)])


_EDITS = (
    (b"TITLE:Engineer", b"TITLE:Head of engines"),
    (b"+1 555 ", b"+1 557 "),
    (b":person", b":somebody"),
    (b"Given", b"Called"),
)


class Bare:
    """The same requests without a program around them, over one connection that is kept."""

    def __init__(self, book: str) -> None:
        parts = urlsplit(book)
        self.path = parts.path
        self._connection = HTTPConnection(parts.hostname or "", parts.port, timeout=300)
        login = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        self._login = {"Authorization": f"Basic {login}"}

    def ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[str, bytes]:
        """The ETag and the body of a good answer."""
        self._connection.request(method, path, body, {**self._login, **headers})
        answer = self._connection.getresponse()
        data = answer.read()
        assert 200 <= answer.status < 300, (method, path, answer.status, data[:500])
        return answer.headers.get("ETag", ""), data

    def put(self, name: str, body: bytes, etag: str = "") -> None:
        """Store a card: a new one, or in the place of another one."""
        condition = {"If-Match": etag} if etag else {"If-None-Match": "*"}
        self.ask("PUT", self.path + name, {**CARD, **condition}, body)

    def report(self, body: bytes, depth: str = "1") -> bytes:
        """The answer to a question."""
        return self.ask("REPORT", self.path, {**XML, "Depth": depth}, body)[1]

    def upload(self, cards: Mapping[str, bytes], *, reads_back: bool) -> None:
        """Store cards, and look at every so many where the server's tags prove nothing."""
        names = list(cards)
        for start in range(0, len(names), MANY):
            some = names[start : start + MANY]
            for name in some:
                self.put(name, cards[name])
            if reads_back:
                self.report(webdav.multiget(self.path + name for name in some))

    def since(self, token: str) -> str:
        """The place in the feed after a token."""
        answer = self.report(webdav.sync_collection(token), depth="0")
        return webdav.multistatus(answer).token

    def names(self) -> list[str]:
        """The names of all cards."""
        answer = webdav.multistatus(self.report(webdav.sync_collection(""), depth="0"))
        return sorted(one.href.removeprefix(self.path) for one in answer.entries)

    def edit(self, edits: int) -> None:
        """Edit some cards as another program would."""
        for number, name in enumerate(self.names()[:edits]):
            etag, card = self.ask("GET", self.path + name, {}, b"")
            self.put(name, edited(card, number), etag)

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()


class VdirSyncer:
    """vdirsyncer between a folder of cards and a book, as a program of its own."""

    def __init__(self, place: Path, book: str, cards: Mapping[str, bytes]) -> None:
        self._config, folder = place / "config", place / "cards"
        folder.mkdir(parents=True)
        self._files = [folder / name for name in cards]
        for file, body in zip(self._files, cards.values(), strict=True):
            file.write_bytes(body)
        self._book = book
        self._config.write_text(_CONFIG.format(place=place, folder=folder, book=book))
        self._run("discover")

    def sync(self) -> Cost:
        """What it takes to bring both in step, its start included."""
        begun, before = time.perf_counter(), _spent()
        self._run("sync")
        return Cost(time.perf_counter() - begun, _spent() - before)

    def edited_here(self, edits: int) -> Cost:
        """What a run takes after some cards were edited in the folder."""
        for number, file in enumerate(self._files[-edits:]):
            file.write_bytes(edited(file.read_bytes(), number))
        return self.sync()

    def edited_there(self, edits: int) -> Cost:
        """What a run takes after some cards were edited on the server."""
        with closing(Bare(self._book)) as somebody:
            somebody.edit(edits)
        return self.sync()

    def _run(self, command: str) -> None:
        vdirsyncer = program("vdirsyncer", "pip install vdirsyncer")
        told = subprocess.run(
            [vdirsyncer, "-c", self._config, command], check=False, capture_output=True, text=True
        )
        assert told.returncode == 0, told.stderr[-2000:]


def _spent() -> float:
    """Seconds of processor time of the programs that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


_CONFIG = f"""\
[general]
status_path = "{{place}}/status/"
[pair book]
a = "folder"
b = "server"
collections = null
[storage folder]
type = "filesystem"
path = "{{folder}}"
fileext = ".vcf"
[storage server]
type = "carddav"
url = "{{book}}"
username = "{USER}"
password = "{PASSWORD}"
"""
