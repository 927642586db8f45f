"""However the program dies while a script is played, in the end the world is the same (T5).

`make test` lets it die here and there, `make torture` before and after every effect, on both
databases.
"""

import json
from collections import Counter

import pytest
import scripts_edits
import scripts_haste
import scripts_membership
import scripts_places
from stage import Scenery, Trace
from sweep import WRITING, acts, deaths, differences, perform, scripts_in, view

from twinbook.model.intent import Request
from twinbook.model.plan import Act

CALM = scripts_in(scripts_edits, scripts_membership, scripts_places)
HASTY = scripts_in(scripts_haste)
EVERYTHING = CALM | HASTY
SOME = 29  #: of so many crashes, `make test` tries one

IMAGE = (
    "the image of a removed item comes with the answer to its removal; lost, nothing is put back"
)
EARLIER = "who dies before the release leaves nothing to release: people went on meanwhile"
PERSONAL = "who dies before the promotion leaves a personal item, whose edits are nobody's business"
PROMOTED = "a_promoted_person_is_edited_while_the_promotion_is_in_doubt"
BACK = "a_contact_comes_back_while_its_release_is_in_doubt"
MASKED = {
    ("a_removal_is_undone", "book bob"): IMAGE,
    ("a_removal_is_undone", "links that were released"): IMAGE,
    (BACK, "book bob"): EARLIER,
    (BACK, "links that were released"): EARLIER,
    (PROMOTED, "history"): PERSONAL,
}
"""The differences that are allowed: (script, topic) and the reason."""

ACTS = {
    Act.CREATE: "the_first_sync",
    Act.UPDATE: "an_edit_in_the_hub",
    Act.LINK: "a_look_alike_is_adopted",
    Act.PROMOTE: "a_tag_promotes",
    Act.RELINK: "a_merge_where_only_the_loser_was_shown",
    Act.REBASE: "both_sides_say_the_same",
    Act.FOLD: "a_second_item_of_the_same_person_is_folded",
    Act.FREEZE: "a_contact_that_leaves_freezes",
    Act.REMOVE: "a_deletion_in_the_hub",
    Act.RELEASE: "a_contact_that_leaves_stays_as_a_personal_item",
    Act.RESTORE: "a_removal_is_undone",
    Act.FORGET: "a_removal_in_a_book_hides",
}
"""Where the engine does each of the things that it can do."""

DOUBTS = {
    (Act.CREATE, Request.CREATE, Trace.NOWHERE): "the_first_sync",
    (Act.CREATE, Request.CREATE, Trace.MADE): "the_first_sync",
    (Act.RESTORE, Request.CREATE, Trace.NOWHERE): "a_removal_is_undone",
    (Act.RESTORE, Request.CREATE, Trace.MADE): "a_removal_is_undone",
    (Act.UPDATE, Request.UPDATE, Trace.AS_BEFORE): "an_edit_in_the_hub",
    (Act.UPDATE, Request.UPDATE, Trace.CHANGED): "an_edit_in_the_hub",
    (Act.UPDATE, Request.UPDATE, Trace.RENAMED): "an_item_is_renamed_while_its_update_is_in_doubt",
    (Act.UPDATE, Request.UPDATE, Trace.NOWHERE): "an_item_is_removed_while_its_update_is_in_doubt",
    (Act.RELEASE, Request.RELEASE, Trace.AS_BEFORE): "a_contact_is_untracked_and_its_item_kept",
    (Act.RELEASE, Request.RELEASE, Trace.CHANGED): "a_contact_is_untracked_and_its_item_kept",
    (Act.REMOVE, Request.REMOVE, Trace.AS_BEFORE): "a_deletion_in_the_hub",
    (Act.REMOVE, Request.REMOVE, Trace.NOWHERE): "a_deletion_in_the_hub",
    (Act.REMOVE, Request.REMOVE, Trace.RENAMED): "an_item_is_renamed_while_its_removal_is_in_doubt",
}
"""Where recovery meets each kind of doubt: an act, its request, and what is to be seen of it."""


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory):
    scenery = Scenery(f"sqlite:///{tmp_path_factory.mktemp('sweep') / 'twinbook.sqlite3'}")
    yield scenery
    scenery.database.close()


@pytest.fixture(scope="module")
def postgres(postgres_database):
    scenery = Scenery(postgres_database)
    yield scenery
    scenery.database.close()


def sweep(name, scenery, chosen, record_property):
    """Perform a script with each of the chosen crashes, and compare with the undisturbed one."""
    script, hasty = EVERYTHING[name], name in HASTY
    undisturbed = perform(script, scenery)
    wanted, possible = view(undisturbed), list(deaths(undisturbed))
    where = "SQLite" if scenery.is_sqlite else "PostgreSQL"
    told = Counter({f"{where}: scripts": 1, f"{where}: effects": undisturbed.effects})
    for death in chosen(possible):
        stage = perform(script, scenery, death.storm, hasty=hasty)
        assert stage.has_died, f"{name}: nobody died {death}"
        found = differences(view(stage), wanted)
        masked = {topic for topic in found if (name, topic) in MASKED}
        assert found.keys() == masked, f"{name}, a crash {death}: {found}"
        told[f"{where}: crashes {death.moment.words}"] += 1
        told[f"{where}: {'masked' if masked else 'recovered'}"] += 1
    record_property("sweep", json.dumps(told))


def here_and_there(name):
    """One of some crashes; which ones they are depends on the script."""
    return lambda possible: possible[sum(name.encode()) % SOME :: SOME]


@pytest.mark.slow
@pytest.mark.parametrize("name", EVERYTHING)
def test_a_crash_here_and_there_changes_nothing_in_the_end(name, sqlite, record_property):
    sweep(name, sqlite, here_and_there(name), record_property)


@pytest.mark.slow
@pytest.mark.database
@pytest.mark.parametrize("name", list(EVERYTHING)[::12])
def test_nor_does_it_on_postgresql(name, postgres, record_property):
    sweep(name, postgres, here_and_there(name), record_property)


@pytest.mark.torture
@pytest.mark.parametrize("name", EVERYTHING)
def test_a_crash_at_any_effect_changes_nothing_in_the_end(name, sqlite, record_property):
    sweep(name, sqlite, list, record_property)


@pytest.mark.torture
@pytest.mark.database
@pytest.mark.parametrize("name", EVERYTHING)
def test_nor_does_one_at_any_effect_on_postgresql(name, postgres, record_property):
    sweep(name, postgres, list, record_property)


def test_every_act_of_the_engine_is_in_a_script(sqlite):
    assert ACTS.keys() == set(Act)
    missed = [
        act for act, name in ACTS.items() if act not in acts(perform(EVERYTHING[name], sqlite))
    ]
    assert missed == []


@pytest.mark.parametrize("doubt", DOUBTS, ids=lambda doubt: " ".join(one.name for one in doubt))
def test_every_doubt_that_recovery_can_meet_is_in_a_script(doubt, sqlite):
    name = DOUBTS[doubt]
    writes = [one for one in deaths(perform(EVERYTHING[name], sqlite)) if one.moment in WRITING]

    assert any(doubt in _met(name, death, sqlite) for death in writes)


def _met(name, death, scenery):
    return perform(EVERYTHING[name], scenery, death.storm, hasty=name in HASTY).doubts
