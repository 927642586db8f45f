"""Walk over what is dirty, and note where there is nothing to do."""

from collections.abc import Collection, Iterator, Sequence

from twinbook.model.ids import RecordId
from twinbook.model.link import Link
from twinbook.model.plan import Plan
from twinbook.model.record import Gone
from twinbook.ports import Dirt
from twinbook.reconcile.cases import Case, Linked, Stranger, Wanted
from twinbook.sync.drafts import number_of
from twinbook.sync.setting import Setting

PAGE = 500


def pages(setting: Setting, skip: Collection[RecordId]) -> Iterator[list[Dirt]]:
    """All that is dirty, page by page; `skip` are contacts that have to wait."""
    after: RecordId | None = None
    while page := setting.journal.dirty(after=after, limit=PAGE):
        after = page[-1].contact
        if left := [dirt for dirt in page if dirt.contact not in skip]:
            yield left
        if len(page) < PAGE:
            return


def at_rest(cases: Sequence[Case], plan: Plan) -> tuple[tuple[RecordId, int], ...]:
    """The contacts for which nothing is to be done now, with the hub's number they were seen at.

    They are hidden by their user, or wait for an answer: either makes them dirty again.
    """
    busy = _busy(plan)
    seen = (_seen_at(case) for case in cases if not busy & _names(case))
    return tuple(one for one in seen if one is not None)


def unlike(cases: Sequence[Case], plan: Plan) -> tuple[Link, ...]:
    """The links at rest whose item is not as they remember it: it waits for a person."""
    busy = _busy(plan)
    return tuple(
        case.link
        for case in cases
        if isinstance(case, Linked) and _differs(case) and not busy & _names(case)
    )


def _busy(plan: Plan) -> set[str | None]:
    """The contacts and links that something is done about; a merged contact's link moves on."""
    return {one for step in plan.steps for one in (step.contact, step.link)}


def _names(case: Case) -> set[str | None]:
    match case:
        case Linked():
            return {case.link.contact, case.link.id}
        case Wanted():
            return {case.hub.id}
        case Stranger():
            return set()


def unsettled(setting: Setting, cases: Sequence[Case]) -> int:
    """How many contacts are looked at again soon: their place may not have shown all of it yet."""
    if not setting.replicas.spoke.shows_after:
        return 0
    return sum(map(_is_early, cases))


def _is_early(case: Case) -> bool:
    match case:
        case Linked():
            return case.item is None
        case Wanted():
            return case.fading
        case Stranger():
            return False


def _differs(case: Linked) -> bool:
    if not case.link.whole or case.item is None:
        return False
    return isinstance(case.item, Gone) or case.item.version != case.link.versions.spoke


def _seen_at(case: Case) -> tuple[RecordId, int] | None:
    match case:
        case Linked() if case.item is not None:
            return case.link.contact, number_of(case.hub)
        case Wanted() if not case.fading:
            return case.hub.id, number_of(case.hub)
        case _:
            return None
