"""A user's books are found from whatever the user knows, and nobody else's server is asked."""

from contextlib import closing

import pytest
from dishonest import Dishonest
from scripted import Scripted, says

from twinbook.model.errors import Ambiguous, Emptied, Invalid, SignInNeeded
from twinbook.net.web import Login, Web
from twinbook.replicas.carddav import discovery, opening
from twinbook.replicas.carddav.discovery import Found
from twinbook.replicas.carddav.opening import Access

HOME = "dav/books/alice/"


@pytest.fixture
def server():
    with Dishonest() as running:
        yield running


def found_from(address, login="alice", password="secret"):
    with closing(Web(address, Login(login, password))) as web:
        return discovery.books(web, address)


# ------------------------------------------------ where one may begin


@pytest.mark.parametrize(
    "start",
    ["", "dav/", "dav/principals/alice/", HOME, ".well-known/carddav", "nowhere/at/all/"],
)
def test_a_book_is_found_from_anywhere_on_its_server(start, server):
    book = server.new_book()

    (found,) = found_from(server.url + start)

    assert found == Found(book, "book 0 ü", server.url + HOME)


@pytest.mark.parametrize("slash", ["/", ""])
def test_a_book_is_found_at_its_own_address(slash, server):
    book = server.new_book()
    server.new_book()

    (found,) = found_from(book.rstrip("/") + slash)

    assert (found.address.rstrip("/"), found.home) == (book.rstrip("/"), server.url + HOME)


@pytest.mark.parametrize("kind", ["radicale", "xandikos"])
@pytest.mark.parametrize("start", ["", ".well-known/carddav", "alice/"])
def test_a_book_is_found_on_a_real_server(kind, start, request):
    stand = request.getfixturevalue(kind)
    book = stand.new_book()

    every = found_from(stand.server.url + start)

    assert book in [one.address for one in every]
    assert {one.home for one in every} == {stand.server.home("alice")}


@pytest.mark.parametrize("switches", [
    {"redirect": "/new"}, {"redirect": "/new", "redirect_status": 308}, {"hrefs": "whole"},
    {"encoding": "all"}, {"encoding": "lower"},
], ids=str)  # fmt: skip
def test_a_book_is_found_however_its_server_spells_addresses(switches):
    with Dishonest(**switches) as server:
        server.switches.hrefs = server.switches.hrefs.replace("whole", server.url[:-1] + "{}")
        book = server.new_book()

        (found,) = found_from(server.url)
        (itself,) = found_from(book)

        assert found.address == itself.address
        assert server.kept(found.address) is server.kept(book)
        with closing(Web(found.address, Login("alice", "secret"))) as web:
            assert web.ask("PROPFIND", found.address, headers={"Depth": "0"}).status == 207


def test_a_mail_address_leads_to_the_books_of_its_domain(server, monkeypatch):
    book = server.new_book()
    monkeypatch.setattr(discovery, "addresses", lambda place, *, plain: ["http://127.0.0.1:1/",
                                                                         server.url])  # fmt: skip
    access = Access(place="alice@example.com", login="alice", password="secret")

    with opening.found(access, None) as (_, place, digest):
        assert (place.address, digest) == (book, False)


# ------------------------------------------------ which one


def test_of_several_books_one_must_be_chosen(server):
    books = [server.new_book() for _ in range(3)]
    every = found_from(server.url)

    with pytest.raises(Ambiguous) as caught:
        discovery.chosen(every, None)

    assert all(one in str(caught.value) for one in [*books, "book 0 ü", "--book"])
    assert discovery.chosen(every, "book 1 ü").address == books[1]
    assert discovery.chosen(every, books[2]).address == books[2]
    assert discovery.chosen(every, books[2].rstrip("/")).address == books[2]
    with pytest.raises(Invalid, match=r"no address book 'book'\. There are: book 0 ü"):
        discovery.chosen(every, "book")


def test_a_user_without_books_is_told_what_to_do(server):
    with pytest.raises(Emptied, match=r"No address book was found at .* Look up the address"):
        found_from(server.url)


def test_a_wrong_password_is_tried_once(server):
    server.new_book()

    with pytest.raises(SignInNeeded), closing(Web(server.url, Login("alice", "x"))) as web:
        discovery.books(web, server.url)

    assert web.requests == 1


# ------------------------------------------------ servers with something else on their mind

PRINCIPAL = "<current-user-principal><href>%s</href></current-user-principal>"
A_HOME = "<C:addressbook-home-set><href>%s</href></C:addressbook-home-set>"
A_BOOK = "<resourcetype><collection/><C:addressbook/></resourcetype>"


def told(*entries):
    inner = "".join(
        f"<response><href>{href}</href><propstat><prop>{props}</prop>"
        "<status>HTTP/1.1 200 OK</status></propstat></response>"
        for href, props in entries
    )
    spaces = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"'
    return says(207, f"<multistatus {spaces}>{inner}</multistatus>".encode())


@pytest.fixture
def scripted():
    """Starts a server that answers by path, with 404 for all others."""
    running = []

    def start(**answers):
        known = {"/" + name.replace("_", "/").lstrip("/"): it for name, it in answers.items()}
        running.append(Scripted(lambda asked: known.get(asked.path, says(404))).__enter__())
        return running[-1]

    yield start
    for one in running:
        one.__exit__()


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/home/", "//evil.example/home/", "http://127.0.0.1:1/home/",
     "https://127.0.0.1/home/"],
)  # fmt: skip
@pytest.mark.parametrize("what", [PRINCIPAL, A_HOME])
def test_a_home_on_another_server_is_named_and_not_asked(what, elsewhere, scripted):
    server = scripted(_=told(("/", what % elsewhere)))

    with pytest.raises(Emptied, match="Nobody has allowed that server yet") as caught:
        found_from(server.url)

    assert elsewhere.lstrip("/") in str(caught.value)


def test_a_server_that_sends_us_elsewhere_is_told_of_where(scripted):
    server = scripted(_=says(301, location="https://www.example.com/"))

    with pytest.raises(Emptied, match=r"sends us on to https://www\.example\.com:443"):
        found_from(server.url)


@pytest.mark.parametrize("broken", ["mailto:ada@example.com", "http://[", "https://a:b@c/"])
def test_a_home_that_is_no_address_is_an_error_in_words(broken, scripted):
    server = scripted(_=told(("/", A_HOME % broken)))

    with pytest.raises(Emptied, match="names an address that is none"):
        found_from(server.url)


@pytest.mark.parametrize("status", [403, 404, 405, 500])
def test_a_root_that_says_no_does_not_hide_the_books(status, scripted):
    server = scripted(
        _=says(status),
        **{"_.well-known_carddav": says(301, location="/dav/")},
        _dav_=told(("/dav/", A_HOME % "/dav/ada/")),
        _dav_ada_=told(("/dav/ada/", ""), ("/dav/ada/contacts/", A_BOOK)),
    )

    (found,) = found_from(server.url)

    assert found.address == f"{server.url}dav/ada/contacts/"


@pytest.mark.parametrize("status", [404, 405, 500])
@pytest.mark.parametrize("what", [PRINCIPAL, A_HOME])
def test_a_principal_or_home_that_is_not_there_is_no_book(what, status, scripted):
    server = scripted(_=told(("/", what % "/user/")), _user_=says(status))

    with pytest.raises(Emptied, match="No address book was found"):
        found_from(server.url)


def test_a_user_without_the_right_to_look_is_told_so(scripted):
    server = scripted(_=told(("/", A_HOME % "/user/")), _user_=says(403))

    with pytest.raises(SignInNeeded, match="lets this user in, but not to /user/"):
        found_from(server.url)


def test_a_web_page_is_no_book(scripted):
    server = scripted(_=says(200, b"<!DOCTYPE html><html>Please sign in</html>"))

    with pytest.raises(Emptied, match="No address book was found"):
        found_from(server.url)


def test_a_book_that_is_all_of_its_server_has_no_home(scripted):
    server = scripted(_=told(("/", A_BOOK)))

    assert found_from(server.url) == [Found(server.url, "", "")]


# ------------------------------------------------ how to sign in

BOTH = 'Basic realm="x", Digest realm="x", nonce="n"'


@pytest.mark.parametrize(
    ("offered", "digest"),
    [("", False), ('Basic realm="x"', False), ('Digest realm="x", nonce="n"', True),
     (BOTH, False), ('Bearer realm="x"', False)],
)  # fmt: skip
def test_digest_is_taken_where_it_is_the_only_way(offered, digest, scripted):
    server = scripted(_=says(401, www_authenticate=offered) if offered else says(207))

    with closing(Web(server.url)) as web:
        assert discovery.challenge(web, server.url) is digest


def test_an_open_book_is_found_on_a_server_whose_root_is_elsewhere(scripted):
    server = scripted(
        _=says(301, location="https://www.example.com/"), _book_=told(("/book/", A_BOOK))
    )
    access = Access(place=f"{server.url}book/", login="", password="")

    with opening.found(access, None) as (_, place, digest):
        assert (place.address, digest) == (f"{server.url}book/", False)


def test_an_open_root_does_not_hide_how_the_books_are_signed_in_to():
    with Dishonest(digest=True) as server:
        book = server.new_book()
        own, server.knows = server.knows, lambda method, given: True
        server.reply, reply = (
            lambda method, target, headers, body: (
                reply(method, target, headers, body)
                if target == "/" or own(method, headers.get("Authorization", ""))
                else says_digest()
            ),
            server.reply,
        )
        access = Access(place=server.url, login="alice", password="secret")

        with opening.found(access, None) as (_, place, digest):
            assert (place.address, digest) == (book, True)


def says_digest():
    from shelf import Reply  # noqa: PLC0415 - beside the server that it belongs to

    challenge = 'Digest realm="books", nonce="n1", qop="auth", algorithm=MD5'
    return Reply(401, {"WWW-Authenticate": challenge})


def test_the_password_is_not_sent_in_the_clear_unless_that_is_allowed():
    for place in ("http://dav.example.com/", "HTTP://192.168.0.1/"):
        with pytest.raises(Invalid, match="the password could be read on the way"):
            discovery.addresses(place)
        assert discovery.addresses(place, plain=True) == [place]
    for place in ("http://127.0.0.1:5232/", "http://localhost/", "http://[::1]/"):
        assert discovery.addresses(place) == [place]


def test_a_password_in_the_address_is_not_repeated():
    with pytest.raises(Invalid) as caught:
        discovery.addresses("https://ada:hunter2@dav.example.com/")

    assert "hunter2" not in str(caught.value)
