"""The real program, killed at random moments while people edit: nothing is lost or doubled.

`make torture` kills it 200 times, `make test` a few times. TWINBOOK_SEED repeats a run.
"""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from twinbook.crm import contacts, history
from twinbook.crm.contacts import New
from twinbook.formats import vcard
from twinbook.journal import journal, policies, spokes
from twinbook.journal.tables import links, operations
from twinbook.model.cause import Cause
from twinbook.model.contact import Contact, Email, Kind
from twinbook.model.ids import SpokeId
from twinbook.model.policy import Winner
from twinbook.model.rights import UserRole
from twinbook.model.spoke import Spoke
from twinbook.ports import Update
from twinbook.settings import Settings
from twinbook.users import people
from twinbook.wiring import found_house

TOKEN = re.compile(r"k\d{5}")


class Town:
    """A company with two folders, and a program that is killed again and again."""

    def __init__(self, place: Path, chance: random.Random) -> None:
        self.place, self.chance = place, chance
        settings = Settings(place / "data", f"sqlite:///{place / 'data' / 'twinbook.db'}")
        (place / "data").mkdir()
        self.house = found_house(settings, "Torture")
        self.cause = Cause(actor=None, channel="test")
        self.folders = {name: place / name for name in ("ann", "bob")}
        for name, folder in self.folders.items():
            folder.mkdir()
            self._connect(name, folder)
        self.typed, self.seen = 0, set()  # tokens that somebody saw and replaced
        self.removed: dict[str, set[str]] = {name: set() for name in self.folders}
        self.perhaps: dict[str, set[str]] = {name: set() for name in self.folders}
        with self.house.database.write() as c:
            winners = {"job_title": Winner.HUB}
            policies.save(c, policies.load(c).but(winners=winners))
        before = time.monotonic()
        self.sync()  # with nothing to do: mostly the time that Python takes to begin
        self.usual = time.monotonic() - before
        for _ in range(12):
            self.enter()

    def _connect(self, name: str, folder: Path) -> None:
        with self.house.database.write() as c:
            clock = self.house.clock
            role = UserRole.ADMIN if name == "ann" else UserRole.USER
            user = people.add(c, f"{name}@example.com", name, role, clock)
            spoke = Spoke(
                id=SpokeId(name), name=name, kind="folder", address=str(folder), user=user.id
            )
            journal.look_everywhere(c, spokes.add(c, spoke, "visible", clock.now()))

    # people

    def token(self) -> str:
        self.typed += 1
        return f"k{self.typed:05d}"

    def enter(self) -> None:
        """A new contact in the hub."""
        token = self.token()
        contact = Contact(
            given=f"P{token}", job_title=token, emails=(Email(f"p{token}@x.org", Kind.WORK),)
        )
        with self.house.database.write() as c:
            contacts.create(c, New(contact=contact), self.cause, self.house.clock)

    def edit_in_the_hub(self) -> None:
        record = self.chance.choice(self.hub())
        self.seen |= tokens(record.contact)
        change = Update(
            id=record.id,
            expected=record.version,
            contact=Contact(job_title=self.token()),
            fields=frozenset({"job_title"}),
        )
        with self.house.database.write() as c:
            contacts.update(c, change, self.cause, self.house.clock)

    def edit_in_a_folder(self) -> None:
        name = self.chance.choice(list(self.folders))
        files = sorted(self.folders[name].glob("*.vcf"))
        if not files:
            return
        file = self.chance.choice(files)
        card = next(iter(vcard.cards(file.read_bytes())))
        self.seen |= tokens(vcard.contact(card))
        if self.chance.random() < 0.05:
            known = self.removed if self._is_known(name, file.name) else self.perhaps
            known[name].add(vcard.contact(card).given)
            file.unlink()
            return
        edited = vcard.edit(card, Contact(job_title=self.token()), {"job_title"})
        aside = file.with_name(".editor.tmp")
        aside.write_bytes(bytes(edited))
        aside.replace(file)

    def _is_known(self, name: str, item: str) -> bool:
        """Whether the program knows of an item. Whoever removes one before leaves no trace."""
        here = (links.c.spoke_id == name, links.c.item == item)
        open_ones = sa.select(operations.c.contact_id).where(operations.c.spoke_id == name)
        with self.house.database.read() as c:
            contact = c.scalar(sa.select(links.c.contact_id).where(*here))
            return contact is not None and contact not in set(c.scalars(open_ones))

    def act(self) -> None:
        """Somebody does something."""
        acts = (self.edit_in_a_folder, self.edit_in_a_folder, self.edit_in_the_hub, self.enter)
        self.chance.choices(acts, (4, 4, 4, 1))[0]()

    # the program

    def start(self, *more: str) -> subprocess.Popen[str]:
        command = (sys.executable, "-m", "twinbook", "--data", str(self.place / "data"))
        return subprocess.Popen(
            [*command, "sync", "--json", *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run_and_kill(self) -> bool:
        """Start the program, act while it holds its breath, kill it. Whether it was running."""
        self.act()
        program = self.start()
        self._wait(0.5, 0.9)
        if program.poll() is None:
            program.send_signal(signal.SIGSTOP)
            self.edit_in_a_folder()  # the hub it may have locked just now
            program.send_signal(signal.SIGCONT)
        self._wait(0.0, 0.5)
        running = program.poll() is None
        self.usual *= 1.02 if running else 0.9  # the machine may have less to do than before
        program.kill()
        program.communicate()
        return running

    def _wait(self, least: float, most: float) -> None:
        time.sleep(self.usual * self.chance.uniform(least, most))

    def sync(self) -> int:
        """A run to its end: how many changes it made."""
        out, errors = self.start().communicate(timeout=120)
        assert out, errors
        assert "runs" in out, out + errors
        runs = json.loads(out)["runs"]
        assert not [one for one in runs if one.get("error")], runs
        return sum(run[kind][side] for run in runs for kind in KINDS for side in ("hub", "spoke"))

    # what can be seen

    def hub(self):
        news = self.house.hub.changes(None)
        return [one.record for page in news for one in page.announced if one.record]

    def cards(self, name: str) -> list[Contact]:
        files = sorted(self.folders[name].glob("*.vcf"))
        return [vcard.contact(card) for f in files for card in vcard.cards(f.read_bytes())]

    def check_intact(self) -> None:
        with self.house.database.read() as c:
            assert c.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert c.exec_driver_sql("PRAGMA foreign_key_check").all() == []

    def check_at_rest(self) -> None:
        hub = {record.contact.given: record.contact for record in self.hub()}
        assert len(hub) == len(self.hub())
        kept = set().union(*map(tokens, hub.values())) | self.seen | self._yielded()
        assert {f"k{n:05d}" for n in range(1, self.typed + 1)} <= kept
        for name in self.folders:
            shown = [card.given for card in self.cards(name)]
            unsure = self.perhaps[name]
            assert len(shown) == len(set(shown)), name
            assert set(shown) - unsure == hub.keys() - self.removed[name] - unsure, name
            for card in self.cards(name):
                assert card.job_title == hub[card.given].job_title

    def _yielded(self) -> set[str]:
        with self.house.database.read() as c:
            entries = [e for record in self.hub() for e in history.of(c, record.id) if e.yielded]
        return {token for entry in entries for token in TOKEN.findall(entry.before)}


KINDS = ("created", "updated", "removed")


def tokens(contact: Contact) -> set[str]:
    return set(TOKEN.findall(contact.job_title))


def torture(place: Path, kills: int) -> None:
    seed = int(os.environ.get("TWINBOOK_SEED") or time.time_ns() % 1_000_000)
    print(f"TWINBOOK_SEED={seed}")
    town = Town(place, random.Random(seed))
    runs = killed = 0
    while killed < kills:
        killed += town.run_and_kill()
        runs += 1
        assert runs < 5 * kills
    print(f"{killed} of {runs} runs were killed before their end")
    town.check_intact()
    for _ in range(6):
        if town.sync() == 0:
            break
    assert town.sync() == 0
    town.check_intact()
    town.check_at_rest()


@pytest.mark.slow
def test_a_program_that_is_killed_ten_times_loses_and_doubles_nothing(tmp_path):
    torture(tmp_path, 10)


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_a_program_that_is_killed_two_hundred_times_loses_and_doubles_nothing(tmp_path):
    torture(tmp_path, 200)
