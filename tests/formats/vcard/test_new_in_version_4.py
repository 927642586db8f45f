"""A new card of vCard 4.0 is one by RFC 6350, whatever the contact says, and says all of it."""

from collections import Counter
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from twinbook.formats import vcard
from twinbook.model.contact import Contact, Kind, Messenger, Phone, PhoneKind, Photo
from twinbook.model.fields import BY_NAME, Nature
from twinbook.model.shape import ALL_FIELDS
from twinbook.testing import strategies

PHOTO = Photo(sha256(strategies.PIXEL).hexdigest(), "image/gif")
CONTACTS = st.builds(
    lambda person, has_photo: person.but(photo=PHOTO if has_photo else None),
    strategies.contacts(without=["photo"]),
    st.booleans(),
)
#: Properties of RFC 6350, and HOBBY of RFC 6715, that may stand in a card once at most.
ONCE = {"N", "BDAY", "ANNIVERSARY", "GENDER", "UID", "VERSION", "BEGIN", "END"}
OFTEN = {
    "FN", "NICKNAME", "PHOTO", "ADR", "TEL", "EMAIL", "IMPP", "LANG", "TITLE", "ROLE", "ORG",
    "RELATED", "CATEGORIES", "NOTE", "URL", "HOBBY",
}  # fmt: skip
#: Parameters of RFC 6350, section 5, and SERVICE-TYPE of RFC 9554, section 4.9.
PARAMS = {"TYPE", "PREF", "VALUE", "SORT-AS", "SERVICE-TYPE"}
#: RFC 6350, sections 5.6, 6.4.1 and 6.6.6; car, isdn and main are those of RFC 2426.
TYPES = {
    "work", "home", "text", "voice", "fax", "cell", "video", "pager", "textphone",
    "car", "isdn", "main", "spouse", "child",
}  # fmt: skip


def new(person: Contact) -> vcard.Card:
    """The card as a program reads it that has only its bytes."""
    [card] = vcard.cards(bytes(vcard.new(person, "urn:uuid:1", strategies.PIXEL, "4.0")))
    assert isinstance(card, vcard.Card), card
    return card


def shown(person: Contact) -> dict:
    return {
        name: frozenset(value) if BY_NAME[name].nature is Nature.WORDS else value
        for name in sorted(ALL_FIELDS)
        for value in [getattr(person, name)]
    }


@given(CONTACTS)
def test_a_card_of_version_4_says_all_of_a_contact(person):
    assert shown(vcard.contact(new(person))) == shown(vcard.normal(person))


@given(CONTACTS)
def test_a_card_of_version_4_has_the_properties_of_the_rfc_as_often_as_it_allows(person):
    card = new(person)
    counted = Counter(one.name for one in card.lines)

    assert card.version == "4.0"
    assert [one.name for one in card.lines][:2] == ["BEGIN", "VERSION"]
    assert {name for name in counted if not name.startswith("X-")} <= ONCE | OFTEN
    assert {name: counted[name] for name in ONCE if counted[name] > 1} == {}
    assert counted["FN"] >= 1


@given(CONTACTS)
def test_a_card_of_version_4_has_the_parameters_of_the_rfc(person):
    params = [(one.name, param) for one in new(person).lines for param in one.head.params]

    assert {param.name for _, param in params} <= PARAMS
    for name, param in params:
        if param.name == "TYPE":
            assert {one for one in param.values if not one.startswith("x-")} <= TYPES
            assert name in {"TEL", "EMAIL", "ADR", "URL", "IMPP", "RELATED"}
        if param.name == "PREF":
            assert param.values == ("1",)
        if param.name == "SORT-AS":
            assert name == "N"
        if param.name == "VALUE":
            assert (name, param.values) == ("RELATED", ("text",))


@given(CONTACTS)
def test_a_card_of_version_4_has_lines_of_75_octets_in_utf_8(person):
    whole = bytes(vcard.new(person, "urn:uuid:1", strategies.PIXEL, "4.0"))

    assert whole.decode()
    assert whole.endswith(b"END:VCARD\r\n")
    assert [one for one in whole.split(b"\r\n") if len(one) > 75 or b"\r" in one] == []


def test_a_photo_of_version_4_is_a_uri_with_its_data():
    [line] = [one for one in new(Contact(photo=PHOTO)).lines if one.name == "PHOTO"]

    assert line.value.startswith(b"data:image/gif;base64,")
    assert line.head.params == ()


def test_kinds_that_version_4_has_no_word_for_are_said_to_programs_and_to_people():
    card = new(Contact(phones=(Phone("1", PhoneKind.ASSISTANT),)))

    raws = [one.raw for one in card.lines if one.head.group]
    assert raws == [b"item1.TEL;TYPE=x-assistant:1\r\n", b"item1.X-ABLabel:_$!<Assistant>!$_\r\n"]


def test_a_messenger_of_version_4_is_named_by_rfc_9554():
    card = new(Contact(messengers=(Messenger("ada", "my own", Kind.WORK),)))

    [line] = [one.raw for one in card.lines if one.name == "IMPP"]
    assert line == b'IMPP;TYPE=work;SERVICE-TYPE="my own":x-apple:ada\r\n'
