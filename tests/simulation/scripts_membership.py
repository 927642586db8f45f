"""Scripts about who is in which book: promotions, removals, scopes, merges, questions."""

from world import ADA, GRACE

from twinbook.crm import accounts, standing
from twinbook.model.contact import Contact, Phone, PhoneKind
from twinbook.model.policy import (
    OnBookRemoval,
    OnDeleteAgainstEdit,
    OnExit,
    OnHubRemoval,
    OnInactive,
)
from twinbook.model.spoke import Role

NEW_NUMBER = (Phone("+44 20 7946 0099", PhoneKind.WORK),)
MOBILE = (Phone("+44 7700 900001", PhoneKind.MOBILE),)
ALAN = Contact(given="Alan", surname="Turing", note="private", categories=("CRM", "Chess"))


# removals


def a_removal_in_a_book_hides(world):
    ada = world.create(ADA)
    yield
    world.take_out("bob", "Ada")
    world.edit(ada, job_title="Countess")
    yield
    world.edit(ada, job_title="Programmer")
    yield


def a_removal_in_a_book_is_asked_about(world):
    world.set_policy(on_book_removal=OnBookRemoval.ASK)
    world.create(ADA)
    yield
    world.take_out("bob", "Ada")
    yield
    world.reply("recreate")
    yield


def a_removal_in_a_book_is_put_back(world):
    world.set_policy(on_book_removal=OnBookRemoval.RECREATE)
    world.create(ADA)
    yield
    world.take_out("bob", "Ada")
    yield


def a_removal_by_its_owner_deactivates(world):
    world.add_book("ann", "ann")
    world.set_policy(on_book_removal=OnBookRemoval.DEACTIVATE)
    world.create(ADA, owner="bob")
    yield
    world.take_out("bob", "Ada")
    yield


def a_deletion_in_the_hub(world):
    ada = world.create(ADA)
    world.create(GRACE)
    yield
    world.delete(ada)
    yield


def a_deletion_in_the_hub_of_what_an_owner_keeps(world):
    world.set_policy(on_hub_removal=OnHubRemoval.KEEP_FOR_OWNER)
    ada = world.create(ADA, owner="bob")
    yield
    world.delete(ada)
    yield


def a_removal_on_both_sides(world):
    ada = world.create(ADA)
    yield
    world.take_out("bob", "Ada")
    world.delete(ada)
    yield


def deleted_and_edited(world, answer):
    ada = world.create(ADA)
    yield
    world.type("bob", "Ada", phones=NEW_NUMBER)
    world.delete(ada)
    yield
    world.reply(answer)
    yield


def a_deletion_against_an_edit_removes(world):
    yield from deleted_and_edited(world, "remove")


def a_deletion_against_an_edit_keeps(world):
    yield from deleted_and_edited(world, "keep")


def a_deletion_against_an_edit_restores(world):
    yield from deleted_and_edited(world, "restore")


def a_deletion_against_an_edit_is_taken_back_by_policy(world):
    world.add_book("ann", "ann")
    world.set_policy(on_delete_against_edit=OnDeleteAgainstEdit.RESTORE)
    ada = world.create(ADA)
    yield
    world.type("bob", "Ada", phones=NEW_NUMBER)
    world.delete(ada)
    yield


def many_removals_in_a_book_wait_for_an_answer(world):
    for number in range(12):
        world.create(Contact(given=f"P{number}"))
    yield
    for number in range(11):
        world.take_out("bob", f"P{number}")
    yield
    world.reply("remove")
    yield


# scopes


def a_contact_is_deactivated_and_comes_back(world):
    ada = world.create(ADA)
    yield
    world.deactivate(ada)
    yield
    world.in_hub(standing.activate, ada)
    yield


def a_contact_leaves_with_an_edit(world):
    ada = world.create(ADA, owner="bob")
    world.set_scope("bob", "mine")
    yield
    world.type("bob", "Ada", phones=NEW_NUMBER, note="my own")
    world.in_hub(standing.give_to, ada, world.users["ann"].id)
    yield


def a_scope_is_narrowed_and_widened(world):
    world.create(ADA, owner="ann")
    world.create(GRACE, owner="bob")
    yield
    world.set_scope("bob", "mine")
    yield
    world.set_scope("bob", "visible")
    yield


def a_contact_that_leaves_stays_as_a_personal_item(world):
    world.set_policy(on_exit=OnExit.KEEP)
    ada = world.create(ADA)
    yield
    world.deactivate(ada)
    yield
    world.type("bob", "Ada", nickname="Mine")
    yield


def a_contact_that_leaves_freezes(world):
    world.set_policy(on_exit=OnExit.FREEZE, on_inactive=OnInactive.FREEZE)
    ada = world.create(ADA)
    yield
    world.deactivate(ada)
    yield
    world.type("bob", "Ada", nickname="Frozen")
    yield
    world.in_hub(standing.activate, ada)
    yield


def a_deactivated_contact_is_marked(world):
    world.set_policy(on_inactive=OnInactive.MARK)
    ada = world.create(ADA)
    yield
    world.deactivate(ada)
    world.type("bob", "Ada", nickname="Addie")
    yield


# promotions, adoptions


def a_tag_promotes(world):
    world.books["bob"].put(ALAN)
    yield


def a_tag_names_an_account(world):
    with world.database.write() as c:
        accounts.add(c, "Bletchley", world.clock)
    world.books["bob"].put(ALAN.but(categories=("Bletchley",)))
    yield


def a_tag_on_somebody_whom_the_crm_knows(world):
    world.create(ADA)
    world.books["bob"].put(ADA.but(job_title="", phones=(), categories=("CRM",)))
    yield


def a_second_item_of_the_same_person_is_folded(world):
    world.create(ADA.but(phones=MOBILE))
    yield
    second = Contact(given="Ada", surname="Lovelace", nickname="Addie", phones=MOBILE)
    world.books["bob"].put(second.but(categories=("CRM",)))
    yield
    if world.holds():
        world.reply("fold-1")
    yield


def whoever_was_hidden_is_promoted(world):
    world.create(ADA)
    yield
    world.take_out("bob", "Ada")
    yield
    world.books["bob"].put(ADA.but(job_title="", phones=(), categories=("CRM",)))
    yield


def a_look_alike_is_adopted(world):
    world.books["bob"].put(ADA.but(nickname="Addie", note="my friend", job_title=""))
    ada = world.create(ADA)
    yield
    world.edit(ada, department="Looms")
    yield
    world.type("bob", "Ada", job_title="Countess")
    yield


def a_weak_look_alike(world, answer):
    world.books["bob"].put(Contact(given="Ada", surname="Lovelace", phones=MOBILE))
    world.create(ADA.but(phones=MOBILE))
    yield
    world.reply(answer)
    yield


def a_weak_look_alike_is_the_same_person(world):
    yield from a_weak_look_alike(world, "link-1")


def a_weak_look_alike_is_somebody_else(world):
    yield from a_weak_look_alike(world, "apart")


def a_tag_is_taken_off(world, answer):
    ada = world.create(ADA)
    yield
    world.type("bob", "Ada", categories=())
    yield
    world.reply(answer)
    yield
    world.edit(ada, job_title="Countess")
    yield


def a_tag_is_taken_off_and_the_item_kept(world):
    yield from a_tag_is_taken_off(world, "keep")


def a_tag_is_taken_off_and_the_item_removed(world):
    yield from a_tag_is_taken_off(world, "remove")


def a_tag_is_taken_off_by_mistake(world):
    yield from a_tag_is_taken_off(world, "stay")


# merges


def a_merge_where_both_were_shown(world):
    world.add_book("ann", "ann")
    first, second = world.create(ADA), world.create(GRACE)
    yield
    world.type("bob", "Grace", nickname="Amazing")
    world.merge(second, first)
    yield


def a_merge_where_only_the_loser_was_shown(world):
    first, second = world.create(ADA, owner="ann"), world.create(GRACE, owner="bob")
    world.set_scope("bob", "mine")
    yield
    world.type("bob", "Grace", note="my own note")
    yield
    world.set_scope("bob", "visible")
    world.merge(second, first)
    yield


def a_merge_of_what_was_removed(world):
    first, second = world.create(ADA), world.create(GRACE)
    yield
    world.take_out("bob", "Grace")
    world.merge(second, first)
    yield


# an outside CRM


def an_outside_crm_creates_edits_and_removes(world):
    world.add_book("crm", "ann", role=Role.CRM)
    item = world.books["crm"].put(GRACE.but(note="shared in a CRM"))
    yield
    world.type("bob", "Grace", job_title="Admiral")
    yield
    world.books["crm"].drop(item.id)
    yield
