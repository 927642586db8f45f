"""Real servers that change their password, stop, lose a book or all of its cards."""

import pytest

KEEPERS = {"ann": "radicale", "bob": "xandikos"}
FIRST_RADICALE = ["ann", pytest.param("bob", marks=pytest.mark.compat)]
FIRST_XANDIKOS = ["bob", pytest.param("ann", marks=pytest.mark.compat)]


@pytest.fixture
def changed_password(radicale):
    """Changes the password of the user on Radicale, for this test alone."""
    users = radicale.place / "users"
    before = users.read_text()
    yield lambda new: users.write_text(f"alice:{new}\n")
    users.write_text(before)


def test_a_changed_password_is_asked_for_and_once_given_nothing_was_missed(trio, changed_password):
    changed_password("new secret")
    trio.do("contact", "edit", "Ada Berg", "nickname=Addie")

    result = trio("sync")
    state = trio.json("status")["books"][0]
    wrong = trio("password", "ann", "--password-file", trio.secret("wrong"))
    trio.do("password", "ann", "--password-file", trio.secret("new secret"))
    trio.do("sync")

    assert result.status == 1
    assert state["state"] == "sign-in needed"
    assert "twinbook password ann --password-file FILE" in state["error"]
    assert "NICKNAME:Addie" in trio.cards("bob")["Ada Berg"]
    assert wrong.status == 1
    assert "refused the sign-in" in wrong.err
    changed_password("secret")
    assert "NICKNAME:Addie" in trio.cards("ann")["Ada Berg"]


@pytest.mark.parametrize("user", FIRST_RADICALE)
def test_what_a_server_missed_while_it_was_stopped_arrives_once_it_runs(trio, user, request):
    server = request.getfixturevalue(KEEPERS[user])
    (other,) = set(KEEPERS) - {user}
    trio.do("contact", "add", "given=Grace", "surname=Hopper")
    trio.write("cat", "Ada Berg", "TITLE:Analyst", "TITLE:Owner")
    try:
        server.stop()
        stopped = trio("sync")
        state = trio.states()[user]
    finally:
        server.start()
    trio("sync")

    assert stopped.status == 1
    assert "refuses the connection" in stopped.out
    assert state == "unreachable"
    for book in (user, other):
        assert set(trio.cards(book)) == {"Ada Berg", "Grace Hopper", f"Eva-{book} Lind"}
        assert len(trio.books[book].texts()) == 3
        assert "TITLE:Owner" in trio.cards(book)["Ada Berg"]
    assert trio.names() == ["Ada Berg", "Grace Hopper"]
    assert trio.is_quiet()


@pytest.mark.parametrize("user", FIRST_XANDIKOS)
def test_a_book_that_is_deleted_at_its_server_removes_nobody(trio, user):
    trio.books[user].delete()
    trio.do("contact", "edit", "Ada Berg", "nickname=Addie")

    result = trio("sync")

    assert result.status == 1
    assert "No contact was removed" in result.out
    assert trio.states()[user] == "gone"
    assert trio.names() == ["Ada Berg"]
    assert "NICKNAME:Addie" in trio.cards("cat")["Ada Berg"]


@pytest.mark.parametrize("user", FIRST_RADICALE)
def test_a_book_that_is_emptied_at_its_server_makes_a_question(trio, user):
    for number in range(11):
        trio.do("contact", "add", f"given=Person{number}")
    trio.do("sync")
    trio.do("sync")
    for url in trio.books[user].texts():
        trio.books[user].delete(url)

    result = trio("sync")
    (question,) = trio.json("hold", "list")
    trio.do("hold", "answer", question["id"], "recreate")
    trio("sync")

    assert result.status == 1
    assert "12" in question["text"]
    assert len(trio.names()) == 12
    assert len(trio.cards("cat")) == 13
    assert len(trio.cards(user)) == 12
    assert trio.is_quiet()


def test_a_contact_that_is_removed_right_after_it_came_is_hidden(trio):
    trio.delete("bob", "Ada Berg")

    trio.do("sync")

    assert trio.json("book", "list")[1]["links"] == 0


def test_an_emptied_book_hides_nobody_who_is_edited_in_the_hub_meanwhile(trio):
    trio.do("sync")
    for path in trio.books["cat"].texts():
        trio.books["cat"].delete(path)
    trio.do("contact", "edit", "Ada Berg", "nickname=Addie")

    trio("sync")

    assert trio.json("book", "list")[2]["links"] == 1
