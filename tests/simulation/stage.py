"""A company on its first day, set anew for each performance of a script; its program may die.

An effect is a commit of our database or a request to a book. People act between the works
of the engine; nothing that they do is an effect.
"""

import itertools
from datetime import timedelta
from enum import Enum, auto

import sqlalchemy as sa
from weather import Crash, Fault, Fragile, Storm
from world import FakeClock, TestHouse, World

from twinbook.database.engine import open_database
from twinbook.database.metadata import metadata
from twinbook.journal import spokes
from twinbook.journal.operations import open_ones
from twinbook.replicas.memory import MemoryReplica

LEASE = 61  #: seconds after which the lease of a dead program has run out
PATIENCE = 3600  #: seconds after which no doubt has to wait any more
NOW, LATER = 0, 1  #: with the fault of a write: whether the program hears the answer before it dies


class Trace(Enum):
    """What recovery finds of a write that is in doubt."""

    NOWHERE = auto()  #: no item
    MADE = auto()  #: the item that was to be created
    AS_BEFORE = auto()  #: the item as it was before the write
    CHANGED = auto()  #: another version of it
    RENAMED = auto()  #: it has another id now


class Book(MemoryReplica):
    """A book that the engine reaches through the weather."""

    stage = None

    def changes(self, since):
        yield from self._asked(lambda: list(super(Book, self).changes(since)))

    def read(self, ids):
        return self._asked(lambda: super(Book, self).read(ids))

    def find(self, marks):
        return self._asked(lambda: super(Book, self).find(marks))

    def resembling(self, keys):
        return self._asked(lambda: super(Book, self).resembling(keys))

    def photo(self, id, photo):
        return self._asked(lambda: super(Book, self).photo(id, photo))

    def write(self, changes, cause):
        for change in changes:
            self.stage.sent.append(self.stage.storm.requests)
            fault, when = self._request()
            outcome = self._plainly(change)
            self._answer(fault if when != LATER else None)
            yield outcome
            self._answer(fault)

    def _asked(self, ask):
        fault, _ = self._request()
        try:
            return ask()
        finally:
            self._answer(fault)  # whatever it is, that a cursor has expired, too

    def _request(self):
        fault, when = self.stage.storm.next_fault()
        if fault is Fault.CRASH:
            self.stage.storm.die()
        return fault, when

    def _answer(self, fault):
        if fault is Fault.DIED:
            self.stage.storm.die()

    def trace(self, intent):
        """What there is to be seen of a write."""
        marked = super().find([intent.mark])
        if intent.item is None:
            return Trace.MADE if marked else Trace.NOWHERE
        if intent.item not in self.records:
            return Trace.RENAMED if marked else Trace.NOWHERE
        now = self.records[intent.item].version
        return Trace.AS_BEFORE if now == intent.expected else Trace.CHANGED

    def _plainly(self, change):
        """Carry a change out; what the server asks itself meanwhile is no request."""
        storm, self.stage.storm = self.stage.storm, Storm()
        try:
            return self.carry_out(change)
        finally:
            self.stage.storm = storm


class Clock(FakeClock):
    """Time that moves a little with every look. People's ids do not depend on the engine."""

    def __init__(self):
        super().__init__()
        self.engine = itertools.count(1)
        self.is_engines = False

    def now(self):
        self.time += timedelta(milliseconds=20)
        return self.time

    def new_id(self):
        return f"{next(self.engine):08x}{'e' * 24}" if self.is_engines else super().new_id()


class Scenery:
    """A company in a database that can be set back to its first day; only Bob has a book yet."""

    def __init__(self, url):
        self.world = World(url)
        with self.world.database.write() as c:
            spokes.remove(c, self.world.spokes.pop("ann").id)
        self.world.database.close()
        self.database = Fragile(open_database(url)._engine)
        self.is_sqlite = url.startswith("sqlite")
        with self.database.read() as c:
            self.rows = {
                table: [dict(row._mapping) for row in c.execute(sa.select(table))]
                for table in metadata.sorted_tables
            }

    def set_back(self):
        with self.database.write() as c:
            for table in reversed(metadata.sorted_tables):
                c.execute(sa.delete(table))
            for table, rows in self.rows.items():
                if rows:
                    c.execute(sa.insert(table), rows)


class Stage(World):
    """The world of the stories, for one performance."""

    kind_of_book = Book

    def __init__(self, scenery, storm):
        scenery.set_back()
        self.database, self.clock = scenery.database, Clock()
        self.storm = self.played = storm
        first = scenery.world
        self.users, self.cause = dict(first.users), first.cause
        self.house = TestHouse(self.database, self.clock, first.house.secret, first.house.vault)
        object.__setattr__(self.house, "replicas", {})
        self.spokes = dict(first.spokes)
        self.books = {"bob": Book(name="bob")}
        self.books["bob"].stage = self
        self.house.replicas[self.spokes["bob"].id] = self.books["bob"]
        self.sent = []  # the numbers of the requests that write
        self.interrupted = None  # the work in which the program died
        self.doubts = []  # what recovery found: (act, request, trace)

    def add_book(self, name, user, scope="visible", **book):
        super().add_book(name, user, scope, **book)
        self.books[name].stage = self

    # the engine

    @property
    def effects(self):
        """How many commits and requests there were until the program died, if it did."""
        return self.played.commits + self.played.requests

    @property
    def has_died(self):
        return self.played.dead

    def work(self, work):
        """Let the engine work; it may die of it."""
        self.database.storm, self.clock.is_engines = self.storm, True
        try:
            work(self)
        except Crash:
            self._bury(work)
        finally:
            self.database.storm, self.clock.is_engines = None, False

    def _bury(self, work):
        """The dead program is no more; its lease runs out."""
        self.interrupted, self.storm = work, Storm(over=True)
        self.clock.pass_(LEASE)

    def catch_up(self):
        """Do again what was interrupted, until nothing is in doubt any more."""
        work, self.interrupted = self.interrupted, None
        self.doubts = [
            (one.intent.act, one.intent.request, self.books[name].trace(one.intent))
            for name, one in self.open_operations()
        ]
        for _ in range(4):
            self.work(work)
            if not self.open_operations():
                return
            self.clock.pass_(PATIENCE)
        raise AssertionError(f"still in doubt: {self.open_operations()}")

    def open_operations(self):
        with self.database.read() as c:
            return [
                (name, one)
                for name, spoke in self.spokes.items()
                for one in open_ones(c, spoke.id)
                if not one.void
            ]

    # people and their books

    def item_of(self, book, given):
        """The item of a person in a book; people wait for what is not there yet."""
        if self.interrupted and not self._items(book, given):
            self.catch_up()
        return self._items(book, given)[0]

    def _items(self, book, given):
        records = self.books[book].records.values()
        return [one for one in records if one.contact.given.casefold() == given.casefold()]

    def type(self, book, given, **changes):
        """A user edits somebody in a book."""
        self.books[book].edit(self.item_of(book, given).id, **changes)

    def take_out(self, book, given):
        """A user removes somebody from a book."""
        self.books[book].drop(self.item_of(book, given).id)

    def reply(self, choice):
        """Whoever is asked answers the oldest question; it may still have to be put."""
        if self.interrupted and not self.holds():
            self.catch_up()
        self.answer(choice)

    def in_hub(self, act, *arguments):
        """Somebody does something in the hub that changes how a contact stands."""
        with self.database.write() as c:
            return act(c, *arguments, self.cause, self.clock)
