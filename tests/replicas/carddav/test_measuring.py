"""What a server does is measured in a book of our own, which is gone afterwards."""

from contextlib import closing
from dataclasses import fields

import pytest
from dishonest import HOME, Dishonest
from shelf import Reply, xml

from twinbook.model.cause import Cause
from twinbook.model.contact import Contact
from twinbook.model.errors import Closed, ReplicaError, Throttled, Unavailable
from twinbook.model.ids import LinkId
from twinbook.net.web import Login, Web
from twinbook.ports import Create
from twinbook.replicas.carddav import CardDavReplica, measuring
from twinbook.replicas.carddav.profile import Profile

MARK = LinkId("0123456789abcdef" * 2)
CARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:theirs\r\nFN:Somebody\r\nEND:VCARD\r\n"
BEST = Profile(
    measured=True, syncs=True, has_ctag=True, finds_uids=True, searches=True, echoes=True,
    if_none_match=True, removes_if=True, largest=10_000_000, without={}, keeps=True,
)  # fmt: skip
TIMING = ("slowest", "banners", "shows_after")


def findings(profile, before=BEST):
    """What differs from another profile, but for what a busy machine decides."""
    return {
        one.name: getattr(profile, one.name)
        for one in fields(Profile)
        if one.name not in TIMING and getattr(profile, one.name) != getattr(before, one.name)
    }


def measured(book, home, digest=False):
    """What is measured, by somebody who does not wait between two looks."""
    login = Login("alice", "secret", digest=digest)
    with closing(Web(book, login, sleep=lambda seconds: None)) as web:
        return measuring.measured(web, home, measuring.said(web, book, digest=digest), MARK)


def on(server):
    """What is measured at a stand-in beside a book with a card in it, which is left as it was."""
    book = server.new_book()
    server.kept(book).put("theirs.vcf", CARD)
    before = dict(server.kept(book).cards)
    try:
        return measured(book, f"{server.url[:-1]}{HOME}", server.switches.digest)
    finally:
        assert server.kept(book).cards == before
        assert list(server.books) == [f"{HOME}book 0 ü/"]


# ------------------------------------------------ what is found out

FOUND = {
    "nothing odd": ({}, {}),
    "no sync-collection": ({"sync": False}, {"syncs": False}),
    "no tag of the collection": ({"ctag": False}, {"has_ctag": False}),
    "pages": ({"page": 2}, {}),
    "new names": ({"renames": "location"}, {"echoes": False}),
    "no tag in answer": ({"put_etag": False}, {"echoes": False}),
    "rewriting": ({"rewrites": True}, {"echoes": False}),
    "weak tags": ({"etag": 'W/"{}"'}, {}),
    "bare tags": ({"etag": "{}"}, {}),
    "one tag for ever": ({"etag": '"same"'}, {"tells_versions": False, "if_match": False}),
    "overwriting": ({"if_none_match": 0}, {"if_none_match": False}),
    "lost updates": ({"if_match": False}, {"if_match": False, "removes_if": False}),
    "removed all the same": ({"delete_conditions": False}, {"removes_if": False}),
    "queries that find everything": ({"filters": False}, {"finds_uids": False, "searches": False}),
    "hanging up without a word": ({"hangs_up": True}, {"keeps": False}),
    "Digest": ({"digest": True}, {"digest": True}),
    "a book that has moved": ({"redirect": "/new", "redirect_status": 308}, {}),
    "hrefs encoded throughout": ({"encoding": "all"}, {}),
    "an item that is no card": ({"stranger": True}, {}),
    "a multiget that gives nothing": ({"forgets": 1}, {"gets_many": False}),
}


@pytest.mark.parametrize(("switches", "found"), FOUND.values(), ids=FOUND)
def test_a_server_is_known_by_what_it_does(switches, found):
    with Dishonest(**switches) as server:
        assert findings(on(server)) == found


UNKNOWN = dict.fromkeys(
    ("measured", "finds_uids", "searches", "echoes", "if_none_match", "removes_if"), False
) | {"without": Profile().without}


@pytest.mark.parametrize(
    "switches",
    [{"put_refused": 403}, {"put_refused": 413}, {"put_refused": 507}, {"if_none_match": 501}],
    ids=str,
)
def test_where_no_card_is_taken_nothing_is_known(switches):
    with Dishonest(**switches) as server:
        assert findings(on(server)) == UNKNOWN


@pytest.mark.parametrize("status", [403, 404, 405, 500, 501])
def test_where_no_book_may_be_made_nothing_is_tried(status):
    with Dishonest() as server:
        server.mkcol = lambda *_: Reply(status)

        assert findings(on(server)) == UNKNOWN
        assert {"PUT", "DELETE"}.isdisjoint(server.seen)


def test_without_a_home_nothing_is_tried():
    with Dishonest() as server:
        book = server.new_book()

        assert findings(measured(book, "")) == UNKNOWN
        assert set(server.seen) == {"PROPFIND"}


@pytest.mark.parametrize(("kind", "expected"), [
    ("radicale", {"largest": 0, "echoes": False}), ("xandikos", {"largest": 0, "locks": True}),
])  # fmt: skip
def test_a_real_server_is_known_by_what_it_does(kind, expected, request):
    stand = request.getfixturevalue(kind)
    book = stand.new_book()
    home = stand.server.home("alice")
    there = everything_in(stand, home)

    profile = measured(book, home)

    found = findings(profile)
    assert {name: found.get(name) for name in expected} == expected
    assert set(found) - set(expected) <= {"lost", "lengths", "at_most", "locks", "keeps"}
    assert profile.banners != {""}
    assert everything_in(stand, home) == there
    assert stand.server.cards(book) == []


def everything_in(stand, home):
    answer = stand.server.ask("PROPFIND", home, headers={"Depth": "1"})
    return sorted(part.partition("<")[0] for part in answer.text.split("href>")[1::2])


# ------------------------------------------------ what a server loses


class Losing(Dishonest):
    """A server that stores what `loss` makes of a card."""

    def __init__(self, loss, **switches):
        super().__init__(**switches)
        self.loss = loss

    def put(self, path, headers, body):
        return super().put(path, headers, self.loss(body))


def losing(keep):
    """A loss, line by line: `keep` says what becomes of each."""

    def loss(body):
        lines = body.replace(b"\r\n ", b"").decode().split("\r\n")
        return "\r\n".join(one for one in map(keep, lines) if one is not None).encode()

    return loss


def test_fields_that_do_not_survive_are_known():
    gone = ("PHOTO", "NOTE", "BDAY")

    with Losing(losing(lambda line: None if line.startswith(gone) else line)) as server:
        assert findings(on(server)) == {
            "echoes": False, "lost": frozenset({"photo", "note", "birthday"})
        }  # fmt: skip


def test_a_text_that_is_cut_off_is_known_with_its_length():
    with Losing(
        losing(lambda line: line[:109] if line.startswith("NOTE:Line") else line)
    ) as server:
        found = findings(on(server))

    assert found.keys() == {"echoes", "lengths"}
    assert 90 < found["lengths"]["note"] < 105


def test_how_many_values_are_kept_is_known():
    def keep(line):
        return (
            line if "TEL" not in line or ":+4930123450" not in line or line[-1] in "012" else None
        )

    with Losing(losing(keep)) as server:
        assert findings(on(server)) == {"echoes": False, "at_most": {"phones": 5}}


def test_a_server_that_takes_no_pictures_is_given_none():
    with Dishonest() as server:
        put = server.put
        server.put = lambda path, headers, body: (
            Reply(403) if b"PHOTO" in body else put(path, headers, body)
        )

        assert findings(on(server)) == {"lost": frozenset({"photo"})}


# ------------------------------------------------ what goes wrong half way


@pytest.mark.parametrize(
    ("method", "at"),
    [("PUT", 1), ("PUT", 3), ("GET", 2), ("REPORT", 1), ("REPORT", 5), ("PROPFIND", 1),
     ("DELETE", 1), ("DELETE", 2)],
)  # fmt: skip
@pytest.mark.parametrize(("status", "kind"), [(503, Throttled), (500, ReplicaError)])
def test_whatever_goes_wrong_nothing_is_left_behind(method, at, status, kind):
    with Dishonest() as server:
        usual, seen = getattr(server, method.lower()), []

        def fails(path, headers, body):
            if "twinbook-probe" in path:
                seen.append(path)
                if len(seen) == at:
                    return Reply(status)
            return usual(path, headers, body)

        setattr(server, method.lower(), fails)

        try:
            on(server)
        except kind:
            assert seen


def test_a_book_whose_making_was_not_confirmed_is_removed_too():
    with Dishonest() as server:
        mkcol = server.mkcol
        server.mkcol = lambda *request: mkcol(*request) and 1 / 0

        with pytest.raises(Unavailable):
            on(server)


# ------------------------------------------------ what a server says


def said(book):
    with closing(Web(book, Login("alice", "secret"))) as web:
        return measuring.said(web, book)


def test_a_book_that_may_only_be_read_is_refused():
    refusal = pytest.raises(Closed, match="lets this user read the address book, but not write")
    with Dishonest(read_only=True) as server, refusal:
        said(server.new_book())


@pytest.mark.parametrize("right", ["write", "write-content", "bind", "all"])
def test_one_right_to_write_is_enough_to_try(right):
    rights = f"<privilege><read/></privilege><privilege><{right}/></privilege>"

    assert said_with(f"<current-user-privilege-set>{rights}</current-user-privilege-set>")


def said_with(props):
    with Dishonest() as server:
        book, server.prefix = server.new_book(), ""
        href = server.href(next(iter(server.books)))
        stat = f"<propstat><prop>{props}</prop><status>HTTP/1.1 200 OK</status></propstat>"
        server.propfind = lambda *_: xml(
            207, f"<response><href>{href}</href>{stat}</response>", "multistatus"
        )
        return said(book)


def test_a_server_that_says_nothing_of_itself_is_taken_to_know_the_usual():
    assert findings(said_with("<resourcetype/>"), Profile(keeps=True)) == {}


@pytest.mark.parametrize(
    ("text", "largest"),
    [("1000", 1000), (" 7 ", 7), ("", 0), ("-1", 0), ("many", 0), ("9" * 5000, 0), ("0", 0)],
)
def test_the_largest_card_is_a_number_or_no_limit(text, largest):
    props = f"<C:max-resource-size>{text}</C:max-resource-size>"

    assert said_with(props).largest == largest


def unescaped(line):
    """The structured properties as DAViCal 1.1.12 keeps them."""
    if line.startswith("CATEGORIES"):
        return line.replace("\\,", ",")
    return line.replace("\\;", ";") if line.startswith(("N:", "ORG:", "ADR")) else line


def test_fields_that_come_apart_at_a_separator_are_known():
    with Losing(losing(unescaped)) as server:
        found = findings(on(server))

    assert found.keys() == {"echoes", "without"}
    assert found["without"] == Profile().without


@pytest.mark.parametrize("is_measured", [True, False])
def test_no_part_of_a_name_slips_into_the_next_one(is_measured):
    wanted = Contact(
        given="Zoë", surname="O'Neill; Jr.", company="Sun; Moon", categories=("Rain, snow",)
    )
    with Losing(losing(unescaped), put_etag=False) as server:
        book = server.new_book()
        home = f"{server.url[:-1]}{HOME}" if is_measured else ""
        profile = measured(book, home)
        with closing(CardDavReplica(Web(book, Login("alice", "secret")), book, profile)) as place:
            change = Create(contact=place.shape.fit(wanted), mark=MARK, tag="CRM")
            [outcome] = place.write([change], Cause(actor=None, channel="test"))

    shown = outcome.record.contact
    assert (shown.given, shown.surname, shown.company) == ("Zoë", "O'Neill, Jr.", "Sun, Moon")
    assert shown.categories == ("Rain; snow", "CRM")
