"""What is a user's own stays the user's own, whatever happens around it (S6, S7, 0.1, 0.2)."""

import sqlalchemy as sa
from world import ADA

from twinbook.database.metadata import metadata
from twinbook.model.contact import Contact, Email, Kind
from twinbook.model.policy import Direction, OnExit

SECRET = "Zanzibar-7731"


def traces(world, text: str) -> list[str]:
    """Every table of the database in which a text stands in the clear."""
    found = []
    with world.database.read() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(sa.select(table)):
                if any(text in _readable(value) for value in row):
                    found.append(table.name)
                    break
    return found


def _readable(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return str(value)


def test_a_private_note_leaves_no_trace_outside_its_book(world):
    ada = world.create(ADA.but(note="Met at the fair"))
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, note=SECRET, spouse=SECRET)
    world.sync()
    world.edit(ada, job_title="Countess", note="Met elsewhere")
    world.sync()

    assert world.shown("bob", ada).note == SECRET
    assert traces(world, SECRET) == []
    assert SECRET not in str(world.books["ann"].records)


def test_a_private_note_is_not_shared_when_notes_become_public(world):
    ada = world.create()
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, note=SECRET)
    world.sync()

    world.set_policy(directions={"note": Direction.BOTH})
    world.edit(ada, job_title="Countess")
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, nickname="Addie")
    world.sync()

    assert world.hub(ada).contact.note == ""
    assert world.shown("bob", ada).note == SECRET
    assert SECRET not in str(world.books["ann"].records)


def test_a_removed_item_is_kept_sealed_for_an_undo_and_nowhere_readable(world):
    ada = world.create()
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, note=SECRET)
    world.sync()
    world.deactivate(ada)
    world.sync()

    assert world.books["bob"].records == {}
    assert traces(world, SECRET) == []
    world.undo()


def test_values_of_an_adopted_item_that_nobody_was_told_stay_unread(world):
    own = Contact(
        given="Ada",
        surname="Lovelace",
        nickname=SECRET,
        job_title=SECRET,
        emails=(Email("ada@example.org", Kind.HOME),),
    )
    world.books["bob"].put(own)
    ada = world.create(ADA)
    world.sync()
    assert world.item("bob", ada) is not None
    # The base pair has to know them, or no later edit could be told; nothing else does.
    assert traces(world, SECRET) == ["halves"]

    world.edit(ada, job_title="Countess")
    world.sync()

    assert world.shown("bob", ada).job_title == "Countess"
    assert traces(world, SECRET) == ["halves"]


def test_a_personal_item_leaves_no_trace_at_all(world):
    world.create()
    item = world.books["bob"].put(Contact(given=SECRET, surname=SECRET, note=SECRET))
    world.sync()
    world.books["bob"].edit(item.id, nickname=SECRET)
    world.sync()
    world.books["bob"].drop(item.id)
    world.sync()

    assert traces(world, SECRET) == []
    assert traces(world, item.id) == []


def test_an_edit_made_while_a_contact_leaves_is_not_lost_nor_shared_if_private(world):
    world.set_policy(on_exit=OnExit.KEEP)
    ada = world.create()
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, note=SECRET)
    world.deactivate(ada)
    world.sync()

    (item,) = world.books["bob"].records.values()
    assert item.contact.note == SECRET
    assert traces(world, SECRET) == []
