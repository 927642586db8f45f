"""What looks like an accident waits (rule 2.9)."""

import pytest
from given import hub, item

from twinbook.model.pair import Pair, Side
from twinbook.model.plan import (
    KEEP,
    Act,
    Answer,
    Drop,
    Edit,
    Plan,
    Put,
    Question,
    Release,
    Step,
    Tomb,
)
from twinbook.model.policy import Guards
from twinbook.reconcile.guard import Tally, emptied, guard

GUARDS = Guards()


def removal(number):
    return Step(act=Act.FORGET, contact=f"c{number}", item=f"i{number}", tomb=Tomb.HIDDEN)


def drop(number, act=Act.REMOVE):
    return Step(
        act=act, contact=f"c{number}", item=f"i{number}", link="l", writes=Pair(KEEP, Drop())
    )


def edit(number, field="birthday", link="l"):
    return Step(
        act=Act.UPDATE,
        contact=f"c{number}",
        item=f"i{number}",
        link=link,
        seen=Pair(hub(), item()),
        writes=Pair(Put(hub().contact, frozenset({field})), KEEP),
        edits=(Edit(Side.HUB, field, "", "x"),),
    )


def restrained(steps, known=100, answers=None):
    plan = Plan(steps=tuple(steps))
    tally = Tally(known=known).plus(plan)
    return guard(tally, GUARDS, answers or {}), plan


def said(hold, choice):
    return {hold.topic: Answer(hold="h", topic=hold.topic, shown=hold.shown, choice=choice)}


@pytest.mark.parametrize(("count", "known", "waits"), [(10, 20, 0), (11, 100, 1), (11, 110, 0)])
@pytest.mark.parametrize("kind", [removal, drop])
def test_many_removals_wait(kind, count, known, waits):
    restraint, plan = restrained([kind(number) for number in range(count)], known)

    assert len(restraint.holds) == waits
    assert len(restraint.of(plan).steps) == (0 if waits else count)


def test_nothing_waits_because_of_its_neighbours():
    steps = [*(drop(number) for number in range(20)), edit(99), removal(98)]

    restraint, plan = restrained(steps)

    assert [step.contact for step in restraint.of(plan).steps] == ["c99", "c98"]


@pytest.mark.parametrize(
    ("kind", "choice", "left", "asked"),
    [
        (removal, "remove", 20, 0),
        (removal, "recreate", 20, 0),
        (drop, "remove", 20, 0),
        (drop, "wait", 0, 1),  # the answer lasts as long as its question
    ],
)
def test_an_answer_lets_them_go_or_not(kind, choice, left, asked):
    steps = [kind(number) for number in range(20)]
    [hold] = restrained(steps)[0].holds

    restraint, plan = restrained(steps, answers=said(hold, choice))

    after = restraint.of(plan)
    assert (len(after.steps), len(restraint.holds)) == (left, asked)
    if choice == "recreate":
        assert all(step.tomb is None for step in after.steps)


def test_an_answer_about_other_contacts_is_void():
    [hold] = restrained([removal(number) for number in range(20)])[0].holds

    restraint, _ = restrained(
        [removal(number) for number in range(21)], answers=said(hold, "remove")
    )

    assert len(restraint.holds) == 1


@pytest.mark.parametrize(
    ("kind", "choice"), [(removal, "remove"), (removal, "recreate"), (drop, "remove")]
)
@pytest.mark.parametrize("left", [15, 5])
def test_an_answer_counts_for_what_is_left_of_its_contacts(kind, choice, left):
    steps = [kind(number) for number in range(20)]
    [hold] = restrained(steps)[0].holds

    restraint, plan = restrained(steps[-left:], answers=said(hold, choice))

    after = restraint.of(plan).steps
    assert (len(after), restraint.holds) == (left, ())
    if choice == "recreate":
        assert all(step.tomb is None for step in after)


def test_folding_removes_no_contact():
    restraint, _ = restrained([drop(number, Act.FOLD) for number in range(20)])

    assert restraint.holds == ()


def test_handing_items_over_is_no_removal():
    release = [
        Step(act=Act.RELEASE, contact=f"c{n}", item="i", writes=Pair(KEEP, Release()))
        for n in range(20)
    ]

    assert restrained(release)[0].holds == ()


@pytest.mark.parametrize(("count", "known", "waits"), [(50, 60, 0), (51, 60, 1), (60, 300, 0)])
def test_one_field_of_many_contacts_waits_with_examples(count, known, waits):
    restraint, _ = restrained([edit(number) for number in range(count)], known)

    assert len(restraint.holds) == waits
    assert restraint.fields == (frozenset({"birthday"}) if waits else frozenset())
    if waits:
        assert restraint.holds[0].question is Question.SAME_FIELD
        assert "c0, c1, c2, c3, c4, c5, c6, c7, c8, c9." in restraint.holds[0].text


@pytest.mark.parametrize(("choice", "waits"), [("apply", False), ("wait", True)])
def test_the_answer_about_one_field(choice, waits):
    steps = [edit(number) for number in range(60)]
    [hold] = restrained(steps)[0].holds

    restraint, _ = restrained(steps, answers=said(hold, choice))

    assert bool(restraint.fields) == bool(restraint.holds) == waits


def test_what_a_promotion_brings_is_no_edit_of_many():
    restraint, _ = restrained([edit(number, link=None) for number in range(60)])

    assert restraint.holds == ()


def test_a_step_that_only_waits_is_not_carried_out():
    steps = [edit(number) for number in range(60)]
    restraint, _ = restrained(steps)
    waiting = Step(act=Act.REBASE, contact="c", item="i", frozen=frozenset({"birthday"}))
    partly = Step(
        act=Act.UPDATE,
        contact="c",
        item="i",
        frozen=frozenset({"birthday"}),
        writes=Pair(Put(hub().contact, frozenset({"office"})), KEEP),
    )

    assert restraint.of(Plan(steps=(waiting,))).steps == ()
    assert restraint.of(Plan(steps=(partly,))).steps[0].again


@pytest.mark.parametrize(
    ("known", "listed", "asks"),
    [(0, 0, False), (1, 0, True), (2, 0, True), (2, 1, False), (100, 50, False), (100, 49, True)],
)
def test_a_listing_that_shrank_by_half_is_asked_about(known, listed, asks):
    hold = emptied(known, [f"c{number}" for number in range(known - listed)], GUARDS)

    assert (hold is not None) == asks
    if hold:
        assert hold.question is Question.EMPTIED
