"""Where a person's own program keeps its cards: a folder, or a book on a real server."""

import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from twinbook.model.errors import TwinbookError
from twinbook.testing.servers import ask

GOOD = range(200, 300)


class Shelf(Protocol):
    """The cards of one person, as that person's program reads and saves them."""

    @property
    def login(self) -> str:
        """How its owner signs in, "" where nobody does."""

    @property
    def password(self) -> str:
        """With which password."""

    @property
    def kind(self) -> str:
        """What it is."""

    @property
    def place(self) -> str:
        """Where it is, for a person."""

    def read(self, item: str) -> bytes:
        """A card."""

    def write(self, item: str, card: bytes) -> None:
        """Save a card."""

    def remove(self, item: str) -> None:
        """Delete a card."""

    def shown(self, item: str) -> str:
        """Where a card is, for a person."""


@dataclass(frozen=True, slots=True)
class FolderShelf:
    """A folder of files."""

    path: Path
    login: str = ""
    password: str = ""

    @property
    def kind(self) -> str:
        return "folder of files"

    @property
    def place(self) -> str:
        return near(self.path)

    def read(self, item: str) -> bytes:
        return (self.path / item).read_bytes()

    def write(self, item: str, card: bytes) -> None:
        (self.path / item).write_bytes(card)

    def remove(self, item: str) -> None:
        (self.path / item).unlink()

    def shown(self, item: str) -> str:
        return near(self.path / item)


@dataclass(frozen=True, slots=True)
class ServerShelf:
    """A book on a CardDAV server, as a person's phone asks for it."""

    server: str  #: which program it is
    url: str
    login: str
    password: str = field(repr=False)

    @property
    def kind(self) -> str:
        return f"CardDAV server, {self.server}"

    @property
    def place(self) -> str:
        return f"{self.url} (login {self.login}, password {self.password})"

    def read(self, item: str) -> bytes:
        return self._ask("GET", item)

    def write(self, item: str, card: bytes) -> None:
        self._ask("PUT", item, card)

    def remove(self, item: str) -> None:
        self._ask("DELETE", item)

    def shown(self, item: str) -> str:
        return f"{self.url}{item}"

    def _ask(self, method: str, item: str, body: bytes = b"") -> bytes:
        kind = {"Content-Type": "text/vcard; charset=utf-8"} if body else {}
        answer = ask(method, f"{self.url}{item}", body, kind, (self.login, self.password))
        if answer.status not in GOOD:
            raise TwinbookError(f"{self.server} answered {answer.status} to {method} {item}.")
        return answer.body


def near(path: Path) -> str:
    """A path as it is typed here."""
    here = Path.cwd()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))
