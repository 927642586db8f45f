"""A small company whose people, servers and network do what they like."""

import atexit
import shutil
import sqlite3
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from ledger import EDITED, ONE_WAY, OWN, TAG, TEXTS, Ledger, tokens
from places import T_REQUEST, T_VISIBLE, Place
from weather import CALM, STATISTICS, Crash, Fragile
from world import FakeClock, TestHouse, World

from twinbook.crm import access, standing
from twinbook.database.engine import open_database
from twinbook.jobs import rounds
from twinbook.journal import policies, questions, runs, spokes
from twinbook.model.contact import Contact
from twinbook.model.errors import TwinbookError
from twinbook.model.plan import Act, Question
from twinbook.model.policy import Direction, Guards
from twinbook.reconcile.normal import fold
from twinbook.sync.cycle import cycle, preview
from twinbook.wiring import enter_restore_mode

FOLDER = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
BOOKS = {"ann": "ann", "bob": "bob", "pad": "bob"}  #: book -> its user
MADE = {"world": None, "database": None}
DIRECTIONS = {name: Direction(way) for name, way in ONE_WAY.items() if way != "both"}


class Ticking(FakeClock):
    """Time that moves a little with every look."""

    def now(self):
        self.time += timedelta(milliseconds=20)
        return self.time


def _template():
    """The company on its first day, made once; every example begins with a copy."""
    if MADE["world"] is None:
        world = World(f"sqlite:///{FOLDER / 'template.sqlite3'}")
        world.add_book("pad", "bob")
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

    servers: dict
    lagging: tuple = ()
    listing: tuple = ()
    policy: dict = None
    tight: bool = False  #: the guards hold small numbers already


class Company(World):
    """The world of the stories, made quickly, with weather and a ledger."""

    def __init__(self, rules):
        world, database = _template()
        copy_database(FOLDER / "template.sqlite3", FOLDER / "twinbook.sqlite3")
        self.rules, self.database, self.clock = rules, database, Ticking()
        database.storm = None
        self.house = TestHouse(database, self.clock, b"secret of this installation, 32 by")
        object.__setattr__(self.house, "replicas", {})
        self.users, self.cause = world.users, world.cause
        self.ledger = Ledger(self)
        self.books, self.spokes, self.backups = {}, {}, {}
        self.people = {}  # ident -> hub id, for those created in the hub
        self.removed, self.maybe = set(), set()  # (user, contact): removed by the user
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
            self.books[name] = Place(
                name=name,
                rewrite=rewrite,
                shape=shape,
                company=self,
                settles_after=T_REQUEST + T_VISIBLE + 1 if name in rules.lagging else 0.0,
                listing=name in rules.listing,
            )
            self.spokes[name] = known[name]
            self.house.replicas[known[name].id] = self.books[name]
        for name in known.keys() - rules.servers.keys():
            with database.write() as c:
                spokes.remove(c, known[name].id)
        guards = Guards(removals_floor=1, same_field_floor=1) if rules.tight else Guards()
        self.set_policy(directions=DIRECTIONS, guards=guards, **(rules.policy or {}))

    # what can be seen

    def contacts(self):
        """Every hub contact, by id; deleted and merged ones too."""
        return {one.id: one for one in self.everybody()}

    def hub_tokens(self):
        return set().union(set(), *(tokens(one.contact) for one in self.everybody()))

    def living(self):
        return [
            one
            for one in self.everybody()
            if not one.business.deleted and not one.business.merged_into
        ]

    def link_rows(self, book):
        return self.query(
            "select contact_id, item from links where spoke_id = ?", self.spokes[book].id
        )

    def query(self, text, *values):
        connection = sqlite3.connect(FOLDER / "twinbook.sqlite3", isolation_level=None)
        try:
            return connection.execute(text, values).fetchall()
        finally:
            connection.close()

    def contact_of(self, book, item):
        """The contact that an item is a copy of, as the journal has it."""
        return {i: c for c, i in self.link_rows(book)}.get(item)

    def open_operations(self, book):
        return {
            c
            for (c,) in self.query(
                "select contact_id from operations where spoke_id = ?", self.spokes[book].id
            )
        }

    def is_ours(self, book, item):
        if any(one == item for _, one in self.link_rows(book)):
            return True
        record = self.books[book].records.get(item)
        marks = self.query("select mark from links where spoke_id = ?", self.spokes[book].id)
        if record is not None and (record.mark,) in marks:
            return True
        rows = self.query("select intent from operations where spoke_id = ?", self.spokes[book].id)
        return any(f'"item":"{item}"' in bytes(text).decode() for (text,) in rows)

    def is_personal(self, book, item):
        record = self.books[book].records[item]
        return not self.is_ours(book, item) and TAG not in record.contact.categories

    # what people do in the hub

    def person(self, number, owner="ann"):
        """Somebody enters a new contact."""
        ident = f"i{len(self.ledger.typed):05d}"
        names = [name for place, name in enumerate(EDITED) if number >> place & 1]
        values = {name: self.ledger.fresh(name, number) for name in names}
        contact = Contact(given=ident, employee_id=ident).but(
            **{n: (v,) if n in ("phones", "emails") else v for n, v in values.items()}
        )
        id = self.create(contact, owner)
        self.people[ident] = id
        self.ledger.edited(Contact(), contact, contact)
        return id

    def edit_hub(self, id, name, number):
        record = self.hub(id)
        new = self.ledger.changed(name, getattr(record.contact, name), number)
        changed = record.contact.but(**{name: new})
        self.edit(id, **{name: new})
        self.ledger.edited(record.contact, changed, self.hub(id).contact)

    def delete_hub(self, id):
        self.delete(id)
        for user in set(BOOKS.values()):
            self.unsure(user, id)

    def merge_hub(self, loser, survivor):
        for user in set(BOOKS.values()):
            self.unsure(user, loser, survivor)
        self.merge(loser, survivor)

    def unsure(self, user, *contacts):
        """Removals that nobody noticed yet mean something else now, if anything."""
        hidden = self.hidden(user)
        for contact in contacts:
            if ((user, contact) in self.removed and contact not in hidden) or len(contacts) > 1:
                self.maybe |= {(user, one) for one in contacts}

    def hidden(self, user):
        rows = self.query(
            "select contact_id from tombstones where user_id = ?", self.users[user].id
        )
        return {contact for (contact,) in rows}

    def give(self, id, user):
        with self.database.write() as c:
            standing.give_to(c, id, self.users[user].id, self.cause, self.clock)

    def activate(self, id):
        with self.database.write() as c:
            standing.activate(c, id, self.cause, self.clock)

    def set_way(self, name, way):
        with self.database.write() as c:
            policy = policies.load(c)
            policies.save(c, policy.but(directions={**policy.directions, name: way}))
        self.untold.add(name)

    def set_winner(self, name, winner):
        with self.database.write() as c:
            policy = policies.load(c)
            policies.save(c, policy.but(winners={**policy.winners, name: winner}))

    # what users do in their books

    def edit_item(self, book, id, name, number):
        place = self.books[book]
        if not place.shape.holds(name):
            return
        private = self.is_personal(book, id) and (book, id) not in self.opened
        record = place.records[id]
        new = self.ledger.changed(name, getattr(record.contact, name), number)
        changed = record.contact.but(**{name: new})
        stored = place.put(changed, id=id, mark=record.mark).contact
        self.ledger.edited(record.contact, changed, stored, book, private)
        if not private and self.contact_of(book, id) is None:
            self.ledger.perhaps |= tokens(new)

    def remove_item(self, book, id):
        place, user = self.books[book], BOOKS[book]
        record = place.records[id]
        self.ledger.thrown_away(record.contact)
        contact = self.contact_of(book, id)
        if contact is not None:
            self.removed.add((user, contact))
            if self.acting or contact in self.open_operations(book) or book in self.restored:
                self.maybe.add((user, contact))
        elif TAG in record.contact.categories or record.mark:
            self.maybe |= {(user, one) for one in self.contacts()}
        place.drop(id)

    def personal(self, book, number, like=None):
        """A user keeps somebody for himself; perhaps a person whom the company knows."""
        place = self.books[book]
        other = self.hub(like).contact if like is not None else None
        skipped = ("emails", "surname", "nickname") if other else ()
        values = {
            name: self.ledger.fresh(name, number)
            for at, name in enumerate(EDITED)
            if number >> at & 1 and place.shape.holds(name) and name not in skipped
        }
        contact = Contact(given=f"p{len(self.ledger.typed):05d}").but(
            **{n: (v,) if n in ("phones", "emails") else v for n, v in values.items()}
        )
        if other is not None:
            contact = contact.but(given=other.given, emails=other.emails)
        record = place.put(contact)
        fresh = tokens(contact) - (tokens(other) if other is not None else set())
        self.ledger.edited(Contact(), contact, record.contact, book, private=False)
        self.ledger.private |= fresh
        if like is None:
            place.hands_off = getattr(place, "hands_off", {})
            place.hands_off[record.id] = record.contact
        return record.id

    def tag(self, book, id):
        place = self.books[book]
        record = place.records[id]
        if TAG not in record.contact.categories:
            self.ledger.shared(record.contact)
            getattr(place, "hands_off", {}).pop(id, None)
            if not self.is_ours(book, id):  # handed over to its user, who makes somebody new of it
                self.orphans.add(fold(record.contact.employee_id))
            known = tokens(record.contact.emails)
            self.maybe |= {  # whoever is the same person is linked, whatever was removed before
                (BOOKS[book], one.id)
                for one in self.everybody()
                if known & tokens(one.contact.emails)
            }
            place.edit(id, categories=(*record.contact.categories, TAG))

    def untag(self, book, id):
        record = self.books[book].records[id]
        left = tuple(word for word in record.contact.categories if word != TAG)
        self.books[book].edit(id, categories=left)

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
        for id in list(getattr(place, "hands_off", {})):
            place.hands_off.pop(id)

    def back_up_house(self):
        copy_database(FOLDER / "twinbook.sqlite3", FOLDER / "backup.sqlite3")
        self.backups["house"] = True

    def restore_house(self):
        """Our own database is put back; what only the hub had since then is gone with it."""
        before = self.hub_tokens() | self.logged_tokens() | self.kept_tokens()
        copy_database(FOLDER / "backup.sqlite3", FOLDER / "twinbook.sqlite3")
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

    def logged_tokens(self):
        texts = self.query("select before from history where yielded")
        return set().union(set(), *(tokens(text or "") for (text,) in texts))

    def kept_tokens(self):
        """What the record of runs keeps for undoing: items, and values of their users alone."""
        images = self.query("select run_id, image from run_steps where image is not null")
        sealer = self.house.sealer
        halves = self.query(
            "select body from halves where hash in "
            "(select spoke_before from run_steps where act = 'remove' and image is null "
            "or contact_id in (select contact_id from history "
            "where yielded and before = '(kept for its user)'))"
        )
        texts = [sealer.open(image, run) for run, image in images] + [body for (body,) in halves]
        return set().union(set(), *(tokens(plain(text)) for text in texts))

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

    def cycle(self, book, storm=CALM, lag=0.0):
        """One cycle of one book, whatever becomes of it. Its outcome, None after a crash."""
        place = self.books[book]
        place.lag = min(lag, T_VISIBLE) if place.settles_after else 0.0
        before, place.storm = place.storm, storm
        self.database.storm = storm if storm is not CALM else self.database.storm
        STATISTICS["cycles"] += 1
        try:
            outcome = rounds._one(self.house, self.spokes[book], rounds.silent)
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

    def answer_hold(self, one, number):
        """Its user answers a question."""
        choices = one.hold.choices
        if not choices:
            return
        choice = choices[number % len(choices)].word
        book = next(name for name, spoke in self.spokes.items() if spoke.id == one.spoke)
        user = BOOKS[book]
        match one.hold.question:
            case Question.MANY_REMOVALS | Question.EMPTIED:
                self.maybe |= {(user, contact) for contact in self.contacts()}
            case Question.FIELD | Question.PERMISSION | Question.TRUNCATED | Question.FLAPPING:
                self.untold |= {"?" + str(one.hold.contact)}
            case Question.UNTRACK:
                item = self.books[book].records.get(one.hold.item)
                if item and choice in ("stay", "remove"):
                    self.ledger.shared(item.contact)
                self.maybe.add((user, one.hold.contact))
            case Question.IDENTITY:
                item = self.books[book].records.get(one.hold.item)
                for record in [item] if item else []:
                    self.ledger.shared(record.contact)
                for other in self.books[book].records.values():
                    if self.is_personal(book, other.id):
                        self.ledger.shared(other.contact)
                        self.opened.add((book, other.id))
                getattr(self.books[book], "hands_off", {}).clear()
                self.maybe |= {(user, contact) for contact in self.contacts()}
            case _:
                if one.hold.contact is not None:
                    all_of_them = set(BOOKS.values()) if choice == "restore" else {user}
                    self.maybe |= {(user, one.hold.contact) for user in all_of_them}
        with self.database.write() as c:
            try:
                questions.answer(c, one.id, choice, self.users[user].id, self.clock.now())
            except TwinbookError:
                return


def plain(value):
    """A value from the database as text."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _is_still_frozen(done):
    """Whether a step only noted that nothing flows, as before."""
    return done.act is Act.FREEZE and not done.reason
