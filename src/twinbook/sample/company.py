"""The sample company: founded in an empty directory, with three people and their books."""

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from twinbook.crm import accounts, contacts
from twinbook.crm.contacts import New
from twinbook.jobs import rounds
from twinbook.jobs.rounds import Outcome
from twinbook.journal import journal, questions, runs, spokes
from twinbook.journal.questions import OpenHold
from twinbook.model.cause import Cause
from twinbook.model.contact import Contact
from twinbook.model.ids import AccountId, RunId, SpokeId
from twinbook.model.record import Record
from twinbook.model.rights import UserRole
from twinbook.model.spoke import Spoke
from twinbook.sample import invented
from twinbook.sample.programs import GOOGLE, IPHONE, OUTLOOK, Change, Program
from twinbook.settings import Settings
from twinbook.sync.cycle import Progress, silent
from twinbook.users import people
from twinbook.users.people import User
from twinbook.wiring import House, count_generation, found_house

NAME = "Example Trading"
STAFF = (
    ("rosa", "Rosa Lind", UserRole.ADMIN, IPHONE),
    ("tomas", "Tomás Vega", UserRole.USER, OUTLOOK),
    ("mei", "Mei Tanaka", UserRole.USER, GOOGLE),
)


@dataclass(frozen=True, slots=True)
class Member:
    """One user with the book and the program that keeps it."""

    user: User
    spoke: Spoke
    program: Program

    @property
    def name(self) -> str:
        """The given name."""
        return self.user.name.partition(" ")[0]

    @property
    def folder(self) -> Path:
        """Where the cards are."""
        return Path(self.spoke.address)

    def cards(self) -> list[Path]:
        """The cards, by file name."""
        return sorted(self.folder.glob("*.vcf"))


@dataclass(frozen=True, slots=True)
class Company:
    """The company at work."""

    settings: Settings
    house: House
    staff: Mapping[str, Member]

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

    def card(self, name: str, mail: str) -> Path | None:
        """The file of the card with a mailbox that begins so, None if there is none."""
        member = self.staff[name]
        for page in self.house.replica(member.spoke).changes(None):
            for one in page.announced:
                if one.record is not None and _has(one.record.contact, mail):
                    return member.folder / one.id
        return None

    def edit(self, name: str, mail: str, change: Change) -> None:
        """Let a member change a card in the program that keeps it."""
        card = self.card(name, mail)
        if card is not None:
            self.staff[name].program.save(card, change)


def _has(contact: Contact, mail: str) -> bool:
    return any(one.value.startswith(f"{mail}@") for one in contact.emails)


def found(settings: Settings) -> Company:
    """The company on its first morning: nothing was synchronised yet."""
    house = found_house(settings, NAME)
    staff = {
        nick: _join(house, nick, name, role, program, settings.data / "books" / nick)
        for nick, name, role, program in STAFF
    }
    _enter_contacts(house, staff)
    return Company(settings, house, staff)


def _join(
    house: House, nick: str, name: str, role: UserRole, program: Program, folder: Path
) -> Member:
    """A user with a folder of personal cards, connected as a book."""
    folder.mkdir(parents=True)
    for card in _cards(nick):
        (folder / card[0]).write_bytes(card[1])
    with house.database.write() as connection:
        user = people.add(connection, f"{nick}@example.com", name, role, house.clock)
        place = Spoke(
            id=SpokeId(house.clock.new_id()),
            name=nick,
            kind="folder",
            address=str(folder),
            user=user.id,
        )
        spoke = spokes.add(connection, place, "visible", house.clock.now())
        journal.look_everywhere(connection, spoke)
    return Member(user, spoke, program)


def _cards(nick: str) -> Iterator[tuple[str, bytes]]:
    for card in files("twinbook.sample").joinpath("cards", nick).iterdir():
        yield card.name, card.read_bytes()


def _enter_contacts(house: House, staff: Mapping[str, Member]) -> None:
    """Accounts and contacts, each looked after by somebody."""
    ids: dict[str, AccountId] = {}
    owners: dict[str, Member] = {}
    cause = Cause(actor=staff["rosa"].user.id, channel="sample", reason="the company begins")
    with house.database.write() as connection:
        for name, above, domain, owner in invented.ACCOUNTS:
            parent = ids[above] if above else None
            account = accounts.add(connection, name, house.clock, parent=parent, domains=[domain])
            ids[name], owners[name] = account.id, staff[owner]
        new = [
            New(contact=contact, account=ids[account], owner=owners[account].user.id)
            for account, contact in invented.CONTACTS
        ]
        contacts.create_many(connection, new, cause, house.clock)
