"""Contacts are found by words and by what look-alikes share."""

import pytest

from twinbook.crm import contacts, lookup, standing
from twinbook.crm.contacts import New
from twinbook.crm.search import search
from twinbook.model.contact import Contact, Email, Phone, PhoneKind
from twinbook.model.filter import EVERYTHING
from twinbook.model.keys import Key, KeyKind
from twinbook.reconcile.match import keys_of
from twinbook.users import teams

ZOE = Contact(
    given="Zoë",
    surname="O'Neill-Groß",
    company="Initech GmbH",
    emails=(Email("z.oneill@initech.example"),),
    phones=(Phone("+49 (0)30 1234567"),),
)


@pytest.fixture
def zoe(connection, company, clock):
    return contacts.create(connection, New(contact=ZOE), company.cause, clock)


@pytest.fixture
def find(connection, company):
    viewer = teams.viewer(connection, company.ada.id)
    return lambda text, *more, **options: search(connection, text, viewer, *more, **options)


@pytest.mark.parametrize(
    "text",
    [
        "zoe",
        "ZOË",
        "neill zo",
        "o'neill",
        "gross",
        "initech",
        "z.oneill@init",
        "oneill",
        "+49 30 1234567",
        "030 12345",
        "1234567",
        "0301234567",
        "+49301234567",
        "4930123456",
    ],
)
def test_a_contact_is_found_by_the_beginnings_of_its_words(find, zoe, bob, text):
    assert find(text) == [zoe.id]


@pytest.mark.parametrize("text", ["ill", "zoe smith", "34567", "zoe zoe bob", "%", "_oe"])
def test_and_by_nothing_else(find, zoe, bob, text):
    assert find(text) == ([] if text != "%" else [bob.id, zoe.id])


def test_a_contact_of_an_account_is_found_by_its_name(find, bob):
    assert find("acme bob") == [bob.id]


def test_those_at_rest_are_found_on_request(connection, company, clock, find, zoe):
    standing.deactivate(connection, zoe.id, company.cause, clock)
    assert find("zoe") == []
    assert find("zoe", EVERYTHING) == [zoe.id]


def test_the_first_by_name_are_shown(find, zoe, bob):
    assert find("") == [bob.id, zoe.id]
    assert find("", limit=1) == [bob.id]


def test_look_alikes_share_a_key(connection, zoe, bob):
    mail = Key(KeyKind.EMAIL, "bob@acme.example")
    assert lookup.resembling(connection, [mail, Key(KeyKind.EMAIL, "x@x.example")]) == {mail: [bob]}
    stranger = Contact(
        given="Robert", surname="Miller", phones=(Phone("0049 301234", PhoneKind.MOBILE),)
    )
    assert list(lookup.resembling(connection, keys_of(stranger)).values()) == [[bob]]
    assert lookup.resembling(connection, []) == {}


def test_the_name_of_an_account_is_part_of_a_look_alike(connection, bob):
    stranger = Contact(given="BOB", surname="miller", company="ACME")
    (found,) = lookup.resembling(connection, keys_of(stranger)).values()
    assert found == [bob]


def test_those_at_rest_are_look_alikes_and_the_deleted_are_none(connection, company, clock, bob):
    resting = standing.deactivate(connection, bob.id, company.cause, clock)
    key = Key(KeyKind.EMAIL, "bob@acme.example")
    assert lookup.resembling(connection, [key]) == {key: [resting]}
    standing.delete(connection, bob.id, company.cause, clock)
    assert lookup.resembling(connection, [key]) == {}
