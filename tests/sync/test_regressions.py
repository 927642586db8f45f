"""Every bug that the simulated world found, as the smallest story that shows it."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from world import ADA, GRACE, World

from twinbook.journal import journal, questions, runs, spokes
from twinbook.journal.tables import ended, links, tombstones
from twinbook.model.contact import Contact, Phone, PhoneKind
from twinbook.model.errors import Busy, Unavailable
from twinbook.model.plan import Act, Question
from twinbook.model.policy import Direction, Guards, OnBookRemoval
from twinbook.replicas.memory import MemoryReplica
from twinbook.sync import wishes
from twinbook.wiring import enter_restore_mode


class Meddled(MemoryReplica):
    """A book in which something happens right before, or instead of, a request."""

    def __init__(self, **rest):
        super().__init__(**rest)
        self.before = {}

    def _meddle(self, request):
        act = self.before.pop(request, None)
        if act is not None:
            act()

    def lose(self, request):
        """Let the next such request be lost."""
        self.before[request] = lost

    def read(self, ids):
        self._meddle("read")
        return super().read(ids)

    def resembling(self, keys):
        self._meddle("resembling")
        return super().resembling(keys)

    def write(self, changes, cause):
        self._meddle("write")
        outcomes = list(super().write(changes, cause))
        self._meddle("answer")
        yield from outcomes


class Old(MemoryReplica):
    """A book whose answers may be older than what it holds."""

    def __init__(self, **rest):
        super().__init__(**rest)
        self.unlisted, self.read_as = set(), {}

    def changes(self, since):
        for page in super().changes(since):
            shown = tuple(one for one in page.announced if one.id not in self.unlisted)
            yield replace(page, announced=shown)

    def read(self, ids):
        found = super().read(ids)
        return {id: self.read_as.get(id, one) for id, one in found.items()}


def lost():
    raise Unavailable("lost")


class Killed(BaseException):
    """The program is no more."""


def killed():
    raise Killed


def put_in(world: World, book: MemoryReplica) -> MemoryReplica:
    """A new, empty book in the place of the one of its name."""
    world.books[book.name] = world.house.replicas[world.spokes[book.name].id] = book
    return book


def meddle(world: World, name: str) -> Meddled:
    """A new, empty book in the place of one."""
    return put_in(world, Meddled(name=name))


def quiet(world: World) -> bool:
    return not any(outcome.report.tally for outcome in world.sync())


def go_back_before_the_first_sync(world: World, *wanting: str) -> None:
    """Our own database is put back from a backup; these books have something to look for."""
    with world.database.write() as c:
        c.execute(sa.delete(links))
        c.execute(sa.delete(ended))
        enter_restore_mode(c)
        for name in wanting:
            journal.look_everywhere(c, world.spokes[name])


def test_a_personal_item_removed_right_before_it_is_adopted_hides_nobody(world):
    bob = meddle(world, "bob")
    item = bob.put(ADA)
    ada = world.create(ADA)
    bob.before["write"] = lambda: bob.drop(item.id)

    world.sync()
    world.sync()

    assert world.item("bob", ada) is not None


def test_a_wish_that_was_overtaken_is_not_forgotten(world):
    bob = meddle(world, "bob")
    ada = world.create(ADA)
    world.create(GRACE)
    bob.put(ADA.but(nickname="Addie", categories=("CRM",)))
    bob.before["resembling"] = lambda: world.edit(ada, job_title="Countess")

    world.sync()
    world.sync()

    assert world.hub(ada).contact.nickname == "Addie"


def test_a_question_about_a_category_survives_an_edit_that_the_book_does_not_see(world):
    world.set_policy(directions={"office": Direction.TO_HUB})
    ada = world.create(ADA)
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, categories=())
    world.sync()

    world.edit(ada, office="B 12")
    world.sync()

    assert [one.hold.question for one in world.holds()] == [Question.UNTRACK]
    assert quiet(world)


def test_a_question_about_a_removal_survives_an_edit_that_the_book_does_not_see(world):
    world.set_policy(directions={"office": Direction.TO_HUB}, on_book_removal=OnBookRemoval.ASK)
    ada = world.create(ADA)
    world.sync()
    world.books["bob"].drop(world.item("bob", ada).id)
    world.sync()

    world.edit(ada, office="B 12")
    world.sync()

    assert [one.hold.question for one in world.holds()] == [Question.REMOVED_IN_BOOK]
    assert quiet(world)


def test_a_number_that_could_not_be_sent_is_sent_later_beside_one_that_went_up(world):
    bob = meddle(world, "bob")
    ada = world.create(ADA.but(phones=()))
    world.sync()
    mine, theirs = Phone("+1 555 0101", PhoneKind.MOBILE), Phone("+1 555 0102", PhoneKind.HOME)
    bob.edit(world.item("bob", ada).id, phones=(mine,))
    world.edit(ada, phones=(theirs,))
    bob.lose("write")

    world.sync()
    world.sync()

    assert set(world.hub(ada).contact.phones) == {mine, theirs}
    assert set(world.shown("bob", ada).phones) == {mine, theirs}
    assert quiet(world)


def test_what_waits_because_one_field_changed_everywhere_goes_up_when_it_may(world):
    world.set_policy(guards=Guards(same_field_floor=1))
    people = [world.create(ADA), world.create(GRACE)]
    world.sync()
    for number, id in enumerate(people):
        phones = (Phone(f"+1 555 010{number}", PhoneKind.MOBILE),)
        world.books["bob"].edit(world.item("bob", id).id, phones=phones)
    world.sync("bob")
    world.sync("bob")
    assert [one.hold.question for one in world.holds()] == [Question.SAME_FIELD]

    world.answer("apply")
    world.sync()

    assert [len(world.hub(id).contact.phones) for id in people] == [1, 1]
    assert world.hub(people[1]).contact.phones == world.shown("bob", people[1]).phones
    assert quiet(world)


def test_whoever_promotes_a_person_he_had_hidden_wants_to_see_him_again(world):
    ada = world.create(ADA)
    world.sync()
    world.books["bob"].drop(world.item("bob", ada).id)
    world.sync()
    world.books["bob"].put(ADA.but(job_title="", phones=(), categories=("CRM",)))

    world.sync()

    assert world.item("bob", ada) is not None
    with world.database.read() as c:
        assert not spokes.hidden(c, world.users["bob"].id, [ada])


def test_an_adopted_item_is_filled_even_if_the_first_try_is_lost(world):
    bob = meddle(world, "bob")
    bob.put(ADA.but(job_title="", phones=()))
    ada = world.create(ADA)
    bob.lose("write")

    world.sync()
    world.sync()

    assert world.shown("bob", ada).job_title == "Analyst"
    assert world.shown("bob", ada).phones == ADA.phones
    assert world.hub(ada).contact == ADA
    assert quiet(world)


def put_back(world, name, backup):
    """A book's server is restored from a backup."""
    world.books[name].go_back(backup)


def test_s11_a_book_put_back_from_a_backup_takes_nothing_back_in_the_crm(world):
    ada = world.create(ADA)
    world.sync()
    backup = world.books["bob"].backup()
    world.edit(ada, job_title="Countess")
    world.sync()

    put_back(world, "bob", backup)
    world.sync()

    assert world.hub(ada).contact.job_title == "Countess"
    assert world.shown("bob", ada).job_title == "Countess"
    assert quiet(world)


def test_s11_what_a_backup_does_not_have_yet_is_asked_about_and_never_hidden(world):
    ada = world.create(ADA)
    world.sync()
    backup = world.books["bob"].backup()
    grace = world.create(GRACE)
    world.edit(ada, job_title="Countess")
    world.sync()

    put_back(world, "bob", backup)
    world.sync()
    assert [one.hold.question for one in world.holds()] == [Question.RESTORED]
    world.edit(grace, job_title="Admiral")
    world.sync()
    assert [one.hold.question for one in world.holds()] == [Question.RESTORED]

    world.answer("recreate")
    world.sync()
    world.sync()
    assert world.shown("bob", grace).job_title == "Admiral"
    assert quiet(world)


def test_s11_an_edit_after_the_restore_is_kept_beside_what_was_rolled_back(world):
    ada = world.create(ADA)
    world.sync()
    backup = world.books["bob"].backup()
    world.edit(ada, job_title="Countess")
    world.sync()
    put_back(world, "bob", backup)
    world.books["bob"].edit(world.item("bob", ada).id, nickname="Addie")

    world.sync()
    world.sync()

    assert world.hub(ada).contact.nickname == "Addie"


def test_a_removal_whose_answer_was_lost_is_told_by_its_run(world):
    bob = meddle(world, "bob")
    ada = world.create(ADA)
    world.sync()
    world.deactivate(ada)
    bob.lose("answer")

    world.sync("bob")
    world.sync("bob")

    assert bob.records == {}
    with world.database.read() as c:
        told = [done for run in world.runs() for done in runs.done_in(c, run.id)]
    removed = [done for done in told if done.act is Act.REMOVE and done.after.spoke is None]
    assert [done.before.spoke.contact.given for done in removed if done.before.spoke] == ["Ada"]


def test_a_whole_unit_that_a_book_wins_takes_no_spelling_of_its_server_along(world):
    world.books["bob"].rewrite = lambda c: c.but(job_title=c.job_title.upper())
    ada = world.create(ADA.but(department="Engines"))
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, department="Looms")
    world.edit(ada, department="Machines", job_title="Countess")
    world.sync("bob")

    world.answer("spoke")
    world.sync()

    assert world.hub(ada).contact.department == "Looms"
    assert world.hub(ada).contact.job_title in ("Analyst", "Countess")
    assert quiet(world)


def test_a_question_who_somebody_is_closes_once_he_is_linked(world):
    bob = meddle(world, "bob")
    phones = (Phone("+44 7700 900001", PhoneKind.MOBILE),)
    bob.put(Contact(given="Ada", surname="Lovelace", phones=phones))
    ada = world.create(ADA.but(phones=phones))
    world.sync()
    (question,) = world.holds()
    world.answer("apart")
    bob.lose("answer")
    world.sync("bob")
    assert world.item("bob", ada) is not None
    with world.database.write() as c:
        questions.ask(c, world.spokes["bob"].id, question.hold, "again", world.clock.now())
    world.answer("apart")

    world.sync()

    assert world.holds() == []


def test_s11_a_restore_is_noticed_where_most_items_are_as_they_were(world):
    people = [world.create(ADA), world.create(GRACE), world.create(Contact(given="Alan"))]
    world.sync()
    backup = world.books["bob"].backup()
    world.edit(people[0], job_title="Countess")
    world.sync()

    put_back(world, "bob", backup)
    world.sync()

    assert world.hub(people[0]).contact.job_title == "Countess"
    assert world.shown("bob", people[0]).job_title == "Countess"


def test_an_item_that_is_still_in_doubt_is_not_promoted_as_a_stranger(world):
    bob = meddle(world, "bob")
    bob.settles_after = 3600
    world.create(Contact(given="Nameless"))
    bob.lose("answer")
    world.sync("bob")

    world.sync("bob")
    world.clock.pass_(7200)
    world.sync()

    assert len(world.everybody()) == 1
    assert len(bob.records) == 1
    assert quiet(world)


def test_an_item_that_was_renamed_while_its_update_was_in_doubt_shows_no_edit(world):
    bob = meddle(world, "bob")
    bob.rewrite = lambda c: c.but(job_title=c.job_title.upper()[:10])
    ada = world.create(ADA)
    world.sync()
    world.edit(ada, job_title="Countess of Lovelace")
    bob.lose("answer")
    world.sync("bob")
    # The rounds of one sync repair that at once, so the answer is lost once more.
    world.edit(ada, job_title="Enchantress of Numbers")
    bob.before["answer"] = lambda: (bob.rename(world.item("bob", ada).id), lost())

    world.sync("bob")
    world.sync()

    assert world.hub(ada).contact.job_title == "Enchantress of Numbers"
    assert world.holds() == []
    assert len(bob.records) == 1
    assert quiet(world)


def test_a_note_written_while_an_update_was_in_doubt_stays_its_users_own(world):
    bob = meddle(world, "bob")
    ada = world.create(ADA.but(note="Met at the fair"))
    world.sync()
    world.edit(ada, note="Met at the fair in May")

    def write_a_note_of_his_own():
        bob.edit(world.item("bob", ada).id, note="Bob's own thoughts")
        lost()

    bob.before["answer"] = write_a_note_of_his_own
    world.sync("bob")
    world.sync()
    world.edit(ada, note="Something else")
    world.sync()

    assert world.shown("bob", ada).note == "Bob's own thoughts"
    assert quiet(world)


def test_s9_an_item_created_since_our_backup_is_linked_again_not_doubled(world):
    ada = world.create(Contact(given="Nameless"))
    world.sync("ann")
    world.books["bob"].put(Contact(given="Somebody else"))
    go_back_before_the_first_sync(world, "ann")

    world.sync()
    world.sync()

    assert len(world.everybody()) == 1
    assert [one.contact.given for one in world.books["ann"].records.values()] == ["Nameless"]
    assert world.item("ann", ada) is not None
    assert quiet(world)


def test_an_item_on_its_way_to_another_name_was_not_removed_by_its_user(world):
    ada = world.create()
    world.sync()
    book = world.books["bob"]
    book.settles_after = book.shows_after = 10.0
    item = world.item("bob", ada)
    book.drop(item.id)  # no list shows its new name yet
    world.sync("bob")
    moved = book.put(item.contact, mark=item.mark)
    book.log.pop()
    world.clock.pass_(30)

    world.sync("bob")

    assert world.item("bob", ada).id == moved.id
    world.edit(ada, job_title="Countess")
    world.sync("bob")
    assert world.shown("bob", ada).job_title == "Countess"


def test_an_item_that_stays_away_was_removed_by_its_user(world):
    ada = world.create()
    world.sync()
    book = world.books["bob"]
    book.settles_after = book.shows_after = 10.0
    book.drop(world.item("bob", ada).id)
    world.sync("bob")
    assert world.item("bob", ada) is None
    world.clock.pass_(30)

    world.sync("bob")
    world.edit(ada, job_title="Countess")
    world.sync("bob")

    assert book.records == {}


def hidden(world: World, name: str) -> set:
    user = world.users[name].id
    with world.database.read() as c:
        return set(
            c.scalars(sa.select(tombstones.c.contact_id).where(tombstones.c.user_id == user))
        )


def test_what_is_to_be_removed_under_an_old_name_is_found_under_the_new_one(world):
    ada = world.create()
    world.sync()
    world.sync()  # it has heard of its own items
    world.delete(ada)
    book = world.books["bob"]
    book.rename(world.item("bob", ada).id)
    del book.log[-2:]  # no list shows the new name yet

    world.sync()

    assert book.records == {}
    assert hidden(world, "bob") == set()
    assert quiet(world)


def test_an_item_that_was_edited_before_it_was_adopted_keeps_its_edit(world):
    bob = meddle(world, "bob")
    ada = world.create()

    def edited_and_lost():
        (item,) = bob.records
        bob.edit(item, job_title="Countess")
        lost()

    bob.before["answer"] = edited_and_lost
    world.sync()
    world.sync()

    assert world.hub(ada).contact.job_title == "Countess"


def test_what_is_untracked_while_its_user_removes_it_stays_away(world):
    world.set_policy(on_book_removal=OnBookRemoval.RECREATE)
    bob = meddle(world, "bob")
    ada = world.create()
    world.sync()
    item = world.item("bob", ada)
    bob.before["write"] = lambda: bob.drop(item.id)

    with world.house.working_on(world.spokes["bob"]) as setting:
        wishes.untrack(setting, ada, wishes.Parting.REMOVE)
    world.sync()
    world.sync()

    assert bob.records == {}


def test_news_that_came_while_a_write_was_under_way_are_not_cleaned_away(world):
    bob = meddle(world, "bob")
    ada = world.create()
    world.sync()

    def meanwhile():
        world.edit(ada, job_title="Countess")
        world.sync("ann")

    world.edit(ada, nickname="Addie")
    bob.before["answer"] = meanwhile
    world.sync("bob")
    world.sync("bob")

    assert world.shown("bob", ada).job_title == "Countess"


def test_a_request_that_may_still_act_is_not_made_again(world):
    bob = meddle(world, "bob")
    bob.settles_after = 60.0
    ada = world.create()
    bob.lose("write")
    world.sync()

    world.sync()
    at_once = dict(bob.records)
    world.clock.pass_(61)
    world.sync()

    assert at_once == {}
    assert world.item("bob", ada) is not None


def test_a_worker_whose_lease_was_taken_over_writes_nothing_more(world):
    spoke = world.spokes["bob"]
    with world.house.working_on(spoke) as setting:
        world.clock.pass_(61)
        with world.house.working_on(spoke):
            pass

        with pytest.raises(Busy), setting.journal.transaction():
            pass


def test_an_item_that_was_given_back_is_promoted_again_by_its_category(world):
    ada = world.create()
    world.sync()
    bob, item = world.books["bob"], world.item("bob", ada)
    with world.house.working_on(world.spokes["bob"]) as setting:
        wishes.untrack(setting, ada, wishes.Parting.KEEP)
    bob.put(bob.records[item.id].contact.but(categories=("CRM",)), id=item.id, mark=item.mark)

    world.sync()

    assert world.item("bob", ada) is not None


def test_a_removal_that_only_a_whole_list_can_show_is_seen(world):
    ada, *_ = [world.create(ADA.but(given=f"Ada {n}", emails=())) for n in range(3)]
    world.sync()
    world.books["bob"].drop(world.item("bob", ada).id)
    world.books["bob"].forget_cursors()

    world.sync()

    assert hidden(world, "bob") == {ada}


def test_what_a_list_lacks_is_looked_for_before_it_counts_as_removed(world):
    bob = put_in(world, Old(name="bob"))
    ada, *_ = [world.create(ADA.but(given=f"Ada {n}", emails=())) for n in range(3)]
    world.sync()
    missing = world.item("bob", ada)
    bob.forget_cursors()
    bob.unlisted = {missing.id}

    world.sync()

    assert hidden(world, "bob") == set()
    assert world.item("bob", ada) == missing


def test_a_read_that_is_older_than_what_was_announced_is_made_again(world):
    bob = put_in(world, Old(name="bob"))
    ada = world.create()
    world.sync()
    world.sync()  # it has heard of its own items
    bob.settles_after = bob.shows_after = 60.0
    bob.read_as = dict(bob.records)
    bob.edit(world.item("bob", ada).id, job_title="Countess")
    world.sync()

    bob.read_as = {}
    world.sync()

    assert world.hub(ada).contact.job_title == "Countess"


def test_a_link_that_could_not_follow_a_merge_yet_follows_it_later(world):
    bob = meddle(world, "bob")
    bob.settles_after = 1000.0
    grace = world.create(GRACE)
    bob.lose("write")
    world.sync("bob")  # whether the item of Grace is there, is in doubt
    ada = world.create()
    world.sync("bob")
    item = world.item("bob", ada)
    world.merge(ada, grace)
    world.sync("bob")  # her contact is still busy
    world.clock.pass_(2000)

    world.sync()

    assert world.item("bob", grace).id == item.id
    assert quiet(world)


def test_a_contact_that_an_answer_restores_leaves_the_book_that_it_does_not_belong_in(world):
    ada = world.create()
    world.sync()
    world.delete(ada)
    bob = world.books["bob"]
    bob.edit(world.item("bob", ada).id, job_title="Countess")
    world.set_scope("bob", "mine")
    world.sync("bob")
    world.answer("restore")

    world.sync()

    assert world.hub(ada).contact.job_title == "Countess"
    assert bob.records == {}
    assert quiet(world)


def test_our_own_item_without_its_category_is_asked_about_before_anything_flows(world):
    bob = meddle(world, "bob")
    ada = world.create()
    bob.before["answer"] = lost
    world.sync("bob")
    (item,) = bob.records.values()
    bob.edit(item.id, categories=(), job_title="Between me and me")

    world.sync("bob")

    assert [one.hold.question for one in world.holds()] == [Question.UNTRACK]
    assert world.hub(ada).contact.job_title == ADA.job_title
    world.answer("keep")
    world.sync()
    assert world.hub(ada).contact.job_title == ADA.job_title
    assert bob.records[item.id].contact.job_title == "Between me and me"
    assert quiet(world)


def test_s9_an_item_that_lost_its_category_since_our_backup_is_asked_about(world):
    ada = world.create(Contact(given="Nameless"))
    world.sync()
    go_back_before_the_first_sync(world, "bob")
    bob = world.books["bob"]
    (item,) = bob.records.values()
    bob.edit(item.id, categories=(), job_title="Between me and me")

    world.sync("bob")
    world.sync("bob")

    assert [one.hold.question for one in world.holds()] == [Question.UNTRACK]
    assert world.hub(ada).contact.job_title == ""
    world.answer("stay")
    world.sync()
    world.sync()
    assert "CRM" in bob.records[item.id].contact.categories


def test_s9_an_item_that_we_forgot_is_nobodys_wish_later_either(world):
    ada = world.create(Contact(given="Nameless"))
    world.sync("bob")
    go_back_before_the_first_sync(world)
    world.deactivate(ada)  # so that it is not wanted there
    world.sync("bob")
    bob = world.books["bob"]
    (item,) = bob.records.values()

    bob.edit(item.id, nickname="N")
    world.sync("bob")

    assert [one.id for one in world.everybody()] == [ada]


def test_an_item_that_is_said_to_be_two_contacts_is_linked_once_and_the_other_one_copied(world):
    grace = Contact(
        given="Grace", surname="Hopper", phones=(Phone("+1 555 0100", PhoneKind.MOBILE),)
    )
    one, other = world.create(grace), world.create(grace.but(given="Grace M."))
    item = world.books["bob"].put(grace.but(emails=(), job_title="Admiral"))
    world.sync("bob")
    with world.database.write() as c:
        for hold in world.holds():
            questions.answer(c, hold.id, "link-1", world.users["bob"].id, world.clock.now())

    (foreseen,) = world.preview("bob")
    done = world.sync("bob")[0]

    assert [line.act for line in foreseen.report.lines] == [Act.LINK]
    assert done.report.counts().linked == 1
    world.sync()
    linked = {world.item("bob", id).id for id in (one, other)}
    assert len(linked) == 2
    assert item.id in linked
    assert not world.holds()
    assert quiet(world)


def test_what_an_unbelieved_list_lacks_was_not_removed_though_the_hub_edits_it(world):
    people = [world.create(Contact(given=f"Ada {n}", surname="Berg")) for n in range(12)]
    world.sync()
    book = world.books["bob"]
    emptied = book.backup()
    for id in list(book.records):
        book.drop(id)
    book.forget_cursors()
    world.edit(people[0], job_title="Countess")
    world.sync("bob")
    assert [hold.hold.topic for hold in world.holds()] == ["emptied"]

    book.go_back(emptied)
    world.sync("bob")

    assert world.shown("bob", people[0]).job_title == "Countess"


def test_what_a_new_link_was_to_fill_is_filled_though_the_first_write_was_lost(world):
    bob = meddle(world, "bob")
    item = bob.put(ADA.but(job_title="", phones=()))
    bob.settles_after = 1000.0
    bob.lose("write")
    ada = world.create(ADA)
    world.sync("bob")
    bob.edit(item.id, categories=("CRM",))
    world.clock.pass_(2000)

    world.sync("bob")
    world.sync()

    assert world.item("bob", ada).id == item.id
    assert world.shown("bob", ada).job_title == ADA.job_title
    assert quiet(world)


def test_a_lost_write_over_what_its_user_had_cleared_is_made_again(world):
    bob = meddle(world, "bob")
    bob.settles_after = 1000.0
    ada = world.create(ADA)
    world.sync()
    item = world.item("bob", ada)
    bob.edit(item.id, job_title="")
    world.edit(ada, job_title="Countess")
    bob.lose("write")
    world.sync("bob")
    bob.edit(item.id, nickname="Ada")
    world.clock.pass_(2000)

    world.sync()

    assert world.shown("bob", ada).job_title == "Countess"
    assert world.hub(ada).contact.nickname == "Ada"
    assert quiet(world)


def test_what_arrived_without_an_answer_is_undone_with_its_run(world):
    bob = meddle(world, "bob")
    world.create()
    bob.lose("answer")
    world.sync("bob")
    world.sync("bob")
    assert len(bob.records) == 1

    world.house.undo(world.runs()[-1], world.users["bob"].id)
    world.sync("bob")

    assert bob.records == {}


def test_what_a_killed_program_had_sent_is_undone_with_its_run(world):
    bob = meddle(world, "bob")
    ada = world.create()
    world.sync("bob")
    world.edit(ada, job_title="Countess")
    bob.before["answer"] = killed
    with pytest.raises(Killed):
        world.sync("bob")
    world.sync("bob")
    assert world.shown("bob", ada).job_title == "Countess"

    (run,) = [one for one in world.runs() if one.finished is None]
    world.house.undo(run, world.users["bob"].id)

    assert world.shown("bob", ada).job_title == "Analyst"


def test_an_undo_that_was_interrupted_may_be_repeated(world):
    bob = meddle(world, "bob")
    world.create(ADA)
    world.create(GRACE)
    world.sync("bob")
    run = world.runs()[0]
    bob.before["write"] = lambda: bob.lose("write")  # the first arrives, the second is lost

    world.house.undo(run, world.users["bob"].id)
    assert len(bob.records) == 1
    (run,) = [one for one in world.runs() if one.id == run.id]
    world.house.undo(run, world.users["bob"].id)

    assert bob.records == {}


def test_a_write_in_doubt_is_settled_before_its_book_is_let_go(world):
    bob = meddle(world, "bob")
    ada = world.create()
    world.sync("bob")
    world.edit(ada, job_title="Countess")
    bob.lose("answer")
    world.sync("bob")

    with (
        world.house.working_on(world.spokes["bob"]) as setting,
        world.house.recorded(setting, "disconnect") as reports,
    ):
        reports.append(wishes.let_book_go(setting, wishes.Parting.KEEP))

    assert reports[0].postponed == 0
    assert [one.contact.categories for one in bob.records.values()] == [()]


def test_an_answer_is_not_forgotten_before_it_is_carried_out(world):
    bob = meddle(world, "bob")
    ada = world.create()
    world.sync("bob")
    bob.edit(world.item("bob", ada).id, job_title="Programmer")
    world.edit(ada, job_title="Countess")
    world.sync("bob")
    world.answer("hub")
    bob.before["write"] = killed
    with pytest.raises(Killed):
        world.sync("bob")

    world.sync("bob")

    assert world.shown("bob", ada).job_title == "Countess"
    assert world.holds() == []


def test_what_the_hub_took_is_undone_with_its_run_though_the_books_part_was_lost(world):
    bob = meddle(world, "bob")
    ada = world.create()
    world.sync("bob")
    bob.edit(world.item("bob", ada).id, nickname="Addie")
    world.edit(ada, job_title="Countess")
    bob.lose("write")
    world.sync("bob")
    assert world.hub(ada).contact.nickname == "Addie"
    world.sync("bob")

    (run,) = [one for one in world.runs() if one.error]
    world.house.undo(run, world.users["bob"].id)

    assert world.hub(ada).contact.nickname == ""


def test_an_item_that_an_interrupted_undo_put_back_is_not_put_back_twice(world):
    bob = meddle(world, "bob")
    ada = world.create()
    world.sync("bob")
    world.deactivate(ada)
    world.sync("bob")
    run = world.runs()[0]
    bob.before["answer"] = killed
    with pytest.raises(Killed):
        world.house.undo(run, world.users["bob"].id)

    report = world.house.undo(run, world.users["bob"].id)
    world.sync("bob")

    assert report.postponed == 0
    assert [one.contact.given for one in bob.records.values()] == ["Ada"]


def test_what_a_folded_item_brought_reaches_the_first_one_though_the_program_was_killed(world):
    bob = meddle(world, "bob")
    phones = (Phone("+44 7700 900001", PhoneKind.MOBILE),)
    ada = world.create(ADA.but(phones=phones))
    world.sync("bob")
    second = Contact(given="Ada", surname="Lovelace", nickname="Addie", phones=phones)
    bob.put(second.but(categories=("CRM",)))
    world.sync("bob")
    world.answer("fold-1")
    bob.before["write"] = killed
    with pytest.raises(Killed):
        world.sync("bob")

    world.sync("bob")
    world.sync("bob")

    assert world.shown("bob", ada).nickname == "Addie"
    assert len(bob.records) == 1


def test_an_answer_about_many_contacts_is_kept_until_all_of_it_is_carried_out(world):
    bob = meddle(world, "bob")
    people = [world.create(Contact(given=f"Ada {n}", surname="Berg")) for n in range(62)]
    world.sync("bob")
    for id in people[:-1]:
        world.deactivate(id)
    world.sync("bob")
    world.answer("remove")
    bob.before["write"] = killed
    with pytest.raises(Killed):
        world.sync("bob")
    bob.before["write"] = lambda: bob.before.update(write=killed)  # before the second batch
    with pytest.raises(Killed):
        world.sync("bob")
    assert len(bob.records) == 12

    world.sync("bob")

    assert len(bob.records) == 1
    assert world.holds() == []


def test_a_mark_that_did_not_reach_a_promoted_item_is_put_on_it_later(world):
    bob = meddle(world, "bob")
    item = bob.put(Contact(given="Alan", surname="Turing", categories=("CRM",)))
    bob.lose("write")
    world.sync("bob")
    world.sync("bob")
    bob.rename(item.id)
    world.sync("bob")

    [alan] = [record.id for record in world.everybody() if record.contact.given == "Alan"]
    assert world.item("bob", alan) is not None
    assert len(bob.records) == 1


def test_a_lost_release_is_made_again_though_its_user_took_the_category_off_before(world):
    bob = meddle(world, "bob")
    ada = world.create()
    world.sync("bob")
    item = world.item("bob", ada)
    bob.edit(item.id, categories=())
    world.sync("bob")
    world.answer("keep")
    bob.lose("write")
    world.sync("bob")

    world.sync("bob")

    assert bob.records[item.id].mark is None
    assert world.item("bob", ada) is None


def test_an_item_that_was_given_to_its_user_and_kept_its_mark_may_be_shared_again(world):
    bob = world.books["bob"]
    ada = world.create()
    world.sync("bob")
    item = world.item("bob", ada)
    bob.edit(item.id, categories=())
    world.sync("bob")
    world.answer("keep")
    world.sync("bob")
    assert world.item("bob", ada) is None

    # The mark of a card is its UID, which stays.
    bob.put(item.contact.but(categories=("CRM",)), id=item.id, mark=item.mark)
    world.sync("bob")

    assert world.item("bob", ada).id == item.id
