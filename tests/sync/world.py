"""A small company to tell stories in: the real hub, journal and engine, and books in memory."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from twinbook.crm import contacts, history, standing
from twinbook.crm import merge as merging
from twinbook.crm.contacts import New
from twinbook.database.engine import open_database
from twinbook.database.migrate import ensure_schema
from twinbook.jobs import rounds
from twinbook.journal import journal, policies, questions, runs, spokes
from twinbook.model.cause import Cause
from twinbook.model.contact import Contact, Email, Kind, Phone, PhoneKind
from twinbook.model.ids import RecordId, SpokeId
from twinbook.model.rights import UserRole
from twinbook.model.spoke import Spoke
from twinbook.ports import Update
from twinbook.replicas.memory import MemoryReplica
from twinbook.users import people
from twinbook.users.vault import Vault
from twinbook.wiring import House

ADA = Contact(
    given="Ada",
    surname="Lovelace",
    job_title="Analyst",
    emails=(Email("ada@example.org", Kind.WORK),),
    phones=(Phone("+44 20 7946 0001", PhoneKind.WORK),),
)
GRACE = Contact(given="Grace", surname="Hopper", emails=(Email("grace@example.org", Kind.WORK),))


class FakeClock:
    """Time that moves a second with every look, and ids in a row."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)
        self.ids = itertools.count(1)

    def now(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time

    def new_id(self) -> str:
        return f"{next(self.ids) * 2654435761 % 2**32:08x}{'0' * 24}"

    def pass_(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class TestHouse(House):
    """A house whose spokes are in memory."""

    __test__ = False
    replicas: dict[SpokeId, MemoryReplica]

    def replica(self, spoke: Spoke) -> MemoryReplica:
        return self.replicas[spoke.id]


class World:
    """One company. `ann` and `bob` are its first users, each with a book."""

    __test__ = False
    kind_of_book: type[MemoryReplica] = MemoryReplica

    def __init__(self, url: str = "sqlite:///file::memory:?uri=true") -> None:
        self.clock = FakeClock()
        self.database = open_database(url)
        ensure_schema(self.database)
        secret, vault = b"secret of this installation, 32 by", Vault(Path("no vault"))
        self.house = TestHouse(self.database, self.clock, secret, vault)
        object.__setattr__(self.house, "replicas", {})
        self.books: dict[str, MemoryReplica] = {}
        self.spokes: dict[str, Spoke] = {}
        self.users = {}
        self.add_user("ann", UserRole.ADMIN)
        self.add_user("bob")
        self.cause = Cause(actor=self.users["ann"].id, channel="test")

    def add_user(self, name: str, role: UserRole = UserRole.USER, **book: object) -> None:
        with self.database.write() as c:
            user = people.add(c, f"{name}@example.com", name.title(), role, self.clock)
        self.users[name] = user
        self.add_book(name, name, **book)

    def add_book(self, name: str, user: str, scope: str = "visible", **book: object) -> None:
        replica = self.kind_of_book(name=name, **book)
        spoke = Spoke(
            id=SpokeId(f"spoke-{name}"),
            name=name,
            kind="memory",
            address=name,
            user=self.users[user].id,
            role=replica.role,
        )
        with self.database.write() as c:
            self.spokes[name] = spokes.add(c, spoke, scope, self.clock.now())
            journal.look_everywhere(c, self.spokes[name])
        self.books[name] = replica
        self.house.replicas[spoke.id] = replica

    # what people do in the hub

    def create(self, contact: Contact = ADA, owner: str | None = "ann", **rest: object) -> RecordId:
        with self.database.write() as c:
            new = New(contact=contact, owner=self.users[owner].id if owner else None, **rest)
            return contacts.create(c, new, self.cause, self.clock).id

    def hub(self, id: RecordId):
        with self.database.read() as c:
            return contacts.get(c, id)

    def everybody(self):
        return [r for d in self.house.hub.changes(None) for a in d.announced if (r := a.record)]

    def edit(self, id: RecordId, **changes: object) -> None:
        record = self.hub(id)
        change = Update(
            id=id,
            expected=record.version,
            contact=record.contact.but(**changes),
            fields=frozenset(changes),
        )
        with self.database.write() as c:
            contacts.update(c, change, self.cause, self.clock)

    def delete(self, id: RecordId) -> None:
        with self.database.write() as c:
            standing.delete(c, id, self.cause, self.clock)

    def deactivate(self, id: RecordId) -> None:
        with self.database.write() as c:
            standing.deactivate(c, id, self.cause, self.clock)

    def merge(self, loser: RecordId, survivor: RecordId) -> None:
        with self.database.write() as c:
            merging.merge(c, survivor, loser, self.cause, self.clock)

    def set_policy(self, **rules: object) -> None:
        with self.database.write() as c:
            policies.save(c, replace(policies.load(c), **rules))

    def set_scope(self, name: str, scope: str) -> None:
        with self.database.write() as c:
            spokes.change(c, self.spokes[name].id, scope=scope)
            self.spokes[name] = spokes.get(c, self.spokes[name].id)
            journal.look_everywhere(c, self.spokes[name])

    # what the engine does

    def sync(self, *names: str):
        wanted = [self.spokes[name] for name in names or self.spokes]
        return rounds.synchronise(self.house, wanted)

    def preview(self, *names: str):
        wanted = [self.spokes[name] for name in names or self.spokes]
        return rounds.foresee(self.house, wanted)

    def undo(self, *, dry: bool = False):
        """Undo the newest run that did something."""
        return self.house.undo(self.runs()[0], self.users["ann"].id, dry=dry)

    # what can be seen

    def item(self, name: str, contact: RecordId):
        """The item that a contact has in a book, None if it has none."""
        with self.database.read() as c:
            from twinbook.journal import links  # noqa: PLC0415 - of this story alone

            link = links.to_contacts(c, self.spokes[name].id, [contact]).get(contact)
        return self.books[name].records.get(link.item) if link else None

    def shown(self, name: str, contact: RecordId) -> Contact:
        item = self.item(name, contact)
        assert item is not None
        return item.contact

    def holds(self):
        with self.database.read() as c:
            return questions.everything(c)

    def answer(self, choice: str) -> None:
        hold = self.holds()[0]
        with self.database.write() as c:
            questions.answer(c, hold.id, choice, self.users["ann"].id, self.clock.now())

    def history(self, contact: RecordId):
        with self.database.read() as c:
            return history.of(c, contact)

    def runs(self):
        with self.database.read() as c:
            return runs.recent(c, 100)
