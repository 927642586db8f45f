"""Taking a run back."""

from typing import TYPE_CHECKING

from twinbook.cli import steps
from twinbook.cli.finding import SHORT
from twinbook.cli.output import TROUBLE, WELL, Answer

if TYPE_CHECKING:
    from twinbook.cli.desk import Desk
    from twinbook.model.run import Run
    from twinbook.sync.report import Report


def undo(desk: "Desk", found: "Run", *, preview: bool) -> Answer:
    """What could be taken back, and what somebody has worked on since."""
    with desk.house.database.read() as connection:
        me = desk.me(connection).id
    report = desk.house.undo(found, me, dry=preview)
    run = None if preview else _run_of(desk, found)
    told = steps.recorded(desk, run) if run else steps.planned(report.lines)
    if run:
        desk.count_change()
    return _answer(found, run, report, told, preview=preview)


def _run_of(desk: "Desk", found: "Run") -> str | None:
    """The run that took another one back, None if there was nothing to take back."""
    from twinbook.journal import runs

    with desk.house.database.read() as connection:
        return runs.find(connection, found.id).undone_by


def _answer(
    found: "Run", run: str | None, report: "Report", told: list[steps.Data], *, preview: bool
) -> Answer:
    counts = report.counts()
    problem = str(report.error) if report.error else None
    data = {
        "run": run,
        "undoes": found.id,
        **steps.numbers(counts),
        "steps": told,
        "stays": report.stays,
        "error": problem,
    }
    numbers = steps.summary(counts, preview=preview, others=len(told))
    lines = [
        f"{found.kind} {found.id[:SHORT]} taken back: {numbers}"
        + (f" (run {run[:SHORT]})" if run else ""),
        *steps.told(told, run),
        *(f"  Stays as it is: {text}" for text in report.stays),
        *([f"  Stopped: {problem}"] if problem else []),
    ]
    return Answer(data, lines, TROUBLE if problem or report.stays else WELL)
