"""Cases in, plan out. The same input always gives the same plan.

Carrying the plan out and reconciling again gives a plan that writes nothing (L2).
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from twinbook.model.ids import RecordId
from twinbook.model.plan import Act, Plan, Tomb
from twinbook.model.policy import OnInactive
from twinbook.reconcile.cases import Case, Linked, Stranger, Wanted
from twinbook.reconcile.considered import Considered
from twinbook.reconcile.decide import HubFate, Verdict, decide
from twinbook.reconcile.newcomers import reconcile_wanted
from twinbook.reconcile.parting import deleted, deleted_and_edited, follow, leave
from twinbook.reconcile.promote import reconcile_stranger
from twinbook.reconcile.removed import hide_survivor, removed_in_book
from twinbook.reconcile.terms import Terms
from twinbook.reconcile.together import go_on


def reconcile(cases: Iterable[Case], terms: Terms) -> Plan:
    """The plan that brings a spoke and the hub back in step."""
    plans = list(_once(_reconcile_one(case, terms) for case in cases))
    return Plan(
        steps=tuple(step for plan in plans for step in plan.steps),
        holds=tuple(hold for plan in plans for hold in plan.holds),
        settled=frozenset(topic for plan in plans for topic in plan.settled),
    )


def _once(plans: Iterable[Plan]) -> Iterator[Plan]:
    """The plans but for those that link an item which one before them links already.

    Somebody said of two contacts that they are the same item. The second one's question stays
    open, so it is looked at again, as soon as the item is the first one's.
    """
    taken: set[RecordId | None] = set()
    for plan in plans:
        linked = {step.item for step in plan.steps if step.act is Act.LINK}
        if not linked & taken:
            taken |= linked
            yield plan


def _reconcile_one(case: Case, terms: Terms) -> Plan:
    match case:
        case Linked():
            return _reconcile_linked(case, terms)
        case Wanted():
            return reconcile_wanted(case, terms)
        case Stranger():
            return reconcile_stranger(case, terms)


def _reconcile_linked(case: Linked, terms: Terms) -> Plan:
    """What to do about a link; it settles every question that was open about it."""
    one = Considered(case, terms)
    verdict = decide(one.hub_fate(), one.item_fate())
    if verdict is Verdict.WAIT:
        return Plan()  # nothing was seen, so nothing is settled
    settled = frozenset({case.link.id, f"same:{case.link.contact}"})  # whoever is linked is known
    return replace(_carry_out(verdict, one), settled=settled)


def _carry_out(verdict: Verdict, one: Considered) -> Plan:
    match verdict:
        case Verdict.WAIT:
            return Plan()
        case Verdict.MERGE:
            return go_on(one)
        case Verdict.REMOVED_IN_BOOK:
            return removed_in_book(one)
        case Verdict.LEAVE:
            return go_on(one) if _is_marked(one) else leave(one)
        case Verdict.HIDE:
            tomb = None if one.is_missed else Tomb.HIDDEN
            return one.end(Act.FORGET, tomb=tomb, reason="removed in the address book")
        case Verdict.DELETE:
            return deleted(one)
        case Verdict.DELETED_AND_EDITED:
            return deleted_and_edited(one)
        case Verdict.FORGET:
            return one.end(Act.FORGET)
        case Verdict.FOLLOW:
            return follow(one)
        case Verdict.HIDE_SURVIVOR:
            return hide_survivor(one)


def _is_marked(one: Considered) -> bool:
    """A deactivated contact that stays and flows on, by policy."""
    inactive = one.hub_fate() is HubFate.INACTIVE
    return inactive and one.terms.policy.on_inactive is OnInactive.MARK
