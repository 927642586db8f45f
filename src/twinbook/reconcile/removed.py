"""A linked item that its user removed: an act on membership, never on the contact (rule 0.17)."""

from collections.abc import Mapping
from dataclasses import replace

from twinbook.model.plan import Act, Choice, Drop, Plan, Question, Tomb
from twinbook.model.policy import OnBookRemoval
from twinbook.reconcile.considered import Considered

DEACTIVATIONS_A_DAY = 5
"""How many contacts an owner's removals may deactivate in 24 hours before it asks (s3)."""

GONE = "gone"
HIDE = Choice("hide", "it stays away from this user's address books; the CRM keeps it")
RECREATE = Choice("recreate", "it is put back into the address book")
DEACTIVATE = Choice("deactivate", "it is deactivated in the CRM, for everybody")

POLICIES: Mapping[OnBookRemoval, Choice | None] = {
    OnBookRemoval.HIDE: HIDE,
    OnBookRemoval.ASK: None,
    OnBookRemoval.RECREATE: RECREATE,
    OnBookRemoval.DEACTIVATE: DEACTIVATE,  # where the user may, else HIDE; see below
}


def removed_in_book(one: Considered) -> Plan:
    """What the policy, or a person, wants done about it."""
    if one.is_missed:
        return _after_restore(one)
    if one.is_crm:
        return one.end(Act.REMOVE, hub=Drop(), reason="deleted in the outside CRM")
    chosen = _answered(one, (HIDE, RECREATE, DEACTIVATE)) or _by_policy(one)
    if chosen is not None:
        return _carried_out(one, chosen)
    offered = (HIDE, RECREATE, DEACTIVATE) if _disposes(one) else (HIDE, RECREATE)
    return one.ask(
        Question.REMOVED_IN_BOOK,
        "removed",
        GONE,
        "A business contact was removed in the address book. What should that mean?",
        *offered,
    )


def _answered(one: Considered, offered: tuple[Choice, ...]) -> Choice | None:
    """What a person chose, if it is still his to choose."""
    word = one.answer("removed", GONE)
    choice = next((choice for choice in offered if choice.word == word), None)
    return None if choice is DEACTIVATE and not _may_deactivate(one) else choice


def _by_policy(one: Considered) -> Choice | None:
    """The owner's removal counts in the hub; many of them in a day look like an accident."""
    choice = POLICIES[one.terms.policy.on_book_removal]
    if choice is not DEACTIVATE:
        return choice
    if not _disposes(one):
        return HIDE
    return DEACTIVATE if one.case.deactivations < DEACTIVATIONS_A_DAY else None


def _may_deactivate(one: Considered) -> bool:
    return one.is_crm or _disposes(one)


def _disposes(one: Considered) -> bool:
    business = one.hub.business
    return one.terms.rights.disposes_of(business.owner if business else None)


def _carried_out(one: Considered, choice: Choice) -> Plan:
    if choice is HIDE:
        return one.end(Act.FORGET, tomb=Tomb.HIDDEN, reason="removed in the address book")
    if choice is DEACTIVATE:
        reason = "deleted in the outside CRM" if one.is_crm else "removed by its owner"
        return one.end(Act.REMOVE, hub=Drop(), tomb=Tomb.HIDDEN, reason=reason)
    # Without its link the contact is wanted again, and created anew by the next look.
    return one.end(Act.FORGET, reason="to be put back")


def _after_restore(one: Considered) -> Plan:
    """Nobody can tell what the restore took away from what somebody removed (s9, s11, s12)."""
    offered = (RECREATE, DEACTIVATE if one.is_crm else HIDE)
    chosen = _answered(one, offered)
    if chosen is not None:
        return _carried_out(one, chosen)
    return one.ask(
        Question.RESTORED,
        "removed",
        GONE,
        "After a restore from a backup this contact is missing in the address book.",
        *offered,
    )


def hide_survivor(one: Considered) -> Plan:
    """The contact was merged into another, and its item is gone: that one stays away too."""
    if one.case.survivor_linked or one.is_crm or one.is_missed:
        return one.end(Act.FORGET)
    step = one.step(Act.FORGET, tomb=Tomb.HIDDEN, reason="removed in the address book")
    return Plan(steps=(replace(step, contact=one.survivor.id),))
