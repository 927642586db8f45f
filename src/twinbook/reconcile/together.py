"""A link whose contact and item are both there: let edits flow, and keep the category on."""

from dataclasses import replace

from twinbook.model.fields import BY_NAME
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import (
    KEEP,
    Act,
    Choice,
    Claim,
    Drop,
    Hold,
    Keep,
    Plan,
    Question,
    Release,
    Tomb,
)
from twinbook.model.policy import OnInactive
from twinbook.reconcile.considered import Considered
from twinbook.reconcile.decide import HubFate
from twinbook.reconcile.parting import drain
from twinbook.reconcile.project import marked_inactive


def go_on(one: Considered) -> Plan:
    """Bring both sides in step; a category that was taken off is asked about first."""
    if _was_untagged(one):
        return _untracked(one)
    seen = one.seen
    if one.hub_fate() is HubFate.INACTIVE and one.terms.policy.on_inactive is OnInactive.MARK:
        seen = Pair(marked_inactive(one.hub, one.terms), one.item)
    merged = one.merged(seen)
    act = Act.UPDATE if merged.fields.hub or merged.fields.spoke else Act.REBASE
    step = one.carry_out(act, merged, seen=seen)
    if _is_unclaimed(one) and isinstance(step.writes.spoke, Keep):
        step = replace(step, writes=step.writes.having(Side.SPOKE, Claim()))
    return Plan(steps=(step,), holds=merged.holds + _flapping(one))


def _flapping(one: Considered) -> tuple[Hold, ...]:
    """Another program and we keep overwriting each other: stop, and say so (rule 3.8)."""
    if not one.case.held:
        return ()
    names = ", ".join(BY_NAME[name].label for name in sorted(one.case.held))
    return one.ask(
        Question.FLAPPING,
        "flapping",
        names,
        f"Another program keeps changing this contact: {names}. Nothing flows there until "
        "that program is found and stopped.",
        Choice("resume", "the other program is stopped: go on"),
    ).holds


def _was_untagged(one: Considered) -> bool:
    category = bool(one.terms.policy.category)
    return category and one.link.base.spoke.tagged and not one.item.tagged


def _is_unclaimed(one: Considered) -> bool:
    """The item never carried our mark or category: it was adopted, or the category is a new one."""
    return one.item.mark is None or (bool(one.terms.tag) and not one.item.tagged)


def _untracked(one: Considered) -> Plan:
    """The user took the category off: rule 0.10 asks what that was to mean."""
    shown = str(one.item.version)
    match one.answer("untrack", shown):
        case "keep":
            return one.end(Act.RELEASE, spoke=Release(), tomb=Tomb.UNTRACKED)
        case "remove":
            return drain(one, one.seen, Act.REMOVE, Drop(), tomb=Tomb.UNTRACKED, spare=False)
        case "stay":
            merged = one.merged(one.seen)
            step = one.carry_out(Act.UPDATE, merged, reason="tagged again")
            if step.writes.spoke == KEEP:
                step = replace(step, writes=step.writes.having(Side.SPOKE, Claim()))
            return Plan(steps=(step,), holds=merged.holds)
        case _:
            pass
    return one.ask(
        Question.UNTRACK,
        "untrack",
        shown,
        "The category that marks business contacts was taken off. Should it no longer be one?",
        Choice("keep", "it becomes a personal contact of this address book"),
        Choice("remove", "it is removed from this address book; the CRM keeps it"),
        Choice("stay", "it stays a business contact and gets the category back"),
    )
