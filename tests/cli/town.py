"""What a test of the command line works with."""

import io
import json
import os
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from twinbook.cli import run

ADA = """\
BEGIN:VCARD
VERSION:3.0
UID:card-of-ada
N:Berg;Ada;;;
FN:Ada Berg
ORG:Berg AG
TITLE:Analyst
TEL;TYPE=WORK:+49 30 1234
EMAIL;TYPE=WORK:ada@berg.example
NOTE:likes tulips
END:VCARD
"""
GRACE = """\
BEGIN:VCARD
VERSION:3.0
N:Hopper;Grace;;;
FN:Grace Hopper
EMAIL;TYPE=WORK:grace@navy.example
END:VCARD
"""
MUM = """\
BEGIN:VCARD
VERSION:3.0
UID:mum
N:Lind;Eva;;;
FN:Eva Lind
TEL;TYPE=CELL:+49 171 5
NOTE:birthday cake
X-SECRET:42
END:VCARD
"""


@dataclass(frozen=True)
class Result:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


class Town:
    """The company. `ann` is its administrator; `bob` a user."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.data = place / "data"

    def __call__(self, *words: str, by: str | None = None) -> Result:
        """A command in this process, as `by` or as the only administrator."""
        acting = ["--as", f"{by}@example.com"] if by else []
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            status = run(["--data", str(self.data), *acting, *map(str, words)])
        return Result(status, out.getvalue(), err.getvalue())

    def do(self, *words: str, by: str | None = None) -> Result:
        """A command that has to go well."""
        result = self(*words, by=by)
        assert result.status == 0, result
        return result

    def json(self, *words: str, by: str | None = None):
        """What a command prints as JSON, alone on standard output."""
        result = self(*words, "--json", by=by)
        assert result.err == "", result
        return result.json

    def start(self, *words: str, **more) -> subprocess.Popen:
        """A command as a program of its own, started as from a terminal: Ctrl-C ends it."""
        return subprocess.Popen(
            [sys.executable, "-m", "twinbook", "--data", str(self.data), *map(str, words)],
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more},
        )

    # what there is

    def founded(self) -> "Town":
        self.do("init", "--company", "Example Ltd")
        self.do("user", "add", "ann@example.com", "--name", "Ann", "--role", "admin")
        self.do("user", "add", "bob@example.com", "--name", "Bob")
        return self

    def file(self, name: str, *cards: str) -> Path:
        place = self.place / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("".join(cards))
        return place

    def folder(self, name: str) -> Path:
        place = self.place / "books" / name
        place.mkdir(parents=True, exist_ok=True)
        return place

    def with_two_books(self) -> "Town":
        """Ada is in the hub and in both books; Ann's mother is in Ann's only."""
        self.founded()
        self.do("import", self.file("customers.vcf", ADA))
        self.file("books/ann/mum.vcf", MUM)
        for user in ("ann", "bob"):
            self.do("connect", "folder", self.folder(user), "--user", f"{user}@example.com")
        self.do("sync")
        return self

    def cards(self, book: str) -> dict[str, str]:
        """The cards of a book by their full names."""
        texts = [path.read_text() for path in sorted(self.folder(book).glob("*.vcf"))]
        return {
            line.removeprefix("FN:"): text
            for text in texts
            for line in text.splitlines()
            if line.startswith("FN:")
        }

    def write(self, book: str, name: str, old: str, new: str) -> None:
        """Somebody edits the card of a person in an address book."""
        (path,) = [p for p in self.folder(book).glob("*.vcf") if f"FN:{name}" in p.read_text()]
        text = path.read_bytes().decode()
        assert old in text
        path.write_bytes(text.replace(old, new).encode())

    def delete(self, book: str, name: str) -> None:
        for path in self.folder(book).glob("*.vcf"):
            if f"FN:{name}" in path.read_text():
                path.unlink()
