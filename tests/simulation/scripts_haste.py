"""Scripts in which people go on after a crash, before the dead program has a successor.

Whoever needs an item that is not there yet waits until it is.
"""

from world import ADA, GRACE

from twinbook.model.contact import Phone, PhoneKind
from twinbook.model.policy import OnExit

NEW_NUMBER = (Phone("+44 20 7946 0099", PhoneKind.WORK),)


def an_item_is_edited_while_its_creation_is_in_doubt(world):
    ada = world.create(ADA)
    yield
    world.type("bob", "Ada", nickname="Enchantress")
    world.edit(ada, department="Looms")
    yield


def an_item_is_edited_while_its_update_is_in_doubt(world):
    ada = world.create(ADA)
    yield
    world.edit(ada, job_title="Countess", note="Met at the fair")
    yield
    world.type("bob", "Ada", nickname="Enchantress", phones=NEW_NUMBER)
    yield


def the_hub_goes_on_while_an_update_is_in_doubt(world):
    ada = world.create(ADA)
    yield
    world.edit(ada, job_title="Countess", department="Looms")
    yield
    world.edit(ada, job_title="Programmer")
    yield


def an_item_is_renamed_while_its_update_is_in_doubt(world):
    ada = world.create(ADA)
    yield
    world.edit(ada, job_title="Countess")
    yield
    world.books["bob"].rename(world.item_of("bob", "Ada").id)
    yield


def an_item_is_removed_while_its_update_is_in_doubt(world):
    ada = world.create(ADA)
    yield
    world.edit(ada, job_title="Countess")
    yield
    world.take_out("bob", "Ada")
    yield


def an_item_is_renamed_while_its_removal_is_in_doubt(world):
    ada = world.create(ADA)
    yield
    world.delete(ada)
    yield
    for item in list(world.books["bob"].records):
        world.books["bob"].rename(item)
    yield


def a_contact_is_deleted_while_its_creation_is_in_doubt(world):
    ada = world.create(ADA)
    world.create(GRACE)
    yield
    world.delete(ada)
    yield


def a_contact_comes_back_while_its_release_is_in_doubt(world):
    world.set_policy(on_exit=OnExit.KEEP)
    ada = world.create(ADA)
    yield
    world.deactivate(ada)
    yield
    world.edit(ada, job_title="Countess")
    yield


def a_cursor_expires_while_writes_are_in_doubt(world):
    ada = world.create(ADA)
    yield
    world.edit(ada, job_title="Countess")
    world.create(GRACE)
    yield
    world.books["bob"].forget_cursors()
    yield


def a_promoted_person_is_edited_while_the_promotion_is_in_doubt(world):
    world.books["bob"].put(ADA.but(note="private", categories=("CRM",)))
    yield
    world.type("bob", "Ada", nickname="Addie")
    yield
