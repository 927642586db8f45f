"""What a filter means, judged by one record."""

import pytest

from twinbook.model.contact import Address, Contact, Email, Phone
from twinbook.model.filter import (
    ACTIVE,
    EVERYTHING,
    MINE,
    MY_TEAM,
    NOTHING,
    All,
    AnyOf,
    Attribute,
    Has,
    Not,
    Operator,
)
from twinbook.model.record import Business, Record
from twinbook.model.rights import Viewer
from twinbook.reconcile.scope import matches

ADA = Viewer(user="ada", teams=frozenset({"sales"}))
BOB = Record(
    id="bob",
    version="1",
    contact=Contact(
        given="Jörg",
        surname="Straße",
        company="Acme Ltd",
        department="R & D",
        job_title="Head of Sales",
        emails=(Email("joerg@acme.example"), Email("J@home.example")),
        phones=(Phone("+49 (30) 123-45"),),
        addresses=(Address(city="Zürich", country="CH"),),
        categories=("Key account",),
    ),
    business=Business(owner="ada", owner_teams=frozenset({"sales"}), account="acme"),
)


@pytest.mark.parametrize(
    ("attribute", "operator", "value", "expected"),
    [
        (Attribute.NAME, Operator.IS, "JÖRG STRASSE", True),
        (Attribute.NAME, Operator.IS, "jo\u0308rg straße", True),
        (Attribute.NAME, Operator.IS, "Jörg", False),
        (Attribute.GIVEN, Operator.STARTS, "jö", True),
        (Attribute.SURNAME, Operator.CONTAINS, "RASS", True),
        (Attribute.COMPANY, Operator.STARTS, "acme", True),
        (Attribute.COMPANY, Operator.STARTS, "ltd", False),
        (Attribute.JOB_TITLE, Operator.CONTAINS, "of sales", True),
        (Attribute.DEPARTMENT, Operator.EXISTS, "", True),
        (Attribute.CATEGORY, Operator.IS, "key account", True),
        (Attribute.EMAIL, Operator.CONTAINS, "@home", True),
        (Attribute.PHONE, Operator.STARTS, "+4930", True),
        (Attribute.PHONE, Operator.CONTAINS, "30 12", True),
        (Attribute.CITY, Operator.IS, "zürich", True),
        (Attribute.COUNTRY, Operator.IS, "de", False),
        (Attribute.OWNER, Operator.IS, "me", True),
        (Attribute.OWNER, Operator.IS, "grace", False),
        (Attribute.OWNER_TEAM, Operator.IS, "mine", True),
        (Attribute.OWNER_TEAM, Operator.IS, "sales", True),
        (Attribute.OWNER_TEAM, Operator.IS, "support", False),
        (Attribute.ACCOUNT, Operator.IS, "acme", True),
        (Attribute.ACTIVE, Operator.IS, "yes", True),
        (Attribute.ACTIVE, Operator.IS, "no", False),
    ],
)
def test_a_question_is_answered_without_regard_to_case(attribute, operator, value, expected):
    assert matches(Has(attribute, operator, value), BOB, ADA) is expected


def test_what_is_not_there_has_no_value_at_all():
    nobody = BOB.but(contact=Contact(phones=(Phone("call me"),)), business=Business())
    for attribute in set(Attribute) - {Attribute.ACTIVE}:
        filter = Has(attribute, Operator.EXISTS)
        named = attribute is Attribute.NAME  # somebody is called by the number if by nothing else
        assert matches(filter, nobody, ADA) is named
        assert matches(Has(attribute, Operator.IS, ""), nobody, ADA) is False


@pytest.mark.parametrize("business", [Business(active=False), Business(deleted=True)])
def test_who_was_deactivated_or_deleted_is_not_active(business):
    assert not matches(ACTIVE, BOB.but(business=business), ADA)


def test_a_record_of_a_book_is_active_and_nobodys():
    record = BOB.but(business=None)
    assert matches(ACTIVE, record, ADA)
    assert not matches(AnyOf((MINE, MY_TEAM)), record, ADA)


def test_filters_are_joined():
    assert matches(EVERYTHING, BOB, ADA)
    assert not matches(NOTHING, BOB, ADA)
    assert matches(All((ACTIVE, MINE, MY_TEAM)), BOB, ADA)
    assert not matches(All((ACTIVE, NOTHING)), BOB, ADA)
    assert matches(AnyOf((NOTHING, MINE)), BOB, ADA)
    assert matches(Not(NOTHING), BOB, ADA)


def test_a_text_is_compared_by_its_beginning_if_it_is_very_long():
    long = BOB.but(contact=Contact(given="x" * 300))
    assert matches(Has(Attribute.GIVEN, Operator.IS, "X" * 400), long, ADA)
