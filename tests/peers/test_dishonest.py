"""The stand-in server is correct by default, and each of its switches can be seen."""

import re

import pytest
from asking import Book, card, items, token_of
from dishonest import Dishonest
from examine import examine, new

from twinbook.testing.servers import ask


@pytest.fixture
def serve():
    """A book on a server with some switches, and the server."""
    running = []

    def start(**switches):
        server = Dishonest(**switches).__enter__()
        running.append(server)
        book = Book(server.new_book(), server.login, server.password)
        running.append(book)
        return book, server

    yield start
    for one in reversed(running):
        one.close() if isinstance(one, Book) else one.__exit__()


def fill(book, count):
    return [new(book)[0] for _ in range(count)]


def walk(book):
    """The names on each page of a sync-collection, and its last token."""
    pages, token = [], ""
    while True:
        answer = book.sync(token)
        found, token = items(answer), token_of(answer)
        pages.append([name for name in found if name])
        if found.get("", (0,))[0] != 507:
            return pages, token


def test_by_default_it_is_correct(serve):
    book, _server = serve()

    said = examine(book)

    assert said["a new card"].startswith("201 {'etag'")
    assert said["bytes kept"].startswith("yes")
    assert said["If-None-Match: * on an existing card"].startswith("412")
    assert re.sub(" +;", ";", said["If-Match: stale, fresh, on a missing card"]) == (
        "stale 412  (kept); fresh 204; missing 412 "
    )
    assert said["multiget: one there, one missing"] == "207 [200, 404] with card"
    assert "no-uid-conflict" in said["a UID that another card has"]
    assert "WRONG" not in said["query: UID equals; UID contains; EMAIL contains; FN contains;"
                               " N contains; none"]  # fmt: skip
    assert not [told for told in said.values() if "Error" in told or "Exception" in told]


def test_discovery_leads_from_the_root_to_the_book(serve):
    book, server = serve()

    known = book.ask("GET", server.url + ".well-known/carddav")
    principal = book.propfind("<current-user-principal/>", url=known.headers["location"])
    homes = book.propfind("<C:addressbook-home-set/>", url=href_in(principal))
    books = book.propfind("<resourcetype/>", depth="1", url=href_in(homes))

    assert (known.status, href_in(homes)) == (301, "/dav/books/alice/")
    assert f"<href>{book.path}</href>" in books.text


def href_in(answer):
    return re.findall("<href>([^<]+)</href>", answer.text)[1]


def test_nobody_is_let_in_without_the_password(serve):
    book, server = serve()

    nobody = ask("GET", book.url)
    somebody = ask("GET", book.url, login=("alice", "wrong"))

    assert nobody.headers["www-authenticate"] == 'Basic realm="books"'
    assert [nobody.status, somebody.status] == [401, 401]
    assert server.seen == {}


def test_digest_takes_nothing_else(serve):
    book, _server = serve(digest=True)

    first = book.once("GET", book.url, b"", {})
    listed = book.propfind("<getetag/>")

    assert first.headers["www-authenticate"].startswith("Digest ")
    assert listed.status == 207


def test_without_sync_and_ctag_only_listings_are_left(serve):
    book, _server = serve(sync=False, ctag=False)
    fill(book, 1)

    told = book.propfind("<S:getctag/><sync-token/><supported-report-set/>").text

    assert "sync-collection" not in told
    assert items(book.propfind("<S:getctag/><sync-token/>"))[""][0] == 404
    assert book.sync().status == 403
    assert len(items(book.propfind("<getetag/>", depth="1"))) == 2


def test_pages_end_with_507_and_lose_nothing(serve):
    book, _server = serve(page=2)
    names = fill(book, 5)

    pages, token = walk(book)

    assert pages == [names[:2], names[2:4], names[4:]]
    assert items(book.sync(token)) == {}


@pytest.mark.parametrize(("status", "says"), [(403, True), (410, False), (412, True)])
def test_tokens_expire(serve, status, says):
    book, server = serve(expired=status, expired_says=says)
    token = token_of(book.sync())

    server.expire()
    answer = book.sync(token)

    assert (answer.status, "valid-sync-token" in answer.text) == (status, says)
    assert book.sync().status == 207


@pytest.mark.parametrize("how", ["location", "silently"])
def test_a_new_card_gets_another_name(serve, how):
    book, _server = serve(renames=how)

    name, answer = new(book)
    (listed,) = [one for one in items(book.propfind("<getetag/>", depth="1")) if one]

    assert listed == "own name 0.vcf"
    assert book.get(name).status == 404
    assert ("location" in answer.headers) is (how == "location")
    assert book.get(answer.headers.get("location", listed.replace(" ", "%20"))).status == 200


def test_what_is_stored_is_not_what_was_sent(serve):
    book, _server = serve(rewrites=True)

    name, answer = new(book)
    got = book.get(name)

    assert got.body != card(name[:-4])
    assert got.headers["etag"] == answer.headers["etag"]


def test_a_put_tells_no_etag(serve):
    book, _server = serve(put_etag=False)

    assert "etag" not in new(book)[1].headers


@pytest.mark.parametrize(("form", "seen"), [('W/"{}"', 'W/"1"'), ("{}", "1")])
def test_etags_are_weak_or_bare(serve, form, seen):
    book, _server = serve(etag=form)

    name, answer = new(book)
    again = book.put(name, card(name[:-4]), If_Match=seen)

    assert answer.headers["etag"] == seen
    assert again.status == 204


def test_conditions_are_refused_or_ignored(serve):
    book, server = serve(if_none_match=501, if_match=False)

    refused = new(book, If_None_Match="*")[1]
    server.switches.if_none_match = 0
    name, _answer = new(book)
    ignored = [book.put(name, card(name[:-4]), **{how: '"old"'}) for how in CONDITIONS]

    assert refused.status == 501
    assert [answer.status for answer in ignored] == [204, 204]


CONDITIONS = ("If_Match", "If_None_Match")


@pytest.mark.parametrize(("told", "status"), [("href", 409), ("bare", 409), ("", 201)])
def test_a_second_card_with_a_uid(serve, told, status):
    book, _server = serve(uid_taken=told)
    name, _answer = new(book)

    answer = book.put("other.vcf", card(name[:-4]))

    assert answer.status == status
    assert (name in answer.text) is (told == "href")


@pytest.mark.parametrize(
    ("status", "says"), [(507, "quota-not-exceeded"), (413, "error"), (403, "max-resource-size")]
)
def test_there_is_no_room(serve, status, says):
    book, server = serve(put_refused=status)

    answer = new(book)[1]

    assert (answer.status, says in answer.text) == (status, True)
    assert server.cards(book.url) == []


def test_a_book_may_only_be_read(serve):
    book, server = serve()
    name, _answer = new(book)
    server.switches.read_only = True

    put, gone = new(book)[1], book.ask("DELETE", name)

    assert [put.status, gone.status] == [403, 403]
    assert "need-privileges" in put.text
    assert "<write/>" not in book.propfind("<current-user-privilege-set/>").text


def test_it_moves_on_the_same_host(serve):
    book, server = serve(redirect="/new", redirect_status=308)

    moved = book.propfind("<getetag/>", depth="1")
    there = book.propfind("<getetag/>", url=moved.headers["location"])

    assert (moved.status, moved.headers["location"]) == (308, "/new" + book.path)
    assert f"<href>/new{book.path}</href>" in there.text
    assert server.kept(moved.headers["location"]).cards == {}


def test_it_moves_to_another_host(serve):
    book, _server = serve(redirect="http://127.0.0.2:1")

    assert book.get("").headers["location"] == "http://127.0.0.2:1" + book.path


@pytest.mark.parametrize(
    ("switches", "seen"),
    [
        ({}, "/dav/books/alice/book%200%20%C3%BC/"),
        ({"hrefs": "http://127.0.0.1:99{}"}, "http://127.0.0.1:99/dav/books/alice/book%200"),
        ({"encoding": "lower"}, "/dav/books/alice/book%200%20%c3%bc/"),
        ({"encoding": "all"}, "/%64%61%76/%62"),
    ],
)
def test_hrefs_are_written_in_several_ways(serve, switches, seen):
    book, _server = serve(**switches)

    assert f"<href>{seen}" in book.propfind("<getetag/>").text


def test_a_listing_holds_more_than_cards(serve):
    book, _server = serve(lists_itself=True, stranger=True)

    first = items(book.sync())

    assert list(first) == ["", "read me.txt"]
    assert "text/plain" in book.propfind("<getcontenttype/>", url="read%20me.txt").text


def test_a_multiget_leaves_out_some(serve):
    book, _server = serve(forgets=3)
    names = fill(book, 5)

    found = items(book.multiget(*(book.path + name for name in names)))

    assert list(found) == [name for number, name in enumerate(names, 1) if number != 3]


def test_a_multiget_fails_as_a_whole(serve):
    book, _server = serve(all_or_404=True)
    name, _answer = new(book)

    assert book.multiget(book.path + name).status == 207
    assert book.multiget(book.path + name, book.path + "missing.vcf").status == 404


def test_a_removal_ignores_conditions(serve):
    book, server = serve(delete_conditions=False)
    name, _answer = new(book)

    assert book.ask("DELETE", name, If_Match='"stale"').status == 204
    assert server.cards(book.url) == []


def test_an_etag_comes_back_with_another_content(serve):
    book, _server = serve(etag_counts=True)

    first = new(book)[1].headers["etag"], new(book, uid="x")[1].headers["etag"]
    changed = new(book, "TITLE:x", uid="x")[1].headers["etag"]
    book.ask("DELETE", "x.vcf")
    again = new(book, "TITLE:y", uid="x")[1].headers["etag"]

    assert (first, changed, again) == (('"1"', '"1"'), '"2"', '"1"')


def test_a_query_finds_everything(serve):
    book, _server = serve(filters=False)
    names = fill(book, 2)

    assert list(items(book.query("UID", "nobody", "equals"))) == names


def test_what_is_gone_is_told_inside_a_listing(serve):
    book, server = serve(gone_inside=True)
    book.ask("DELETE", book.url)

    answer = book.propfind("<getetag/>", depth="1")

    assert (answer.status, items(answer)) == (207, {"": (404, None)})
    assert server.books == {}


def test_an_unknown_token_is_answered_with_everything(serve):
    book, server = serve(expired=207)
    names = fill(book, 2)
    token = token_of(book.sync())
    book.ask("DELETE", names[0])

    server.expire()

    assert list(items(book.sync(token))) == [names[1]]


def test_the_connection_is_closed_and_nobody_is_told(serve):
    book, _server = serve(hangs_up=True)

    answers = [new(book)[1] for _ in range(2)]

    assert [(one.status, one.headers.get("connection")) for one in answers] == [(201, None)] * 2
    assert book.connections == 2


def test_a_limit_loses_the_rest(serve):
    book, server = serve()
    names = fill(book, 3)
    whole = book.sync(limit="2")

    server.switches.cuts = True
    cut = book.sync(limit="2")

    assert [len(items(whole)), list(items(cut))] == [3, names[:2]]
    assert items(book.sync(token_of(cut))) == {}


def test_a_filter_finds_what_it_says(serve):
    book, _server = serve()
    book.put("a.vcf", card("a", "TITLE:x\\, y"))
    book.put("b.vcf", card("b"))

    assert list(items(book.query("TITLE", "X, Y", "equals"))) == ["a.vcf"]
    assert list(items(book.query("UID", "b", "equals"))) == ["b.vcf"]
    assert list(items(book.query("EMAIL", "two.a", "starts-with"))) == ["a.vcf"]
    assert list(items(book.query("N", "lovelace"))) == ["a.vcf", "b.vcf"]
    assert items(book.query("FN", "Ada", "ends-with")) == {}
