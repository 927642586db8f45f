"""The real program at work in the village, killed at random moments, and sometimes its servers."""

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from handheld import InFolder, OnServer
from village import Village

from twinbook.cli import run
from twinbook.journal import spokes
from twinbook.replicas.carddav import profile
from twinbook.settings import Settings
from twinbook.wiring import open_house

KINDS = ("created", "updated", "removed")
SLOWEST = 0.1  #: seconds
AWAKE = {"sync": 30, "serve": 10}  #: seconds that a run may take to begin


def founded(place: Path, servers, chance) -> Village:
    """A company with a book on each kind of server and one in a folder, and thirty contacts."""
    books = {"fol": InFolder(place / "folder")}
    (place / "folder").mkdir()
    (place / "password").write_text("secret")
    do(place, "init", "--company", "Torture")
    do(place, "user", "add", "fol@example.com", "--name", "fol", "--role", "admin")
    do(place, "connect", "folder", place / "folder", "--name", "fol")
    for name, server in servers.items():
        books[name] = OnServer(server, server.new_book(name))
        do(place, "user", "add", f"{name}@example.com", "--name", name)
        do(
            *(place, "connect", "carddav", books[name].url, "--name", name),
            *("--user", f"{name}@example.com"),
            *("--login", name, "--password-file", place / "password"),
        )
    settings = Settings(place / "data", f"sqlite:///{place / 'data' / 'twinbook.db'}")
    village = Village(open_house(settings), books, chance)
    village.begin(30)
    return village


def do(place: Path, *words: object) -> None:
    """A command that has to go well."""
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(out):
        status = run(["--data", str(place / "data"), *map(str, words)])
    assert status == 0, out.getvalue()


def hurried(village) -> float:
    """Seconds after which a request to our servers is dead for sure.

    What was measured while the machine was busy with other things would be too long to wait.
    """
    with village.house.database.write() as c:
        for one in spokes.everything(c, kind="carddav"):
            known = profile.load(one.profile)
            quick = known.but(slowest=min(known.slowest, SLOWEST))
            spokes.change(c, one.id, profile=profile.dump(quick))
    return quick.settles_after


class Killer:
    """Starts the program, lets people act, and kills."""

    def __init__(self, place: Path, village: Village, servers) -> None:
        self.place, self.village, self.servers = place, village, servers
        self.chance = village.chance
        self.told: Counter[str] = Counter()
        self.work = 1.0  #: seconds that a run is expected to work
        self.program: subprocess.Popen[bytes] | None = None
        village.pausing = self.pause
        self.settles = hurried(village)

    def asked(self, query: str):
        """The rows of a question to the database, from outside."""
        file = self.place / "data" / "twinbook.db"
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)) as c:
            return c.execute(query).fetchall()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.program is not None:
            self.program.kill()
            self.program.communicate()
        self.village.house.database.close()

    # ------------------------------------------------ one run

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "twinbook", "--data", str(self.place / "data")]
        with (self.place / "log").open("ab") as log:
            out = subprocess.PIPE if "--json" in words else log
            self.program = subprocess.Popen([*command, *words], stdout=out, stderr=log)
        return self.program

    @contextmanager
    def pause(self):
        """Keep the program still: a folder can't refuse a write to what was just edited (N2)."""
        program = self.program if self.program and self.program.poll() is None else None
        if program:
            program.send_signal(signal.SIGSTOP)
        yield
        if program:
            program.send_signal(signal.SIGCONT)

    def run_and_kill(self) -> bool:
        """Start the program, act, kill it. Whether that was in the midst of its work."""
        kind = self.chance.choice(("sync", "sync", "serve"))
        program = self.start(kind)
        victim = self.chance.choice(sorted(self.servers)) if self.chance.random() < 0.15 else ""
        self._let_it_begin(program, kind)
        if self.chance.random() < 0.4:
            self._let_it_write(program)
        else:
            time.sleep(self.chance.uniform(0.0, self.work))
        if victim:
            self.servers[victim].kill()
        if self.chance.random() < 0.4:
            self.village.act([name for name in self.village.books if name != victim])
        return self._kill(program, kind, victim)

    def _let_it_begin(self, program, kind: str) -> None:
        """Until it works on a book; meanwhile people act, so that it has something to do."""
        if self.chance.random() < 0.15:
            time.sleep(self.chance.uniform(0.0, 2.0))  # it may die while it begins, too
            return
        acts = self.chance.randint(1, 4)
        until = time.monotonic() + AWAKE[kind]
        while time.monotonic() < until and program.poll() is None:
            if self._holds_a_book(program):
                return
            if acts > 0 or (kind == "serve" and self.chance.random() < 0.05):
                self.village.act()
                acts -= 1
            time.sleep(0.02)

    def _let_it_write(self, program) -> None:
        """Until the outcome of a write is open, and a little longer."""
        until = time.monotonic() + self.work
        while time.monotonic() < until and program.poll() is None and self._in_doubt() == 0:
            time.sleep(0.01)
        time.sleep(self.chance.uniform(0.0, 0.1))

    def _kill(self, program, kind: str, victim: str) -> bool:
        running = program.poll() is None
        program.kill()
        program.wait()
        self.program = None
        struck = running and self._holds_a_book(program)
        self.work = min(3.0, max(0.1, self.work * (1.03 if struck else 0.9)))
        self.told[f"{kind} killed"] += running
        self.told[f"{kind} killed at work on a book"] += struck
        self.told["kills with writes in doubt"] += struck and self._in_doubt() > 0
        self.told["runs"] += 1
        if victim:
            self.told[f"{self.servers[victim].name} killed and started again"] += 1
            self.servers[victim].start()
        return struck

    def _holds_a_book(self, program) -> bool:
        holders = self.asked("select holder from spokes")
        return any(f"/{program.pid}/" in holder for (holder,) in holders)

    def _in_doubt(self) -> int:
        return self.asked("select count(*) from operations where not void")[0][0]

    # ------------------------------------------------ to the end

    def sync(self) -> int:
        """A run to its end: how many changes it made."""
        out, _ = self.start("sync", "--json").communicate(timeout=120)
        assert out, (self.place / "log").read_text()[-3000:]
        runs = json.loads(out)["runs"]
        assert not [one for one in runs if one["error"]], runs
        return sum(run[kind][side] for run in runs for kind in KINDS for side in ("hub", "spoke"))

    def come_to_rest(self) -> None:
        """Go on until nothing is left to do, and once more."""
        for _ in range(8):
            time.sleep(self.settles + 0.2)
            if self.sync() == 0 and self._in_doubt() == 0:
                break
        assert (self.sync(), self._in_doubt()) == (0, 0), "L1"


def seed() -> int:
    """TWINBOOK_SEED repeats what people do and when the program dies, as far as clocks allow."""
    number = int(os.environ.get("TWINBOOK_SEED") or time.time_ns() % 1_000_000)
    print(f"TWINBOOK_SEED={number}")
    return number
