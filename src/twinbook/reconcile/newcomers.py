"""Hub contacts that belong in a spoke and have no item there (rules 2.2 and 2.8)."""

from twinbook.model.contact import EMPTY
from twinbook.model.link import NOTHING_YET, Half
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
from twinbook.model.shape import ALL_FIELDS
from twinbook.reconcile.cases import Wanted
from twinbook.reconcile.meet import already_own, introduce, join, waits
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
    if case.fading:
        return Plan()
    # Our own item that lost the category: its user may want it to himself (rule 0.10).
    if case.marked is not None and terms.tag and not case.marked.tagged:
        return Plan(steps=(_link_only(case, case.marked, terms),), settled=settled)
    if case.marked is not None:
        return _introduced(case, case.marked, terms, asked=None)
    if case.sure is not None:
        merged = join(Pair(case.hub, case.sure), terms)
        return Plan(steps=(_link(case, case.sure, merged, adopted=True),), settled=settled)
    if case.look_alikes:
        return _look_alikes(case, terms, topic)
    return Plan(steps=(_create(case, terms),), settled=settled)


def _create(case: Wanted, terms: Terms) -> Step:
    contact = project(case.hub.contact, Side.SPOKE, terms)
    names = travelling(Side.SPOKE, terms)
    filled = sorted(name for name in names if not is_empty(getattr(contact, name)))
    return Step(
        act=Act.CREATE,
        contact=case.hub.id,
        item=None,
        mark=case.mark,
        seen=Pair(case.hub, None),
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


def _link_only(case: Wanted, item: Record, terms: Terms) -> Step:
    """Link our own item so that its user can be asked, and let nothing flow before."""
    return Step(
        act=Act.LINK,
        contact=case.hub.id,
        item=item.id,
        seen=Pair(case.hub, item),
        base=Pair(NOTHING_YET, Half(contact=EMPTY, seals=item.seals, tagged=True)),
        frozen=ALL_FIELDS,
        owned=already_own(item, terms),
        again=True,
        reason="the item is our copy",
    )


def _introduced(case: Wanted, item: Record, terms: Terms, *, asked: Hold | None) -> Plan:
    """Link our own item, or the one that a person named; its questions come first.

    `asked` is the question by which it was named: it is kept until the last is answered.
    """
    topic = f"same:{case.hub.id}"
    merged = introduce(Pair(case.hub, item), terms, topic)
    if holds := waits(merged):
        return Plan(holds=(*holds, *([asked] if asked else ())), settled=frozenset({topic}))
    step = _link(case, item, merged, adopted=asked is not None)
    return Plan(steps=(step,), settled=frozenset({topic}))


def _look_alikes(case: Wanted, terms: Terms, topic: str) -> Plan:
    hold = _ask(case, topic)
    answer = terms.answer(topic, hold.shown)
    settled = frozenset({topic})
    if answer == "apart":
        return Plan(steps=(_create(case, terms),), settled=settled)
    for number, one in enumerate(case.look_alikes, 1):
        if answer == f"link-{number}":
            return _introduced(case, one.record, terms, asked=hold)
    return Plan(holds=(hold,), settled=settled)


SHARES = "its values join the CRM, but for private ones"


def _ask(case: Wanted, topic: str) -> Hold:
    choices = tuple(
        Choice(f"link-{number}", f"it is item {one.record.id}: {one.reason}; {SHARES}")
        for number, one in enumerate(case.look_alikes, 1)
    )
    return Hold(
        question=Question.IDENTITY,
        topic=topic,
        contact=case.hub.id,
        item=case.look_alikes[0].record.id,
        shown=" ".join(one.record.id for one in case.look_alikes),  # as they are numbered
        text="A personal contact in the address book may be the same person as a business contact.",
        choices=(*choices, Choice("apart", "they are different people: a copy is created")),
    )
