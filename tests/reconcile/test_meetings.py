"""Two records that turn out to be one person: joining, introducing, newcomers (0.1, F5, 2.2)."""

from dataclasses import replace

import pytest
from given import ADA, ANN, answering, hub, item, terms

from twinbook.model.contact import Contact, Email, Kind, Phone, PhoneKind
from twinbook.model.filter import NOTHING
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import KEEP, Act, Claim, Put, Question
from twinbook.model.policy import Direction, Drift, FirstMeeting, Policy
from twinbook.model.rights import Rights
from twinbook.model.shape import ALL_FIELDS, Shape
from twinbook.reconcile.cases import Wanted
from twinbook.reconcile.match import Candidate, Rung
from twinbook.reconcile.meet import introduce, join, waits
from twinbook.reconcile.project import project, travelling
from twinbook.reconcile.reconcile import reconcile

PLAIN = Policy(category="")
FULL = ADA.but(company="Engines Ltd", department="Sums", note="of the hub", nickname="Countess")


def joined(hub_contact, item_contact, policy=PLAIN, **rest):
    return join(Pair(hub(hub_contact), item(item_contact)), terms(policy, **rest))


def test_joining_fills_what_is_empty_in_the_book_and_shares_nothing():
    mine = Contact(given="Ada", surname="Lovelace", job_title="Poet", emails=ADA.emails)

    result = joined(FULL, mine)

    assert result.fields == Pair(frozenset(), {"note", "nickname", "phones"})
    assert result.wanted.spoke.job_title == "Poet"
    assert result.wanted.hub == FULL
    assert result.lost == result.holds == ()
    assert all(edit.before == "" for edit in result.edits)


def test_joining_makes_no_wrong_whole_of_two_right_halves():
    """The hub's department is not one of the company that the book names."""
    result = joined(FULL, Contact(surname="Lovelace", company="Looms Ltd"))

    assert result.wanted.spoke.department == ""
    assert result.wanted.spoke.nickname == "Countess"


def test_joining_overwrites_no_private_note():
    result = joined(FULL, Contact(surname="Lovelace", note="my own"))

    assert "note" not in result.fields.spoke
    assert result.owned == {"note"}


def test_joining_sets_no_full_name_where_there_are_parts():
    result = joined(FULL.but(display_name="The Countess"), Contact(surname="Lovelace"))

    assert "display_name" not in result.fields.spoke


def test_joining_respects_directions_and_what_fits():
    policy = PLAIN.but(directions={"nickname": Direction.TO_HUB})

    result = joined(FULL, Contact(), policy, spoke=Shape(fields=frozenset({"nickname", "note"})))

    assert result.fields.spoke == {"note"}


def introduced(hub_contact, item_contact, policy=PLAIN, **rest):
    seen = Pair(hub(hub_contact), item(item_contact))
    return introduce(seen, terms(policy, **rest), "same:c1")


@pytest.mark.parametrize(
    ("meeting", "stays"),
    [(FirstMeeting.HUB, "Analyst"), (FirstMeeting.SPOKE, "Poet"), (FirstMeeting.ASK, None)],
)
def test_a_first_meeting_unites_and_says_what_gives_way(meeting, stays):
    mine = Contact(surname="Lovelace", job_title="Poet", emails=(Email("a@b.org", Kind.HOME),))

    result = introduced(ADA, mine, PLAIN.but(first_meeting=meeting))

    assert {one.value for one in result.wanted.hub.emails} == {"ada@example.org", "a@b.org"}
    assert set(result.wanted.spoke.emails) == set(result.wanted.hub.emails)
    if stays:
        assert result.wanted.hub.job_title == result.wanted.spoke.job_title == stays
        assert len(result.lost) == 1
        assert waits(result) == ()
    else:
        assert [hold.question for hold in waits(result)] == [Question.FIELD]


def test_a_first_meeting_reverts_nothing_that_the_book_had():
    policy = PLAIN.but(drift=Drift.REVERT)

    result = introduced(ADA, Contact(categories=("Golf",)), policy)

    assert result.wanted.spoke.categories == ("Golf",)
    assert result.lost == ()


# projections


def test_to_the_hub_goes_nothing_private():
    contact = project(FULL, Side.HUB, terms(PLAIN))

    assert contact.note == ""
    assert contact.nickname == "Countess"
    assert "note" not in travelling(Side.HUB, terms(PLAIN))


def test_a_kind_that_travels_makes_its_field_travel():
    policy = PLAIN.but(directions={"phones": Direction.NONE, "phones.work": Direction.BOTH})
    contact = ADA.but(phones=(*ADA.phones, Phone("1", PhoneKind.HOME)))

    assert "phones" in travelling(Side.SPOKE, terms(policy))
    assert project(contact, Side.SPOKE, terms(policy)).phones == ADA.phones


# newcomers


def wanted(the_terms=None, **parts):
    return reconcile([Wanted(hub=hub(FULL), **parts)], the_terms or terms(Policy()))


def ours(contact):
    """An item that we made: it has our mark and the category."""
    return item(contact.but(categories=("CRM",)), Policy(), mark="l1")


def test_a_contact_in_scope_is_copied():
    [step] = wanted().steps

    assert step.act is Act.CREATE
    assert step.writes.spoke.contact.nickname == "Countess"
    assert {edit.field for edit in step.edits} >= {"given", "surname", "company", "note"}


@pytest.mark.parametrize("why", ["hidden", "out of scope"])
def test_a_contact_that_is_hidden_or_out_of_scope_is_not_copied(why):
    plan = wanted(terms(scope=NOTHING) if why == "out of scope" else None, hidden=why == "hidden")

    assert (plan.steps, plan.settled) == ((), {"same:c1"})


def test_an_item_with_our_mark_is_linked_again():
    [step] = wanted(marked=ours(FULL.but(nickname="", note=""))).steps

    assert (step.act, step.adopted) == (Act.LINK, False)
    assert step.writes.spoke.fields == {"nickname", "note"}


def test_our_item_without_its_category_is_linked_first_and_nothing_flows():
    mine = item(FULL.but(nickname="", note="", job_title="Poet"), mark="l1")

    [step] = wanted(marked=mine).steps

    assert (step.act, step.writes) == (Act.LINK, Pair(KEEP, KEEP))
    assert step.frozen == ALL_FIELDS
    assert step.base.spoke.tagged


def test_an_item_that_is_surely_the_same_person_is_joined_and_marked():
    [step] = wanted(sure=item(FULL)).steps

    assert (step.act, step.adopted, step.writes) == (Act.LINK, True, Pair(KEEP, Claim()))


LIKE = (Candidate(item(Contact(surname="Lovelace", job_title="Poet"), id="i7"), Rung.PHONE),)


def test_a_look_alike_is_asked_about_and_nothing_is_created():
    plan = wanted(look_alikes=LIKE)

    assert plan.steps == ()
    assert [choice.word for choice in plan.holds[0].choices] == ["link-1", "apart"]
    assert "Poet" not in repr(plan.holds)


@pytest.mark.parametrize(
    ("choice", "act"), [("link-1", Act.LINK), ("apart", Act.CREATE), ("link-9", None)]
)
def test_the_answer_about_a_look_alike(choice, act):
    the_terms = terms(Policy())
    answered = answering(the_terms, *wanted(look_alikes=LIKE).holds, choice=choice)

    plan = wanted(answered, look_alikes=LIKE)

    assert [step.act for step in plan.steps] == ([act] if act else [])
    assert bool(plan.holds) == (act is None)


def test_an_answer_is_void_once_the_look_alikes_are_numbered_otherwise():
    other = Candidate(item(id="i8"), Rung.PHONE)
    first = wanted(look_alikes=(LIKE[0], other)).holds
    answered = answering(terms(Policy()), *first, choice="link-1")

    assert wanted(answered, look_alikes=(other, LIKE[0])).steps == ()


def test_an_item_that_is_said_to_be_two_contacts_becomes_the_first_ones():
    the_terms = terms(Policy())
    cases = [Wanted(hub=hub(FULL, id=id), look_alikes=LIKE) for id in ("c1", "c2")]
    for hold in reconcile(cases, the_terms).holds:
        the_terms = answering(the_terms, hold, choice="link-1")

    plan = reconcile(cases, the_terms)

    assert [(step.act, step.contact) for step in plan.steps] == [(Act.LINK, "c1")]
    assert plan.settled == {"same:c1"}


def test_a_first_meeting_waits_for_all_its_answers_and_keeps_those_it_has():
    mine = FULL.but(job_title="Poet", office="B 12", note="")
    look_alikes = (Candidate(item(mine, id="i7"), Rung.PHONE),)
    hub_now = hub(FULL.but(office="C 13"))
    the_terms = terms(Policy(first_meeting=FirstMeeting.ASK))

    def plan():
        return reconcile([Wanted(hub=hub_now, look_alikes=look_alikes)], the_terms)

    the_terms = answering(the_terms, *plan().holds, choice="link-1")
    asked = plan()
    assert {hold.topic for hold in asked.holds} == {
        "same:c1",
        "same:c1:whole organisation",
        "same:c1:office",
    }
    title = next(hold for hold in asked.holds if "organisation" in hold.topic)
    the_terms = answering(the_terms, title, choice="spoke")
    assert {hold.topic for hold in plan().holds} == {hold.topic for hold in asked.holds}
    office = next(hold for hold in asked.holds if hold.field == "office")
    the_terms = answering(the_terms, office, choice="hub")
    [step] = plan().steps

    assert step.writes.hub.contact.job_title == "Poet"
    assert step.writes.spoke.contact.office == "C 13"


def test_our_own_item_that_was_edited_waits_for_its_answer_too():
    the_terms = terms(Policy(first_meeting=FirstMeeting.ASK))
    plan = wanted(the_terms, marked=ours(FULL.but(job_title="Poet")))

    assert [hold.topic for hold in plan.holds] == ["same:c1:whole organisation"]


def test_a_meeting_that_needs_a_permission_waits_for_it():
    rights = Rights(viewer=ANN, locked=frozenset({"nickname"}))
    the_terms = terms(Policy(), rights=rights)
    hub_now = hub(FULL.but(nickname=""))
    case = Wanted(hub=hub_now, marked=ours(FULL))

    plan = reconcile([case], the_terms)
    answered = answering(the_terms, *plan.holds, choice="keep")
    [step] = reconcile([case], answered).steps

    assert plan.holds[0].question is Question.PERMISSION
    assert step.writes.hub == KEEP


def test_in_an_outside_crm_every_write_is_a_put():
    [step] = wanted(replace(terms(Policy(category=""))), sure=item(Contact())).steps

    assert isinstance(step.writes.spoke, Put)
