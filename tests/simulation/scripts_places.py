"""Scripts about places that change under us, and about books that are let go or put right."""

from contextlib import suppress

from world import ADA, GRACE

from twinbook.model.contact import Contact, Phone, PhoneKind
from twinbook.model.errors import Invalid
from twinbook.sync import wishes
from twinbook.sync.wishes import Parting

NEW_NUMBER = (Phone("+44 20 7946 0099", PhoneKind.WORK),)


# names and cursors


def an_item_gets_a_new_name(world):
    ada = world.create(ADA)
    yield
    world.books["bob"].rename(world.item_of("bob", "Ada").id)
    world.edit(ada, job_title="Countess")
    yield


def an_item_that_leaves_gets_a_new_name(world):
    ada = world.create(ADA)
    yield
    world.delete(ada)
    world.books["bob"].rename(world.item_of("bob", "Ada").id)
    yield


def a_cursor_expires(world):
    world.create(ADA)
    grace = world.create(GRACE)
    yield
    world.books["bob"].forget_cursors()
    world.type("bob", "Ada", job_title="Countess")
    world.edit(grace, job_title="Admiral")
    yield


def a_user_copies_an_item(world):
    world.create(ADA)
    yield
    original = world.item_of("bob", "Ada")
    world.books["bob"].put(original.contact.but(given="Copy"), mark=original.mark)
    yield


# backups


def a_book_is_put_back_from_a_backup(world):
    world.add_book("ann", "ann")
    ada = world.create(ADA)
    yield
    backup = world.books["bob"].backup()
    world.edit(ada, job_title="Countess")
    world.create(GRACE)
    yield
    world.books["bob"].go_back(backup)
    yield
    world.reply("recreate")
    yield


def a_listing_is_empty_for_a_while(world):
    for number in range(5):
        world.create(Contact(given=f"P{number}"))
    yield
    kept = world.books["bob"].backup()
    world.books["bob"].records.clear()
    world.books["bob"].forget_cursors()
    yield
    world.books["bob"].records.update(kept)
    world.type("bob", "P3", nickname="Three")
    yield


# places that need patience


def a_slow_server(world):
    bob = world.books["bob"]
    bob.settles_after = bob.shows_after = 20.0
    ada, grace = world.create(ADA), world.create(GRACE)
    yield
    world.edit(ada, job_title="Countess")
    world.delete(grace)
    yield
    world.take_out("bob", "Ada")
    yield


# runs that are undone


def undo(world, since):
    """Undo all that was done since there were so many runs, the newest first."""
    for run in world.runs()[: len(world.runs()) - since]:
        if run.kind == "sync":
            with suppress(Invalid):  # it was undone already
                world.house.undo(run, world.users["ann"].id)


def undone(world, act):
    since = len(world.runs())
    act()
    yield
    yield lambda world: undo(world, since)


def a_creation_is_undone(world):
    yield from undone(world, lambda: world.create(ADA))


def an_edit_that_came_down_is_undone(world):
    ada = world.create(ADA)
    yield
    yield from undone(world, lambda: world.edit(ada, job_title="Countess"))


def an_edit_that_went_up_is_undone(world):
    world.create(ADA)
    yield
    yield from undone(world, lambda: world.type("bob", "Ada", phones=NEW_NUMBER))


def a_removal_is_undone(world):
    ada = world.create(ADA)
    yield
    world.type("bob", "Ada", note="my own note")
    yield
    yield from undone(world, lambda: world.deactivate(ada))


def a_users_removal_is_undone(world):
    world.create(ADA)
    yield
    yield from undone(world, lambda: world.take_out("bob", "Ada"))


def a_promotion_is_undone(world):
    friend = Contact(given="Alan", surname="Turing", note="private", categories=("CRM",))
    yield from undone(world, lambda: world.books["bob"].put(friend))


def an_adoption_is_undone(world):
    world.books["bob"].put(ADA.but(job_title="", nickname="Addie"))
    yield from undone(world, lambda: world.create(ADA))


# books that are let go


def recorded(world, name, kind, work):
    with (
        world.house.working_on(world.spokes[name]) as setting,
        world.house.recorded(setting, kind) as reports,
    ):
        reports.append(report := work(setting))
    return report


def disconnect(world, parting):
    """What `twinbook book disconnect` does, again and again until it is through."""
    if "bob" not in world.spokes:
        return
    for _ in range(3):
        report = recorded(
            world, "bob", "disconnect", lambda setting: wishes.let_book_go(setting, parting)
        )
        if not (report.error or report.postponed or report.holds):
            del world.spokes["bob"]
            return


def disconnected(world, parting):
    world.create(ADA)
    world.create(GRACE)
    world.books["bob"].put(ADA.but(nickname="Addie"))
    yield
    world.type("bob", "Grace", nickname="Amazing")
    yield lambda world: disconnect(world, parting)


def a_book_is_let_go_and_its_items_kept(world):
    yield from disconnected(world, Parting.KEEP)


def a_book_is_let_go_and_its_items_removed(world):
    yield from disconnected(world, Parting.REMOVE)


def untracked(world, parting):
    ada = world.create(ADA)
    world.create(GRACE)
    yield
    yield lambda world: recorded(
        world, "bob", "untrack", lambda setting: wishes.untrack(setting, ada, parting)
    )
    world.edit(ada, job_title="Countess")
    yield


def a_contact_is_untracked_and_its_item_kept(world):
    yield from untracked(world, Parting.KEEP)


def a_contact_is_untracked_and_its_item_removed(world):
    yield from untracked(world, Parting.REMOVE)
