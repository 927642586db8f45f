"""A small company whose people, servers and network do what they like."""

import atexit
import shutil
import sqlite3
from dataclasses import dataclass, field
from datetime import timedelta

from ledger import ONE_WAY, OWN, TAG, TEXTS, Ledger, tokens
from people import BOOKS, OUTSIDE, People
from places import Place
from remotes import MODELS, T_VISIBLE
from sight import FOLDER
from weather import CALM, STATISTICS, Crash, Fragile
from world import FakeClock, TestHouse, World

from twinbook.crm import access
from twinbook.database.engine import open_database
from twinbook.jobs import rounds
from twinbook.journal import runs, spokes
from twinbook.model.plan import Act, Question
from twinbook.model.policy import Direction, Guards
from twinbook.model.spoke import Role
from twinbook.reconcile.normal import fold
from twinbook.sync import apply, dirty
from twinbook.sync.cycle import cycle, preview
from twinbook.wiring import enter_restore_mode

atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
MADE = {"world": None, "database": None}
PORTIONS = [(apply, "BATCH", apply.BATCH), (dirty, "PAGE", dirty.PAGE)]
DIRECTIONS = {name: Direction(way) for name, way in ONE_WAY.items() if way != "both"}


class Ticking(FakeClock):
    """Time that moves a little with every look. When more of it passes, `watchers` are told."""

    def __init__(self):
        super().__init__()
        self.watchers = []

    def pass_(self, seconds):
        super().pass_(seconds)
        for tell in self.watchers:
            tell()

    def now(self):
        self.time += timedelta(milliseconds=20)
        return self.time


def _template():
    """The company on its first day, made once; every example begins with a copy."""
    if MADE["world"] is None:
        world = World(f"sqlite:///{FOLDER / 'template.sqlite3'}")
        world.add_book("pad", "bob")
        world.add_book(OUTSIDE, BOOKS[OUTSIDE], role=Role.CRM)
        with world.database.write() as c:
            access.restrict(c, access.Right.EDIT, world.clock, fields=["assistant"])
        world.database.close()
        MADE["world"] = world
        url = f"sqlite:///{FOLDER / 'twinbook.sqlite3'}"
        MADE["database"] = Fragile(open_database(url)._engine)
    return MADE["world"], MADE["database"]


def copy_database(source, target):
    """Make a SQLite file equal to another one, under the eyes of those who have it open."""
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    old.close()
    new.close()


@dataclass
class Rules:
    """What one example is like."""

    servers: dict  #: how the server of each book spells
    models: dict = field(default_factory=dict)  #: what kind of remote each is; plain, unless said
    policy: dict = field(default_factory=dict)
    tight: bool = False  #: the guards hold small numbers already
    small: bool = False  #: the engine works in the smallest portions
    skew: float = 0.0  #: how far the clocks of the servers are ahead


class Company(People):
    """The world of the stories, made quickly, with weather and a ledger."""

    def __init__(self, rules):
        world, database = _template()
        copy_database(FOLDER / "template.sqlite3", FOLDER / "twinbook.sqlite3")
        self.rules, self.database, self.clock = rules, database, Ticking()
        database.storm = None
        self.house = TestHouse(database, self.clock, world.house.secret, world.house.vault)
        object.__setattr__(self.house, "replicas", {})
        self.users, self.cause = world.users, world.cause
        self.ledger = Ledger(self)
        self.books, self.spokes, self.backups = {}, {}, {}
        self.people = {}  # ident -> hub id, for those created in the hub
        self.removed, self.maybe = set(), set()  # (user, contact): removed by the user
        self.out_of_sight = []  # (user, item): moved before it was marked
        self.untold = set()  # fields whose direction once was another one
        self.restored = set()
        self.opened = set()  # (book, item): its user said that the company knows this person
        self.orphans = set()  # employee ids of those who may be there twice: nobody can know
        self.masked = self.checked = 0
        self.unsettled = False  # our own database was put back: nobody knows who removed what
        self.acting = False
        with database.read() as c:
            known = {one.name: one for one in spokes.everything(c)}
        for name, server in rules.servers.items():
            rewrite, shape = server.value
            model = MODELS[rules.models.get(name, "plain")]
            self.books[name] = Place(
                name=name,
                role=known[name].role,
                rewrite=rewrite,
                shape=shape,
                company=self,
                settles_after=model.settles_after,
                shows_after=model.shows_after,
                model=model,
                skew=rules.skew,
            )
            self.spokes[name] = known[name]
            self.clock.watchers.append(self.books[name].let_late_ones_act)
            self.house.replicas[known[name].id] = self.books[name]
        for name in known.keys() - rules.servers.keys():
            with database.write() as c:
                spokes.remove(c, known[name].id)
        guards = Guards(removals_floor=1, same_field_floor=1) if rules.tight else Guards()
        self.set_policy(directions=DIRECTIONS, guards=guards, **rules.policy)
        for module, name, number in PORTIONS:
            setattr(module, name, 1 if rules.small else number)

    def is_outside(self, book):
        return self.books[book].role is Role.CRM

    def take_stock(self):
        """At rest it shows what became of all that nobody could foresee."""
        holds = self.holds()
        asked = {one.hold.contact for one in holds}
        if any(one.hold.question in (Question.EMPTIED, Question.MANY_REMOVALS) for one in holds):
            return  # their answers may still hide somebody
        for user, contact in [one for one in self.maybe if one[1] not in asked]:
            self.maybe.discard((user, contact))
            hidden = contact in self.hidden(user)
            (self.removed.add if hidden else self.removed.discard)((user, contact))
        if self.unsettled:
            self.unsettled = False
            self.maybe |= {(user, one) for user in set(BOOKS.values()) for one in asked}

    # backups

    def back_up(self, book):
        self.backups[book] = self.books[book].backup()

    def restore_book(self, book):
        place = self.books[book]
        before = set().union(set(), *(tokens(r.contact) for r in place.records.values()))
        place.go_back(self.backups[book])
        after = set().union(set(), *(tokens(r.contact) for r in place.records.values()))
        self.ledger.superseded |= before - after - self.hub_tokens()
        for record in place.records.values():
            self.ledger.only_seen(record.contact)
        self.restored.add(book)
        for contact in self.contacts():
            self.maybe.add((BOOKS[book], contact))
        place.hands_off.clear()

    def back_up_house(self):
        copy_database(FOLDER / "twinbook.sqlite3", FOLDER / "backup.sqlite3")
        self.backups["house"] = True

    def restore_house(self):
        """Our own database is put back; what only the hub had since then is gone with it."""
        logged = self.query("select before from history")
        logged = set().union(set(), *(tokens(text or "") for (text,) in logged))
        before = self.hub_tokens() | logged | self.kept_tokens()
        copy_database(FOLDER / "backup.sqlite3", FOLDER / "twinbook.sqlite3")
        self.known = (None, [])
        self.ledger.superseded |= (
            before - self.hub_tokens() - self.logged_tokens() - self.kept_tokens()
        )
        known = {fold(one.contact.employee_id) for one in self.everybody()}
        for place in self.books.values():
            for record in place.records.values():
                self.ledger.only_seen(record.contact)
                self.orphans |= {fold(record.contact.employee_id)} - known
        with self.database.write() as c:
            enter_restore_mode(c)
            self.spokes = {name: spokes.get(c, one.id) for name, one in self.spokes.items()}
        self.restored |= set(self.books)
        self.maybe |= {(user, one) for user in set(BOOKS.values()) for one in self.contacts()}
        self.unsettled = True
        self.clock.pass_(61)

    # what happens inside a request

    def user_acts(self, book, number):
        """The book's user does one thing while we are busy."""
        self.acting = True
        try:
            items = sorted(self.books[book].records)
            if not items:
                return
            item, how = items[number % len(items)], number // 7
            if how % 5 == 4:
                self.remove_item(book, item)
            else:
                names = (*TEXTS, "phones", *OWN)
                self.edit_item(book, item, names[how % len(names)], number // 3)
        finally:
            self.acting = False

    def somebody_acts(self, number):
        """Somebody edits in the hub while we are busy."""
        storm, self.database.storm = self.database.storm, None
        try:
            living = self.living()
            if not living:
                return
            record, how = living[number % len(living)], number // 5
            if how % 6 == 5:
                self.deactivate(record.id)
            else:
                names = (*TEXTS, "phones", "note")
                self.edit_hub(record.id, names[how % len(names)], number // 3)
        finally:
            self.database.storm = storm

    def meanwhile(self, book, number):
        """Another book is synchronised while we are busy with this one."""
        others = [one for one in sorted(self.books) if one != book]
        if others:
            other = others[number % len(others)]
            storm, self.database.storm = self.database.storm, None
            try:
                self.cycle(other, CALM)
            finally:
                self.database.storm = storm

    def stall(self, book):
        """This program sleeps so long that another one takes the book over."""
        self.clock.pass_(61)
        storm, self.database.storm = self.database.storm, None
        place = self.books[book]
        mine, place.storm = place.storm, CALM
        try:
            rounds.synchronise(self.house, [self.spokes[book]])
        finally:
            self.database.storm, place.storm = storm, mine

    # what the engine does

    def taken_back(self, book):
        """A cycle that is undone: everything is as its people left it (S16)."""
        if self.books[book].spellings:  # what is written anew is spelled anew
            return
        before = self._as_it_stands(book)
        spoke = self.spokes[book]
        with self.house.working_on(spoke) as setting, self.house.recorded(setting, "sync") as kept:
            kept.append(cycle(setting))
        if kept[0].error or kept[0].postponed or not sum(kept[0].tally.values()):
            return
        with self.database.read() as c:
            run = runs.find(c, setting.run)
        report = self.house.undo(run, self.users[BOOKS[book]].id)
        if report.stays or report.error or report.postponed:
            STATISTICS["undone but for what was changed since"] += 1
            return
        STATISTICS["runs undone"] += 1
        after = self._as_it_stands(book)
        contacts = {id: after[0].get(id) for id in before[0]}
        assert contacts == before[0], f"S16 hub: {before[0]} became {contacts}"
        assert after[1] == before[1], f"S16 {book}: {before[1]} became {after[1]}"

    def _as_it_stands(self, book):
        """The contacts by id, and what the items of a book say, without our category."""
        items = [one.contact for one in self.books[book].records.values()]
        untagged = [
            one.but(categories=tuple(word for word in one.categories if word != TAG))
            for one in items
        ]
        contacts = {one.id: (one.contact, one.business.active) for one in self.living()}
        return contacts, sorted(map(repr, untagged))

    def cycle(self, book, storm=CALM, lag=0.0):
        """One cycle of one book, whatever becomes of it. Its outcome, None after a crash."""
        place = self.books[book]
        place.lag = min(lag, T_VISIBLE) if place.shows_after else 0.0
        before, place.storm = place.storm, storm
        self.database.storm = storm if storm is not CALM else self.database.storm
        STATISTICS["cycles"] += 1
        try:
            outcome = rounds.one_round(self.house, self.spokes[book])
        except Crash:
            outcome = None
        finally:
            place.storm = before
            self.database.storm = None if storm is not CALM else self.database.storm
        doubted = {(BOOKS[book], contact) for contact in self.open_operations(book)}
        self.maybe |= doubted & self.removed  # removed by the user, or by us: nobody knows
        if outcome is None:
            self.clock.pass_(61)  # the lease of the dead runs out
        elif outcome.trouble is not None and not storm.faults:
            raise outcome.trouble
        return outcome

    def foreseen(self, book):
        """A preview, and then the cycle that it foretold (S14)."""
        spoke = self.spokes[book]
        with self.house.working_on(spoke) as setting:
            foretold = preview(setting)
        with self.house.working_on(spoke) as setting, self.house.recorded(setting, "sync") as kept:
            busy = setting.journal.operations()
            report = cycle(setting)
            kept.append(report)
        if busy or report.error or report.postponed:
            return
        with self.database.read() as c:
            done = list(runs.done_in(c, setting.run))
        lines = [(one.act, one.contact, one.edits) for one in foretold.lines]
        told = [one for one in done if one.act is not Act.REBASE and not _is_still_frozen(one)]
        acts = [(one.act, one.contact, one.edits) for one in told]
        acts = [one if one[0] is not Act.PROMOTE else (one[0], None, one[2]) for one in acts]
        assert sorted(map(repr, lines)) == sorted(map(repr, acts)), f"S14 {lines} became {acts}"
        assert [one.topic for one in foretold.holds] == [one.topic for one in report.holds]


def _is_still_frozen(done):
    """Whether a step only noted that nothing flows, as before."""
    return done.act is Act.FREEZE and not done.reason
