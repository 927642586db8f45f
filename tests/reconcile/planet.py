"""A small world for the planner: contacts, one book, and an executor that always succeeds.

It keeps what `sync` promises and nothing more: the base of a link is what both sides
show after a step, but for the fields that wait. Every word somebody types is another one,
so that afterwards one can ask where it went.
"""

import random
from dataclasses import dataclass, field, replace

from given import SECRET, terms

from twinbook.model.contact import Address, Contact, Day, Email, Kind, Phone, PhoneKind
from twinbook.model.fields import own_fields
from twinbook.model.filter import ACTIVE, EVERYTHING
from twinbook.model.link import NOTHING_YET, Half, Link, LinkState
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import Act, Answer, Claim, Drop, Put, Release
from twinbook.model.policy import (
    Direction,
    Drift,
    FirstMeeting,
    OnBookRemoval,
    OnDeleteAgainstEdit,
    OnExit,
    OnHubRemoval,
    OnInactive,
    Policy,
    Winner,
)
from twinbook.model.record import Business, Gone, Record
from twinbook.model.rights import Rights, Viewer
from twinbook.model.shape import Shape
from twinbook.reconcile.cases import Linked, Stranger, Wanted
from twinbook.reconcile.match import assign, candidates, is_living, keys_of, shared_keys
from twinbook.reconcile.normal import as_text
from twinbook.reconcile.private import withhold
from twinbook.reconcile.reconcile import reconcile
from twinbook.sync.bases import agreed

TEXTS = ("given", "surname", "company", "department", "job_title", "nickname", "note", "spouse")
SHAPES = (
    Shape(),
    Shape(at_most={"phones.work": 1, "phones.mobile": 1, "emails": 2}),
    Shape(fields=frozenset({*TEXTS, "phones", "emails", "categories"}) - {"nickname"}),
)


def as_it_is(contact):
    return contact


def in_capitals(contact):
    return contact.but(
        **{name: getattr(contact, name).upper() for name in TEXTS},
        emails=tuple(replace(one, value=one.value.upper()) for one in contact.emails),
    )


def its_own_way(contact):
    """Kinds collapse, numbers are respelled, the order is another one, texts get blanks."""
    phones = tuple(
        Phone(one.value.replace(" ", "-"), PhoneKind.OTHER) for one in reversed(contact.phones)
    )
    return contact.but(phones=phones, company=contact.company.replace(" ", "_"))


@dataclass
class Item:
    """One item of the book, with all it holds."""

    contact: Contact
    version: int = 1
    mark: str | None = None
    tagged: bool = False


@dataclass
class Planet:
    """Everything there is."""

    chance: random.Random
    policy: Policy
    rights: Rights
    shape: Shape
    rewrite: object
    hub: dict[str, Record] = field(default_factory=dict)
    book: dict[str, Item] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    tombs: set[str] = field(default_factory=set)
    answers: dict[str, Answer] = field(default_factory=dict)
    holds: dict[str, object] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    made: int = 0

    # how it begins

    @classmethod
    def random(cls, seed: int) -> "Planet":
        chance = random.Random(seed)
        names = ("job_title", "department", "company", "phones", "emails", "phones.work")
        policy = Policy(
            category=chance.choice(("CRM", "")),
            directions={
                name: chance.choice(list(Direction)[:4]) for name in names if chance.random() < 0.3
            },
            winners={name: chance.choice(list(Winner)) for name in names},
            on_book_removal=chance.choice(list(OnBookRemoval)),
            on_exit=chance.choice(list(OnExit)),
            on_inactive=chance.choice(list(OnInactive)),
            on_hub_removal=chance.choice(list(OnHubRemoval)),
            on_delete_against_edit=chance.choice(list(OnDeleteAgainstEdit)),
            drift=chance.choice(list(Drift)),
            first_meeting=chance.choice(list(FirstMeeting)),
        )
        locked = frozenset({"job_title", "phones"}) if chance.random() < 0.2 else frozenset()
        rights = Rights(
            viewer=Viewer(user="ann"),
            see=ACTIVE if chance.random() < 0.5 else EVERYTHING,
            edit=ACTIVE,
            locked=locked,
        )
        planet = cls(
            chance,
            policy,
            rights,
            chance.choice(SHAPES),
            chance.choice((as_it_is, as_it_is, in_capitals, its_own_way)),
        )
        for _ in range(chance.randint(0, 3)):
            planet.new_contact()
        for _ in range(chance.randint(0, 2)):
            planet.new_item()
        return planet

    def word(self, who: str) -> str:
        self.made += 1
        return f"{who}{self.made}w{self.chance.randint(10, 99)}"

    def person(self, who: str) -> Contact:
        filled = [name for name in TEXTS if self.chance.random() < 0.5]
        return Contact(
            **{name: self.word(who) for name in filled},
            emails=self.emails(who),
            phones=self.phones(who),
        ).but(surname=self.word(who))

    def emails(self, who):
        known = [one for other in self.everybody() for one in other.emails]
        if known and self.chance.random() < 0.3:
            return (self.chance.choice(known),)
        return tuple(
            Email(f"{self.word(who)}@example.org", self.chance.choice(list(Kind)))
            for _ in range(self.chance.randint(0, 3))
        )

    def phones(self, who):
        kinds = (PhoneKind.WORK, PhoneKind.MOBILE, PhoneKind.CAR)
        return tuple(
            Phone(f"{'1' if who == 'hub' else '2'} {self.next():06d}", self.chance.choice(kinds))
            for _ in range(self.chance.randint(0, 3))
        )

    def next(self):
        self.made += 1
        return self.made * 7919

    def everybody(self):
        return [record.contact for record in self.hub.values()] + [
            one.contact for one in self.book.values()
        ]

    # what people do

    def new_contact(self):
        id = f"c{len(self.hub) + 1}"
        owner = self.chance.choice(("ann", "bob"))
        contact = self.person("hub")
        self.hub[id] = Record(
            id=id, version="1", contact=contact, business=Business(owner=owner, number=1)
        )

    def new_item(self):
        self.put(f"i{self.next()}", self.person("book"))

    def put(self, id, contact, mark=None, tagged=False):
        held = self.book[id].contact if id in self.book else Contact()
        version = self.book[id].version + 1 if id in self.book else 1
        mark = mark or (self.book[id].mark if id in self.book else None)
        self.book[id] = Item(self.shape.fit(contact, held), version, mark, tagged)

    def act_in_hub(self):
        act = self.chance.choice(("new", "edit", "edit", "edit", "deactivate", "delete", "back"))
        if act == "new" or not self.hub:
            self.new_contact()
            return
        record = self.chance.choice(list(self.hub.values()))
        business = record.business
        if act == "edit" and not business.deleted:
            self.store(record.but(contact=self.edited(record.contact, "hub")))
        elif act == "deactivate":
            self.store(record.but(business=replace(business, active=False)))
        elif act == "delete":
            self.store(record.but(business=replace(business, active=False, deleted=True)))
        elif act == "back":
            self.store(record.but(business=replace(business, active=True, deleted=False)))

    def act_in_book(self):
        act = self.chance.choice(("new", "edit", "edit", "edit", "edit", "drop", "tag", "untag"))
        if act == "new" or not self.book:
            self.new_item()
            return
        id = self.chance.choice(list(self.book))
        one = self.book[id]
        if act == "edit":
            self.put(id, self.edited(one.contact, "book"), tagged=one.tagged)
        elif act == "drop":
            del self.book[id]
        elif act == "tag":
            self.put(id, one.contact, tagged=bool(self.policy.category))
        elif act == "untag":
            self.put(id, one.contact, tagged=False)

    def edited(self, contact, who):
        for _ in range(self.chance.randint(1, 3)):
            name = self.chance.choice((*TEXTS, "phones", "emails", "addresses", "birthday"))
            contact = contact.but(**{name: self.edit_of(name, getattr(contact, name), who)})
        return contact

    def edit_of(self, name, value, who):
        if name in TEXTS:
            return "" if self.chance.random() < 0.2 else self.word(who)
        if name == "birthday":
            return self.chance.choice((None, Day(1, 2), Day(3, 4, 1990)))
        elements = list(value)
        if elements and self.chance.random() < 0.5:
            place = self.chance.randrange(len(elements))
            if self.chance.random() < 0.4:
                del elements[place]
            else:
                elements[place] = self.changed(elements[place], who)
        else:
            elements.append(self.new_element(name, who))
        return tuple(elements)

    def changed(self, element, who):
        if self.chance.random() < 0.3:
            return replace(element, kind=self.chance.choice(list(type(element.kind))[:3]))
        if isinstance(element, Address):
            return replace(element, city=self.word(who))
        return replace(element, value=self.new_element_value(element, who))

    def new_element_value(self, element, who):
        if isinstance(element, Phone):
            return f"{'1' if who == 'hub' else '2'} {self.next():06d}"
        return f"{self.word(who)}@example.org"

    def new_element(self, name, who):
        if name == "addresses":
            return Address(Kind.WORK, street=self.word(who), city=self.word(who))
        if name == "emails":
            return Email(f"{self.word(who)}@example.org", Kind.WORK)
        return Phone(self.new_element_value(Phone(""), who), PhoneKind.WORK)

    def answer_something(self):
        for hold in self.holds.values():
            if hold.choices and self.chance.random() < 0.7:
                choice = self.chance.choice(hold.choices).word
                self.answers[hold.topic] = Answer(
                    hold="h", topic=hold.topic, shown=hold.shown, choice=choice
                )

    # what the engine sees

    @property
    def terms(self):
        return terms(
            self.policy,
            spoke=self.shape,
            rights=self.rights,
            scope=ACTIVE,
            answers=dict(self.answers),
        )

    def see(self, id):
        one = self.book.get(id)
        if one is None:
            return Gone(id)
        tag = (self.policy.category,) if one.tagged else ()
        raw = Record(
            id=id,
            version=f"{one.version}",
            contact=one.contact.but(categories=(*one.contact.categories, *tag)),
            mark=one.mark,
        )
        return withhold(raw, own_fields(self.policy), SECRET, self.policy.category)

    def cases(self):
        linked = {link.contact: link for link in self.links.values()}
        items = {link.item for link in self.links.values()}
        free = {id: self.see(id) for id in self.book if id not in items}
        asking = {id for id, record in free.items() if record.tagged}
        yield from self.strangers(asking, linked)
        for link in list(self.links.values()):
            yield Linked(link=link, hub=self.hub.get(link.contact), item=self.see(link.item))
        wanted = {id: r for id, r in self.hub.items() if id not in linked and is_living(r)}
        found = self.assigned(wanted, {id: r for id, r in free.items() if id not in asking})
        for id, record in wanted.items():
            yield Wanted(
                hub=record,
                hidden=id in self.tombs,
                look_alikes=found.unsure.get(id, ()),
                sure=found.sure.get(id),
            )

    def assigned(self, wanted, free):
        shared = self.shared(self.hub.values()) | self.shared(map(self.see, self.book))
        alike = {
            id: (record.contact, several)
            for id, record in wanted.items()
            if (several := candidates(record.contact, free.values(), shared))
        }
        return assign(alike)

    def shared(self, records):
        found = {}
        for record in records:
            for key in keys_of(record.contact):
                found.setdefault(key, []).append(record)
        return shared_keys(found)

    def strangers(self, asking, linked):
        living = [record for record in self.hub.values() if is_living(record)]
        for id in sorted(asking)[:1]:
            alike = candidates(self.see(id).contact, living, self.shared(living))
            yield Stranger(
                item=self.see(id),
                look_alikes=tuple(alike),
                linked=frozenset(one.record.id for one in alike if one.record.id in linked),
            )

    # what the engine does

    def plan(self):
        return reconcile(list(self.cases()), self.terms)

    def carry_out(self, plan):
        """Apply a plan as if every step succeeded; what it wrote, by side."""
        wrote = dict.fromkeys(Side, 0)
        for topic in list(self.holds):
            if topic in plan.settled or topic.rpartition(":")[0] in plan.settled:
                del self.holds[topic]
                self.answers.pop(topic, None) if topic not in {
                    hold.topic for hold in plan.holds
                } else None
        self.holds.update({hold.topic: hold for hold in plan.holds})
        for step in plan.steps:
            if step.contact in self.touched:
                continue  # another step of this round was faster
            for side in Side:
                wrote[side] += step.writes_to(side) and not isinstance(step.writes[side], Claim)
            self.apply(step)
            self.touched.add(step.contact)
        return wrote

    def round(self):
        self.touched = set()
        plan = self.plan()
        return plan, self.carry_out(plan)

    def apply(self, step):
        hub = self.apply_to_hub(step)
        contact = hub.id if hub is not None else step.contact
        self.lost += [entry.value for entry in step.lost]
        self.lost += [edit.after for edit in step.edits if edit.side is Side.HUB]
        if step.tomb is not None:
            self.tombs.add(contact if step.act is not Act.FOLD else "")
        item = self.apply_to_book(step, step.link or f"l{self.next()}")
        if step.act in (Act.REMOVE, Act.RELEASE, Act.FORGET):
            self.links.pop(step.link, None)
        elif step.act is not Act.FOLD:
            self.save(step, contact, hub, item)

    def apply_to_hub(self, step):
        seen = step.seen.hub
        match step.writes.hub:
            case Put(contact, fields, revive):
                if seen is None:
                    id = f"c{len(self.hub) + 1}"
                    made = Record(
                        id=id,
                        version="1",
                        contact=contact,
                        business=Business(owner="ann", number=1),
                    )
                    self.hub[id] = made
                    return made
                now = self.hub[seen.id]
                assert now.version == seen.version
                values = {name: getattr(contact, name) for name in fields}
                business = now.business
                if revive:
                    business = replace(business, active=True, deleted=False)
                return self.store(now.but(contact=now.contact.but(**values), business=business))
            case Drop():
                now = self.hub[seen.id]
                return self.store(now.but(business=replace(now.business, active=False)))
            case _:
                return seen

    def store(self, record):
        record = record.but(version=f"{int(record.version) + 1}")
        self.hub[record.id] = record
        return record

    def apply_to_book(self, step, link):
        id, write, tag = step.item, step.writes.spoke, bool(self.policy.category)
        match write:
            case Put(contact, fields) if id is None:
                id = f"i{self.next()}"
                values = {name: getattr(contact, name) for name in fields}
                self.put(id, self.rewrite(self.shape.fit(Contact(**values))), link, tag)
            case Put(contact, fields):
                values = {name: getattr(contact, name) for name in fields}
                held = self.book[id].contact
                sent = self.rewrite(self.shape.fit(held.but(**values), held))
                rewritten = {name: getattr(sent, name) for name in fields}
                self.put(id, held.but(**rewritten), tagged=tag)
            case Claim():
                self.put(id, self.book[id].contact, link, tag)
            case Release():
                self.book[id] = replace(self.book[id], mark=None, tagged=False)
            case Drop():
                del self.book[id]
            case _:
                pass
        return id

    def save(self, step, contact, hub, item):
        shown = self.see(item)
        now = Pair(Half.of(hub) if hub else NOTHING_YET, Half.of(shown))
        id = step.link or f"l-{contact}"
        self.links[id] = Link(
            id=id,
            spoke="s",
            contact=contact,
            item=item,
            mark=id,
            base=agreed(step.base, now, step.frozen),
            versions=Pair(hub.version if hub else None, shown.version),
            owned=step.owned,
            adopted=step.adopted,
            state=LinkState.FROZEN if step.act is Act.FREEZE else LinkState.ALIVE,
        )

    def settle(self, rounds=10):
        """Cycle until nothing is written; how often each side was."""
        written = dict.fromkeys(Side, 0)
        for _ in range(rounds):
            plan, wrote = self.round()
            for side in Side:
                written[side] += wrote[side]
            rests = all(step.act in (Act.REBASE, Act.FREEZE) for step in plan.steps)
            if rests and plan.writes_nothing():
                return plan, written
        raise AssertionError([step for step in plan.steps if not step.writes_nothing()])

    # where words went

    def words(self):
        """Every word that can still be read somewhere it may be read."""
        text = [
            as_text(name, getattr(one, name))
            for one in self.everybody()
            for name in (*TEXTS, "phones", "emails", "addresses")
        ]
        return "\n".join([*text, *self.lost])
