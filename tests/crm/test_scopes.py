"""SQL and the pure judgement find the same contacts, whatever is asked."""

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twinbook.crm import contacts, scopes, standing
from twinbook.crm.contacts import New
from twinbook.model.cause import Cause
from twinbook.model.contact import Address, Contact, Email, Phone
from twinbook.model.filter import (
    ACTIVE,
    EVERYTHING,
    MINE,
    MY_TEAM,
    All,
    AnyOf,
    Attribute,
    Has,
    Not,
    Operator,
)
from twinbook.model.rights import UserRole
from twinbook.reconcile.scope import matches
from twinbook.users import people, teams

TEST = Cause(actor=None, channel="test")

# Few letters that meet often, and those that case, composition and patterns trip over.
texts = st.text("abAßsSİıÄäA\u0308%_\\' \ud7ff\U0010ffff\0", max_size=4) | st.text(max_size=4)
numbers = st.text("+0123 ()-x", max_size=6)
people_of_all_kinds = st.builds(
    Contact,
    given=texts,
    surname=texts,
    display_name=texts,
    company=texts,
    job_title=texts,
    department=texts,
    categories=st.lists(texts, max_size=2).map(tuple),
    emails=st.lists(st.builds(Email, texts), max_size=2).map(tuple),
    phones=st.lists(st.builds(Phone, numbers), max_size=2).map(tuple),
    addresses=st.lists(st.builds(Address, city=texts, country=texts), max_size=2).map(tuple),
).filter(lambda contact: contact != Contact(categories=contact.categories))


def questions(ids):
    values = texts | numbers | st.sampled_from(["me", "mine", "yes", "no", "", *ids])
    return st.builds(Has, st.sampled_from(Attribute), st.sampled_from(Operator), values)


def filters(ids):
    return st.recursive(
        questions(ids),
        lambda inner: (
            st.builds(Not, inner)
            | st.lists(inner, max_size=3).map(tuple).map(All)
            | st.lists(inner, max_size=3).map(tuple).map(AnyOf)
        ),
        max_leaves=6,
    )


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_sql_and_the_pure_judgement_agree(database, clock, data):
    with database.read() as connection:
        crowd = people.everyone(connection)
    if not crowd:
        with database.write() as connection:
            crowd = make_company(connection, clock)
    ids = [user.id for user in crowd]
    with database.write() as connection:
        mine = [
            contacts.create(
                connection,
                New(contact=contact, owner=data.draw(st.sampled_from([None, *ids]))),
                TEST,
                clock,
            )
            for contact in data.draw(st.lists(people_of_all_kinds, min_size=1, max_size=3))
        ]
        fate = data.draw(st.sampled_from([standing.activate, standing.deactivate, standing.delete]))
        mine[0] = fate(connection, mine[0].id, TEST, clock)
        viewer = teams.viewer(connection, data.draw(st.sampled_from(ids)))
        filter = data.draw(filters([*ids, *(team.id for team in teams.everyone(connection))]))

        found = set(scopes.matching(connection, filter, viewer))

        expected = {record.id for record in mine if matches(filter, record, viewer)}
        assert found & {record.id for record in mine} == expected
        assert scopes.count(connection, filter, viewer) == len(found)


@pytest.mark.parametrize("attribute", Attribute)
def test_they_agree_on_every_question_and_its_opposite(connection, company, clock, bob, attribute):
    nobody = contacts.create(connection, New(contact=Contact(note="x")), TEST, clock)
    grown = standing.give_to(connection, bob.id, company.grace.id, TEST, clock)
    values = ["", "a", "me", "mine", "yes", company.grace.id, company.acme.id, company.sales.id]
    for viewer in (teams.viewer(connection, user.id) for user in (company.ada, company.grace)):
        for operator, value in product(Operator, values):
            for filter in (asked := Has(attribute, operator, value), Not(asked)):
                expected = [one.id for one in (nobody, grown) if matches(filter, one, viewer)]
                assert scopes.matching(connection, filter, viewer) == expected, filter


def make_company(connection, clock):
    crowd = [
        people.add(connection, f"{name}@example.org", name, UserRole.ADMIN, clock)
        for name in ("ada", "grace")
    ]
    for name in ("sales", "support"):
        teams.join(connection, teams.add(connection, name, clock).id, crowd[0].id)
    return crowd


def test_contacts_come_by_name_and_in_pages(connection, company, clock):
    names = [("Zoe", "Adams"), ("Bob", "adams"), ("Eve", "")]
    new = [New(contact=Contact(given=given, surname=surname)) for given, surname in names]
    zoe, bob, eve = contacts.create_many(connection, new, TEST, clock)
    viewer = teams.viewer(connection, company.ada.id)

    assert scopes.matching(connection, EVERYTHING, viewer) == [bob, zoe, eve]
    assert scopes.matching(connection, EVERYTHING, viewer, limit=1, offset=1) == [zoe]
    assert scopes.count(connection, EVERYTHING, viewer) == 3


def test_mine_and_my_teams_are_seen_by_their_owner_alone(connection, company, clock, bob):
    ada = teams.viewer(connection, company.ada.id)
    grace = teams.viewer(connection, company.grace.id)
    assert scopes.matching(connection, MINE, ada) == [bob.id]
    assert scopes.matching(connection, AnyOf((MINE, MY_TEAM)), grace) == []
    standing.give_to(connection, bob.id, company.grace.id, TEST, clock)
    assert scopes.matching(connection, All((ACTIVE, MY_TEAM)), grace) == [bob.id]
