"""WebDAV in XML: what is asked can be read by every server, and nothing that is answered hurts."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from twinbook.formats import webdav
from twinbook.formats.webdav import (
    ADDRESS_BOOK,
    ADDRESS_DATA,
    CARD,
    CTAG,
    DAV,
    GETETAG,
    HOME,
    LARGEST,
    PRINCIPAL,
    REPORTS,
    RESOURCE_TYPE,
    SERVER,
    BadAnswer,
    Entry,
    Multistatus,
    TextMatch,
    Value,
    multistatus,
)

ANSWERS = Path(__file__).parent / "answers"  #: as real servers gave them
SERVERS = ("radicale", "xandikos", "standin")
EVERY_ANSWER = sorted(ANSWERS.glob("*.xml"))
TEXTS = st.text() | st.text(alphabet="a<&>\"']]>\x00\x0b\r\n\t\ud800\ufffe\x85é😀")


def speakable(text):
    """A text without what XML 1.0 can't say (section 2.2)."""
    gaps = (range(0x20), range(0xD800, 0xE000), range(0xFFFE, 0x10000))
    return "".join(
        one for one in text if one in "\t\n\r" or not any(ord(one) in gap for gap in gaps)
    )


def answered(server, kind):
    return (ANSWERS / f"{server}-{kind}.xml").read_bytes()


def known(server):
    """The path of the book in which the answers were recorded."""
    return multistatus(answered(server, "book")).entries[0].href


# ------------------------------------------------ what is asked


@given(TEXTS)
def test_a_token_is_asked_with_as_it_was_given(text):
    asked = etree.fromstring(webdav.sync_collection(text))

    assert (asked.findtext(f"{DAV}sync-token") or "") == speakable(text)


@given(st.lists(TEXTS, max_size=4))
def test_cards_are_asked_for_by_the_addresses_that_were_given(hrefs):
    asked = etree.fromstring(webdav.multiget(hrefs))

    assert [one.text or "" for one in asked.iter(f"{DAV}href")] == [*map(speakable, hrefs)]


@given(TEXTS)
def test_a_new_book_is_called_as_it_was_named(text):
    asked = etree.fromstring(webdav.new_book(text))

    assert (asked.findtext(f".//{DAV}displayname") or "") == speakable(text)
    assert asked.find(f".//{ADDRESS_BOOK}") is not None


@given(TEXTS, TEXTS)
def test_what_holds_a_text_fulfils_the_condition_that_was_asked(prop, text):
    asked = etree.fromstring(webdav.query([TextMatch(prop, text)]))
    (test,) = asked.iter(f"{CARD}prop-filter")
    (match,) = test

    assert test.get("name") == speakable(prop)
    assert match.get("match-type") == "contains"
    assert (match.text or "") in text


def test_a_condition_is_asked_whole_where_it_can_be_said():
    asked = etree.fromstring(
        webdav.query([TextMatch("UID", "a<b>&", whole=True), TextMatch("FN", "Zoë\n\x00-")])
    )

    found = [(one.get("match-type"), one.text) for one in asked.iter(f"{CARD}text-match")]

    assert found == [("equals", "a<b>&"), ("contains", "Zoë\n")]
    assert asked.find(f"{CARD}filter").get("test") == "anyof"


# ------------------------------------------------ what is answered

NAMES = (GETETAG, CTAG, RESOURCE_TYPE, HOME, ADDRESS_DATA, ADDRESS_BOOK, LARGEST, f"{DAV}status")
PREFIXES = st.sampled_from(["", "D", "d", "C", "ns0", "x-y.z", "é"])


@given(
    st.permutations([DAV, CARD, SERVER]),
    st.lists(PREFIXES, min_size=3, max_size=3, unique=True),
    st.lists(st.tuples(st.sampled_from(NAMES), TEXTS.map(speakable)), max_size=4),
)
def test_an_answer_says_the_same_under_every_prefix(spaces, prefixes, said):
    names = {space[1:-1]: prefix for space, prefix in zip(spaces, prefixes, strict=True)}
    declared = {prefix or None: space for space, prefix in names.items()}
    root = etree.Element(f"{DAV}multistatus", nsmap=declared)
    response = etree.SubElement(root, f"{DAV}response")
    etree.SubElement(response, f"{DAV}href").text = "/book/a.vcf"
    stat = etree.SubElement(response, f"{DAV}propstat")
    props = etree.SubElement(stat, f"{DAV}prop")
    for name, text in said:
        etree.SubElement(props, name).text = text
    etree.SubElement(stat, f"{DAV}status").text = "HTTP/1.1 200 OK"

    for encoding in ("utf-8", "utf-16"):
        answer = multistatus(etree.tostring(root, encoding=encoding))
        props = {name: Value(text) for name, text in said}
        assert answer == Multistatus((Entry("/book/a.vcf", 200, props),))


@pytest.mark.parametrize("server", SERVERS)
def test_a_real_listing_names_the_book_and_its_items(server):
    answer = multistatus(answered(server, "listing"))
    book, *items = answer.entries

    assert ADDRESS_BOOK in book[RESOURCE_TYPE].names
    assert sorted(one.href for one in items) == [f"{book.href}ada.vcf", f"{book.href}cy.vcf"]
    assert all(one[GETETAG].text.startswith('"') and not one[RESOURCE_TYPE].names for one in items)


@pytest.mark.parametrize("server", SERVERS)
def test_a_real_feed_names_what_is_new_and_what_is_gone(server):
    answer = multistatus(answered(server, "sync"))
    book = known(server)

    assert {one.href: one.status for one in answer.entries} == {
        f"{book}bob.vcf": 404,
        f"{book}cy.vcf": 200,
    }
    assert answer.token


@pytest.mark.parametrize("server", SERVERS)
def test_a_real_multiget_holds_the_card_and_says_what_is_missing(server):
    answer = multistatus(answered(server, "multiget"))
    found = {one.href.rpartition("/")[2]: one for one in answer.entries}

    assert found["bob.vcf"].status == 404
    assert "FN:Zoë & ada\n" in found["ada.vcf"][ADDRESS_DATA].text


@pytest.mark.parametrize("server", SERVERS)
def test_a_real_book_says_what_it_can_do_and_nothing_of_what_it_lacks(server):
    (book,) = multistatus(answered(server, "book")).entries

    assert book[PRINCIPAL].hrefs[0].endswith("alice/")
    assert {f"{CARD}addressbook-query", f"{DAV}sync-collection"} <= book[REPORTS].names
    assert HOME not in book.props  # asked for, and said not to be there


@pytest.mark.parametrize("server", SERVERS)
def test_a_real_refusal_names_its_reason(server):
    assert f"{DAV}valid-sync-token" in webdav.complaints(answered(server, "expired"))


def test_what_is_missing_may_be_said_inside_the_answer():
    (entry,) = multistatus(answered("xandikos", "missing")).entries

    assert (entry.status, entry.props) == (404, {})


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("HTTP/1.1 404 Not Found", 404),
        ("HTTP/2 200", 200),
        (" HTTP/1.1\t507 Full ", 507),
        ("200 OK", 500),
        ("", 500),
        ("HTTP/1.1 2000", 500),
        ("HTTP/1.1 " + "9" * 5000, 500),
    ],
)
def test_a_status_that_cant_be_read_is_an_error_of_the_server(line, status):
    body = f'<multistatus xmlns="DAV:"><response><href>/a</href><status>{line}</status>'
    answer = multistatus(f"{body}</response></multistatus>".encode())

    assert answer.entries[0].status == status


def test_the_token_of_a_book_is_not_that_of_the_feed():
    prop = "<propstat><prop><sync-token>the book's</sync-token></prop></propstat>"
    body = f'<multistatus xmlns="DAV:"><response><href>/</href>{prop}</response></multistatus>'

    assert multistatus(body.encode()).token == ""


# ------------------------------------------------ what is none


def is_refused(data):
    """Whether it is; anything but an answer and a BadAnswer fails the test."""
    webdav.complaints(data)
    try:
        multistatus(data)
    except BadAnswer:
        return True
    return False


@given(st.binary(max_size=300))
@example(b"")
@example(b'<?xml version="1.0" encoding="nonsense"?><multistatus xmlns="DAV:"/>')
@example(b"\xff\xfe<\0")
@example(b'<multistatus xmlns="DAV:">' + b"<a>" * 5000)
@example(b"<!DOCTYPE html><html><body>Please sign in</body></html>")
def test_what_is_no_answer_is_refused_whatever_it_is(data):
    assert is_refused(data)


@given(st.sampled_from(EVERY_ANSWER), st.data())
def test_a_damaged_answer_is_understood_or_refused(file, data):
    whole = file.read_bytes()
    at = data.draw(st.integers(0, len(whole)))
    length = data.draw(st.integers(0, 30))
    put = data.draw(
        st.binary(max_size=8)
        | st.sampled_from([b"<", b">", b"&", b"&#0;", b"<!--", b"<?p?>", b"]]>", b"<![CDATA["])
    )

    is_refused(whole[:at] + put + whole[at + length :])


@pytest.mark.parametrize("file", [one for one in EVERY_ANSWER if "expired" not in one.name])
def test_an_answer_that_was_cut_off_anywhere_is_refused(file):
    whole = file.read_bytes().rstrip()

    assert [end for end in range(0, len(whole), 5) if not is_refused(whole[:end])] == []


BOMB = "".join(f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 10))


@pytest.mark.parametrize(
    "inside",
    [
        "",
        '[<!ENTITY a0 "ha">]',
        f'[<!ENTITY a0 "ha">{BOMB}]',
        '[<!ENTITY a9 SYSTEM "file:///etc/hostname">]',
        '[<!ENTITY % a SYSTEM "http://127.0.0.1:1/">%a;]',
        '[<!ATTLIST href a CDATA "b">]',
    ],
)
@pytest.mark.parametrize("root", ["multistatus", "error"])
def test_an_answer_that_declares_anything_is_refused(root, inside):
    known = f"&a{9 if 'a9' in inside else 0};" if "ENTITY a" in inside else ""
    inner = f"<response><href>/a{known}</href></response><valid-sync-token/>"
    body = f'<!DOCTYPE {root} {inside}><{root} xmlns="DAV:">{inner}</{root}>'.encode()

    assert is_refused(body)
    assert webdav.complaints(body) == {}


def test_comments_and_instructions_say_nothing():
    stat = "<propstat><!-- a --><prop><?b c?><getetag>1</getetag></prop></propstat>"
    body = (
        f'<!-- x --><multistatus xmlns="DAV:"><!-- y --><response><href>/a</href>{stat}'
        "</response><?d?></multistatus>"
    )

    assert multistatus(body.encode()).entries == (Entry("/a", 200, {GETETAG: Value("1")}),)


ITEM = (
    "<response><href>/book/{0}.vcf</href><propstat><prop><getetag>{0}</getetag>"
    "<resourcetype/></prop><status>HTTP/1.1 200 OK</status></propstat></response>\n"
)


def test_a_large_book_is_read_to_its_end():
    # A reader of XML takes no more than 10 MB at once unless it is told that there is more.
    # 100,000 items in 25 MB took 34 MB beside them, and were read in 5 s on a busy machine.
    padded = "".join(ITEM.format(f"{number:0400d}") for number in range(12_000))
    body = f'<multistatus xmlns="DAV:">{padded}<sync-token>t</sync-token></multistatus>'.encode()
    assert len(body) > 10 << 20

    answer = multistatus(body)

    assert (len(answer.entries), answer.token) == (12_000, "t")
