"""Two contacts that are one person become one, and nothing of either is lost."""

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from twinbook.crm import contacts, feed, history, lookup, standing
from twinbook.crm.contacts import New
from twinbook.crm.feed import Kind
from twinbook.crm.merge import merge, united
from twinbook.database import schema
from twinbook.formats import stored
from twinbook.model.contact import Contact, Email, Phone, PhoneKind
from twinbook.model.errors import Invalid, NotFound
from twinbook.reconcile.match import keys_of

ROB = Contact(
    given="Robert",
    surname="Miller",
    department="Sales",
    nickname="Bobby",
    job_title="Boss",
    emails=(Email("BOB@acme.example"), Email("bob@home.example", preferred=True)),
    phones=(Phone("+49 30 1234", PhoneKind.WORK),),
)


@pytest.fixture
def rob(connection, company, clock):
    new = New(contact=ROB, owner=company.grace.id, account=company.globex.id)
    return contacts.create(connection, new, company.cause, clock)


@pytest.fixture
def merged(connection, company, clock, bob, rob):
    return merge(connection, bob.id, rob.id, company.cause, clock)


def test_own_values_stay_gaps_are_filled_lists_are_united(merged, company):
    contact = merged.contact
    assert (contact.given, contact.job_title, contact.nickname) == ("Bob", "Smith", "Bobby")
    assert [mail.value for mail in contact.emails] == ["bob@acme.example", "bob@home.example"]
    assert contact.phones == (Phone("+49 30 1234", PhoneKind.MOBILE),)
    assert (merged.business.owner, merged.business.account) == (company.ada.id, company.acme.id)


def test_the_other_one_points_to_it_and_rests(connection, company, clock, merged, rob, edit):
    loser = contacts.get(connection, rob.id)
    assert (loser.business.merged_into, loser.business.active) == (merged.id, False)
    assert loser.contact == rob.contact
    with pytest.raises(NotFound, match=f"merged into {merged.id}"):
        edit(loser, given="X")
    with pytest.raises(NotFound, match="merged into"):
        standing.restore(connection, rob.id, company.cause, clock)


def test_what_found_no_place_is_in_the_history(connection, merged, rob):
    lines = history.of(connection, merged.id)
    lost = {line.field: line.after for line in lines if line.yielded}
    assert lost == {
        "given": "Robert",
        "company": "Globex",
        "department": "Sales",
        "job_title": "Boss",
        "emails": "BOB@acme.example (other), bob@home.example (other)",
        "phones": "+49 30 1234 (work)",
    } or lost.keys() == {"given", "company", "department", "job_title", "emails", "phones"}
    assert any(line.field == "merged" and rob.id in line.after for line in lines)


def test_everybody_hears_of_both(connection, merged, bob, rob):
    assert {(news.contact, news.kind) for news in feed.since(connection, 2)} == {
        (bob.id, Kind.MERGED),
        (rob.id, Kind.MERGED),
    }


def test_look_alikes_lead_to_the_survivor_alone(connection, merged):
    found = lookup.resembling(connection, keys_of(ROB))
    assert {record.id for records in found.values() for record in records} == {merged.id}


def test_what_is_needed_to_part_them_is_kept(connection, merged, bob, rob):
    row = connection.execute(sa.select(schema.merges)).one()
    assert (row.survivor_id, row.loser_id, row.loser_was_active) == (bob.id, rob.id, True)
    assert stored.load(row.survivor_before) == bob.contact.but(company="")


def test_a_chain_of_merges_leads_to_its_end(connection, company, clock, merged, rob):
    eve = contacts.create(connection, New(contact=Contact(given="Eve")), company.cause, clock)
    merge(connection, eve.id, merged.id, company.cause, clock)
    for id in (rob.id, merged.id):
        assert contacts.get(connection, id).business.merged_into == eve.id


def test_only_two_living_contacts_can_be_merged(connection, company, clock, merged, rob):
    with pytest.raises(Invalid, match="itself"):
        merge(connection, merged.id, merged.id, company.cause, clock)
    with pytest.raises(NotFound):
        merge(connection, merged.id, rob.id, company.cause, clock)
    with pytest.raises(NotFound):
        merge(connection, merged.id, "nobody", company.cause, clock)


@pytest.mark.parametrize(
    ("kept", "other", "expected"),
    [
        (Contact(given="Ada"), Contact(given="Bob", surname="Miller"), Contact(given="Ada")),
        (
            Contact(given="Ada"),
            Contact(given="ADA", surname="King"),
            Contact(given="Ada", surname="King"),
        ),
        (
            Contact(company="Acme"),
            Contact(company="Globex", job_title="Boss", note="x"),
            Contact(company="Acme", note="x"),
        ),
    ],
)
def test_parts_of_another_name_or_place_are_not_mixed_in(kept, other, expected):
    assert united(kept, other) == expected


def test_what_is_preferred_stays_preferred_alone():
    mine = Contact(emails=(Email("a@x.example", preferred=True),))
    theirs = Contact(emails=(Email("b@x.example", preferred=True),))
    both = (Email("a@x.example", preferred=True), Email("b@x.example"))
    assert united(mine, theirs).emails == both


emails = st.lists(st.builds(Email, st.sampled_from(["a@x.example", "A@x.example", "b@x.example"])))


@given(emails.map(tuple), emails.map(tuple))
def test_no_mailbox_is_lost_and_none_is_added_twice(mine, theirs):
    both = united(Contact(emails=mine), Contact(emails=theirs)).emails
    assert both[: len(mine)] == mine
    assert {one.value.lower() for one in both} == {one.value.lower() for one in mine + theirs}
