"""A run, undone: the world is as it was before, and stays so (rule S16)."""

import pytest
from world import ADA, GRACE

from twinbook.model.contact import Contact, Phone, PhoneKind
from twinbook.model.errors import Invalid

NEW_NUMBER = (Phone("+44 20 7946 0099", PhoneKind.WORK),)


def contents(world):
    """What everybody sees: the hub's active contacts and each book's items, without order."""
    hub = sorted(str(r.contact) for r in world.everybody() if r.business.active)
    books = {
        name: sorted(str(record.contact) for record in book.records.values())
        for name, book in world.books.items()
    }
    return hub, books


def stays(world) -> bool:
    """Whether another sync changes nothing anybody sees."""
    before = contents(world)
    world.sync()
    return contents(world) == before


def test_undoing_a_creation_takes_the_copies_out_again(world):
    world.create()
    before = contents(world)
    world.sync("bob")

    world.undo()

    assert contents(world) == before
    assert world.books["bob"].records == {}
    world.sync("bob")
    assert world.books["bob"].records == {}


def test_undoing_an_edit_that_went_up_puts_the_crm_right_and_leaves_the_book(world):
    ada = world.create()
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, phones=NEW_NUMBER)
    before = contents(world)
    world.sync("bob")
    assert world.hub(ada).contact.phones == NEW_NUMBER

    report = world.undo()

    assert contents(world) == before
    assert [text.partition(".")[0] for text in report.apart] == [
        "The address book keeps its own phone numbers of Ada Lovelace"
    ]
    assert world.hub(ada).contact.phones == ADA.phones
    assert stays(world)


def test_undoing_an_edit_that_came_down_puts_the_book_right(world):
    ada = world.create()
    world.sync()
    world.edit(ada, job_title="Countess")
    before = contents(world)
    world.sync("bob")

    world.undo()

    assert world.shown("bob", ada).job_title == "Analyst"
    assert contents(world) == before
    world.sync("bob")
    assert world.shown("bob", ada).job_title == "Analyst"


def test_undoing_leaves_alone_what_somebody_changed_since(world):
    ada = world.create()
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, phones=NEW_NUMBER, nickname="Addie")
    world.sync("bob")
    world.edit(ada, nickname="Enchantress")

    report = world.undo()

    assert world.hub(ada).contact.phones == ADA.phones
    assert world.hub(ada).contact.nickname == "Enchantress"
    assert any("nickname" in line for line in report.stays)


def test_an_edit_that_was_not_synchronised_yet_survives_an_undo(world):
    ada = world.create()
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, phones=NEW_NUMBER)
    world.sync("bob")
    world.books["bob"].edit(world.item("bob", ada).id, nickname="Addie")

    world.undo()
    world.sync()

    assert world.hub(ada).contact.nickname == "Addie"
    assert world.hub(ada).contact.phones == ADA.phones


def test_undoing_a_removal_brings_the_item_back_with_its_private_note(world):
    ada = world.create()
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, note="my own note")
    world.sync()
    world.deactivate(ada)
    before = contents(world)
    world.sync("bob")
    assert world.books["bob"].records == {}

    world.undo()

    (item,) = world.books["bob"].records.values()
    assert item.contact.note == "my own note"
    assert contents(world)[0] == before[0]
    world.sync("bob")
    assert list(world.books["bob"].records) == [item.id]
    assert contents(world)[0] == before[0]


def test_undoing_a_promotion_gives_the_item_back_to_its_user(world):
    item = world.books["bob"].put(
        Contact(given="Alan", surname="Turing", note="private", categories=("CRM",))
    )
    world.sync("bob")

    world.undo()

    assert [r for r in world.everybody() if r.business.active] == []
    shown = world.books["bob"].records[item.id].contact
    assert (shown.given, shown.note, shown.categories) == ("Alan", "private", ())
    assert stays(world)


def test_undoing_an_adoption_parts_the_two_again(world):
    own = ADA.but(job_title="", nickname="Addie")
    item = world.books["bob"].put(own)
    world.create(ADA)
    before = contents(world)
    world.sync("bob")
    assert world.books["bob"].records[item.id].contact.job_title == "Analyst"

    world.undo()

    assert contents(world) == before
    assert stays(world) or world.books["bob"].records[item.id].contact == own


def test_undoing_what_a_users_removal_did_brings_the_contact_back(world):
    ada = world.create()
    world.sync()
    world.books["bob"].drop(world.item("bob", ada).id)
    world.sync("bob")

    world.undo()
    world.sync("bob")

    assert world.item("bob", ada) is not None


def test_a_preview_of_an_undo_changes_nothing(world):
    ada = world.create()
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, phones=NEW_NUMBER)
    world.sync("bob")
    before = contents(world)

    report = world.undo(dry=True)

    assert contents(world) == before
    assert [line.contact for line in report.lines] == [ada]


def test_a_run_is_undone_once(world):
    world.create(GRACE)
    world.sync("bob")
    run = world.runs()[0]
    world.undo()

    with pytest.raises(Invalid, match="undone already"):
        world.house.undo(
            next(one for one in world.runs() if one.id == run.id), world.users["ann"].id
        )
