"""Companies for tests of the schedule, and a clock that the test moves."""

import os
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import sqlalchemy as sa

from twinbook.crm import contacts
from twinbook.crm.contacts import New
from twinbook.database import open_database
from twinbook.database.migrate import ensure_schema
from twinbook.jobs import due
from twinbook.jobs.events import Failed, Mended, Synced
from twinbook.jobs.service import Manner, Service
from twinbook.jobs.tables import schedule, servers
from twinbook.journal import journal, policies, spokes
from twinbook.journal.tables import spokes as spokes_table
from twinbook.model.cause import Cause
from twinbook.model.contact import Contact
from twinbook.model.ids import SpokeId
from twinbook.model.policy import Schedule
from twinbook.model.rights import UserRole
from twinbook.model.spoke import Spoke
from twinbook.ports import Update
from twinbook.replicas.memory import MemoryReplica
from twinbook.settings import read_settings
from twinbook.users import people
from twinbook.users.vault import Vault
from twinbook.wiring import House, found_house

ADA = Contact(given="Ada", surname="Lovelace", job_title="Analyst")
CAUSE = Cause(actor=None, channel="test")


class Clock:
    """Time that stands still until somebody moves it."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)
        self.ids = count(1)

    def now(self):
        return self.time

    def new_id(self):
        return f"{next(self.ids) * 2654435761 % 2**32:08x}{'0' * 24}"

    def pass_(self, seconds):
        self.time += timedelta(seconds=seconds)


class Company:
    """Somebody's books, and a service that works when it is asked to look."""

    house: House
    clock: Clock
    service: Service

    def look(self, times=1, seconds=0.5):
        """Let time pass and look; what was told meanwhile."""
        before = len(self.events)
        for _ in range(times):
            self.clock.pass_(seconds)
            self.service.pulse()
        return self.events[before:]

    def settle(self) -> None:
        self.look(12)

    def create(self, *owners, contact=ADA) -> None:
        with self.house.database.write() as connection:
            for owner in owners:
                new = New(contact=contact, owner=self.users[owner].id)
                self.id = contacts.create(connection, new, CAUSE, self.clock).id

    def edit_in_hub(self, **changes) -> None:
        with self.house.database.write() as connection:
            record = contacts.get(connection, self.id)
            change = Update(
                id=self.id,
                expected=record.version,
                contact=record.contact.but(**changes),
                fields=frozenset(changes),
            )
            contacts.update(connection, change, CAUSE, self.clock)

    def set_schedule(self, **rules) -> None:
        with self.house.database.write() as connection:
            policy = policies.load(connection)
            policies.save(connection, policy.but(schedule=Schedule(**rules)))

    def set_scope(self, name, scope) -> None:
        with self.house.database.write() as connection:
            spokes.change(connection, self.books[name].id, scope=scope)
            journal.look_everywhere(connection, spokes.get(connection, self.books[name].id))

    def pause(self, name, *, paused=True) -> None:
        with self.house.database.write() as connection:
            spokes.change(connection, self.books[name].id, paused=paused)

    def row(self, name):
        """A book's row in the schedule."""
        query = sa.select(schedule).where(schedule.c.spoke_id == self.books[name].id)
        with self.house.database.read() as connection:
            return connection.execute(query).one()

    def left_alone(self):
        """The servers that are left alone."""
        with self.house.database.read() as connection:
            return {row.address: row for row in connection.execute(sa.select(servers))}

    def claim(self, room, hand=None):
        """The names of the books that are claimed next."""
        with self.house.database.write() as connection:
            due.enlist(connection)
        with self.house.database.write() as connection:
            claims = due.claim(
                connection,
                self.clock.now(),
                due.pick(connection, self.clock.now(), hand or due.Hand(), room),
            )
        return [one.spoke.name for one in claims]


class Office(Company):
    """Users with a folder each, on SQLite."""

    def __init__(self, place: Path) -> None:
        self.place, self.clock, self.events = place, Clock(), []
        self.saves, self.changed = count(1), []
        self.house = found_house(read_settings(place / "data", {}), "Office", self.clock)
        self.users, self.books = {}, {}
        for name in ("ann", "bob"):
            self.connect(name)
        self.service = self.start()

    def start(self):
        """A service that begins now."""
        changed = lambda: self.changed.append(1)  # noqa: E731 - that it was called is enough
        return Service(self.house, Manner(threads=0), self.events.append, changed)

    def connect(self, name) -> None:
        (self.place / name).mkdir()
        with self.house.database.write() as connection:
            user = people.add(connection, f"{name}@example.org", name, UserRole.ADMIN, self.clock)
            spoke = Spoke(
                id=SpokeId(name),
                name=name,
                kind="folder",
                address=str(self.place / name),
                user=user.id,
            )
            self.books[name] = spokes.add(connection, spoke, "mine", self.clock.now())
            self.users[name] = user

    def card(self, name):
        (card,) = (self.place / name).glob("*.vcf")
        return card

    def edit(self, name, old, new) -> None:
        """Change a card as an editor does, a good while ago by its stamp."""
        card = self.card(name)
        card.write_text(card.read_text().replace(old, new))
        stamp = datetime(2026, 1, 1, tzinfo=UTC).timestamp() + next(self.saves)
        os.utime(card, (stamp, stamp))


@dataclass(slots=True)
class Place(MemoryReplica):
    """A place that may fail, and that knows when it was asked for its changes."""

    error: Exception | None = None
    visits: list = field(default_factory=list)
    harbour: "Harbour" = None

    def changes(self, since):
        self.visits.append(self.harbour.clock.now())
        with self.harbour.inside(self):
            if self.harbour.lasts:
                time.sleep(self.harbour.lasts)
            if self.error is not None:
                raise self.error
            yield from MemoryReplica.changes(self, since)


class MemoryHouse(House):
    """A house whose places are in memory."""

    def replica(self, spoke):
        return self.places[spoke.id]


class Harbour(Company):
    """Users with books on servers, all of them in memory."""

    def __init__(self, url: str) -> None:
        self.clock, self.events, self.lasts = Clock(), [], 0.0
        self.database = open_database(url)
        ensure_schema(self.database)
        vault = Vault(Path("no vault"))
        self.house = MemoryHouse(
            self.database, self.clock, b"secret of this test, 32 bytes...", vault
        )
        self.places, self.users, self.books = {}, {}, {}
        object.__setattr__(self.house, "places", self.places)
        self.lock, self.busy, self.most = threading.Lock(), [], {}
        self.service = self.start()

    def start(self, threads=0):
        return Service(self.house, Manner(threads=threads), self.events.append)

    def add_user(self, name) -> None:
        with self.database.write() as connection:
            mail = f"{name}@example.org"
            self.users[name] = people.add(connection, mail, name, UserRole.USER, self.clock)

    def connect(self, *names, user, server="dav.example.com", login="") -> None:
        """Books of a user on a server."""
        if user not in self.users:
            self.add_user(user)
        with self.database.write() as connection:
            for name in names:
                spoke = Spoke(
                    id=SpokeId(f"spoke-{name}"),
                    name=name,
                    kind="memory",
                    address=f"https://{server}/{name}/",
                    login=login or name,
                    user=self.users[user].id,
                )
                self.books[name] = spokes.add(connection, spoke, "mine", self.clock.now())
                self.places[spoke.id] = Place(name=name, harbour=self)

    def connect_many(self, users, each) -> None:
        """So many users with so many books each, all on one server."""
        self.connect("0-0", user="u0")
        with self.database.write() as connection:
            row = connection.execute(sa.select(spokes_table)).one()._asdict()
            for number in range(1, users):
                person = people.add(
                    connection, f"u{number}@example.org", f"u{number}", UserRole.USER, self.clock
                )
                self.users[f"u{number}"] = person
            for name in (f"{user}-{n}" for user in range(users) for n in range(each)):
                if name != "0-0":
                    owner = self.users[f"u{name.partition('-')[0]}"].id
                    address = f"https://dav.example.com/{name}/"
                    more = {"id": f"spoke-{name}", "name": name, "folded": name, "login": name}
                    new = {**row, **more, "address": address, "user_id": owner}
                    connection.execute(spokes_table.insert().values(**new))
            for spoke in spokes.everything(connection):
                self.books[spoke.name] = spoke
                self.places[spoke.id] = Place(name=spoke.name, harbour=self)

    def place(self, name):
        return self.places[self.books[name].id]

    def break_(self, error) -> None:
        """All places fail in this way; with None none does any more."""
        for place in self.places.values():
            place.error = error

    def visits(self):
        """How often any place was asked."""
        return sum(len(place.visits) for place in self.places.values())

    def inside(self, place):
        """Count how many are asked at once, by server and by user."""
        return Inside(self, self.books[place.name])


class Inside:
    """One request under way."""

    def __init__(self, harbour, spoke) -> None:
        self.harbour = harbour
        self.keys = [spoke.address.split("/")[2], spoke.user]

    def __enter__(self):
        with self.harbour.lock:
            self.harbour.busy += self.keys
            for key in self.keys:
                now = self.harbour.busy.count(key)
                self.harbour.most[key] = max(now, self.harbour.most.get(key, 0))

    def __exit__(self, *_):
        with self.harbour.lock:
            for key in self.keys:
                self.harbour.busy.remove(key)


def written(events):
    """The books in which something was written or from which something came."""
    return {
        one.outcome.spoke.name
        for one in events
        if isinstance(one, Synced) and one.outcome.report.tally
    }


def synced(events):
    """The books that were worked on, each time."""
    return [one.outcome.spoke.name for one in events if isinstance(one, Synced)]


def failed(events):
    return [one for one in events if isinstance(one, Failed)]


def mended(events):
    return [one.spoke.name for one in events if isinstance(one, Mended)]
