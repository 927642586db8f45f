"""A user turns a personal item into a business contact (scenario s6)."""

import pytest
from given import ADA, ANN, answering, hub, item, terms

from twinbook.model.contact import Contact
from twinbook.model.filter import MINE, Attribute, Has, Operator
from twinbook.model.pair import Side
from twinbook.model.plan import KEEP, Act, Claim, Drop, Put, Question
from twinbook.model.policy import Direction, FirstMeeting, Policy
from twinbook.model.rights import Rights
from twinbook.reconcile.cases import Parent, Stranger
from twinbook.reconcile.match import Candidate, Rung
from twinbook.reconcile.reconcile import reconcile

MINE_ALONE = ADA.but(note="likes tea", nickname="Countess")
ACME = Parent("a1", "Acme")


def promoted(the_terms=None, choice=None, **parts):
    case = Stranger(item=item(MINE_ALONE, id="i7"), **parts)
    the_terms = the_terms or terms(Policy())
    plan = reconcile([case], the_terms)
    if choice is None:
        return plan
    return reconcile([case], answering(the_terms, *plan.holds, choice=choice))


def look_alike(rung=Rung.EMAIL, id="c1", contact=ADA, **business):
    return Candidate(hub(contact, id=id, **business), rung)


def test_e_nobody_like_it_is_created_without_what_is_private():
    [step] = promoted().steps

    assert (step.act, step.writes.spoke, step.adopted) == (Act.PROMOTE, Claim(), True)
    assert step.writes.hub.contact == MINE_ALONE.but(note="")
    assert step.owned == {"note"}
    assert "tea" not in repr(step.edits)


def test_a_the_same_person_is_linked_and_learns_what_it_lacked():
    [step] = promoted(look_alikes=(look_alike(),)).steps

    assert (step.act, step.contact) == (Act.LINK, "c1")
    assert step.writes.hub.fields == {"nickname"}


@pytest.mark.parametrize(
    ("choice", "act"),
    [("fold-1", Act.FOLD), ("new", Act.PROMOTE), ("personal", None), ("link-1", None)],
)
def test_b_a_second_item_of_one_person_is_folded_if_that_is_right(choice, act):
    case = {"look_alikes": (look_alike(),), "linked": frozenset({"c1"})}

    asked, plan = promoted(**case), promoted(choice=choice, **case)

    assert [c.word for c in asked.holds[0].choices] == ["fold-1", "new", "personal"]
    assert [step.act for step in plan.steps] == ([act] if act else [])
    if act is Act.FOLD:
        assert plan.steps[0].writes.spoke == Drop()
        assert plan.steps[0].writes.hub.fields == {"nickname"}


def test_folding_an_item_that_says_nothing_new_writes_no_contact():
    same = look_alike(contact=MINE_ALONE.but(note=""))

    [step] = promoted(choice="fold-1", look_alikes=(same,), linked=frozenset({"c1"})).steps

    assert step.writes.hub == KEEP


def test_folding_waits_while_two_values_are_asked_about():
    the_terms = terms(Policy(first_meeting=FirstMeeting.ASK))
    other = look_alike(contact=ADA.but(job_title="Poet"))

    plan = promoted(the_terms, "fold-1", look_alikes=(other,), linked=frozenset({"c1"}))

    assert plan.steps == ()
    assert {hold.topic for hold in plan.holds} == {"promote:i7", "promote:i7:whole organisation"}


def test_linking_waits_while_two_values_are_asked_about():
    the_terms = terms(Policy(first_meeting=FirstMeeting.ASK))

    plan = promoted(the_terms, look_alikes=(look_alike(contact=ADA.but(job_title="Poet")),))

    assert [hold.field for hold in plan.holds] == ["job_title"]


def test_c_somebody_the_user_may_not_see_is_not_named():
    plan = promoted(unseen=1, look_alikes=(look_alike(),))

    assert plan.steps == ()
    assert plan.holds[0].question is Question.PERMISSION
    assert "c1" not in plan.holds[0].text
    assert [choice.word for choice in plan.holds[0].choices] == ["personal"]


@pytest.mark.parametrize(
    "look_alikes",
    [
        (look_alike(Rung.NAME),),
        (look_alike(), look_alike(id="c2")),
        (look_alike(owner="bob"),),  # out of the scope: its item would go at once
    ],
)
def test_d_whatever_is_not_sure_is_asked(look_alikes):
    the_terms = terms(Policy(), scope=MINE)

    plan = promoted(the_terms, look_alikes=look_alikes)

    assert plan.steps == ()
    assert plan.holds[0].question is Question.IDENTITY


def test_a_contact_outside_the_scope_is_not_offered():
    plan = promoted(terms(Policy(), scope=MINE), look_alikes=(look_alike(owner="bob"),))

    assert [choice.word for choice in plan.holds[0].choices] == ["new", "personal"]


@pytest.mark.parametrize(("choice", "act"), [("link-1", Act.LINK), ("new", Act.PROMOTE)])
def test_a_weak_likeness_is_what_its_owner_says(choice, act):
    [step] = promoted(choice=choice, look_alikes=(look_alike(Rung.NAME),)).steps

    assert step.act is act


def test_what_is_not_asked_for_stays_personal():
    assert promoted(asked=False).steps == promoted(asked=False).holds == ()


BERLIN = Has(Attribute.CITY, Operator.IS, "Berlin")


@pytest.mark.parametrize(("choice", "act"), [("new", Act.PROMOTE), ("personal", None)])
def test_a_contact_that_would_leave_the_book_at_once_is_asked_about(choice, act):
    asked = promoted(terms(Policy(), scope=BERLIN))
    plan = promoted(terms(Policy(), scope=BERLIN), choice)

    assert (asked.steps, asked.holds[0].question) == ((), Question.SCOPE)
    assert [step.act for step in plan.steps] == ([act] if act else [])


def test_the_account_that_is_named_counts_for_the_scope():
    of_acme = Has(Attribute.COMPANY, Operator.IS, "Acme")

    [step] = promoted(terms(Policy(), scope=of_acme), accounts=(ACME,)).steps

    assert step.account == "a1"
    assert step.writes.spoke == Put(
        item(MINE_ALONE, id="i7").contact.but(company="Acme"), frozenset({"company"})
    )


def test_the_account_of_somebody_known_is_set_as_well():
    known = look_alike(contact=MINE_ALONE.but(note=""))

    [step] = promoted(look_alikes=(known,), accounts=(ACME,)).steps

    assert step.account == "a1"
    assert isinstance(step.writes.hub, Put)


@pytest.mark.parametrize("why", ["shown already", "does not travel"])
def test_an_account_is_not_written_where_it_stands_or_may_not_go(why):
    shown = MINE_ALONE.but(company="Acme" if why == "shown already" else "")
    directions = {"company": Direction.TO_HUB} if why == "does not travel" else {}
    case = Stranger(item=item(shown), accounts=(ACME,))

    [step] = reconcile([case], terms(Policy(directions=directions))).steps

    assert step.writes.spoke == Claim()


def test_two_accounts_are_asked_about():
    plan = promoted(accounts=(ACME, Parent("a2", "Acme")))

    assert (plan.steps, plan.holds[0].question) == ((), Question.ACCOUNT)


def test_what_its_user_may_not_write_waits_for_permission():
    rights = Rights(viewer=ANN, locked=frozenset({"nickname", "office"}))

    [step] = promoted(terms(Policy(), rights=rights)).steps

    assert step.writes.hub.contact.nickname == ""
    assert "nickname" not in step.writes.hub.fields
    assert step.frozen == {"nickname"}


def test_an_item_that_knows_nothing_of_a_note_owns_none():
    [step] = reconcile([Stranger(item=item(Contact(surname="Byron")))], terms(Policy())).steps

    assert step.owned == frozenset()
    assert step.writes_to(Side.HUB)
