"""A server that fails is named with the next step; nothing is lost, and the other books go on."""

import time

import pytest
from dishonest import Dishonest
from shelf import Kept, Reply
from town import ADA

from twinbook.net.web import Web

PEOPLE = ["Ada Berg", *(f"Person{n} Berg" for n in range(12))]


@pytest.fixture
def duo(street, standin):
    return in_two_books(street, standin)


def in_two_books(street, standin):
    """Thirteen people in the hub and in two books: Ann's on the stand-in, Cat's in a folder."""
    cards = [ADA.replace("Ada", one.split()[0]).replace("card-of-ada", one) for one in PEOPLE]
    cards = [
        one.replace("ada@", f"{who.split()[0].lower()}@")
        for one, who in zip(cards, PEOPLE, strict=True)
    ]
    street.do("import", street.file("customers.vcf", *cards))
    street.on_server("ann", standin.new_book()).in_folder("cat")
    street.do("sync")
    assert set(street.cards("ann")) == set(PEOPLE)
    return street


def told(duo):
    """What a sync says of Ann's book, while Cat's book goes on and the hub stays whole."""
    duo.do("contact", "edit", "Ada Berg", "nickname=Addie")
    result = duo("sync")
    assert result.status == 1, result
    assert "NICKNAME:Addie" in duo.cards("cat")["Ada Berg"]
    assert set(duo.cards("cat")) == set(PEOPLE)
    assert duo.names() == sorted(PEOPLE)
    assert "Traceback" not in result.err
    return "\n".join(line for line in result.out.splitlines() if "cat: " not in line)


def is_mended(duo):
    """Whether Ann's book is in step again, with everybody and what was missed.

    A write that was refused with an error is in doubt, and is looked at again after a while.
    """
    until = time.monotonic() + 60
    while duo("sync").status != 0 and time.monotonic() < until:
        time.sleep(0.3)
    shown = duo.cards("ann")
    return set(shown) == set(PEOPLE) and "NICKNAME:Addie" in shown["Ada Berg"] and duo.is_quiet()


def card_book(duo, standin):
    return standin.kept(duo.books["ann"].url)


WEB_PAGE = Reply(200, {"Content-Type": "text/html"}, b"<html><body>Sign in, please")
WELL = {"in step", "due"}
CIRCLE = Reply(302, {"Location": "/dav/"})


def answers_with(reply):
    def spoil(standin, monkeypatch):
        monkeypatch.setattr(standin, "reply", lambda *_: reply)

    return spoil


def switched(**switches):
    def spoil(standin, monkeypatch):
        for name, value in switches.items():
            monkeypatch.setattr(standin.switches, name, value)

    return spoil


def other_password(standin, monkeypatch):
    monkeypatch.setattr(standin, "password", "another")


def endless(standin, monkeypatch):
    monkeypatch.setitem(Web.ask.__kwdefaults__, "largest", 5_000)
    answers_with(Reply(207, {}, b"<x>" * 10_000))(standin, monkeypatch)


TROUBLES = {
    "a wrong password": (other_password, "sign-in needed", "twinbook password ann"),
    "a web page": (answers_with(WEB_PAGE), "unreachable", "sent a web page"),
    "half an answer": (answers_with(Reply(207, {}, b"<multistatus")), "unreachable", "is odd"),
    "an endless answer": (endless, "unreachable", "sent more than can be the answer"),
    "an error": (answers_with(Reply(500)), "unreachable", "the error 500"),
    "a pause": (answers_with(Reply(503, {"Retry-After": "60"})), "throttled", "asks for a pause"),
    "no right any more": (answers_with(Reply(403)), "sign-in needed", "not to this address book"),
    "another server": (switched(redirect="http://127.0.0.2:1"), "gone", "http://127.0.0.2:1"),
    "a circle": (answers_with(CIRCLE), "gone", "round in circles"),
    "a read-only book": (switched(read_only=True), "read-only", "Give the right to write there"),
    "a full book": (switched(put_refused=507), "read-only", "Make room there"),
}


@pytest.mark.parametrize(("spoil", "state", "text"), TROUBLES.values(), ids=TROUBLES)
def test_a_failing_server_has_its_state_and_is_in_step_again_when_it_is_mended(
    duo, standin, monkeypatch, spoil, state, text
):
    with monkeypatch.context() as patched:
        spoil(standin, patched)
        said = told(duo)
        seen = duo.json("status")

    assert text in said
    assert standin.url.split("/")[2] in said
    assert seen["books"][0]["state"] == state
    assert seen["books"][1]["state"] in WELL
    assert text in seen["books"][0]["error"]
    assert is_mended(duo)
    assert set(duo.states().values()) <= WELL


def test_a_server_that_does_not_run_is_unreachable(duo, standin):
    standin.web.shutdown()
    standin.web.server_close()

    said = told(duo)

    assert "refuses the connection" in said
    assert "start it" in said
    assert standin.url.split("/")[2] in said
    assert duo.states()["ann"] == "unreachable"


@pytest.mark.parametrize("gone_inside", [False, True])
def test_a_book_that_is_gone_at_the_server_removes_nobody(duo, standin, gone_inside):
    standin.switches.gone_inside = gone_inside
    kept = {path: standin.books.pop(path) for path in list(standin.books)}

    said = told(duo)

    assert "No contact was removed" in said
    assert "connect it with its new address" in said
    assert duo.states()["ann"] == "gone"
    standin.books.update(kept)
    assert is_mended(duo)


def emptied(duo, standin):
    for name in list(card_book(duo, standin).cards):
        card_book(duo, standin).remove(name)


def emptied_by_a_restore(duo, standin):
    (path,) = [one for one, kept in standin.books.items() if kept is card_book(duo, standin)]
    standin.books[path] = Kept()
    standin.expire()


def half_emptied(duo, standin):
    for name in list(card_book(duo, standin).cards)[:7]:
        card_book(duo, standin).remove(name)


LISTS = {"sync": {}, "ctag": {"sync": False}, "lists": {"sync": False, "ctag": False}}
ACCIDENTS = [
    # What a server reports as removed, one by one, is no listing: there is another question.
    ("sync", emptied, "many removals"),
    ("sync", emptied_by_a_restore, "emptied"),
    ("lists", emptied, "emptied"),
    ("lists", half_emptied, "emptied"),
    *(
        pytest.param(how, empty, "emptied", marks=pytest.mark.compat)
        for how, empty in (
            ("ctag", emptied),
            ("ctag", half_emptied),
            ("ctag", emptied_by_a_restore),
            ("lists", emptied_by_a_restore),
        )
    ),
]


@pytest.mark.parametrize(("how", "empty", "question"), ACCIDENTS)
def test_an_emptied_book_makes_a_question_and_can_be_filled_again(street, how, empty, question):
    with Dishonest(**LISTS[how]) as standin:
        duo = in_two_books(street, standin)
        empty(duo, standin)
        left = set(duo.cards("ann"))

        result = duo("sync")
        (asked,) = duo.json("hold", "list")
        state = duo.states()["ann"]
        shown = set(duo.cards("ann"))
        duo.do("hold", "answer", asked["id"], "recreate")

        assert result.status == 1
        assert "Nothing was removed" in result.out or "13 of 13" in result.out
        assert (asked["question"], state, shown) == (question, "waiting for an answer", left)
        assert set(duo.cards("cat")) == set(PEOPLE)
        duo("sync")
        assert set(duo.cards("ann")) == set(PEOPLE)
        assert duo.is_quiet()


@pytest.mark.parametrize("status", [403, 410, 412, 207])
def test_a_forgotten_token_loses_nothing(duo, standin, status):
    standin.switches.expired, standin.switches.expired_says = status, status != 410
    duo.write("ann", "Person1 Berg", "TITLE:Analyst", "TITLE:Owner")
    duo.do("contact", "edit", "Ada Berg", "nickname=Addie")
    standin.expire()

    duo.do("sync")

    assert "TITLE:Owner" in duo.cards("cat")["Person1 Berg"]
    assert is_mended(duo)


def test_a_book_that_moves_within_its_server_is_followed(duo, standin):
    duo.write("ann", "Person1 Berg", "TITLE:Analyst", "TITLE:Owner")
    duo.do("contact", "edit", "Ada Berg", "nickname=Addie")
    standin.switches.redirect = "/new"

    duo.do("sync")

    assert "TITLE:Owner" in duo.cards("cat")["Person1 Berg"]
    standin.switches.redirect = ""
    assert is_mended(duo)


def test_edits_are_noticed_where_every_card_has_the_same_etag(street):
    with Dishonest(etag='"same"') as standin:
        duo = in_two_books(street, standin)
        duo.write("ann", "Person1 Berg", "TITLE:Analyst", "TITLE:Owner")
        duo.do("contact", "edit", "Ada Berg", "nickname=Addie")

        duo.do("sync")

        assert "TITLE:Owner" in duo.cards("cat")["Person1 Berg"]
        assert is_mended(duo)


def test_a_card_that_is_too_large_for_the_server_is_named_and_sent_again_on_request(duo, standin):
    standin.switches.put_refused = 413

    said = told(duo)
    (question,) = duo.json("hold", "list")
    standin.switches.put_refused = 0
    duo.do("hold", "answer", question["id"], "retry")

    assert "larger than the server takes. Make its picture smaller" in said
    assert question["name"] == "Ada Berg"
    assert "larger than the server takes" in question["text"]
    assert is_mended(duo)


# connecting


def refused(street, url, *more, **login):
    """Why a book was not connected; nothing is kept of it."""
    result = street.connect("ann", url, *more, **login)
    assert result.status == 1, result
    assert "Traceback" not in result.err
    assert street.json("book", "list") == []
    return result.err


def test_connecting_says_what_is_wrong_and_keeps_nothing(street, standin):
    book, server = standin.new_book(), standin.url.split("/")[2]

    assert "Check the login and the password" in refused(street, book, password="wrong")
    assert server in refused(street, book, login="nobody")
    assert "no server runs there" in refused(street, "http://127.0.0.1:1/")
    assert "--plain-http" in refused(street, "http://192.0.2.1/")
    assert "is no address" in refused(street, "dav example")
    assert "password out of the address" in refused(street, f"http://alice:x@{server}/")
    standin.new_book()
    assert "Choose one by its address or name with --book" in refused(street, standin.url)
    assert "There is no address book 'other'" in refused(street, standin.url, "--book", "other")
    standin.switches.read_only = True
    assert "not write into it" in refused(street, book)
    standin.reply = lambda *_: WEB_PAGE
    assert "No address book was found" in refused(street, book)


def test_a_book_is_found_by_its_name_from_the_address_of_the_server(street, standin):
    standin.new_book()
    second = standin.new_book()

    result = street.connect("ann", standin.url, "--book", "book 1 ü")

    assert result.status == 0, result
    assert street.json("book", "list")[0]["address"] == second
