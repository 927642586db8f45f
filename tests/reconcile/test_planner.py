"""The planner in a random world: it settles, and it writes only where somebody edited."""

import re

from given import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from planet import TEXTS, Planet

from twinbook.model.pair import Side
from twinbook.model.policy import Drift
from twinbook.reconcile.explain import explain
from twinbook.reconcile.normal import as_text

MANY = settings(max_examples=examples(200), deadline=None)
SEEDS = st.integers(0, 10**12)


def settled(seed: int) -> Planet:
    planet = Planet.random(seed)
    planet.settle()
    return planet


@MANY
@given(SEEDS)
def test_every_world_settles_and_then_rests(seed):
    planet = settled(seed)
    for _ in range(2):
        for _ in range(planet.chance.randint(1, 4)):
            planet.chance.choice((planet.act_in_hub, planet.act_in_book))()

        planet.settle()
        plan, _ = planet.settle(rounds=1)

        assert plan.writes_nothing()


@MANY
@given(SEEDS)
def test_without_an_edit_in_the_book_the_hub_is_not_written(seed):
    planet = settled(seed)
    for _ in range(3):
        planet.act_in_hub()

    _, written = planet.settle()

    assert written[Side.HUB] == 0


@MANY
@given(SEEDS)
def test_without_an_edit_in_the_hub_the_book_is_not_written(seed):
    planet = settled(seed)
    if planet.policy.drift is Drift.REVERT:
        planet.policy = planet.policy.but(drift=Drift.IGNORE)
    planet.policy = planet.policy.but(category="")  # nothing is promoted or untracked
    planet.settle()
    before = {link.item for link in planet.links.values()}
    for id in list(planet.book):
        if id in before:
            one = planet.book[id]
            planet.put(id, planet.edited(one.contact, "book"), tagged=one.tagged)

    _, written = planet.settle()

    assert written[Side.SPOKE] == 0


@MANY
@given(SEEDS)
def test_answers_settle_as_well(seed):
    planet = settled(seed)
    for _ in range(3):
        planet.chance.choice((planet.act_in_hub, planet.act_in_book))()
        planet.settle()
        planet.answer_something()
        planet.settle()


@MANY
@given(SEEDS)
def test_every_word_that_somebody_typed_can_still_be_read(seed):
    planet = settled(seed)
    said = set()
    for _ in range(3):
        before = planet.words()
        for _ in range(2):
            edit_on_both_sides(planet)
        typed = set(re.findall(r"(?:hub|book)\d+w\d+", planet.words().lower()))
        new = typed - set(re.findall(r"(?:hub|book)\d+w\d+", before.lower()))

        planet.settle()

        readable = planet.words().lower()
        said |= {word for word in new if word not in readable}

    assert not said


def edit_on_both_sides(planet):
    """Edits alone: a removal, or a deletion, is its author's word on all there was."""
    for link in planet.links.values():
        record = planet.hub[link.contact]
        if not record.business.deleted and planet.chance.random() < 0.5:
            planet.store(record.but(contact=planet.edited(record.contact, "hub")))
        one = planet.book.get(link.item)
        if one is not None and planet.chance.random() < 0.5:
            planet.put(link.item, planet.edited(one.contact, "book"), tagged=one.tagged)


@MANY
@given(SEEDS)
def test_the_same_world_gives_the_same_plan(seed):
    planet = settled(seed)
    planet.act_in_hub()
    planet.act_in_book()

    assert planet.plan() == planet.plan()


@MANY
@given(SEEDS)
def test_no_plan_tells_what_a_personal_item_says(seed):
    planet = settled(seed)
    planet.act_in_hub()
    planet.act_in_book()

    plan = planet.plan()
    about = {step.item for step in plan.steps} | {link.item for link in planet.links.values()}
    told = "\n".join([*explain(plan), *(repr(hold) for hold in plan.holds)])
    personal = "\n".join(repr(one.contact) for id, one in planet.book.items() if id not in about)
    known = "\n".join(repr(one) for one in (*planet.hub.values(), planet.links))

    for word in set(re.findall(r"book\d+w\d+", personal)) - set(re.findall(r"book\d+w\d+", known)):
        assert word not in told


@MANY
@given(SEEDS)
def test_the_hub_never_shows_what_a_server_made_of_a_value(seed):
    planet = settled(seed)
    for _ in range(3):
        edit_on_both_sides(planet)
        planet.settle()
        planet.answer_something()
        planet.settle()

    for record in planet.hub.values():
        text = "\n".join(as_text(name, getattr(record.contact, name)) for name in TEXTS)
        mails = [one.value for one in record.contact.emails]
        assert "_" not in text
        assert text == text.lower()
        assert mails == [one.lower() for one in mails]
        assert all("-" not in one.value for one in record.contact.phones)
