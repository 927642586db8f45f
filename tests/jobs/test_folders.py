"""Folders on this machine are kept in step at once: real folders, and a clock the test moves."""

import shutil
from itertools import pairwise

import pytest
from harbour import failed, mended, synced, written

from twinbook.jobs.lookout import OUT_OF_SIGHT, PATIENCE
from twinbook.model.errors import Emptied


def test_an_edit_in_one_folder_arrives_in_the_other(shared):
    shared.edit("ann", "Analyst", "Countess")

    shared.look(4)

    assert "TITLE:Countess" in shared.card("bob").read_text()


def test_an_edit_in_the_hub_arrives_in_the_folders(shared):
    shared.edit_in_hub(job_title="Countess")

    shared.look(2)

    assert "TITLE:Countess" in shared.card("ann").read_text()
    assert "TITLE:Countess" in shared.card("bob").read_text()


def test_nothing_is_synchronised_while_nobody_edits(shared):
    assert shared.look(20) == []


def test_our_own_writes_are_followed_by_one_quiet_look_at_most(shared):
    shared.edit("ann", "Analyst", "Countess")

    events = shared.look(30)

    assert written(events) == {"ann", "bob"}
    assert len(synced(events)) <= 4


def test_only_the_books_concerned_are_synchronised(office):
    office.create("ann", "bob")
    office.settle()
    office.edit_in_hub(job_title="Countess")

    assert set(synced(office.look(8))) == {"bob"}


def test_a_card_that_is_still_being_written_is_left_until_it_rests(shared):
    events = []
    for number in range(6):
        shared.edit("ann", "TITLE:", f"TITLE:{number}")
        events += shared.look()
    assert events == []

    shared.look(4)

    assert "TITLE:543210Analyst" in shared.card("bob").read_text()


def test_a_folder_that_never_rests_is_synchronised_all_the_same(shared):
    events = []
    for _ in range(int(PATIENCE.total_seconds() / 0.5) * 2 + 2):
        shared.edit("ann", "TITLE:", "TITLE:x")
        events += shared.look()

    assert 1 <= synced(events).count("ann") <= 3


def test_an_unreadable_folder_is_said_once_and_the_others_go_on(shared):
    (shared.place / "ann").rename(shared.place / "hidden")
    events = failed(shared.look(100))
    assert [(one.spoke.name, type(one.error)) for one in events] == [("ann", Emptied)]
    assert shared.row("ann").failures <= 2

    shared.edit_in_hub(job_title="Countess")

    assert written(shared.look(4)) == {"bob"}


def test_a_folder_that_is_back_is_caught_up_with_at_once(shared):
    hidden = shared.place / "hidden"
    (shared.place / "ann").rename(hidden)
    shared.look(4)
    shared.edit_in_hub(job_title="Countess")
    shared.look(20, seconds=600)

    hidden.rename(shared.place / "ann")
    events = shared.look(2, seconds=OUT_OF_SIGHT.longest.total_seconds())

    assert mended(events) == ["ann"]
    assert "TITLE:Countess" in shared.card("ann").read_text()


def test_a_folder_that_stays_away_is_looked_at_less_and_less_often(shared):
    asked, house = [], shared.house
    replica = type(house).replica

    def counted(self, spoke):
        if spoke.name == "ann":
            asked.append(shared.clock.now())
        return replica(self, spoke)

    shutil.rmtree(shared.place / "ann")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(house), "replica", counted)
        shared.look(600)

    gaps = [later - sooner for sooner, later in pairwise(asked)]
    assert len(asked) < 20
    assert max(gaps) >= OUT_OF_SIGHT.longest / 2


def test_a_book_that_somebody_else_works_on_is_tried_again_without_a_word(shared):
    shared.edit("ann", "Analyst", "Countess")
    with shared.house.working_on(shared.books["ann"]):
        events = shared.look(8)
    assert failed(events) == []

    events = shared.look(40)

    assert mended(events) == []
    assert "TITLE:Countess" in shared.card("bob").read_text()


def test_a_paused_book_is_left_alone(shared):
    shared.pause("bob")

    shared.edit("ann", "Analyst", "Countess")
    shared.look(6)

    assert "TITLE:Analyst" in shared.card("bob").read_text()


def test_a_book_that_is_connected_later_is_kept_in_step_too(shared):
    shared.connect("cyd")
    shared.set_scope("cyd", "visible")

    shared.look(4)

    assert "Analyst" in shared.card("cyd").read_text()


def test_what_was_edited_while_no_service_was_there_is_taken_up_by_the_next(shared):
    shared.edit("ann", "Analyst", "Countess")

    shared.service = shared.start()
    shared.look(5)

    assert "TITLE:Countess" in shared.card("bob").read_text()


def test_a_service_that_begins_reads_no_folder_anew_where_nothing_changed(shared):
    shared.service = shared.start()

    assert shared.look(4) == []


def test_each_run_that_changed_something_is_counted(shared):
    before = len(shared.changed)

    shared.edit("ann", "Analyst", "Countess")
    events = shared.look(30)

    assert len(shared.changed) - before == len(written(events)) == 2
