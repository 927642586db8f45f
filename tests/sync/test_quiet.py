"""Most cycles find nothing to do, and should cost next to nothing."""

import sqlalchemy as sa

from twinbook.journal import questions
from twinbook.journal.tables import spokes
from twinbook.model.contact import Contact
from twinbook.model.policy import Guards
from twinbook.sync.cycle import cycle


def prolonged(world):
    """Until when the worker has the spokes: every transaction of a journal moves it."""
    with world.database.read() as connection:
        return list(connection.scalars(sa.select(spokes.c.held_until)))


def test_a_cycle_in_which_nothing_happened_writes_nothing(world):
    world.create()
    world.sync()
    world.sync()

    with world.house.working_on(world.spokes["ann"]) as setting:
        before = prolonged(world)
        cycle(setting)
        after = prolonged(world)

    assert after == before


def test_a_question_that_settled_itself_is_closed_in_a_cycle_with_nothing_else_to_do(world):
    world.set_policy(guards=Guards(same_field_floor=1))
    for number in range(3):
        world.create(Contact(given=f"Number {number}", job_title="Analyst"))
    world.sync()
    retitle(world.books["ann"], "Head")
    world.sync()
    asked = topics(world)
    retitle(world.books["ann"], "Analyst")
    world.sync()

    assert (asked, topics(world)) == (["same-field:job_title"], [])


def retitle(book, title):
    for id in list(book.records):
        book.edit(id, job_title=title)


def topics(world):
    with world.database.read() as connection:
        return [one.hold.topic for one in questions.everything(connection)]
