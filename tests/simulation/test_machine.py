"""People, servers and the network do what they like; the engine keeps its promises (T6).

Each machine is one kind of world. TWINBOOK_EXAMPLES says how many examples each of them
runs; a failure prints the steps that lead to it, the smallest ones that Hypothesis finds.
"""

import os

import pytest
from checks import at_any_moment, at_rest
from company import Company, Rules
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from ledger import EDITED, TAG, TEXTS
from people import BOOKS
from places import Server
from weather import Fault, Storm

from twinbook.model.policy import (
    Direction,
    Drift,
    FirstMeeting,
    OnBookRemoval,
    OnDeleteAgainstEdit,
    OnExit,
    OnInactive,
    Winner,
)

EXAMPLES = int(os.environ.get("TWINBOOK_EXAMPLES", "15"))
STEPS = int(os.environ.get("TWINBOOK_STEPS", "40"))
PHASES = [Phase.explicit, Phase.reuse, Phase.generate]
if not os.environ.get("TWINBOOK_NOSHRINK"):
    PHASES.append(Phase.shrink)

pick = st.integers(0, 11)
number = st.integers(0, 1023)
names = st.sampled_from((*TEXTS, "phones", "phones", "emails", *EDITED))
books = st.sampled_from(tuple(BOOKS))
PLEASANT = (Fault.USER, Fault.HUB, Fault.OTHER)


def storms(faults=tuple(Fault)):
    """A few faults among the first requests of a cycle, and perhaps a cut at a commit."""
    return st.builds(
        Storm,
        faults=st.dictionaries(
            st.integers(0, 12), st.tuples(st.sampled_from(faults), number), max_size=3
        ),
        cuts=st.dictionaries(st.integers(0, 14), st.booleans(), max_size=1)
        if Fault.CRASH in faults
        else st.just({}),
    )


def policies(**rules):
    """Policies in which each of these rules may be another one."""
    optional = {name: st.sampled_from(values) for name, values in rules.items()}
    return st.fixed_dictionaries({}, optional=optional)


def rules_of(
    servers=tuple(Server), policy=None, lagging=False, served=False, listing=False, pad=True
):
    """What the examples of a world are like."""
    wanted = ("ann", "bob", "pad") if pad else ("ann", "bob")
    sets = st.sets(st.sampled_from(wanted)).map(tuple)
    return st.builds(
        Rules,
        servers=st.sampled_from((("ann", "bob"), wanted)).flatmap(
            lambda some: st.fixed_dictionaries({name: st.sampled_from(servers) for name in some})
        ),
        lagging=sets if lagging else st.just(()),
        served=sets if served else st.just(()),
        listing=sets if listing else st.just(()),
        policy=policy if policy is not None else st.just({}),
        tight=st.booleans(),
    )


class Machine(RuleBasedStateMachine):
    """The rules of every world. A world chooses how its examples begin, and its weather."""

    company = None

    def begin(self, rules):
        self.company = Company(rules)
        self.company.person(1023)

    def book(self, name):
        return name if name in self.company.books else "ann"

    def someone(self, number):
        living = self.company.living()
        return living[number % len(living)].id if living else None

    def item(self, book, number, wanted=lambda book, id: True):
        items = [id for id in sorted(self.company.books[book].records) if wanted(book, id)]
        return items[number % len(items)] if items else None

    # the hub

    @rule(number=number, user=st.sampled_from(("ann", "bob")))
    def enter(self, number, user):
        if len(self.company.living()) < 4:
            self.company.person(number, user)

    @rule(pick=pick, name=names, number=number)
    def edit_in_the_hub(self, pick, name, number):
        if id := self.someone(pick):
            self.company.edit_hub(id, name, number)

    @rule(pick=pick, user=st.sampled_from(("ann", "bob")))
    def give_away(self, pick, user):
        if id := self.someone(pick):
            self.company.give(id, user)

    @rule(pick=pick, on=st.booleans())
    def switch(self, pick, on):
        if id := self.someone(pick):
            (self.company.activate if on else self.company.deactivate)(id)

    @rule(pick=pick)
    def delete(self, pick):
        if id := self.someone(pick):
            self.company.delete_hub(id)

    @rule(one=pick, other=pick)
    def merge(self, one, other):
        loser, survivor = self.someone(one), self.someone(other)
        if loser != survivor:
            self.company.merge_hub(loser, survivor)

    # the books

    @rule(book=books, pick=pick, name=names, number=number)
    def edit_in_a_book(self, book, pick, name, number):
        book = self.book(book)
        if id := self.item(book, pick):
            self.company.edit_item(book, id, name, number)

    @rule(book=books, pick=pick)
    def remove_from_a_book(self, book, pick):
        book = self.book(book)
        if id := self.item(book, pick):
            self.company.remove_item(book, id)

    @rule(book=books, number=number, like=st.none() | pick)
    def keep_somebody_personal(self, book, number, like):
        book = self.book(book)
        if len(self.company.books[book].records) < 6:
            self.company.personal(book, number, self.someone(like) if like is not None else None)

    @rule(book=books, pick=pick)
    def tag(self, book, pick):
        book = self.book(book)
        if id := self.item(book, pick, self.company.is_personal):
            self.company.tag(book, id)

    @rule(book=books, pick=pick)
    def untag(self, book, pick):
        book = self.book(book)
        if id := self.item(book, pick, self._is_tagged):
            self.company.untag(book, id)

    def _is_tagged(self, book, id):
        return TAG in self.company.books[book].records[id].contact.categories

    @rule(book=books, pick=pick)
    def rename(self, book, pick):
        book = self.book(book)
        if id := self.item(book, pick):
            kept = self.company.books[book].__dict__.get("hands_off", {})
            new = self.company.books[book].rename(id)
            if id in kept:
                kept[new] = kept.pop(id)

    # what administrators do

    @rule(book=books, scope=st.sampled_from(("visible", "mine")))
    def change_scope(self, book, scope):
        self.company.set_scope(self.book(book), scope)

    @rule(name=st.sampled_from((*TEXTS, "phones")), winner=st.sampled_from(Winner))
    def change_winner(self, name, winner):
        self.company.set_winner(name, winner)

    @rule(name=st.sampled_from(TEXTS), way=st.sampled_from(tuple(Direction)[:4]))
    def change_direction(self, name, way):
        self.company.set_way(name, way)

    @precondition(lambda self: self.company.holds())
    @rule(pick=pick, number=number)
    def answer(self, pick, number):
        holds = self.company.holds()
        self.company.answer_hold(holds[pick % len(holds)], number)

    # time and servers

    @rule(seconds=st.sampled_from((1, 5, 30, 100_000)))
    def wait(self, seconds):
        self.company.clock.pass_(seconds)

    @rule(book=books)
    def lose_the_cursor(self, book):
        self.company.books[self.book(book)].forget_cursors()

    # the engine

    def watch(self, work, *arguments):
        """Do something with the engine; after a failure nothing more is looked at."""
        company, self.company = self.company, None
        work(*arguments)
        at_any_moment(company)
        self.company = company

    @rule(book=books)
    def sync(self, book):
        self.watch(self.company.cycle, self.book(book))

    @rule(book=books)
    def sync_as_foreseen(self, book):
        self.watch(self.company.foreseen, self.book(book))

    def teardown(self):
        if self.company is None:
            return
        at_rest(self.company)
        holds = self.company.holds()
        for place, one in enumerate(holds):
            self.company.answer_hold(one, place + len(holds))
        if holds:
            at_rest(self.company)


class Storms:
    """Cycles in bad weather."""

    faults = tuple(Fault)

    @rule(book=books, storm=storms(), lag=st.sampled_from((0.0, 3.0, 10.0)))
    def sync_in_a_storm(self, book, storm, lag):
        self.watch(self.company.cycle, self.book(book), storm, lag)


class Peaceful(Machine):
    """Nothing goes wrong, but people act, and servers rewrite."""

    @initialize(
        rules=rules_of(
            policy=policies(
                on_book_removal=(
                    OnBookRemoval.ASK,
                    OnBookRemoval.RECREATE,
                    OnBookRemoval.DEACTIVATE,
                ),
                on_exit=(OnExit.KEEP, OnExit.FREEZE),
                on_inactive=(OnInactive.FREEZE, OnInactive.MARK),
                on_delete_against_edit=tuple(OnDeleteAgainstEdit),
                drift=(Drift.REVERT,),
                first_meeting=tuple(FirstMeeting),
            ),
            listing=True,
        )
    )
    def start(self, rules):
        self.begin(rules)

    @rule(book=books, storm=storms(PLEASANT))
    def sync_while_people_act(self, book, storm):
        self.watch(self.company.cycle, self.book(book), storm)


class Stormy(Storms, Machine):
    """Requests and answers are lost, programs die, other books are synchronised meanwhile."""

    @initialize(rules=rules_of(listing=True))
    def start(self, rules):
        self.begin(rules)


class Lagging(Storms, Machine):
    """Lists are old and given-up requests act late."""

    @initialize(rules=rules_of(lagging=True, pad=False))
    def start(self, rules):
        self.begin(rules)


class Distant(Storms, Machine):
    """Books on servers: lists are fresh and bare, and given-up requests act late."""

    @initialize(rules=rules_of(served=True, pad=False))
    def start(self, rules):
        self.begin(rules)


class Restoring(Storms, Machine):
    """Books are put back from backups."""

    @initialize(rules=rules_of(pad=False))
    def start(self, rules):
        self.begin(rules)

    @rule(book=books)
    def back_up(self, book):
        self.company.back_up(self.book(book))

    @rule(book=books)
    def restore(self, book):
        if self.book(book) in self.company.backups:
            self.company.restore_book(self.book(book))

    @rule()
    def back_up_the_house(self):
        self.company.back_up_house()

    @rule()
    def restore_the_house(self):
        if "house" in self.company.backups:
            self.company.restore_house()


SETTINGS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    phases=PHASES,
    print_blob=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def _case(machine):
    case = machine.TestCase
    case.settings = SETTINGS
    return pytest.mark.slow(case)


TestPeaceful, TestStormy = _case(Peaceful), _case(Stormy)
TestLagging, TestRestoring = _case(Lagging), _case(Restoring)
TestDistant = _case(Distant)
