"""The scenarios s1 to s15 of docs/explanation/rules.md, and a few everyday ones, as stories."""

from contextlib import suppress
from hashlib import sha256

import sqlalchemy as sa
from world import ADA, GRACE, World

from twinbook.database import meta
from twinbook.journal import spokes
from twinbook.model.contact import Contact, Day, Email, Kind, Phone, PhoneKind, Photo
from twinbook.model.errors import Stale
from twinbook.model.ids import LinkId
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import Act, Question
from twinbook.model.policy import (
    Direction,
    Drift,
    OnBookRemoval,
    OnDeleteAgainstEdit,
    OnExit,
    OnHubRemoval,
    OnInactive,
    Winner,
)
from twinbook.model.shape import Shape
from twinbook.model.spoke import Role
from twinbook.ports import Create, Refused
from twinbook.replicas.memory import MemoryReplica
from twinbook.settings import Settings
from twinbook.sync import dirty
from twinbook.wiring import count_generation
from twinbook.wiring.generations import notice_restore

WORK = PhoneKind.WORK
NEW_NUMBER = (Phone("+44 20 7946 0099", WORK),)


def quiet(world: World) -> bool:
    """Whether another sync writes nothing at all."""
    return not any(outcome.report.tally for outcome in world.sync())


def test_two_edits_of_different_fields_both_arrive_everywhere(world):
    ada = world.create()
    world.sync()
    world.books["ann"].edit(world.item("ann", ada).id, phones=NEW_NUMBER)
    world.books["bob"].edit(world.item("bob", ada).id, job_title="Countess")

    world.sync()

    for shown in (world.hub(ada).contact, world.shown("ann", ada), world.shown("bob", ada)):
        assert shown.phones == NEW_NUMBER
        assert shown.job_title == "Countess"
    assert quiet(world)


def test_two_edits_of_one_field_wait_for_a_person_and_keep_both_values(world):
    ada = world.create()
    world.sync()
    world.books["ann"].edit(world.item("ann", ada).id, job_title="Countess")
    world.books["bob"].edit(world.item("bob", ada).id, job_title="Programmer")

    world.sync()

    (open_hold,) = world.holds()
    assert open_hold.hold.question is Question.FIELD
    assert open_hold.hold.values == Pair("Countess", "Programmer")
    assert world.shown("bob", ada).job_title == "Programmer"
    assert world.hub(ada).contact.job_title == "Countess"
    assert quiet(world)


def test_an_answer_settles_a_clash_for_everybody(world):
    ada = world.create()
    world.sync()
    world.books["ann"].edit(world.item("ann", ada).id, job_title="Countess")
    world.books["bob"].edit(world.item("bob", ada).id, job_title="Programmer")
    world.sync()

    world.answer("spoke")
    world.sync()

    assert world.hub(ada).contact.job_title == "Programmer"
    assert world.shown("ann", ada).job_title == "Programmer"
    assert world.holds() == []
    assert any(entry.yielded and entry.before == "Countess" for entry in world.history(ada))
    assert quiet(world)


def test_other_fields_flow_while_one_waits(world):
    ada = world.create()
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, job_title="Programmer")
    world.edit(ada, job_title="Countess")
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, phones=NEW_NUMBER)
    world.edit(ada, nickname="Enchantress")

    world.sync()

    assert world.hub(ada).contact.phones == NEW_NUMBER
    assert world.shown("bob", ada).nickname == "Enchantress"
    assert world.shown("bob", ada).job_title == "Programmer"
    assert len(world.holds()) == 1


def test_a_clash_closes_itself_when_both_sides_agree_again(world):
    ada = world.create()
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, job_title="Programmer")
    world.edit(ada, job_title="Countess")
    world.sync()

    world.books["bob"].edit(world.item("bob", ada).id, job_title="Countess")
    world.sync()

    assert world.holds() == []
    assert quiet(world)


def test_the_crm_wins_a_clash_of_names_and_the_loser_is_kept(world):
    ada = world.create()
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, surname="King")
    world.edit(ada, surname="Byron")

    world.sync()

    assert world.shown("bob", ada).surname == "Byron"
    assert any(entry.yielded and entry.before == "King" for entry in world.history(ada))
    assert quiet(world)


def test_a_book_may_win_by_policy(world):
    ada = world.create()
    world.set_policy(winners={"job_title": Winner.SPOKE})
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, job_title="Programmer")
    world.edit(ada, job_title="Countess")

    world.sync()

    assert world.hub(ada).contact.job_title == "Programmer"
    assert any(entry.yielded and entry.before == "Countess" for entry in world.history(ada))


def test_personal_items_never_leave_and_are_never_touched(world):
    world.create()
    secret = Contact(given="Secret", surname="Friend", note="nobody else's business")
    item = world.books["ann"].put(secret)

    world.sync()

    assert world.books["ann"].records[item.id] == item
    assert [record.contact.given for record in world.everybody()] == ["Ada"]
    assert all(one.contact != secret for one in world.books["bob"].records.values())


def test_an_own_field_follows_the_crm_until_its_user_edits_it(world):
    ada = world.create(ADA.but(note="Met at the fair"))
    world.sync()
    assert world.shown("bob", ada).note == "Met at the fair"
    world.edit(ada, note="Met at the fair in May")
    world.sync()
    assert world.shown("bob", ada).note == "Met at the fair in May"

    world.books["bob"].edit(world.item("bob", ada).id, note="Bob's own thoughts")
    world.sync()
    world.edit(ada, note="Something else")
    world.sync()

    assert world.shown("bob", ada).note == "Bob's own thoughts"
    assert world.shown("ann", ada).note == "Something else"
    assert world.hub(ada).contact.note == "Something else"
    assert not any("thoughts" in entry.after for entry in world.history(ada))
    assert quiet(world)


def test_s1_a_removal_in_a_book_wins_over_an_edit_in_the_crm(world):
    ada = world.create()
    world.sync()
    world.books["bob"].drop(world.item("bob", ada).id)
    world.edit(ada, job_title="Countess")

    world.sync()

    assert world.item("bob", ada) is None
    assert world.shown("ann", ada).job_title == "Countess"
    world.edit(ada, job_title="Programmer")
    world.books["bob"].forget_cursors()
    world.set_scope("bob", "mine")
    world.set_scope("bob", "visible")
    world.sync()
    assert world.books["bob"].records == {}


def test_what_a_user_removed_long_ago_stays_away(world):
    ada, grace = world.create(), world.create(GRACE)
    world.sync()
    world.books["bob"].drop(world.item("bob", ada).id)
    world.sync()
    world.clock.pass_(400 * 24 * 3600)
    world.books["bob"].drop(world.item("bob", grace).id)
    world.sync()

    world.edit(ada, job_title="Countess")
    world.sync()

    assert world.books["bob"].records == {}


def test_what_a_user_removed_stays_away_from_a_book_that_is_connected_anew(world):
    ada = world.create()
    world.sync()
    world.books["bob"].drop(world.item("bob", ada).id)
    world.sync()

    with world.database.write() as c:
        spokes.remove(c, world.spokes["bob"].id)
    world.add_book("bob", "bob")
    world.sync()

    assert world.books["bob"].records == {}
    assert world.item("ann", ada) is not None


def test_s2_a_deletion_in_the_crm_against_an_edit_asks(world):
    ada = world.create()
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, phones=NEW_NUMBER)
    world.delete(ada)

    world.sync()

    (open_hold,) = world.holds()
    assert open_hold.hold.question is Question.DELETED_AND_EDITED
    assert world.shown("bob", ada).phones == NEW_NUMBER
    assert world.books["ann"].records == {}
    assert quiet(world)


def test_s2_answered_remove_keeps_the_edit_in_the_history(world):
    ada = world.create()
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, phones=NEW_NUMBER)
    world.delete(ada)
    world.sync()

    world.answer("remove")
    world.sync()

    assert world.books["bob"].records == {}
    assert any(entry.yielded and "0099" in entry.before for entry in world.history(ada))


def test_s2_answered_keep_makes_it_a_personal_item(world):
    ada = world.create()
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, phones=NEW_NUMBER)
    world.delete(ada)
    world.sync()

    world.answer("keep")
    world.sync()

    (item,) = world.books["bob"].records.values()
    assert item.contact.phones == NEW_NUMBER
    assert item.contact.categories == ()
    assert quiet(world)


def test_s2_answered_restore_brings_the_contact_back_for_everybody(world):
    ada = world.create()
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, phones=NEW_NUMBER)
    world.delete(ada)
    world.sync()

    world.answer("restore")
    world.sync()

    assert world.hub(ada).contact.phones == NEW_NUMBER
    assert not world.hub(ada).business.deleted
    assert world.shown("ann", ada).phones == NEW_NUMBER
    assert quiet(world)


def test_s3_a_removal_by_somebody_else_never_reaches_the_crm(world):
    world.set_policy(on_book_removal=OnBookRemoval.DEACTIVATE)
    ada = world.create(owner="ann")
    world.sync()

    world.books["bob"].drop(world.item("bob", ada).id)
    world.sync()

    assert world.hub(ada).business.active
    assert world.item("ann", ada) is not None


def test_s3_a_removal_by_the_owner_deactivates_if_the_policy_says_so(world):
    world.set_policy(on_book_removal=OnBookRemoval.DEACTIVATE)
    ada = world.create(owner="bob")
    world.sync()

    world.books["bob"].drop(world.item("bob", ada).id)
    world.sync()

    assert not world.hub(ada).business.active
    assert world.item("ann", ada) is None


def test_a_removal_may_be_asked_about(world):
    world.set_policy(on_book_removal=OnBookRemoval.ASK)
    ada = world.create()
    world.sync()
    world.books["bob"].drop(world.item("bob", ada).id)
    world.sync()
    assert world.holds()[0].hold.question is Question.REMOVED_IN_BOOK

    world.answer("recreate")
    world.sync()
    world.sync()

    assert world.item("bob", ada) is not None


def test_a_mirror_puts_a_removed_item_back(world):
    world.set_policy(on_book_removal=OnBookRemoval.RECREATE)
    ada = world.create()
    world.sync()
    world.books["bob"].drop(world.item("bob", ada).id)

    world.sync()
    world.sync()

    assert world.item("bob", ada) is not None


def test_s4_two_users_edit_the_same_field_and_the_first_one_synchronised_stays(world):
    world.set_policy(winners={"job_title": Winner.HUB})
    ada = world.create()
    world.sync()
    world.books["ann"].edit(world.item("ann", ada).id, job_title="Countess")
    world.books["bob"].edit(world.item("bob", ada).id, job_title="Programmer")

    world.sync()

    assert world.hub(ada).contact.job_title == "Countess"
    assert world.shown("bob", ada).job_title == "Countess"
    lost = [entry for entry in world.history(ada) if entry.yielded]
    assert [(one.before, one.cause.actor) for one in lost] == [
        ("Programmer", world.users["bob"].id)
    ]


def test_s5_two_numbers_added_in_two_books_are_both_kept(world):
    ada = world.create()
    world.sync()
    first, second = Phone("+1 555 0101", PhoneKind.MOBILE), Phone("+1 555 0102", PhoneKind.HOME)
    world.books["ann"].edit(world.item("ann", ada).id, phones=(*ADA.phones, first))
    world.books["bob"].edit(world.item("bob", ada).id, phones=(*ADA.phones, second))

    world.sync()

    assert set(world.hub(ada).contact.phones) == {*ADA.phones, first, second}
    assert set(world.shown("ann", ada).phones) == {*ADA.phones, first, second}
    assert quiet(world)


def test_s6_the_category_promotes_a_personal_item(world):
    friend = Contact(given="Alan", surname="Turing", note="private", categories=("CRM", "Chess"))
    item = world.books["bob"].put(friend)

    world.sync()

    (record,) = world.everybody()
    assert record.contact.given == "Alan"
    assert record.contact.note == ""
    assert record.business.owner == world.users["bob"].id
    assert world.books["bob"].records[item.id].contact == friend
    assert world.shown("ann", record.id).surname == "Turing"
    assert quiet(world)


def test_s6_a_category_with_an_accounts_name_sets_the_parent(world):
    from twinbook.crm import accounts  # noqa: PLC0415 - of this story alone

    with world.database.write() as connection:
        account = accounts.add(connection, "Bletchley", world.clock)
    world.books["bob"].put(Contact(given="Alan", surname="Turing", categories=("Bletchley",)))

    world.sync()

    (record,) = world.everybody()
    assert record.business.account == account.id
    assert world.shown("bob", record.id).company == "Bletchley"


def test_s6_a_promoted_person_whom_the_crm_knows_is_linked_not_doubled(world):
    ada = world.create(ADA)
    world.set_scope("bob", "mine")
    item = world.books["bob"].put(ADA.but(job_title="", phones=(), categories=("CRM",)))
    world.set_scope("bob", "visible")
    world.sync()

    assert len(world.everybody()) == 1
    assert world.item("bob", ada).id == item.id
    assert len(world.books["bob"].records) == 1
    assert world.shown("bob", ada).job_title == "Analyst"
    assert quiet(world)


def test_an_item_that_is_beyond_doubt_the_same_person_is_adopted_and_shares_nothing(world):
    own = ADA.but(nickname="Addie", note="my friend", job_title="")
    item = world.books["bob"].put(own)
    ada = world.create(ADA)

    world.sync()

    assert world.item("bob", ada).id == item.id
    assert world.hub(ada).contact == ADA
    assert world.shown("bob", ada).nickname == "Addie"
    assert world.shown("bob", ada).note == "my friend"
    assert world.shown("bob", ada).job_title == "Analyst"
    assert quiet(world)


def test_an_edit_after_an_adoption_travels(world):
    item = world.books["bob"].put(ADA)
    ada = world.create(ADA)
    world.sync()

    world.books["bob"].edit(item.id, job_title="Countess")
    world.sync()

    assert world.hub(ada).contact.job_title == "Countess"


def test_a_weak_look_alike_is_asked_about_and_nothing_is_doubled(world):
    item = world.books["bob"].put(
        Contact(
            given="Ada", surname="Lovelace", phones=(Phone("+44 7700 900001", PhoneKind.MOBILE),)
        )
    )
    ada = world.create(ADA.but(phones=(Phone("+44 7700 900001", PhoneKind.MOBILE),)))

    world.sync()

    assert world.holds()[0].hold.question is Question.IDENTITY
    assert list(world.books["bob"].records) == [item.id]
    world.answer("link-1")
    world.sync()
    assert world.item("bob", ada).id == item.id
    assert world.shown("bob", ada).job_title == "Analyst"
    assert world.holds() == []
    assert quiet(world)


def test_a_weak_look_alike_that_is_somebody_else_gets_company(world):
    world.books["bob"].put(
        Contact(
            given="Ada", surname="Lovelace", phones=(Phone("+44 7700 900001", PhoneKind.MOBILE),)
        )
    )
    ada = world.create(ADA.but(phones=(Phone("+44 7700 900001", PhoneKind.MOBILE),)))
    world.sync()

    world.answer("apart")
    world.sync()

    assert world.item("bob", ada) is not None
    assert len(world.books["bob"].records) == 2
    assert quiet(world)


def test_s7_a_merge_folds_the_second_item_into_the_first(world):
    first, second = world.create(ADA), world.create(GRACE)
    world.sync()
    world.books["bob"].edit(world.item("bob", second).id, nickname="Amazing")

    world.merge(second, first)
    world.sync()

    assert world.item("bob", second) is None
    assert len(world.books["bob"].records) == 1
    assert world.hub(first).contact.nickname == "Amazing"
    assert world.shown("ann", first).nickname == "Amazing"
    assert quiet(world)


def test_s7_where_only_the_loser_was_shown_its_item_goes_on(world):
    first, second = world.create(ADA, owner="ann"), world.create(GRACE, owner="bob")
    world.set_scope("bob", "mine")
    world.sync()
    item = world.item("bob", second)
    world.books["bob"].edit(item.id, note="my own note")
    world.sync()
    world.set_scope("bob", "visible")

    world.merge(second, first)
    world.sync()

    assert world.item("bob", first).id == item.id
    assert world.shown("bob", first).given == "Ada"
    assert world.shown("bob", first).note == "my own note"
    assert quiet(world)


def test_s8_a_lost_link_is_found_again_by_its_mark(world):
    import sqlalchemy as sa  # noqa: PLC0415 - of this story alone

    from twinbook.journal.tables import ended, links  # noqa: PLC0415 - of this story alone

    ada = world.create()
    world.sync()
    item = world.item("bob", ada)
    with world.database.write() as connection:
        row = connection.execute(
            sa.select(links).where(links.c.spoke_id == world.spokes["bob"].id)
        ).one()
        connection.execute(sa.delete(links).where(links.c.id == row.id))
        connection.execute(
            sa.insert(ended).values(
                spoke_id=row.spoke_id,
                mark=row.mark,
                contact_id=ada,
                released=False,
                at=world.clock.now(),
            )
        )
    world.edit(ada, job_title="Countess")

    world.sync()

    assert world.item("bob", ada).id == item.id
    assert len(world.books["bob"].records) == 1
    assert world.shown("bob", ada).job_title == "Countess"
    assert quiet(world)


def test_s9_a_database_that_was_put_back_is_known_by_a_count_beside_it(world, tmp_path):
    settings = Settings(tmp_path, "")
    count_generation(world.house, settings)
    with world.database.write() as c:
        meta.put(c, "generation", "0")

    notice_restore(world.house, settings)

    with world.database.read() as c:
        assert all(spokes.standing(c, one.id)[2] for one in world.spokes.values())


def test_s10_a_lost_cursor_leads_to_a_full_listing_and_to_nothing_else(world):
    for number in range(5):
        world.create(ADA.but(given=f"Ada {number}", emails=()))
    world.sync()

    for book in world.books.values():
        book.forget_cursors()
    outcomes = world.sync()

    assert not any(outcome.report.tally for outcome in outcomes)
    assert not any(outcome.report.error for outcome in outcomes)


def test_s13_a_mass_removal_in_a_book_waits_for_a_person(world):
    ids = [world.create(ADA.but(given=f"Ada {n}", emails=())) for n in range(30)]
    world.sync()
    for id in ids[:12]:
        world.books["bob"].drop(world.item("bob", id).id)
    world.edit(ids[-1], job_title="Countess")

    world.sync()

    (open_hold,) = world.holds()
    assert open_hold.hold.question is Question.MANY_REMOVALS
    assert world.shown("bob", ids[-1]).job_title == "Countess"
    world.answer("recreate")
    world.sync()
    world.sync()
    assert len(world.books["bob"].records) == 30
    assert world.holds() == []


def test_s13_a_mass_removal_that_was_meant_is_carried_out(world):
    ids = [world.create(ADA.but(given=f"Ada {n}", emails=())) for n in range(30)]
    world.sync()
    for id in ids[:12]:
        world.books["bob"].drop(world.item("bob", id).id)
    world.sync()

    world.answer("remove")
    world.sync()

    assert len(world.books["bob"].records) == 18
    assert world.holds() == []
    assert quiet(world)


def test_s13_a_listing_that_is_suddenly_empty_removes_nothing(world):
    ids = [world.create(ADA.but(given=f"Ada {n}", emails=())) for n in range(5)]
    world.sync()
    kept = world.books["bob"].backup()
    world.books["bob"].records.clear()
    world.books["bob"].forget_cursors()

    world.sync()

    (open_hold,) = world.holds()
    assert open_hold.hold.question is Question.EMPTIED
    world.books["bob"].records.update(kept)
    world.sync()
    assert world.holds() == []
    assert all(world.item("bob", id) is not None for id in ids)


def test_s14_an_edit_is_brought_home_before_a_contact_leaves_a_book(world):
    ada = world.create(owner="bob")
    world.set_scope("bob", "mine")
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, phones=NEW_NUMBER)
    from twinbook.crm import standing  # noqa: PLC0415 - of this story alone

    with world.database.write() as connection:
        standing.give_to(connection, ada, world.users["ann"].id, world.cause, world.clock)

    world.sync()

    assert world.books["bob"].records == {}
    assert world.hub(ada).contact.phones == NEW_NUMBER
    assert world.shown("ann", ada).phones == NEW_NUMBER
    assert quiet(world)


def test_a_contact_that_returns_to_the_scope_is_copied_again(world):
    ada = world.create()
    world.sync()
    world.deactivate(ada)
    world.sync()
    assert world.books["bob"].records == {}
    from twinbook.crm import standing  # noqa: PLC0415 - of this story alone

    with world.database.write() as connection:
        standing.activate(connection, ada, world.cause, world.clock)
    world.sync()

    assert world.item("bob", ada) is not None
    assert quiet(world)


def test_a_contact_may_stay_as_a_personal_item_when_it_leaves(world):
    world.set_policy(on_exit=OnExit.KEEP)
    ada = world.create()
    world.sync()
    world.deactivate(ada)
    world.sync()

    (item,) = world.books["bob"].records.values()
    assert item.contact.categories == ()
    world.books["bob"].edit(item.id, given="Mine")
    world.sync()
    assert world.hub(ada).contact.given == "Ada"
    assert quiet(world)


def test_a_contact_may_freeze_when_it_leaves(world):
    world.set_policy(on_exit=OnExit.FREEZE, on_inactive=OnInactive.FREEZE)
    ada = world.create()
    world.sync()
    world.deactivate(ada)
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, given="Frozen")
    world.sync()

    assert world.hub(ada).contact.given == "Ada"
    assert world.shown("bob", ada).given == "Frozen"
    assert quiet(world)


def test_s15_an_item_under_a_new_id_is_followed_by_its_mark(world):
    ada = world.create()
    world.sync()
    new = world.books["bob"].rename(world.item("bob", ada).id)
    world.books["bob"].forget_cursors()

    world.sync()

    assert world.item("bob", ada).id == new
    world.edit(ada, job_title="Countess")
    world.sync()
    assert world.shown("bob", ada).job_title == "Countess"
    assert len(world.books["bob"].records) == 1


def test_a_copy_that_a_user_makes_of_our_item_is_the_users_own(world):
    ada = world.create()
    world.sync()
    original = world.item("bob", ada)
    copy = world.books["bob"].put(original.contact, mark=original.mark)

    world.sync()

    assert world.books["bob"].records[copy.id] == copy
    assert world.item("bob", ada) == original
    assert len(world.everybody()) == 1
    assert quiet(world)


def test_a_server_that_rewrites_everything_does_not_start_a_game_of_ping_pong(world):
    world.books["bob"].rewrite = lambda c: c.but(
        given=c.given.upper()[:10],
        phones=tuple(
            Phone(p.value.replace("+", "").replace(" ", ""), p.kind) for p in c.phones[:1]
        ),
    )
    ada = world.create(ADA.but(given="Ada Augusta Byron"))
    world.sync()
    assert quiet(world)
    world.books["bob"].edit(world.item("bob", ada).id, job_title="Countess")

    world.sync()

    assert world.hub(ada).contact.given == "Ada Augusta Byron"
    assert world.hub(ada).contact.phones == ADA.phones
    assert world.hub(ada).contact.job_title == "Countess"
    assert quiet(world)


def test_values_that_find_no_room_in_a_book_stay_in_the_crm(world):
    world.add_user("cat", shape=Shape(at_most={"phones.mobile": 1}))
    mobiles = tuple(Phone(f"+1 555 010{n}", PhoneKind.MOBILE) for n in range(3))
    ada = world.create(ADA.but(phones=mobiles))
    world.sync()
    assert world.shown("cat", ada).phones == mobiles[:1]

    changed = Phone("+1 555 0199", PhoneKind.MOBILE)
    world.books["cat"].edit(world.item("cat", ada).id, phones=(changed,))
    world.sync()

    assert world.hub(ada).contact.phones == (changed, *mobiles[1:])
    assert world.shown("ann", ada).phones == (changed, *mobiles[1:])
    assert quiet(world)


def test_an_edit_of_a_truncated_note_keeps_the_rest(world):
    world.set_policy(directions={"note": Direction.BOTH})
    world.books["bob"].rewrite = lambda c: c.but(note=c.note[:20])
    ada = world.create(ADA.but(note="0123456789 0123456789 the long rest"))
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, note="0123456789 CHANGED")

    world.sync()

    assert world.hub(ada).contact.note == "0123456789 CHANGED9 the long rest"


def test_a_photo_reaches_every_book(world):
    picture = b"\xff\xd8 not really a picture"
    photo = Photo(sha256(picture).hexdigest())
    ada = world.create()
    world.sync()
    world.books["bob"].pictures[photo.digest] = picture
    world.books["bob"].edit(world.item("bob", ada).id, photo=photo)

    world.sync()

    assert world.hub(ada).contact.photo == photo
    assert world.shown("ann", ada).photo == photo
    assert world.books["ann"].pictures[photo.digest] == picture


def test_two_programs_that_overwrite_each_other_come_to_rest(world):
    ada = world.create()
    world.sync()
    for _ in range(4):
        world.books["bob"].edit(world.item("bob", ada).id, job_title="Countess")
        world.sync()
        world.edit(ada, job_title="Analyst")
        world.sync()

    assert {one.hold.question for one in world.holds()} == {Question.FLAPPING}
    assert quiet(world)


def test_a_picture_that_a_server_encodes_anew_does_not_come_back(world):
    world.books["bob"].rewrite = lambda c: c.but(photo=c.photo and Photo("smaller"))
    picture = b"\xff\xd8 a large picture"
    photo = Photo(sha256(picture).hexdigest())
    ada = world.create()
    world.sync()
    world.books["ann"].pictures[photo.digest] = picture
    world.books["ann"].edit(world.item("ann", ada).id, photo=photo)
    world.sync()

    world.books["bob"].edit(world.item("bob", ada).id, job_title="Countess")
    world.sync()

    assert world.shown("bob", ada).photo == Photo("smaller")
    assert world.hub(ada).contact.photo == world.shown("ann", ada).photo == photo
    assert quiet(world)


def test_a_field_that_only_travels_to_the_book_may_drift(world):
    world.set_policy(directions={"job_title": Direction.TO_SPOKE})
    ada = world.create()
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, job_title="Countess")
    world.sync()
    assert world.hub(ada).contact.job_title == "Analyst"
    assert world.shown("bob", ada).job_title == "Countess"

    world.edit(ada, job_title="Programmer")
    world.sync()

    assert world.shown("bob", ada).job_title == "Programmer"
    assert any(entry.yielded and entry.before == "Countess" for entry in world.history(ada))


def test_a_field_that_only_travels_to_the_book_may_be_put_right(world):
    world.set_policy(directions={"job_title": Direction.TO_SPOKE}, drift=Drift.REVERT)
    ada = world.create()
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, job_title="Countess")

    world.sync()

    assert world.shown("bob", ada).job_title == "Analyst"
    assert any(entry.yielded and entry.before == "Countess" for entry in world.history(ada))


def test_taking_the_category_off_asks_what_that_means(world):
    ada = world.create()
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, categories=())

    world.sync()

    assert world.holds()[0].hold.question is Question.UNTRACK
    world.answer("keep")
    world.sync()
    assert world.item("bob", ada) is None
    assert len(world.books["bob"].records) == 1
    world.edit(ada, job_title="Countess")
    world.sync()
    assert len(world.books["bob"].records) == 1
    assert quiet(world)


def test_an_owner_may_keep_what_the_crm_deletes(world):
    world.set_policy(on_hub_removal=OnHubRemoval.KEEP_FOR_OWNER)
    ada = world.create(owner="bob")
    world.sync()
    world.delete(ada)

    world.sync()

    assert world.books["ann"].records == {}
    assert len(world.books["bob"].records) == 1
    assert quiet(world)


def test_a_deletion_against_an_edit_may_be_decided_by_policy(world):
    world.set_policy(on_delete_against_edit=OnDeleteAgainstEdit.RESTORE)
    ada = world.create()
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, phones=NEW_NUMBER)
    world.delete(ada)

    world.sync()

    assert world.hub(ada).contact.phones == NEW_NUMBER
    assert world.shown("ann", ada).phones == NEW_NUMBER


def test_renaming_an_account_changes_everybody_who_shows_it(world):
    from twinbook.crm import accounts  # noqa: PLC0415 - of this story alone

    with world.database.write() as connection:
        account = accounts.add(connection, "Analytical Ltd", world.clock)
    ada = world.create(ADA, account=account.id)
    world.sync()
    assert world.shown("bob", ada).company == "Analytical Ltd"

    with world.database.write() as connection:
        from dataclasses import replace  # noqa: PLC0415 - of this story alone

        renamed = replace(account, name="Difference Ltd")
        accounts.change(connection, renamed, world.cause, world.clock)
    world.sync()

    assert world.shown("bob", ada).company == "Difference Ltd"
    assert quiet(world)


def test_an_edit_that_its_user_may_not_make_is_held_and_kept(world):
    from twinbook.crm import access  # noqa: PLC0415 - of this story alone

    with world.database.write() as connection:
        access.restrict(connection, access.Right.EDIT, world.clock, fields=["job_title"])
    ada = world.create()
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, job_title="Queen", phones=NEW_NUMBER)

    world.sync()

    assert world.holds()[0].hold.question is Question.PERMISSION
    assert world.hub(ada).contact.job_title == "Analyst"
    assert world.hub(ada).contact.phones == NEW_NUMBER
    assert world.shown("bob", ada).job_title == "Queen"
    world.answer("drop")
    world.sync()
    assert world.shown("bob", ada).job_title == "Analyst"
    assert quiet(world)


def test_an_outside_crm_creates_edits_and_removes_for_everybody(world):
    world.add_book("crm", "ann", role=Role.CRM)
    item = world.books["crm"].put(GRACE.but(note="shared in a CRM"))
    world.sync()
    (record,) = world.everybody()
    assert world.shown("bob", record.id).given == "Grace"
    assert record.contact.note == "shared in a CRM"

    world.books["bob"].edit(world.item("bob", record.id).id, job_title="Admiral")
    world.sync()
    assert world.books["crm"].records[item.id].contact.job_title == "Admiral"

    world.books["crm"].drop(item.id)
    world.sync()
    assert world.books["bob"].records == {}
    assert not world.hub(record.id).business.active
    assert quiet(world)


def test_what_the_user_of_an_outside_crm_hides_from_himself_is_there_all_the_same(world):
    ada = world.create()
    world.sync("ann")
    world.books["ann"].drop(world.item("ann", ada).id)
    world.sync("ann")

    world.add_book("crm", "ann", role=Role.CRM)
    world.sync()

    assert world.books["ann"].records == {}
    assert [one.contact.given for one in world.books["crm"].records.values()] == ["Ada"]


def test_a_birthday_arrives_as_the_same_day(world):
    ada = world.create(ADA.but(birthday=Day(12, 10, 1815), anniversary=Day(7, 8)))
    world.sync()

    assert world.shown("bob", ada).birthday == Day(12, 10, 1815)
    assert world.shown("bob", ada).anniversary == Day(7, 8)


def test_a_preview_lists_exactly_what_the_next_sync_does(world):
    ada, grace = world.create(ADA), world.create(GRACE)
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, phones=NEW_NUMBER)
    world.edit(grace, job_title="Admiral")
    world.create(ADA.but(given="Other", emails=(Email("other@example.org", Kind.WORK),)))
    world.deactivate(ada)

    (foreseen,) = world.preview("bob")
    before = {name: dict(book.records) for name, book in world.books.items()}
    (again,) = world.preview("bob")
    assert before == {name: dict(book.records) for name, book in world.books.items()}
    world.sync("bob")

    from twinbook.journal import runs  # noqa: PLC0415 - of this story alone

    with world.database.read() as connection:
        done = list(runs.done_in(connection, world.runs()[0].id))
    expected = [(line.act, line.contact, line.edits) for line in foreseen.report.lines]
    assert again.report.lines == foreseen.report.lines
    assert [
        (one.act, one.contact, one.edits) for one in done if one.act is not Act.REBASE
    ] == expected
    assert {act for act, _, _ in expected} == {Act.CREATE, Act.UPDATE, Act.REMOVE}


def test_a_quiet_cycle_costs_one_request(world):
    for number in range(20):
        world.create(ADA.but(given=f"Ada {number}", emails=()))
    world.sync()

    outcomes = world.sync()

    assert [outcome.requests for outcome in outcomes] == [1, 1]


def test_a_quiet_cycle_looks_at_no_link(world):
    world.create()
    world.sync()
    world.sync()
    said = []
    sa.event.listen(
        world.database._engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: said.append(statement),
    )

    world.sync()

    assert said
    assert [one for one in said if " links" in one] == []


def test_what_one_user_removed_is_shown_to_others_in_a_new_book(world):
    ada = world.create()
    world.sync()
    world.books["bob"].drop(world.item("bob", ada).id)
    world.sync()

    world.add_book("pad", "ann")
    world.sync()

    assert world.item("pad", ada) is not None


def test_an_item_that_comes_back_after_its_removal_makes_no_second_contact(world):
    world.create()
    item = world.books["bob"].put(ADA, mark=LinkId("its own UID"))
    world.sync()
    there = world.books["bob"].records[item.id].contact
    world.books["bob"].drop(item.id)
    world.sync()

    world.books["bob"].put(there.but(emails=(), phones=()), mark=item.mark)
    world.sync()

    assert len(world.everybody()) == 1


def test_what_does_not_fit_a_page_has_one_of_its_own(world, monkeypatch):
    monkeypatch.setattr(dirty, "PAGE", 1)
    ada, grace = world.create(), world.create(GRACE)

    world.sync()

    assert world.item("bob", ada) is not None
    assert world.item("bob", grace) is not None


def test_what_a_step_wrote_before_it_failed_is_not_kept(world):
    create = Create(contact=ADA, mark=LinkId("a" * 32))
    with (
        world.house.working_on(world.spokes["bob"]) as setting,
        setting.journal.transaction() as tx,
        suppress(Stale),
        tx.attempt(),
    ):
        tx.store(create, world.cause)
        raise Stale

    assert world.everybody() == []


def test_sides_are_named_after_the_house():
    assert [side.value for side in Side] == ["hub", "spoke"]


def test_an_edit_that_a_book_will_never_take_is_asked_about_and_stops_nothing(world, monkeypatch):
    ada, grace = world.create(), world.create(GRACE)
    world.sync()
    refused, take = world.item("bob", ada).id, MemoryReplica.carry_out

    def carry_out(book, change):
        return Refused("it is full") if change.id == refused else take(book, change)

    monkeypatch.setattr(MemoryReplica, "carry_out", carry_out)
    world.edit(ada, job_title="Countess")
    world.edit(grace, job_title="Admiral")

    world.sync()

    assert [one.hold.question for one in world.holds()] == [Question.REFUSED]
    assert world.shown("bob", grace).job_title == "Admiral"
    assert quiet(world)


def test_an_edit_that_the_crm_will_never_take_is_asked_about_and_stops_nothing(world):
    ada = world.create(Contact(nickname="Addie"))
    grace = world.create(GRACE)
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, nickname="")
    world.books["bob"].edit(world.item("bob", grace).id, job_title="Admiral")

    world.sync()

    assert [one.hold.question for one in world.holds()] == [Question.REFUSED]
    assert world.hub(ada).contact.nickname == "Addie"
    assert world.hub(grace).contact.job_title == "Admiral"
    assert quiet(world)
    world.books["bob"].edit(world.item("bob", ada).id, nickname="Ada")
    world.sync()
    assert world.holds() == []
    assert world.hub(ada).contact.nickname == "Ada"
