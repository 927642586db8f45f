"""Pairs that may be one person: always true, and seen by whom they concern."""

import tomllib
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twinbook.crm import access, blocking, blocks, contacts, duplicates, merge, parting, standing
from twinbook.crm.access import Right
from twinbook.crm.blocking import Memory
from twinbook.crm.blocks import LARGEST
from twinbook.crm.contacts import New
from twinbook.database import schema
from twinbook.model.contact import Contact, Email, Phone, PhoneKind
from twinbook.model.errors import Invalid
from twinbook.model.filter import Attribute, Has, Not, Operator
from twinbook.ports import Update

MOBILE = (Phone("+49 171 7654321", PhoneKind.MOBILE),)
BOARD = (Phone("+49 69 700700", PhoneKind.WORK),)
ROBERT = Contact(given="Robert", surname="Miller", company="Acme", phones=MOBILE)
BOB = Contact(given="Bob", surname="Miller", phones=MOBILE)
OTTO = Contact(given="Otto", surname="Kern", phones=MOBILE)


@pytest.fixture
def add(connection, company, clock):
    """A function that stores contacts of ada's, and gives their ids."""

    def adding(*people, owner=None):
        new = [New(contact=one, owner=(owner or company.ada).id) for one in people]
        return contacts.create_many(connection, new, company.cause, clock)

    return adding


@pytest.fixture
def look(connection, company):
    """A function that brings the pairs up to date, and gives what a user sees of them."""

    def looking(user=None, **more):
        catch_up(connection)
        rights = access.rights(connection, (user or company.grace).id)
        return list(duplicates.found(connection, rights, **more))

    return looking


def catch_up(connection):
    memory = Memory()
    while blocking.step(connection, memory):
        pass


def ids(pairs):
    return {frozenset((pair.kept.id, pair.other.id)) for pair in pairs}


def stored(connection):
    rows = connection.execute(sa.select(schema.duplicates))
    return {(row.one, row.other): row.score for row in rows}


def test_a_pair_is_found_with_its_score_and_reasons(add, look):
    robert, bob, _ = add(ROBERT, BOB, OTTO)

    (pair,) = look()

    assert {pair.kept.id, pair.other.id} == {robert, bob}
    assert pair.kept.id == robert  # it says more
    assert pair.likeness.score >= 90
    assert (
        pair.likeness.reasons == "names that are short for one another and the same mobile number"
    )


def test_what_arrives_is_found_and_what_changes_or_goes_is_not_any_longer(
    connection, company, clock, add, look
):
    (robert,) = add(ROBERT)
    assert look() == []

    (bob,) = add(BOB)
    assert len(look()) == 1

    record = contacts.get(connection, bob)
    changed = Update(
        id=bob,
        expected=record.version,
        contact=record.contact.but(given="Rosa", phones=()),
        fields=frozenset({"given", "phones"}),
    )
    contacts.update(connection, changed, company.cause, clock)
    assert look() == []

    (other,) = add(BOB)
    assert ids(look()) == {frozenset((robert, other))}
    standing.deactivate(connection, robert, company.cause, clock)
    assert look() == []


def test_a_number_that_many_people_get_tells_nothing_from_then_on(add, look):
    add(
        Contact(given="Robert", surname="Miller", phones=BOARD),
        Contact(given="R.", surname="Miller", company="Acme", phones=BOARD),
    )
    assert len(look(least=50)) == 0  # an initial and a landline are too little
    first = add(ROBERT.but(phones=BOARD, company=""), ROBERT.but(phones=BOARD, company=""))
    before = {pair.likeness.score for pair in look() if set(first) == {pair.kept.id, pair.other.id}}

    add(*(Contact(given=it, surname=it + "son", phones=BOARD) for it in ("Eva", "Ida", "Ole")))
    after = {pair.likeness.score for pair in look() if set(first) == {pair.kept.id, pair.other.id}}

    assert max(after) < max(before)


def test_a_record_that_was_stored_very_often_is_found_as_often_and_not_squared(add, look):
    first, *others = add(*[ROBERT] * (3 * LARGEST))

    assert ids(look()) == {frozenset((first, other)) for other in others}


def test_the_next_of_many_copies_takes_the_place_of_the_oldest(
    connection, company, clock, add, look
):
    first, second, *others = add(*[ROBERT] * (2 * LARGEST))
    look()

    merge.merge(connection, second, first, company.cause, clock)

    assert ids(look()) == {frozenset((second, other)) for other in others}


people = st.builds(
    Contact,
    given=st.sampled_from(["Bob", "Robert", "Eva", "Eve", "B."]),
    surname=st.sampled_from(["Miller", "Müller", "Kern", ""]),
    company=st.sampled_from(["", "Acme", "Beryl", "Citrin", "Dolomit", "Emerald"]),
    phones=st.sampled_from([(), MOBILE, BOARD]),
    emails=st.sampled_from([(), (Email("bob@acme.example"),), (Email("rm77777@x.example"),)]),
)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("add"), people),
        st.tuples(st.just("edit"), st.integers(0, 30), people),
        st.tuples(st.just("merge"), st.integers(0, 30), st.integers(0, 30)),
        st.tuples(st.just("part"), st.integers(0, 30)),
        st.tuples(st.just("delete"), st.integers(0, 30)),
        st.tuples(st.just("look")),
    ),
    min_size=8,
    max_size=25,
)


@given(acts=acts)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_catching_up_gives_what_a_scan_from_nothing_gives(connection, company, clock, acts, add):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "LARGEST", 4)  # so that few contacts are many already
        for act in acts:
            play(connection, company, clock, add, act)
        catch_up(connection)
        caught_up = stored(connection)
        blocking.State().write(connection)
        catch_up(connection)

    assert stored(connection) == caught_up
    assert blocking.left(connection) == 0


def play(connection, company, clock, add, act):
    living = list(
        connection.scalars(
            sa.select(schema.contacts.c.id)
            .where(schema.contacts.c.active)
            .order_by(schema.contacts.c.serial)
        )
    )
    pick = lambda number: living[number % len(living)] if living else add(ROBERT)[0]  # noqa: E731
    match act:
        case ("add", person):
            add(person, person.but(nickname="Bo"))
        case ("edit", number, person):
            record = contacts.get(connection, pick(number))
            fields = frozenset({"given", "surname", "company", "phones", "emails"})
            change = Update(id=record.id, expected=None, contact=person, fields=fields)
            contacts.update(connection, change, company.cause, clock)
        case ("merge", one, other) if len(living) > 1 and pick(one) != pick(other):
            merge.merge(connection, pick(one), pick(other), company.cause, clock)
        case ("part", number):
            survivors = list(connection.scalars(sa.select(schema.merges.c.survivor_id)))
            for survivor in [one for one in survivors if one == pick(number)][:1]:
                parting.part(connection, survivor, company.cause, clock)
        case ("delete", number):
            standing.delete(connection, pick(number), company.cause, clock)
        case ("look",):
            catch_up(connection)


def test_what_other_rules_made_is_made_anew(connection, add, look):
    add(ROBERT, BOB)
    look()
    connection.execute(sa.update(schema.duplicates).values(score=51))
    blocking.State(rules=0, cursor=10**6, whole=True).write(connection)

    assert [pair.likeness.score for pair in look()] == [max(stored(connection).values())]
    assert max(stored(connection).values()) >= 90


# what people say


def test_that_two_are_not_the_same_is_remembered(connection, company, clock, add, look):
    robert, bob = add(ROBERT, BOB)
    duplicates.set_apart(connection, bob, robert, company.ada.id, clock)
    duplicates.set_apart(connection, robert, bob, company.ada.id, clock)

    assert look() == []
    (told,) = duplicates.said(connection).values()
    assert ({told.one, told.other}, told.user) == ({robert, bob}, company.ada.id)


def test_it_outlives_the_merge_of_either_and_its_undoing(connection, company, clock, add, look):
    robert, bob, rob = add(ROBERT, BOB, ROBERT)
    duplicates.set_apart(connection, robert, bob, company.ada.id, clock)

    merge.merge(connection, rob, robert, company.cause, clock)
    assert look() == []  # rob is robert, and so he is not bob

    parting.part(connection, rob, company.cause, clock)
    assert ids(look()) == {frozenset((robert, rob)), frozenset((rob, bob))}


def test_it_can_be_taken_back_whatever_was_merged_since(connection, company, clock, add, look):
    robert, bob, rob = add(ROBERT, BOB, ROBERT)
    duplicates.set_apart(connection, robert, bob, company.ada.id, clock)
    merge.merge(connection, rob, robert, company.cause, clock)

    assert duplicates.reconsider(connection, bob, rob)
    assert not duplicates.reconsider(connection, bob, rob)
    assert ids(look()) == {frozenset((rob, bob))}


def test_two_that_are_not_the_same_are_not_united(connection, company, clock, add):
    robert, bob, rob = (contacts.get(connection, id) for id in add(ROBERT, BOB, ROBERT))
    duplicates.set_apart(connection, bob.id, rob.id, company.ada.id, clock)

    with pytest.raises(Invalid, match="duplicates reconsider"):
        list(duplicates.unite(connection, robert, [bob, rob], company.cause, clock))
    with pytest.raises(Invalid, match="same as itself"):
        duplicates.set_apart(connection, bob.id, bob.id, company.ada.id, clock)


# who sees what


def test_a_pair_is_seen_only_by_whoever_may_see_both(connection, company, clock, add, look):
    add(ROBERT)
    add(BOB.but(job_title="Secret"), owner=company.grace)
    hidden = Not(Has(Attribute.JOB_TITLE, Operator.IS, "Secret"))
    access.restrict(connection, Right.SEE, clock, filter=hidden)

    assert look(company.ada) == []
    assert len(look(company.grace)) == 1


def test_a_field_that_is_hidden_is_no_reason(connection, company, clock, add, look):
    add(ROBERT, BOB)
    add(Contact(given="Eva", surname="Kern", phones=MOBILE, emails=(Email("eva.k@x.example"),)))
    add(Contact(given="Eva", surname="Kern", phones=MOBILE, emails=(Email("eva.k@x.example"),)))
    access.restrict(connection, Right.SEE, clock, fields=["phones"])

    (pair,) = look(company.ada)

    assert pair.likeness.reasons == "the same name and the same mailbox"
    assert len(look(company.grace)) == 2


def test_a_score_below_which_none_is_kept_is_refused(look):
    with pytest.raises(Invalid, match="not kept"):
        look(least=10)


def test_somebody_new_is_compared_with_those_who_are_there(connection, company, add, look):
    rights = access.rights(connection, company.grace.id)
    robert, _ = add(ROBERT, OTTO)
    assert duplicates.resembling(connection, BOB, rights) == []  # nobody looked yet
    look()

    assert [one.id for one in duplicates.resembling(connection, BOB, rights)] == [robert]


# labelled people


def labelled():
    rows = tomllib.loads((Path(__file__).parent / "people.toml").read_text("utf-8"))["people"]
    return [(row.pop("who"), row.pop("kind"), row) for row in rows]


def test_there_are_labelled_people_enough():
    people = labelled()

    assert len({who for who, _, _ in people}) >= 400
    assert len({kind for _, kind, _ in people}) >= 20
