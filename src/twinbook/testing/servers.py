"""Real CardDAV servers on loopback, each with its data in a folder of yours.

    with Radicale(folder, {"alice": "secret"}) as server:
        book = server.new_book("alice")

They are programs of their own, installed with `pip install radicale xandikos`.
"""

from abc import ABC, abstractmethod
from base64 import b64encode
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote, unquote, urljoin, urlsplit
from xml.etree import ElementTree as ET

from twinbook.model.errors import TwinbookError
from twinbook.testing.processes import HOST, Port, Process, new_name, program

INSTALL: Final = "pip install radicale xandikos"
_SECONDS: Final = 30
_FOUND: Final = 200
_MADE: Final = 201
_ITEMS: Final = 207

# Extended MKCOL: RFC 5689; a card book: RFC 6352, section 6.3.1.
_MKCOL: Final = """<?xml version="1.0" encoding="utf-8"?>
<mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><set><prop>
<resourcetype><collection/><C:addressbook/></resourcetype>
<displayname>%s</displayname>
</prop></set></mkcol>"""
_LIST: Final = '<propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>'
_BOOK: Final = "{urn:ietf:params:xml:ns:carddav}addressbook"
_XML: Final = {"Content-Type": "application/xml; charset=utf-8"}

_RADICALE: Final = """\
[server]
hosts = {host}:{port}
max_connections = 64
[auth]
type = htpasswd
htpasswd_filename = {place}/users
htpasswd_encryption = plain
delay = 0
[rights]
type = owner_only
[storage]
filesystem_folder = {place}/collections
[web]
type = none
[logging]
level = warning
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said. The names of the headers are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


def ask(
    method: str,
    url: str,
    body: str | bytes = b"",
    headers: Mapping[str, str] | None = None,
    login: tuple[str, str] | None = None,
) -> Answer:
    """One request, sent as it is, over a connection of its own. `login` is for Basic."""
    parts = urlsplit(url)
    sent = dict(headers or {})
    if login:
        sent["Authorization"] = "Basic " + b64encode(":".join(login).encode()).decode()
    data = body.encode() if isinstance(body, str) else body
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    connection = HTTPConnection(parts.hostname or HOST, parts.port, timeout=_SECONDS)
    with closing(connection):
        connection.request(method, target, data or None, sent)
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, headers, answer.read())


class Server(ABC):
    """A CardDAV server with some users. It runs inside a `with`, and can be stopped within."""

    name: str
    usual = "contacts"

    def __init__(
        self, place: Path, users: Mapping[str, str] | None = None, *, port: int = 0
    ) -> None:
        self.place = place.resolve()
        self.users = dict(users or {"alice": "secret"})
        self.place.mkdir(parents=True, exist_ok=True)
        self._port = Port(port)
        self._process = Process(self.name, self.command(), self.place, self._port)

    @abstractmethod
    def command(self) -> list[str | Path]:
        """What starts it."""

    @abstractmethod
    def home(self, user: str) -> str:
        """The URL under which a user's books are."""

    @property
    def port(self) -> int:
        """Where it listens; the same one after it was stopped and started again."""
        return self._port.number

    @property
    def url(self) -> str:
        """The URL of its root."""
        return f"http://{HOST}:{self.port}/"

    @property
    def pid(self) -> int:
        """The id of its process; 0 while it does not run."""
        return self._process.pid

    @property
    def log(self) -> Path:
        """What it says."""
        return self._process.log

    def start(self) -> None:
        """Start it, with the data it had."""
        self._process.start()

    def stop(self) -> None:
        """Stop it politely."""
        self._process.stop()

    def kill(self) -> None:
        """Stop it as a power cut does."""
        self._process.kill()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self._port.close()

    def book(self, user: str) -> str:
        """The URL of the user's usual book, made if it is not there."""
        url = f"{self.home(user)}{self.usual}/"
        if not _is_book(self.ask("PROPFIND", url, _LIST, {"Depth": "0", **_XML})):
            self._make(url)
        return url

    def new_book(self, user: str) -> str:
        """The URL of another, empty book."""
        url = f"{self.home(user)}{new_name()}/"
        self._make(url)
        return url

    def _make(self, url: str) -> None:
        answer = self.ask("MKCOL", url, _MKCOL % "Contacts", _XML)
        if answer.status != _MADE:
            raise TwinbookError(f"{self.name} made no book: {answer.status} {answer.text[:500]}")

    def cards(self, book: str) -> list[str]:
        """The texts of a book's cards as the server gives them now, by the order of their URLs."""
        answer = self.ask("PROPFIND", book, _LIST, {"Depth": "1", **_XML})
        if not _is_book(answer):
            raise TwinbookError(f"{self.name} lists no cards: {answer.status} {answer.text[:500]}")
        found = _tree(answer).iter("{DAV:}href")
        # A path with Radicale, a whole URL with Xandikos; both are allowed (RFC 4918, 8.3).
        items = sorted({urljoin(book, one.text or "") for one in found} - {book})
        answers = [self.ask("GET", url) for url in items]
        return [one.body.decode() for one in answers if one.status == _FOUND]

    def ask(
        self,
        method: str,
        url: str,
        body: str | bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request, signed in as the user whose URL it is."""
        user = unquote(urlsplit(url).path.strip("/").partition("/")[0])
        login = (user, self.users[user]) if user in self.users else None
        return ask(method, url, body, headers, login)


def _is_book(answer: Answer) -> bool:
    # Xandikos answers 207 for what does not exist, and says 404 within.
    return answer.status == _ITEMS and _BOOK in {one.tag for one in _tree(answer).iter()}


def _tree(answer: Answer) -> ET.Element:
    return ET.fromstring(answer.body)  # noqa: S314 - our own server said it


class Radicale(Server):
    """Radicale 3: signs in with Basic, writes every card anew in its own way."""

    name = "Radicale"

    def command(self) -> list[str | Path]:
        """What starts it; its configuration and its users are written here."""
        config = _RADICALE.format(host=HOST, port=self._port.number, place=self.place)
        (self.place / "config").write_text(config, encoding="utf-8")
        users = "".join(f"{name}:{password}\n" for name, password in self.users.items())
        (self.place / "users").write_text(users, encoding="utf-8")
        return [program("radicale", INSTALL), "--config", self.place / "config"]

    def home(self, user: str) -> str:
        """The URL under which a user's books are."""
        return f"{self.url}{quote(user)}/"


class Xandikos(Server):
    """Xandikos: keeps a card as it was sent. Nobody signs in; the first user is everybody's."""

    name = "Xandikos"
    usual = "addressbook"

    def command(self) -> list[str | Path]:
        """What starts it."""
        user = quote(next(iter(self.users)))
        return [
            *(program("xandikos", INSTALL), "serve", "--defaults", "--no-detect-systemd"),
            *("-d", self.place / "collections", "--state-dir", self.place / "state"),
            *("--current-user-principal", f"/{user}/"),
            *("-l", HOST, "-p", str(self._port.number)),
        ]

    def home(self, user: str) -> str:
        """The URL under which a user's books are."""
        return f"{self.url}{quote(user)}/contacts/"

    def start(self) -> None:
        """Start it, with the data it had. It makes a home for the first user only."""
        if not self.pid:
            self._unlock()
        super().start()
        for user in list(self.users)[1:]:
            for url in (f"{self.url}{quote(user)}/", self.home(user)):
                self.ask("MKCOL", url)

    def _unlock(self) -> None:
        # Killed while it writes, it leaves its git repository locked, and answers 423 to every
        # write from then on. Whoever looks after it removes the locks, and so do we.
        for lock in (self.place / "collections").glob("**/.git/**/*.lock"):
            lock.unlink()
