"""The sample company at work: three people and their books."""

import sqlite3
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass

from twinbook.jobs import rounds
from twinbook.jobs.rounds import Outcome
from twinbook.journal import questions, runs
from twinbook.journal.questions import OpenHold
from twinbook.model.contact import Contact
from twinbook.model.ids import RunId
from twinbook.model.record import Record
from twinbook.model.spoke import Spoke
from twinbook.sample.programs import Change, Program
from twinbook.sample.shelves import Shelf
from twinbook.settings import Settings
from twinbook.sync.cycle import Progress, silent
from twinbook.users.people import User
from twinbook.wiring import House, count_generation


@dataclass(frozen=True, slots=True)
class Member:
    """One user with the book and the program that keeps it."""

    user: User
    spoke: Spoke
    program: Program
    shelf: Shelf
    personal: int  #: cards that were there before the first sync

    @property
    def name(self) -> str:
        """The given name."""
        return self.user.name.partition(" ")[0]

    @property
    def keeps(self) -> str:
        """What the book is kept on."""
        return f"on a {self.shelf.kind}"


@dataclass(frozen=True, slots=True)
class Company:
    """The company at work."""

    settings: Settings
    house: House
    staff: Mapping[str, Member]
    running: ExitStack  #: the database, and the servers of those who have one

    def close(self) -> None:
        """End the servers, and let go of the database."""
        self.running.close()

    @property
    def members(self) -> list[Member]:
        """The three of them."""
        return list(self.staff.values())

    def sync(self, *names: str, progress: Progress = silent) -> list[Outcome]:
        """Bring some books, or all, in step with the hub."""
        wanted = [self.staff[name].spoke for name in names or self.staff]
        outcomes = rounds.synchronise(self.house, wanted, lambda _spoke: progress)
        self.note(outcomes)
        return outcomes

    def note(self, outcomes: list[Outcome]) -> None:
        """Count what changed something, so that a backup older than it is noticed."""
        if any(one.report.tally for one in outcomes):
            count_generation(self.house, self.settings)

    def foresee(self) -> list[Outcome]:
        """What the next sync would do."""
        return rounds.foresee(self.house, [member.spoke for member in self.members])

    def undo(self, run: RunId, *, dry: bool = False) -> list[str]:
        """Take a run back, by the administrator; what is, or would be, done, in sentences."""
        with self.house.database.read() as connection:
            found = runs.find(connection, run)
        report = self.house.undo(found, self.staff["rosa"].user.id, dry=dry)
        return [line.text for line in report.lines]

    def holds(self, name: str) -> list[OpenHold]:
        """The questions about one book."""
        with self.house.database.read() as connection:
            return list(questions.everything(connection, [self.staff[name].spoke.id]))

    def answer(self, by: str, hold: OpenHold, choice: str) -> None:
        """Answer a question; the next sync carries it out."""
        with self.house.database.write() as connection:
            user, now = self.staff[by].user.id, self.house.clock.now()
            questions.answer(connection, hold.id, choice, user, now)

    def active(self) -> list[Record]:
        """The business contacts that people work with."""
        return [
            record
            for page in self.house.hub.changes(None)
            for one in page.announced
            if (record := one.record) is not None and record.business and record.business.active
        ]

    def contact(self, mail: str) -> Record | None:
        """The business contact with a mailbox that begins so."""
        return next((one for one in self.active() if _has(one.contact, mail)), None)

    def stores(self, text: str) -> bool:
        """Whether a text is anywhere in the bytes of the database."""
        # SQLite gives them. Reading its file beside it would make this process let go of its
        # locks on the file as soon as that is closed again (sqlite.org/howtocorrupt.html).
        with self.house.database.read() as connection:
            database = connection.connection.driver_connection
            return (
                isinstance(database, sqlite3.Connection) and text.encode() in database.serialize()
            )

    def card(self, name: str, mail: str) -> str | None:
        """The item whose card has a mailbox that begins so, None if there is none."""
        with closing(self.house.replica(self.staff[name].spoke)) as place:
            named = [one.id for page in place.changes(None) for one in page.announced]
            for id, record in place.read(named).items():
                if isinstance(record, Record) and _has(record.contact, mail):
                    return id
        return None

    def text(self, name: str, mail: str) -> str:
        """That card, "" if there is none."""
        item = self.card(name, mail)
        return self.staff[name].shelf.read(item).decode() if item else ""

    def edit(self, name: str, mail: str, change: Change) -> None:
        """Let a member change a card in the program that keeps it."""
        item = self.card(name, mail)
        if item is not None:
            self.save(name, item, change)

    def save(self, name: str, item: str, change: Change) -> None:
        """The same for a card that is known by its item."""
        member = self.staff[name]
        member.shelf.write(item, member.program.saved(member.shelf.read(item), change))


def _has(contact: Contact, mail: str) -> bool:
    return any(one.value.startswith(f"{mail}@") for one in contact.emails)
