"""Bring books in step with the hub, and say what happened."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from twinbook.cli import steps
from twinbook.cli.desk import AtDesk, Desk
from twinbook.cli.finding import SHORT
from twinbook.cli.output import TROUBLE, WELL, Answer, bars, counted, progress

if TYPE_CHECKING:
    from twinbook.jobs.rounds import Outcome
    from twinbook.model.spoke import Spoke


def sync(*names: str, preview: bool = False, desk: AtDesk) -> Answer:
    """Bring books and hub in step: all of them, or those that are named.

    Parameters
    ----------
    names
        The books; without any all books of the one who acts, for an administrator all.
    preview
        Only say what would be done. Nothing is written.
    """
    from twinbook.cli import finding

    with desk.house.database.read() as connection:
        found = finding.books(connection, names, desk.rights(connection))
    outcomes = look_ahead(desk, found) if preview else synchronise(desk, found)
    paused = [one.name for one in found if one.paused]
    return answer(desk, outcomes, _nothing(found, paused))


def _nothing(found: Sequence["Spoke"], paused: Sequence[str]) -> list[str]:
    if not found:
        return ["No book is connected yet. See: twinbook connect folder --help"]
    return [f"{name} is paused. Go on with: twinbook resume {name}" for name in paused]


def synchronise(desk: Desk, found: Sequence["Spoke"]) -> list["Outcome"]:
    """Cycle through books until nothing moves any more."""
    from twinbook.jobs import rounds

    with bars() as start:
        outcomes = rounds.synchronise(desk.house, found, lambda spoke: start(spoke.name))
    if any(one.run is not None and one.report.tally for one in outcomes):
        desk.count_change()
    _note(desk, outcomes)
    return outcomes


def _note(desk: Desk, outcomes: Sequence["Outcome"]) -> None:
    """Let the schedule know, so that it does not do the same again at once."""
    from twinbook.jobs import noting
    from twinbook.journal import policies

    with desk.house.database.write() as connection:
        rules = policies.load(connection).schedule
        for one in outcomes:
            noting.note(connection, desk.house.clock, one, rules)


def look_ahead(desk: Desk, found: Sequence["Spoke"]) -> list["Outcome"]:
    """What the next cycle of each book would do."""
    from twinbook.jobs import rounds

    with progress("Looking ahead"):
        return rounds.foresee(desk.house, found)


def answer(desk: Desk, outcomes: Sequence["Outcome"], lines: Sequence[str] = ()) -> Answer:
    """What became of some books, for programs and for people."""
    told = [line for one in outcomes for line in tell(desk, one)]
    status = TROUBLE if _is_trouble(outcomes) else WELL
    return Answer(as_data(desk, outcomes), [*told, *lines], status)


def _is_trouble(outcomes: Sequence["Outcome"]) -> bool:
    """Whether anything waits for a person or went wrong; what a later round mended, did not."""
    last = {one.spoke.id: one for one in outcomes}
    failed = any(one.report.postponed or one.report.waiting for one in last.values())
    return failed or any(
        one.report.holds or one.report.troubles or one.report.error or one.trouble
        for one in outcomes
    )


# for programs


def as_data(desk: Desk, outcomes: Sequence["Outcome"]) -> dict[str, Any]:
    """What became of some books for --json; nothing where nobody asked for it."""
    return {"runs": [_as_data(desk, one) for one in outcomes]} if desk.as_json else {}


def _as_data(desk: Desk, one: "Outcome") -> dict[str, Any]:
    counts = one.report.counts(one.requests)
    problem = one.trouble or one.report.error
    return {
        "run": one.run,
        "spoke": one.spoke.name,
        **steps.numbers(counts),
        "steps": _steps(desk, one),
        "questions": [{"question": h.question, "text": h.text} for h in one.report.holds],
        "unreadable": [{"item": t.id, "reason": t.reason} for t in one.report.troubles],
        "error": str(problem) if problem else None,
    }


def _steps(desk: Desk, one: "Outcome") -> list[steps.Data]:
    """The steps of a run from the journal, or those of a preview, in the same shape."""
    return steps.planned(one.report.lines) if one.run is None else steps.recorded(desk, one.run)


# for people


def tell(desk: Desk, one: "Outcome") -> Iterator[str]:
    """What became of one book, in sentences."""
    name = one.spoke.name
    if one.trouble is not None:
        yield f"{name}: {one.trouble}"
        return
    found = steps.beginning(desk, one.run, one.report.lines)
    counts, preview = one.report.counts(one.requests), one.run is None
    mention = f" (run {one.run[:SHORT]})" if one.run and found.number else ""
    yield f"{name}: {steps.summary(counts, preview=preview, others=found.number)}{mention}"
    yield from found.lines(one.run)
    yield from _questions(one)
    yield from _troubles(one)


def _questions(one: "Outcome") -> Iterator[str]:
    from twinbook.reconcile.explain import question

    for hold in one.report.holds:
        yield f"  Question: {question(hold)}"
    if one.report.holds and one.run is not None:
        yield "  See how to answer with: twinbook hold list"


def _troubles(one: "Outcome") -> Iterator[str]:
    for trouble in one.report.troubles:
        yield f"  Not read: {trouble.id}: {trouble.reason} It is left as it is."
    if waiting := one.report.waiting:
        yield f"  {counted(waiting, 'write')} without an answer yet; looked at next time."
    if unsettled := one.report.unsettled:
        yield (
            f"  {counted(unsettled, 'item')} not seen as expected. The address book shows"
            " changes late: looked at again next time."
        )
    if one.report.error:
        yield f"  Stopped: {one.report.error} What was done is recorded; the next sync goes on."
