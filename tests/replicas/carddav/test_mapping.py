"""Addresses, tags and keys stand for items, however a server spells them."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from twinbook.cards.marks import mark_of
from twinbook.formats import vcard
from twinbook.formats.vcard import Card
from twinbook.model.contact import Contact, Email, Phone, PhoneKind
from twinbook.model.ids import LinkId, RecordId, Version
from twinbook.model.keys import Key, KeyKind
from twinbook.reconcile.match import keys_of
from twinbook.replicas.carddav.mapping import (
    etag_of,
    href_of,
    id_of,
    key_matches,
    path_of,
    spelling,
    uid_matches,
    version_of,
)
from twinbook.testing import strategies

BOOK = "/dav/b%C3%BCcher/ada@example.com/"
#: Names of items as bytes, for a server may know no UTF-8; none of them is a path.
NAMES = st.binary(min_size=1, max_size=30).filter(
    lambda name: b"/" not in name and name not in (b".", b"..")
)


def escaped(name: bytes, keep=b"") -> str:
    return "".join(chr(one) if one in keep else f"%{one:02X}" for one in name)


# ------------------------------------------------ addresses


@given(NAMES)
def test_an_item_is_found_again_at_its_own_address(name):
    id = id_of(BOOK, BOOK + escaped(name))

    assert id_of(BOOK, href_of(BOOK, id)) == id


@given(st.text(max_size=20))
def test_whatever_is_taken_for_an_id_has_one_address_or_none(text):
    href = href_of(BOOK, RecordId(text))

    assert href == "" or href_of(BOOK, id_of(BOOK, href)) == href


@given(NAMES)
def test_every_spelling_of_an_address_is_the_same_item(name):
    plain = bytes(one for one in name if chr(one).isalnum() and one < 128)
    spellings = [
        escaped(name),
        escaped(name).lower(),
        escaped(name, plain),
        "https://dav.example.com:8443" + BOOK + escaped(name),
    ]

    ids = {id_of(BOOK, one if one.startswith("https:") else BOOK + one) for one in spellings}

    assert len(ids) == 1
    assert None not in ids


@pytest.mark.parametrize(
    ("href", "id"),
    [
        ("a b.vcf", "a%20b.vcf"),
        ("ü.vcf", "%C3%BC.vcf"),
        ("%c3%bc.vcf", "%C3%BC.vcf"),
        ("100%.vcf", "100%25.vcf"),
        ("a%2Fb.vcf", "a%2Fb.vcf"),
        ("a?b.vcf", "a%3Fb.vcf"),
        ("a#b.vcf", "a%23b.vcf"),
        ("a%3Fb.vcf", "a%3Fb.vcf"),
        ("urn:uuid:1.vcf", "urn:uuid:1.vcf"),
        ("(a)'b'*.vcf", "(a)'b'*.vcf"),
        ("...", "..."),
        ("%FF.vcf", "%FF.vcf"),
    ],
)
def test_odd_names_are_names(href, id):
    assert id_of(BOOK, BOOK + href) == id


@pytest.mark.parametrize(
    "href",
    [
        "", "/", BOOK, BOOK[:-1], BOOK + ".", BOOK + "..", BOOK + "%2e%2E", BOOK + "../x.vcf",
        BOOK + "a/x.vcf", "/dav/x.vcf", "x.vcf", "/DAV/b%C3%BCcher/ada@example.com/x.vcf",
        BOOK[:-1] + "x/y.vcf", "https://dav.example.com", "https://dav.example.com/x.vcf",
        "http://[", "//[", "https://:x/", "//dav.example.com" + BOOK, "?", "#", "%", "mailto:ada",
    ],
)  # fmt: skip
def test_what_is_elsewhere_is_no_item(href):
    assert id_of(BOOK, href) is None


@given(st.text())
def test_no_address_however_odd_breaks_anything(href):
    assert path_of(href).endswith("/")
    assert id_of(BOOK, href) is None or href.startswith(("/", "http"))


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://dav.example.com", "/"),
        ("https://dav.example.com/b%c3%bccher", "/b%C3%BCcher/"),
        ("https://dav.example.com/bücher/", "/b%C3%BCcher/"),
        ("https://dav.example.com/a%2Fb/", "/a%2Fb/"),
        ("https://dav.example.com/book/?a=b#c", "/book/"),
        ("https://dav.example.com?a=/b", "/"),
        ("/~ada/book", "/~ada/book/"),
        ("/%7Eada/book/", "/~ada/book/"),
    ],
)
def test_a_collection_has_one_spelling(url, path):
    assert path_of(url) == path


def test_the_spelling_of_a_server_is_kept():
    assert spelling("https://dav.example.com/b%6fok/a b?.vcf") == "/b%6fok/a b?.vcf"


@pytest.mark.parametrize("id", ["", ".", "..", "%2E%2e", "a/b", "/", "../x.vcf"])
def test_what_is_no_name_has_no_address(id):
    assert href_of(BOOK, RecordId(id)) == ""


# ------------------------------------------------ tags


@pytest.mark.parametrize(
    ("etag", "version"),
    [('"a1"', "a1"), ('W/"a1"', "a1"), ("a1", "a1"), (' "a1" ', "a1"), ('"a b"', "a b"),
     ('"é"', "é"), ('""', ""), ('"W/a"', "W/a")],
)  # fmt: skip
def test_a_tag_is_one_version_quoted_or_not_weak_or_not(etag, version):
    assert version_of(etag) == version


@given(st.text(st.characters(codec="ascii", exclude_characters='"'), min_size=1))
def test_a_tag_that_is_sent_is_the_one_that_came(text):
    assume(text == text.strip() and not text.startswith("W/"))

    assert etag_of(version_of(f'"{text}"')) == f'"{text}"'
    assert version_of(etag_of(Version(text))) == text


# ------------------------------------------------ finding


@given(st.uuids())
def test_a_card_with_a_mark_is_found_by_every_spelling_of_its_uid(uuid):
    spellings = [str(uuid), uuid.hex, uuid.urn, str(uuid).upper(), uuid.hex.upper()]

    for uid in spellings:
        mark = mark_of(uid)
        assert any(one.text in uid.casefold() for one in uid_matches([mark])), uid


def test_a_card_of_somebody_else_is_found_by_its_uid():
    marks = [LinkId("urn:uuid:not one"), LinkId("4711")]

    assert [one.text for one in uid_matches(marks)] == ["not one", "4711"]


UPPER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def texts_of(card: Card, prop: str) -> list[str]:
    """What a server compares: a property without its escapes, and without case where ASCII has it.

    Of other letters some servers know no case, and none knows that "ß" and "ss" are the same.
    """
    texts = [one.text.translate(UPPER) for one in card.lines if one.name == prop]
    return [re.sub(r"\\([,;:\\])", r"\1", text) for text in texts]


def is_found(card: Card, matches) -> bool:
    """Whether a query finds a card: one of its conditions is met, whatever case is written in."""
    return any(one.text in text for one in matches for text in texts_of(card, one.prop))


#: Letters of Europe, written as people write them: composed or not, with "ß" and ligatures.
LETTERS = "abcdefgilosstzABCSTZ äöüÄÖÜßẞéèñçøåÅłŁžšğİıœæþðﬁﬀﬃ-'.,;@\\\u0301\u0308王田Жя"
NAME = st.text(LETTERS, max_size=12) | st.sampled_from(
    ["Weiß", "Strasse", "Jessica", "Griﬃths", "O'Neill", "van der Berg", "Zoe\u0308", "Müller",
     "a @ b", "@", "王", "Ж", "Łukasz", "ss", "I", "Smith-Jones", "de, Vries; Jr."]
)  # fmt: skip
MAIL = st.builds(
    "{}@{}".format,
    NAME.map(lambda text: re.sub(r"[\s@,;\\]", "", text)),
    st.sampled_from(["example.org", "Example.ORG", "bücher.example", "strasse.example",
                     "straße.example", "xn--bcher-kva.example", "ss.ff"]),
)  # fmt: skip
NUMBERS = st.sampled_from(["+49 30 123456", "030/12 34 ext. 5", "n/a", "ask Li", "", "12"])
PEOPLE = st.builds(
    lambda given, surname, whole, company, mails, numbers: Contact(
        given=given,
        surname=surname,
        display_name=whole,
        company=company,
        emails=tuple(map(Email, mails)),
        phones=tuple(Phone(one, PhoneKind.MOBILE) for one in numbers),
    ),
    NAME, NAME, NAME, NAME, st.lists(MAIL, max_size=2), st.lists(NUMBERS, max_size=2),
)  # fmt: skip


def check_that_keys_find(card: Card):
    for key in keys_of(vcard.contact(card)):
        matches = key_matches([key])
        assert matches is None or is_found(card, matches), (key, matches, bytes(card))


@given(PEOPLE)
def test_every_card_of_ours_is_found_by_each_of_its_keys(person):
    check_that_keys_find(vcard.new(vcard.normal(person), "urn:uuid:1", None))


@given(strategies.cards())
def test_every_card_of_others_is_found_by_each_of_its_keys(data):
    [card] = vcard.cards(data)

    check_that_keys_find(card)


def test_a_full_name_that_says_something_else_hides_nobody():
    person = Contact(
        given="Ada", surname="Lovelace", display_name="The Countess", company="Example AG",
        phones=(Phone("+49 170 1", PhoneKind.MOBILE),),
    )  # fmt: skip
    card = vcard.new(person, "urn:uuid:1", None)

    assert texts_of(card, "FN") == ["the countess"]
    assert len(keys_of(vcard.contact(card))) == 2
    check_that_keys_find(card)


def test_the_keys_of_a_person_are_asked_for_in_few_words():
    keys = [
        Key(KeyKind.EMAIL, "jessica@example.org"),
        Key(KeyKind.EMAIL, "ada@xn--bcher-kva.example"),
        Key(KeyKind.PHONE, "+49301234 weiss"),
        Key(KeyKind.NAME, "ada müller-lovelace @ bücher ag"),
    ]

    found = [(one.prop, one.text) for one in key_matches(keys)]

    assert found == [
        ("EMAIL", "ica@example.org"), ("EMAIL", "ada"), ("FN", "wei"), ("N", "wei"),
        ("FN", "lovelace"), ("N", "lovelace"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (KeyKind.EMAIL, "王@xn--bcher-kva.example"),
        (KeyKind.PHONE, "ask li lovelace"),
        (KeyKind.PHONE, "+49301234 王"),
        (KeyKind.PHONE, "+49301234 -"),
        (KeyKind.NAME, "ü @ example"),
        (KeyKind.NAME, "@@ @ example"),
    ],
)
def test_where_no_condition_is_sure_the_book_is_read(kind, value):
    keys = [Key(KeyKind.EMAIL, "ada@example.org"), Key(kind, value)]

    assert key_matches(keys) is None
