"""People, servers and the network do what they like; the engine keeps its promises (T6).

Each machine is one kind of world. TWINBOOK_EXAMPLES says how many examples each of them
runs; a failure prints the steps that lead to it, the smallest ones that Hypothesis finds.
"""

import os

import pytest
from acts import Acts
from company import Rules
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from ledger import TEXTS
from people import BOOKS
from remotes import Server
from schedules import KINDS, NAMES, PLEASANT, POLICIES
from weather import Fault, Storm

from twinbook.model.policy import Direction, Winner

EXAMPLES = int(os.environ.get("TWINBOOK_EXAMPLES", "15"))
STEPS = int(os.environ.get("TWINBOOK_STEPS", "40"))
PHASES = [Phase.explicit, Phase.reuse, Phase.generate]
if not os.environ.get("TWINBOOK_NOSHRINK"):
    PHASES.append(Phase.shrink)

pick = st.integers(0, 11)
number = st.integers(0, 1023)
names = st.sampled_from(NAMES)
books = st.sampled_from(tuple(BOOKS))


def values(several):
    """One of some enum's values."""
    return st.sampled_from([one.value for one in several])


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


def rules_of(name):
    """What the examples of a kind of world are like."""
    kind = KINDS[name]
    return st.builds(
        Rules,
        servers=st.sampled_from(kind.books).flatmap(
            lambda some: st.fixed_dictionaries({one: st.sampled_from(Server) for one in some})
        ),
        models=st.fixed_dictionaries({one: st.sampled_from(kind.models) for one in BOOKS}),
        policy=policies(**POLICIES) if kind.policies else st.just({}),
        tight=st.booleans(),
        small=st.booleans(),
    )


class Machine(Acts, RuleBasedStateMachine):
    """The acts of every world as rules. A world chooses how its examples begin, and its weather."""

    enter = rule(number=number, user=st.sampled_from(("ann", "bob")))(Acts.enter)
    edit_in_the_hub = rule(pick=pick, name=names, number=number)(Acts.edit_in_the_hub)
    give_away = rule(pick=pick, user=st.sampled_from(("ann", "bob")))(Acts.give_away)
    switch = rule(pick=pick, on=st.booleans())(Acts.switch)
    delete = rule(pick=pick)(Acts.delete)
    merge = rule(one=pick, other=pick)(Acts.merge)

    edit_in_a_book = rule(book=books, pick=pick, name=names, number=number)(Acts.edit_in_a_book)
    remove_from_a_book = rule(book=books, pick=pick)(Acts.remove_from_a_book)
    keep_somebody_personal = rule(book=books, number=number, like=st.none() | pick)(
        Acts.keep_somebody_personal
    )
    tag = rule(book=books, pick=pick)(Acts.tag)
    untag = rule(book=books, pick=pick)(Acts.untag)
    rename = rule(book=books, pick=pick)(Acts.rename)

    change_scope = rule(book=books, scope=st.sampled_from(("visible", "mine")))(Acts.change_scope)
    change_winner = rule(name=st.sampled_from((*TEXTS, "phones")), winner=values(Winner))(
        Acts.change_winner
    )
    change_direction = rule(name=st.sampled_from(TEXTS), way=values(tuple(Direction)[:4]))(
        Acts.change_direction
    )
    answer = precondition(lambda self: self.company.holds())(
        rule(pick=pick, number=number)(Acts.answer)
    )

    move_mailbox = rule(book=books)(Acts.move_mailbox)
    merge_in_a_book = rule(book=books, one=pick, other=pick)(Acts.merge_in_a_book)
    upgrade = rule(book=books, server=st.sampled_from([one.name for one in Server]))(Acts.upgrade)
    wait = rule(seconds=st.sampled_from((1, 5, 30, 100_000)))(Acts.wait)
    lose_the_cursor = rule(book=books)(Acts.lose_the_cursor)

    sync = rule(book=books)(Acts.sync)
    sync_as_foreseen = rule(book=books)(Acts.sync_as_foreseen)

    def teardown(self):
        if self.company is not None:
            self.come_to_rest()


class Storms:
    """Cycles in bad weather."""

    sync_in_a_storm = rule(book=books, storm=storms(), lag=st.sampled_from((0.0, 3.0, 10.0)))(
        Acts.sync_in_a_storm
    )


class Peaceful(Machine):
    """Nothing goes wrong, but people act, and servers rewrite."""

    @initialize(rules=rules_of("peaceful"))
    def start(self, rules):
        self.begin(rules)

    sync_while_people_act = rule(book=books, storm=storms(PLEASANT))(Acts.sync_in_a_storm)


class Stormy(Storms, Machine):
    """Requests and answers are lost, programs die, other books are synchronised meanwhile."""

    @initialize(rules=rules_of("stormy"))
    def start(self, rules):
        self.begin(rules)


class Lagging(Storms, Machine):
    """Lists are old and given-up requests act late."""

    @initialize(rules=rules_of("lagging"))
    def start(self, rules):
        self.begin(rules)


class Distant(Storms, Machine):
    """Books on servers: lists are fresh and bare, and given-up requests act late."""

    @initialize(rules=rules_of("distant"))
    def start(self, rules):
        self.begin(rules)


class Restoring(Storms, Machine):
    """Books are put back from backups."""

    @initialize(rules=rules_of("restoring"))
    def start(self, rules):
        self.begin(rules)

    back_up = rule(book=books)(Acts.back_up)
    restore = rule(book=books)(Acts.restore)
    back_up_the_house = rule()(Acts.back_up_the_house)
    restore_the_house = rule()(Acts.restore_the_house)


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
