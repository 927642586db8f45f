"""Hub contacts that belong in a spoke and have no item there (rules 2.2 and 2.8)."""

from twinbook.model.pair import Pair, Side
from twinbook.model.plan import (
    KEEP,
    Act,
    Choice,
    Claim,
    Edit,
    Hold,
    Plan,
    Put,
    Question,
    Step,
    Write,
)
from twinbook.model.record import Record
from twinbook.reconcile.cases import Wanted
from twinbook.reconcile.meet import introduce, join
from twinbook.reconcile.merge import Merged
from twinbook.reconcile.normal import as_text, is_empty
from twinbook.reconcile.project import project, travelling
from twinbook.reconcile.terms import Terms


def reconcile_wanted(case: Wanted, terms: Terms) -> Plan:
    """Adopt what is already there, ask about look-alikes, else create a new item.

    While a look-alike waits for an answer nothing is created: a duplicate is worse
    than a delay.
    """
    topic = f"same:{case.hub.id}"
    settled = frozenset({topic})
    if case.hidden or not terms.in_scope(case.hub):
        return Plan(settled=settled)
    if case.marked is not None:
        merged = introduce(Pair(case.hub, case.marked), terms, topic)
        return Plan(steps=(_link(case, case.marked, merged, adopted=False),), settled=settled)
    if case.sure is not None:
        merged = join(Pair(case.hub, case.sure), terms)
        return Plan(steps=(_link(case, case.sure, merged, adopted=True),), settled=settled)
    if case.look_alikes:
        return _look_alikes(case, terms, topic)
    return Plan(steps=(_create(case.hub, terms),), settled=settled)


def _create(hub: Record, terms: Terms) -> Step:
    contact = project(hub.contact, Side.SPOKE, terms)
    names = travelling(Side.SPOKE, terms)
    filled = sorted(name for name in names if not is_empty(getattr(contact, name)))
    return Step(
        act=Act.CREATE,
        contact=hub.id,
        item=None,
        seen=Pair(hub, None),
        writes=Pair(KEEP, Put(contact, names)),
        edits=tuple(
            Edit(Side.SPOKE, name, "", as_text(name, getattr(contact, name))) for name in filled
        ),
    )


def _link(case: Wanted, item: Record, merged: Merged, *, adopted: bool) -> Step:
    def write(side: Side) -> Write:
        if merged.fields[side]:
            return Put(merged.wanted[side], merged.fields[side])
        return KEEP if side is Side.HUB else Claim()

    return Step(
        act=Act.LINK,
        contact=case.hub.id,
        item=item.id,
        seen=Pair(case.hub, item),
        writes=Pair.each(write),
        frozen=merged.frozen,
        owned=merged.owned,
        adopted=adopted,
        lost=merged.lost,
        edits=merged.edits,
        reason="an item of the user is the same person" if adopted else "the item is our copy",
    )


def _look_alikes(case: Wanted, terms: Terms, topic: str) -> Plan:
    shown = " ".join(sorted(one.record.id for one in case.look_alikes))
    answer = terms.answer(topic, shown)
    settled = frozenset({topic})
    if answer == "apart":
        return Plan(steps=(_create(case.hub, terms),), settled=settled)
    for number, one in enumerate(case.look_alikes, 1):
        if answer == f"link-{number}":
            merged = introduce(Pair(case.hub, one.record), terms, topic)
            return Plan(steps=(_link(case, one.record, merged, adopted=True),), settled=settled)
    return Plan(holds=(_ask(case, topic, shown),), settled=settled)


def _ask(case: Wanted, topic: str, shown: str) -> Hold:
    choices = tuple(
        Choice(f"link-{number}", f"it is item {one.record.id}: {one.reason}")
        for number, one in enumerate(case.look_alikes, 1)
    )
    return Hold(
        question=Question.IDENTITY,
        topic=topic,
        contact=case.hub.id,
        item=case.look_alikes[0].record.id,
        shown=shown,
        text="A personal contact in the address book may be the same person as a business contact.",
        choices=(*choices, Choice("apart", "they are different people: a copy is created")),
    )
