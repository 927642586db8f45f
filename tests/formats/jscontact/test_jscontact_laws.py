"""The laws of JSContact: what was written is read, and what is lost is known beforehand."""

import json
from dataclasses import fields
from hashlib import sha256
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinbook.formats import jscontact, vcard
from twinbook.formats.jscontact.beside import BESIDE
from twinbook.formats.jscontact.mapping import TABLE
from twinbook.formats.vcard.mapping import LENSES
from twinbook.model.contact import (
    Address,
    Contact,
    Day,
    Email,
    Kind,
    Messenger,
    Phone,
    PhoneKind,
    Photo,
    WebKind,
    WebPage,
)
from twinbook.model.fields import BY_NAME, Nature
from twinbook.model.shape import ALL_FIELDS
from twinbook.testing import strategies

PHOTO = Photo(sha256(strategies.PIXEL).hexdigest(), "image/gif")
#: Contacts whose photo, if they have one, is the picture that is at hand.
CONTACTS = st.builds(
    lambda person, has_photo: person.but(photo=PHOTO if has_photo else None),
    strategies.contacts(without=["photo"]),
    st.booleans(),
)


def shown(person: Contact) -> dict:
    """The fields of a contact; words without their order, which means nothing."""
    return {
        name: frozenset(value) if BY_NAME[name].nature is Nature.WORDS else value
        for name in sorted(ALL_FIELDS)
        for value in [getattr(person, name)]
    }


def back(person: Contact) -> jscontact.Found:
    [found] = jscontact.read(jscontact.write(person, "urn:uuid:1", strategies.PIXEL))
    assert isinstance(found, jscontact.Found), found
    return found


@given(CONTACTS)
def test_a_card_says_all_of_a_contact(person):
    assert shown(back(person).contact) == shown(jscontact.normal(person))


@given(CONTACTS)
def test_a_contact_that_was_read_once_comes_back_as_it_is(person):
    once = back(person)

    again = back(once.contact)

    assert shown(again.contact) == shown(once.contact)
    assert (again.uid, again.photo) == (once.uid, once.photo)


@given(CONTACTS)
def test_of_what_we_wrote_nothing_is_left_over(person):
    assert back(person).rest == {}


@given(CONTACTS)
def test_what_a_card_gives_back_is_as_a_vcard_gives_it_back(person):
    normal = jscontact.normal(person)

    assert jscontact.normal(normal) == normal
    assert vcard.normal(normal) == normal


@given(CONTACTS)
def test_a_card_is_json_for_exchange(person):
    written = jscontact.write(person, "1", strategies.PIXEL)

    assert json.loads(written) == jscontact.card(person, "1", strategies.PIXEL)
    assert not [
        sign
        for sign in written.decode()
        if 0xFDD0 <= ord(sign) <= 0xFDEF or ord(sign) & 0xFFFE == 0xFFFE
    ]


@given(st.lists(CONTACTS, max_size=4))
def test_a_list_holds_the_cards_one_after_the_other(people):
    cards = [jscontact.write(one, str(at), strategies.PIXEL) for at, one in enumerate(people)]
    data = b"[" + b",\n".join(cards) + b"]"

    found = list(jscontact.read(data))

    assert [one.uid for one in found] == [str(at) for at in range(len(people))]
    assert [shown(one.contact) for one in found] == [shown(jscontact.normal(one)) for one in people]


@given(CONTACTS)
def test_another_order_of_properties_changes_nothing(person):
    def turned(value):
        if not isinstance(value, dict):
            return value
        # Maps of values keep their order: it is the order of the values.
        is_map = all(isinstance(one, dict) for one in value.values())
        names = list(value) if is_map else list(value)[::-1]
        return {name: turned(value[name]) for name in names}

    card = turned(jscontact.card(person, "1", strategies.PIXEL))

    [found] = jscontact.read(json.dumps(card).encode())

    assert shown(found.contact) == shown(jscontact.normal(person))


# ---------------------------------------------------------------- losses

#: One contact for each thing that `losses()` tells, and what comes back of it.
LOST = {
    "surname": (Contact(surname=" Zoe\u0308\x00\ufffe "), Contact(surname="Zoë")),
    "note": (Contact(note="a\r\nb "), Contact(note="a\nb ")),
    "birthday": (Contact(birthday=Day(2, 30)), Contact()),
    "photo": (Contact(photo=PHOTO), Contact()),
    "emails": (Contact(emails=(Email(" "), Email("a"))), Contact(emails=(Email("a"),))),
    "hobbies": (Contact(hobbies=("go", "go ")), Contact(hobbies=("go",))),
    "display_name": (
        Contact(given="Ada", surname="King", display_name="King, Ada"),
        Contact(given="Ada", surname="King"),
    ),
    "gender": (Contact(gender="F"), Contact(gender="female")),
    "messengers": (
        Contact(messengers=(Messenger("a", "XMPP"), Messenger("a", "jabber"))),
        Contact(messengers=(Messenger("a", "jabber"),)),
    ),
    "phones": (Contact(phones=(Phone("tel:+1"),)), Contact(phones=(Phone("+1"),))),
}


@pytest.mark.parametrize("field", LOST)
def test_a_loss_that_is_told_is_a_loss(field):
    person, comes_back = LOST[field]

    [found] = jscontact.read(jscontact.write(person, "1"))

    assert field in jscontact.losses()
    assert found.contact == comes_back


def test_every_kind_of_loss_that_is_told_has_an_example():
    told = set(jscontact.losses().values())

    assert {jscontact.losses()[field] for field in LOST} == told


PLAIN = st.text(alphabet="aB1 ,;:\\'\"=.é山\u0634", max_size=8).map(str.strip)


@given(st.fixed_dictionaries({row: PLAIN for row, one in BY_NAME.items() if one.nature in (
    Nature.TEXT, Nature.PROSE,
) and row not in ("display_name", "gender")}))  # fmt: skip
def test_plain_text_is_lost_in_no_field(texts):
    person = Contact(**texts)

    assert back(person).contact == person


# ---------------------------------------------------------------- the table


def test_every_field_has_a_place():
    held = {field for row in TABLE for field in row.fields}

    assert held == ALL_FIELDS == {one.name for one in fields(Contact)}
    assert set(jscontact.losses()) == held


def test_what_stands_beside_is_what_a_vcard_calls_so():
    named = {field: one.property.upper() for field, one in BESIDE.items()}

    assert {field for field, name in named.items() if name not in LENSES[field].names} == set()


@pytest.mark.parametrize("text", ["no JSON", "[1", '"a"', "[" * 5000])
def test_what_somebody_kept_under_our_name_breaks_no_card(text):
    kept, _ = vcard.of_members([("seat", text), ("vCardProps", text)])

    (found,) = jscontact.read(jscontact.write(Contact(given="Ada"), "1", None, kept))

    assert found.contact == Contact(given="Ada")


def test_what_no_field_holds_comes_back_and_replaces_nothing():
    kept, lost = jscontact.leftover({"example.com:seat": {"row": 7}, "uid": "2"})

    (found,) = jscontact.read(jscontact.write(Contact(given="Ada"), "1", None, kept))

    assert (found.uid, dict(found.rest), lost) == ("1", {"example.com:seat": {"row": 7}}, 0)


ELEMENTS = [
    ("emails", Email("a@example.org", kind, preferred, label))
    for kind, preferred, label in product(Kind, (True, False), ("", "Boat"))
]
ELEMENTS += [("phones", Phone("+1", kind, label="Boat")) for kind in PhoneKind]
ELEMENTS += [("phones", Phone("+1", kind, preferred=True)) for kind in PhoneKind]
ELEMENTS += [("web_pages", WebPage("https://a.example", kind)) for kind in WebKind]
ELEMENTS += [
    ("addresses", Address(kind, city="Berlin", label=label))
    for kind, label in product(Kind, ("", "Boat"))
]
ELEMENTS += [("messengers", Messenger("ada", "skype", kind)) for kind in Kind]


@pytest.mark.parametrize(("field", "element"), ELEMENTS)
def test_a_value_of_every_kind_comes_back_with_its_label_and_its_preference(field, element):
    person = Contact(**{field: (element,)})

    assert back(person).contact == person
