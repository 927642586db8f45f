"""Who is the same person (rule 2.8)."""

import pytest
from given import ADA, hub, item

from twinbook.model.contact import Contact, Email, Phone, PhoneKind
from twinbook.model.keys import Key, KeyKind
from twinbook.reconcile.match import (
    Candidate,
    Rung,
    assign,
    candidates,
    is_living,
    keys_of,
    names_agree,
    rung_between,
    shared_keys,
)

MAIL = Email("ada@example.org")
SECOND = Email("ada@home.example")
MOBILE = Phone("+44 7700 900001", PhoneKind.MOBILE)


def person(given="Ada", surname="Lovelace", emails=(MAIL,), **rest):
    return Contact(given=given, surname=surname, emails=emails, **rest)


@pytest.mark.parametrize(
    ("one", "other", "rung"),
    [
        (person(), person(), Rung.EMAIL),
        (person(), person(emails=(Email("ADA@Example.org"),)), Rung.EMAIL),
        (person(), person(given="A."), Rung.EMAIL),
        (person(), Contact(emails=(MAIL,)), Rung.EMAIL),
        (person(), person(emails=(MAIL, Email("info@example.org"))), Rung.EMAIL),
        (person(), person(emails=(MAIL, SECOND)), Rung.MAILBOX),
        (person(), person(given="Grace"), Rung.MAILBOX),
        (person(emails=(Email("info@example.org"),)), person(emails=(Email("info@example.org"),)),
         None),
        (person(emails=(), phones=(MOBILE,)), person("Anne", emails=(), phones=(MOBILE,)),
         Rung.PHONE),
        (person(emails=(), phones=(MOBILE,)), person(surname="King", emails=(), phones=(MOBILE,)),
         None),
        (person(phones=(MOBILE,)), person("Anne", phones=(MOBILE,)), Rung.PHONE),
        (person(emails=(), company="Acme"), person(emails=(), company="ACME"), Rung.NAME),
        (person(emails=()), person(emails=()), None),
        (Contact(display_name="Ada L", company="A"), Contact(display_name="ada l", company="a"),
         Rung.NAME),
    ],
)  # fmt: skip
def test_the_ladder(one, other, rung):
    assert rung_between(one, other) is rung
    assert rung_between(other, one) is rung


def test_a_mailbox_that_several_carry_points_at_nobody():
    key = Key(KeyKind.EMAIL, "ada@example.org")

    assert rung_between(person(), person(), {key}) is Rung.MAILBOX


def test_a_name_that_several_carry_weakens_no_mailbox():
    key = Key(KeyKind.NAME, "ada lovelace @ acme")
    both = person(company="Acme")

    assert rung_between(both, both, {key}) is Rung.EMAIL


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        (person(), person("Ada", ""), True),
        (person(), Contact(display_name="Dr. Ada Lovelace"), True),
        (person(), Contact(display_name="Lovelace, Ada"), True),
        (person("A."), person("Ada"), True),
        (person("A", "L"), person("Ada", "Lovelace"), False),  # two initials are anybody's
        (person("Jan"), person("Janine"), False),
        (person(), person("Byron"), False),
        (person(), person(surname="King"), False),
        (Contact(), Contact(), True),
    ],
)
def test_names_that_can_be_one_persons(one, other, agree):
    assert names_agree(one, other) is agree
    assert names_agree(other, one) is agree


def test_keys_are_made_of_what_tells_one_person():
    contact = person(
        emails=(MAIL, Email("office@example.org"), Email("nonsense")),
        phones=(MOBILE, Phone("1", PhoneKind.WORK)),
        company="Acme",
    )

    assert keys_of(contact) == {
        Key(KeyKind.EMAIL, "ada@example.org"),
        Key(KeyKind.PHONE, "+447700900001 lovelace"),
        Key(KeyKind.NAME, "ada lovelace @ acme"),
    }
    assert keys_of(Contact(phones=(MOBILE,), company="Acme")) == frozenset()


@pytest.mark.parametrize("rung", Rung)
def test_a_reason_tells_no_value(rung):
    reason = Candidate(item(person()), rung).reason

    assert reason.startswith("they ")
    assert "ada" not in reason.lower()


def test_candidates_come_surest_first():
    weak = item(person("Grace"), id="i1")
    sure = item(person(), id="i2")
    nobody = item(Contact(), id="i3")

    assert [one.record.id for one in candidates(person(), [weak, sure, nobody])] == ["i2", "i1"]


def alike(*items, rung=Rung.EMAIL):
    return (ADA, [Candidate(item(ADA, id=id), rung) for id in items])


@pytest.mark.parametrize(
    ("wanted", "sure", "unsure"),
    [
        ({"c1": alike("i1")}, {"c1": "i1"}, {}),
        ({"c1": alike("i1", "i2")}, {}, {"c1": ["i1", "i2"]}),
        ({"c1": alike("i1"), "c2": alike("i1")}, {}, {"c1": ["i1"], "c2": ["i1"]}),
        ({"c1": alike("i1", rung=Rung.NAME)}, {}, {"c1": ["i1"]}),
        ({"c1": alike("i1"), "c2": alike("i1", rung=Rung.PHONE)}, {"c1": "i1"}, {}),
        ({"c1": alike()}, {}, {}),
    ],
)
def test_every_item_is_at_most_one_contacts(wanted, sure, unsure):
    assignment = assign(wanted)

    assert {id: record.id for id, record in assignment.sure.items()} == sure
    found = {id: [c.record.id for c in several] for id, several in assignment.unsure.items()}
    assert found == unsure


def test_only_the_living_share_a_mailbox():
    key = Key(KeyKind.EMAIL, "ada@example.org")
    alive, gone = hub(id="c1"), hub(id="c2", active=False)

    assert is_living(item())
    assert not is_living(gone)
    assert shared_keys({key: [alive, gone]}) == frozenset()
    assert shared_keys({key: [alive, hub(id="c3")]}) == {key}
