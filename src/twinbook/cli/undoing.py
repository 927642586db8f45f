"""Taking a run back."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

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
    if run:
        desk.count_change()
    lines = list(_lines(desk, found, run, report))
    status = TROUBLE if report.error or report.stays else WELL
    return Answer(_as_data(desk, found, run, report), lines, status)


def _run_of(desk: "Desk", found: "Run") -> str | None:
    """The run that took another one back, None if there was nothing to take back."""
    from twinbook.journal import runs

    with desk.house.database.read() as connection:
        return runs.find(connection, found.id).undone_by


def _as_data(
    desk: "Desk", found: "Run", run: str | None, report: "Report"
) -> dict[str, Any] | None:
    if not desk.as_json:
        return None
    return {
        "run": run,
        "undoes": found.id,
        **steps.numbers(report.counts()),
        "steps": steps.recorded(desk, run) if run else steps.planned(report.lines),
        "stays": report.stays,
        "apart": report.apart,
        "error": str(report.error) if report.error else None,
    }


def _lines(desk: "Desk", found: "Run", run: str | None, report: "Report") -> Iterator[str]:
    told = steps.beginning(desk, run, report.lines)
    numbers = steps.summary(report.counts(), preview=run is None, others=told.number)
    mention = f" (run {run[:SHORT]})" if run else ""
    yield f"{found.kind} {found.id[:SHORT]} taken back: {numbers}{mention}"
    yield from told.lines(run)
    yield from (f"  Stays as it is: {text}" for text in report.stays)
    yield from (f"  {text}" for text in report.apart)
    if report.error:
        yield f"  Stopped: {report.error}"
