"""How each book stands, as people and programs are told."""

import sqlite3
from contextlib import closing

import pytest

from twinbook.jobs.standing import State

PERSON = {State.ASKED, State.SIGN_IN, State.GONE, State.READ_ONLY, State.FAILING}


def books(town, by=None):
    return {one["book"]: one for one in town("status", "--json", by=by).json["books"]}


def set_schedule(town, book, **values):
    """What a service would have noted."""
    pairs = ", ".join(f"{name} = ?" for name in values)
    where = "spoke_id = (SELECT id FROM spokes WHERE name = ?)"
    with closing(sqlite3.connect(town.data / "twinbook.db")) as database, database:
        database.execute(f"UPDATE schedule SET {pairs} WHERE {where}", [*values.values(), book])


def test_a_synchronised_book_is_in_step_and_knows_since_when(town):
    town.with_two_books()

    found = books(town)["ann"]

    assert found["state"] == "in step"
    assert (found["dirty"], found["questions"], found["error"]) == (0, 0, None)
    assert found["lag_seconds"] < 60
    assert found["last_good_run"] == found["last_run"]
    assert found["next"] > found["last_run"]


def test_a_book_that_was_never_synchronised_is_due(town):
    town.founded()
    town.do("import", town.file("customers.vcf", town_card()))
    town.do("connect", "folder", town.folder("ann"))

    found = books(town)["ann"]

    assert (found["state"], found["dirty"], found["lag_seconds"]) == ("due", 1, None)
    assert town("status").status == 0


def town_card():
    return "BEGIN:VCARD\nVERSION:3.0\nN:Berg;Ada;;;\nFN:Ada Berg\nEND:VCARD\n"


def test_news_make_the_books_they_concern_due(town):
    town.with_two_books()
    town.do("contact", "edit", "Ada Berg", "job_title=Duchess")
    town.do("sync", "ann")

    assert {name: one["state"] for name, one in books(town).items()} == {
        "ann": "in step",
        "bob": "due",
    }


def test_a_paused_book_says_how_it_goes_on(town):
    town.with_two_books()
    town.do("pause", "bob")

    told = town.do("status")

    assert books(town)["bob"]["state"] == "paused"
    assert "twinbook resume bob" in told.out


def test_a_folder_that_is_gone_is_told_with_its_remedy_and_exit_status_1(town):
    town.with_two_books()
    town.folder("bob").rename(town.place / "elsewhere")
    town("sync", "bob")

    found, told = books(town)["bob"], town("status")

    assert found["state"] == "gone"
    assert found["error"] in told.out
    assert found["last_good_run"] < found["last_run"]
    assert told.status == 1


def test_an_open_question_needs_a_person(town):
    town.with_two_books()
    town.do("policy", "set", "on_book_removal", "ask")
    town.delete("bob", "Ada Berg")
    town("sync", "bob")

    told = town("status")

    assert books(town)["bob"]["state"] == "waiting for an answer"
    assert "bob: 1 question to answer. See: twinbook hold list" in told.out
    assert told.status == 1


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        ("Throttled", State.THROTTLED),
        ("Unavailable", State.UNREACHABLE),
        ("SignInNeeded", State.SIGN_IN),
        ("Emptied", State.GONE),
        ("Closed", State.READ_ONLY),
        ("Invalid", State.FAILING),
        ("TwinbookError", State.FAILING),
    ],
)
def test_each_trouble_has_its_state(town, trouble, state):
    town.with_two_books()
    set_schedule(town, "ann", trouble=trouble, told="It went wrong. Do this.")

    told = town("status")

    assert books(town)["ann"]["state"] == state.value
    assert "ann: It went wrong. Do this." in told.out
    assert told.status == int(state in PERSON)


def test_a_book_of_a_server_that_does_not_answer_others_is_unreachable_too(town):
    town.with_two_books()
    set_schedule(town, "ann", server="dav.example.com:443")
    with closing(sqlite3.connect(town.data / "twinbook.db")) as database, database:
        database.execute("INSERT INTO servers VALUES ('dav.example.com:443', 9000000000000000, 3)")

    assert books(town)["ann"]["state"] == "unreachable"
    assert "dav.example.com:443 does not answer" in town("status").out


def test_a_book_that_is_worked_on_says_so(town):
    town.with_two_books()
    with closing(sqlite3.connect(town.data / "twinbook.db")) as database, database:
        database.execute("UPDATE spokes SET holder = 'elsewhere/1/x', held_until = 9e15")

    assert {one["state"] for one in books(town).values()} == {"working"}


def test_an_administrator_sees_all_books_and_a_user_the_own_ones(town):
    town.with_two_books()

    assert set(books(town)) == {"ann", "bob"}
    assert set(books(town, by="bob")) == {"bob"}


def test_it_says_that_nobody_is_at_work(town):
    town.with_two_books()

    assert "twinbook serve" in town.do("status").out


def test_the_table_fits_into_100_columns(town):
    town.founded()
    mail = "someone.with.a.long.name@department.example.com"
    town.do("user", "add", mail, "--name", "Someone")
    name = "a book with quite a long name"
    town.do("connect", "folder", town.folder("x"), "--user", mail, "--name", name)
    town("sync")
    set_schedule(town, name, trouble="Unavailable", told="Away. " * 5)

    lines = town("status").out.split("\n\n")[0].splitlines()

    assert len(lines) == 2
    assert max(map(len, lines)) <= 100
