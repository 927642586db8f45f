"""The membership table (rules 2.1 and 0.17): every fate of both sides, under every policy.

The whole table stands in membership.txt. After a change of the rules, look at what
`python tests/reconcile/test_membership.py` would write, and keep it if it is right.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from given import ADA, ANN, answering, half, hub, item, link, linked, terms

from twinbook.model.contact import Contact
from twinbook.model.filter import ACTIVE, NOTHING
from twinbook.model.link import LinkState
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import (
    Act,
    Claim,
    Drop,
    Keep,
    Put,
    Question,
    Release,
    Tomb,
)
from twinbook.model.policy import (
    OnBookRemoval,
    OnDeleteAgainstEdit,
    OnExit,
    OnHubRemoval,
    OnInactive,
    Policy,
)
from twinbook.model.record import Gone
from twinbook.model.rights import Rights, UserRole, Viewer
from twinbook.model.shape import ALL_FIELDS
from twinbook.model.spoke import Role
from twinbook.reconcile.cases import Linked
from twinbook.reconcile.decide import HubFate, ItemFate, Verdict, decide
from twinbook.reconcile.reconcile import reconcile

GOLDEN = Path(__file__).parent / "membership.txt"
NOT_MINE = Viewer(user="bob")

EDITED_HUB = ADA.but(department="Mathematics")
EDITED_ITEM = ADA.but(job_title="Countess")
SURVIVOR = hub(ADA.but(office="B 12"), id="c2")

HUB_CASES = {
    "same": (hub(), {}),
    "edited": (hub(EDITED_HUB, version="2"), {}),
    "left the scope": (hub(active=True), {"left": True}),
    "inactive": (hub(active=False), {}),
    "deleted": (hub(active=False, deleted=True), {}),
    "erased": (None, {}),
    "merged": (hub(active=False, merged_into="c2"), {"survivor": SURVIVOR}),
    "merged, survivor here": (
        hub(active=False, merged_into="c2"),
        {"survivor": SURVIVOR, "survivor_linked": True},
    ),
    "merged, survivor hidden": (
        hub(active=False, merged_into="c2"),
        {"survivor": SURVIVOR, "survivor_hidden": True},
    ),
}
ITEM_CASES = {
    "same": item(),
    "edited": item(EDITED_ITEM, version="2"),
    "gone": Gone("i1"),
    "unknown": None,
}
POLICIES = {
    f"{name} {value.value}": (name, value)
    for name, values in {
        "on_book_removal": OnBookRemoval,
        "on_exit": OnExit,
        "on_inactive": OnInactive,
        "on_hub_removal": OnHubRemoval,
        "on_delete_against_edit": OnDeleteAgainstEdit,
    }.items()
    for value in values
}
DEFAULT = Policy(category="")


def plan_for(hub_case, item_case, policy, viewer=ANN, role=Role.BOOK, **rest):
    record, rest_of_case = HUB_CASES[hub_case]
    parts = dict(rest_of_case)

    left = parts.pop("left", False)
    the_terms = terms(
        policy,
        rights=Rights(viewer=viewer),
        scope=NOTHING if left else ACTIVE,
        role=role,
        **rest,
    )
    case = Linked(link=link(), hub=record, item=ITEM_CASES[item_case], **parts)
    return reconcile([case], the_terms)


def word(write):
    match write:
        case Keep():
            return "-"
        case Put(_, fields, revive):
            return ("revive+" if revive else "") + "put " + ",".join(sorted(fields))
        case Drop():
            return "drop"
        case Release():
            return "release"
        case Claim():
            return "claim"


def outcome(plan):
    said = []
    for step in plan.steps:
        parts = [f"{step.act.value} {step.contact}"]
        parts += [
            f"{side.value}: {word(step.writes[side])}" for side in Side if step.writes_to(side)
        ]
        if step.tomb:
            parts.append(f"tomb {step.tomb.value}")
        if step.lost:
            parts.append("log " + ",".join(f"{one.field} ({one.side.value})" for one in step.lost))
        if step.frozen:
            parts.append("base rests" if step.frozen == ALL_FIELDS else f"rests {step.frozen}")
        said.append("; ".join(parts))
    said += [
        f"ask {one.question.value}: {'/'.join(c.word for c in one.choices)}" for one in plan.holds
    ]
    return " | ".join(said) or "nothing"


def table():
    """The whole table; a policy is listed where it changes what the default does."""
    for role in Role:
        for viewer, who in ((ANN, "its owner"), (NOT_MINE, "somebody else")):
            yield f"# {role.value}, seen by {who}"
            for hub_case in HUB_CASES:
                for item_case in ITEM_CASES:
                    usual = outcome(plan_for(hub_case, item_case, DEFAULT, viewer, role))
                    yield f"{hub_case} × {item_case}: {usual}"
                    for title, (name, value) in POLICIES.items():
                        policy = DEFAULT.but(**{name: value})
                        other = outcome(plan_for(hub_case, item_case, policy, viewer, role))
                        if other != usual:
                            yield f"    {title}: {other}"


def test_the_membership_table_is_as_written():
    assert "\n".join(table()) + "\n" == GOLDEN.read_text()


@pytest.mark.parametrize("hub_fate", HubFate)
def test_nothing_is_concluded_from_an_item_that_was_not_seen(hub_fate):
    assert decide(hub_fate, ItemFate.UNSEEN) is Verdict.WAIT


def test_a_question_about_an_item_that_was_not_seen_stays_open():
    assert plan_for("same", "unknown", DEFAULT).settled == frozenset()
    assert plan_for("same", "same", DEFAULT).settled == {"l1", "same:c1"}


# what the owner may do, and no one else


def owner_removes(deactivations=0, choice=None, viewer=ANN, role=Role.BOOK):
    the_terms = terms(
        Policy(category="", on_book_removal=OnBookRemoval.DEACTIVATE),
        rights=Rights(viewer=viewer),
        role=role,
    )
    case = linked(item_now=Gone("i1"), deactivations=deactivations)
    plan = reconcile([case], the_terms)
    if choice is None:
        return plan
    ask = terms(Policy(category="", on_book_removal=OnBookRemoval.ASK), rights=the_terms.rights)
    holds = reconcile([case], ask).holds
    return reconcile([case], answering(ask, *holds, choice=choice))


def test_the_fifth_deactivation_of_a_day_asks():
    assert owner_removes(4).steps[0].writes.hub == Drop()
    assert owner_removes(5).steps == ()
    assert owner_removes(5).holds[0].question is Question.REMOVED_IN_BOOK


def test_an_answer_that_its_user_may_no_longer_carry_out_asks_again():
    plan = owner_removes(choice="deactivate", viewer=NOT_MINE)

    assert plan.steps == ()
    assert [choice.word for choice in plan.holds[0].choices] == ["hide", "recreate"]


@pytest.mark.parametrize(
    ("choice", "act", "tomb"),
    [
        ("hide", Act.FORGET, Tomb.HIDDEN),
        ("recreate", Act.FORGET, None),
        ("deactivate", Act.REMOVE, Tomb.HIDDEN),
    ],
)
def test_a_removal_means_what_a_person_says(choice, act, tomb):
    [step] = owner_removes(choice=choice).steps

    assert (step.act, step.tomb) == (act, tomb)


def test_a_manager_may_dispose_of_everything():
    manager = Viewer(user="max", role=UserRole.MANAGER)

    assert owner_removes(viewer=manager).steps[0].writes.hub == Drop()


@pytest.mark.parametrize(
    ("role", "words"),
    [(Role.BOOK, ["recreate", "hide"]), (Role.CRM, ["recreate", "deactivate"])],
)
@pytest.mark.parametrize("answered", [0, 1])
def test_after_a_restore_what_is_missing_is_asked_about(role, words, answered):
    the_terms = terms(restored=True, role=role)
    case = linked(item_now=Gone("i1"))

    plan = reconcile([case], the_terms)
    said = reconcile([case], answering(the_terms, *plan.holds, choice=words[answered]))

    assert plan.holds[0].question is Question.RESTORED
    assert [choice.word for choice in plan.holds[0].choices] == words
    assert said.holds == ()
    if role is Role.CRM:
        assert said.steps[0].tomb is None  # an outside CRM has no user who hides anything


# contacts that are gone from the hub


@pytest.mark.parametrize(
    ("choice", "act"),
    [("remove", Act.REMOVE), ("keep", Act.RELEASE), ("restore", Act.UPDATE)],
)
def test_a_deletion_against_an_edit_does_what_a_person_says(choice, act):
    question = plan_for("deleted", "edited", DEFAULT)
    the_terms = answering(terms(DEFAULT), *question.holds, choice=choice)
    case = Linked(link=link(), hub=HUB_CASES["deleted"][0], item=ITEM_CASES["edited"])

    [step] = reconcile([case], the_terms).steps

    assert step.act is act
    if choice == "remove":
        assert [(one.field, one.value) for one in step.lost] == [("job_title", "Countess")]
    if choice == "restore":
        assert step.writes.hub.revive
        assert step.writes.hub.contact.job_title == "Countess"


def test_a_new_version_without_a_new_content_is_no_edit():
    case = Linked(link=link(), hub=HUB_CASES["deleted"][0], item=item(version="2"))

    [step] = reconcile([case], terms(DEFAULT)).steps

    assert step.act is Act.REMOVE


def test_a_deletion_against_an_edit_shows_the_edit():
    [hold] = plan_for("deleted", "edited", DEFAULT).holds

    assert hold.values.spoke == "job title: Countess"


def test_the_edit_of_somebody_who_may_not_edit_what_is_deleted_is_logged():
    """A deleted contact is nobody's to edit; that must not swallow what was typed."""

    policy = DEFAULT.but(on_delete_against_edit=OnDeleteAgainstEdit.REMOVE)
    rights = Rights(viewer=NOT_MINE, edit=ACTIVE)
    numbers = (*ADA.phones, replace(ADA.phones[0], value="+1 555 0100"))
    case = Linked(
        link=link(),
        hub=HUB_CASES["deleted"][0],
        item=item(EDITED_ITEM.but(phones=numbers, note="mine alone"), version="2"),
    )

    [step] = reconcile([case], terms(policy, rights=rights)).steps

    assert [(one.field, one.value) for one in step.lost] == [
        ("job_title", "Countess"),
        ("phones", "+1 555 0100 (work)"),
    ]


def test_an_erased_contact_offers_no_restoring_and_logs_nothing():
    policy = DEFAULT.but(on_delete_against_edit=OnDeleteAgainstEdit.REMOVE)
    asked = plan_for("erased", "edited", DEFAULT)
    removed = plan_for("erased", "edited", policy)

    assert [choice.word for choice in asked.holds[0].choices] == ["remove", "keep"]
    assert removed.steps[0].lost == ()


def test_a_contact_whose_survivor_was_deleted_counts_as_deleted():
    case = Linked(
        link=link(),
        hub=hub(active=False, merged_into="c2"),
        item=item(),
        survivor=hub(id="c2", deleted=True),
    )

    [step] = reconcile([case], terms()).steps

    assert step.reason == "deleted in the CRM"


def test_a_survivor_outside_the_scope_follows_the_exit_policy():

    case = Linked(
        link=link(), hub=hub(active=False, merged_into="c2"), item=item(), survivor=SURVIVOR
    )

    [step] = reconcile([case], terms(DEFAULT.but(on_exit=OnExit.KEEP), scope=NOTHING)).steps

    assert step.writes.spoke == Release()


# leaving


def leaving(item_now, policy=DEFAULT, base=None, rights=None, **rest):

    hub_now = rest.pop("hub_now", None)
    case = linked(hub_now, item_now, base, **rest)
    the_terms = terms(policy, scope=NOTHING, rights=rights or Rights(viewer=ANN))
    return reconcile([case], the_terms)


def test_edits_go_home_before_the_item_goes():
    [step] = leaving(item(EDITED_ITEM, version="2")).steps

    assert step.writes.hub.fields == {"job_title"}
    assert step.writes.spoke == Drop()


def test_an_edit_that_lost_against_the_hub_is_logged_before_the_item_goes():
    hub_now = hub(ADA.but(surname="King"), version="2")

    [step] = leaving(item(ADA.but(surname="Byron"), version="2"), hub_now=hub_now).steps

    assert [(one.field, one.value) for one in step.lost] == [("surname", "Byron")]


@pytest.mark.parametrize("held", [frozenset({"job_title"}), frozenset()])
def test_an_edit_that_waits_for_a_person_is_logged_before_the_item_goes(held):
    rights = Rights(viewer=ANN, locked=frozenset({"job_title"}) - held)

    [step] = leaving(item(EDITED_ITEM, version="2"), rights=rights, held=held).steps

    assert step.writes == Pair(Keep(), Drop())
    assert [(one.field, one.value) for one in step.lost] == [("job_title", "Countess")]


def test_what_lost_stays_with_an_item_that_stays():
    hub_now = hub(ADA.but(surname="King"), version="2")
    edited = item(ADA.but(surname="Byron"), version="2")

    [step] = leaving(edited, DEFAULT.but(on_exit=OnExit.KEEP), hub_now=hub_now).steps

    assert step.lost == ()


def test_a_frozen_link_keeps_its_base_and_says_so_once():
    policy = DEFAULT.but(on_exit=OnExit.FREEZE)
    edited = item(EDITED_ITEM, version="2")

    [first] = leaving(edited, policy).steps
    [again] = leaving(edited, policy, state=LinkState.FROZEN).steps

    assert first.frozen == again.frozen == ALL_FIELDS
    assert (bool(first.reason), again.reason) == (True, "")


def test_an_item_that_was_its_users_own_is_handed_back_with_what_only_he_knows():
    own = ADA.but(nickname="Countess")
    base = Pair(half(hub()), half(item(own)))

    [left] = leaving(item(own), base=base, adopted=True).steps
    [deleted] = reconcile(
        [linked(hub(deleted=True, active=False), item(own), base, adopted=True)], terms()
    ).steps

    assert left.writes.spoke == deleted.writes.spoke == Release()


def test_an_item_that_was_its_users_own_goes_if_the_hub_knows_all_of_it():
    [step] = leaving(item(), adopted=True).steps

    assert step.writes.spoke == Drop()


def test_a_private_note_of_an_adopted_item_is_not_removed_with_it():
    noted = item(ADA.but(note="she likes tea"))
    base = Pair(half(hub()), half(noted))

    [step] = leaving(noted, base=base, adopted=True, owned=frozenset({"note"})).steps

    assert step.writes.spoke == Release()


def test_a_marked_contact_flows_on_with_a_category_that_says_so():
    policy = Policy(on_inactive=OnInactive.MARK)
    tagged = item(policy=policy).but(tagged=True)
    base = Pair(half(hub()), half(tagged))
    inactive = hub(EDITED_HUB, active=False, version="2")

    plan = reconcile([linked(inactive, tagged, base)], terms(policy, scope=ACTIVE))

    assert plan.steps[0].writes.spoke.contact.categories == ("CRM (inactive)",)
    assert plan.steps[0].writes.spoke.fields == {"department", "categories"}


# both there


def untagging(choice=None, item_now=None):
    policy = Policy()
    base = Pair(half(hub()), replace(half(item()), tagged=True))
    case = linked(item_now=item_now or item(EDITED_ITEM, version="2"), base=base)
    the_terms = terms(policy)
    plan = reconcile([case], the_terms)
    if choice is None:
        return plan
    return reconcile([case], answering(the_terms, *plan.holds, choice=choice))


def test_taking_the_category_off_is_asked_about():
    assert untagging().holds[0].question is Question.UNTRACK
    assert untagging().steps == ()


@pytest.mark.parametrize(
    ("choice", "spoke", "hub_fields"),
    [
        ("keep", Release(), None),
        ("remove", Drop(), {"job_title"}),
        ("stay", Claim(), {"job_title"}),
    ],
)
def test_untracking_swallows_no_edit(choice, spoke, hub_fields):
    [step] = untagging(choice).steps

    assert step.writes.spoke == spoke
    if hub_fields:
        assert step.writes.hub.fields == hub_fields


def test_an_item_that_stays_gets_the_edits_of_the_hub_as_well():
    policy, base = Policy(), Pair(half(hub()), replace(half(item()), tagged=True))
    case = linked(hub(EDITED_HUB, version="2"), item(), base)
    asked = reconcile([case], terms(policy))

    [step] = reconcile([case], answering(terms(policy), *asked.holds, choice="stay")).steps

    assert step.writes.spoke.fields == {"department"}


@pytest.mark.parametrize("category", ["CRM", ""])
def test_an_item_without_the_category_is_given_it(category):
    [step] = reconcile([linked()], terms(Policy(category=category))).steps

    assert step.writes.spoke == (Claim() if category else Keep())


def test_an_item_without_our_mark_is_given_it():
    [step] = reconcile([linked(item_now=item(mark=None))], terms()).steps

    assert step.writes.spoke == Claim()


def test_a_field_that_flaps_rests_and_is_asked_about():
    case = linked(hub(EDITED_HUB), item(EDITED_ITEM), held=frozenset({"job_title"}))

    plan = reconcile([case], terms())

    assert plan.holds[0].question is Question.FLAPPING
    assert plan.steps[0].frozen == {"job_title"}
    assert plan.steps[0].writes.spoke.fields == {"department"}


def test_what_a_restore_rolled_back_is_said_again_and_nobodys_own_is_overwritten():
    agreed_on = ADA.but(department="Mathematics", nickname="Countess")
    base = Pair(half(hub(agreed_on.but(nickname=""))), half(item(agreed_on)))
    old = item(ADA.but(department="", nickname="Ada"), version="old")

    plan = reconcile(
        [
            linked(
                hub(agreed_on.but(nickname="")),
                old,
                base,
                rolled_back=frozenset({"department", "nickname"}),
            )
        ],
        terms(restored=True),
    )

    [step] = plan.steps
    assert step.writes.spoke.fields == {"department"}
    assert step.writes.hub == Keep()
    assert (step.lost, plan.holds) == ((), ())


def test_what_the_hub_cleared_since_is_cleared_again_after_a_restore():
    base = Pair(half(hub(ADA.but(job_title=""))), half(item(ADA.but(job_title=""))))

    [step] = reconcile(
        [
            linked(
                hub(ADA.but(job_title="")),
                item(ADA),
                base,
                rolled_back=frozenset({"job_title"}),
            )
        ],
        terms(restored=True),
    ).steps

    assert step.writes.spoke.fields == {"job_title"}
    assert step.writes.spoke.contact == Contact(
        given="Ada", surname="Lovelace", emails=ADA.emails, phones=ADA.phones
    )


if __name__ == "__main__":
    print("\n".join(table()))
