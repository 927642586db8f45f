"""Ending what is kept in step: one contact in a book, or a whole book; and bringing back."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from twinbook.cli.desk import check_own
from twinbook.cli.output import TROUBLE, WELL, Answer, counted

if TYPE_CHECKING:
    from twinbook.cli.desk import Desk
    from twinbook.jobs.rounds import Outcome
    from twinbook.model.record import Record
    from twinbook.model.spoke import Spoke
    from twinbook.sync.report import Report
    from twinbook.sync.setting import Setting
    from twinbook.sync.wishes import Parting


def untrack(desk: "Desk", contact: str, name: str, *, keep: bool, remove: bool) -> Answer:
    """What became of one contact in one of the user's own books."""
    from twinbook.cli import sync
    from twinbook.model.errors import NotFound
    from twinbook.sync import wishes

    parting = _parting(keep=keep, remove=remove)
    spoke, record = _named(desk, contact, name)
    outcome = _recorded(desk, spoke, "untrack", lambda s: wishes.untrack(s, record.id, parting))
    if not outcome.report.tally and not outcome.report.lines and outcome.report.error is None:
        raise NotFound(f"{record.contact.name} is not kept in step with {spoke.name}.")
    told = sync.answer(desk, [outcome])
    lines = [*told.lines, *_kept_after_all(outcome, parting)]
    return Answer(told.data, lines, told.status)


def _kept_after_all(outcome: "Outcome", parting: "Parting") -> list[str]:
    from twinbook.model.plan import Act
    from twinbook.sync.wishes import Parting

    kept = sum(line.act is Act.RELEASE for line in outcome.report.lines)
    if parting is Parting.KEEP or not kept:
        return []
    why = "edited there since the last sync, or their user's own before"
    return [f"{counted(kept, 'item')} stay in the book as personal ones: {why}."]


def _parting(*, keep: bool, remove: bool) -> "Parting":
    from twinbook.model.errors import Invalid
    from twinbook.sync.wishes import Parting

    if keep == remove:
        raise Invalid("Say what becomes of the items in the book: --keep or --remove.")
    return Parting.KEEP if keep else Parting.REMOVE


def _named(desk: "Desk", contact: str, name: str) -> tuple["Spoke", "Record"]:
    """One of the user's own books, and a contact."""
    from twinbook.cli import finding

    with desk.house.database.read() as connection:
        rights = desk.rights(connection)
        spoke = finding.book(connection, name)
        check_own(rights, spoke)
        return spoke, finding.contact(connection, contact, rights)


def _recorded(
    desk: "Desk", spoke: "Spoke", kind: str, work: Callable[["Setting"], "Report"]
) -> "Outcome":
    """A piece of work on a book, as a run."""
    from twinbook.jobs.rounds import Outcome

    with desk.house.working_on(spoke) as setting:
        with desk.house.recorded(setting, kind) as reports:
            report = work(setting)
            reports.append(report)
        outcome = Outcome(spoke, setting.run, report, setting.replicas.spoke.requests)
    if report.lines:
        desk.count_change()
    return outcome


def disconnect(desk: "Desk", name: str, *, keep: bool, remove: bool, forget: bool) -> Answer:
    """What became of a book that is let go."""
    from twinbook.cli import finding, sync
    from twinbook.journal import spokes
    from twinbook.model.errors import Invalid
    from twinbook.sync import wishes
    from twinbook.users.vault import for_spoke

    if keep + remove + forget != 1:
        raise Invalid("Say what becomes of its business contacts: --keep, --remove or --forget.")
    with desk.house.database.read() as connection:
        (spoke,) = finding.books(connection, [name], desk.rights(connection))
    lines: list[str] = []
    data: dict[str, object] = {"runs": []}
    if not forget:
        parting = _parting(keep=keep, remove=remove)
        outcome = _recorded(
            desk, spoke, "disconnect", lambda setting: wishes.let_book_go(setting, parting)
        )
        told = sync.answer(desk, [outcome])
        data = sync.as_data(desk, [outcome])
        lines = [*told.lines, *_kept_after_all(outcome, parting)]
        report = outcome.report
        if report.error or report.postponed or report.holds:
            lines.append(f"{spoke.name} is still connected. Do it again, or use --forget.")
            return Answer({**data, "disconnected": False}, lines, TROUBLE)
    with desk.house.database.write() as connection:
        spokes.remove(connection, spoke.id)
        desk.house.vault.drop(connection, for_spoke(spoke.id))
    lines.append(f"{spoke.name} is disconnected.")
    return Answer({**data, "disconnected": True}, lines, WELL)


def bring_back(desk: "Desk", contact: str, name: str) -> Answer:
    """What became of a contact that its user wants to see again."""
    from twinbook.cli import sync
    from twinbook.journal import dirt, spokes
    from twinbook.ports import recheck

    spoke, record = _named(desk, contact, name)
    with desk.house.database.write() as connection:
        lifted = spokes.unearth(connection, spoke.user, record.id)
        for one in spokes.everything(connection, spoke.user):
            now = desk.house.clock.now()
            dirt.soil(connection, one.id, [recheck(record.id)], now)
    if not lifted:
        text = f"{record.contact.name} was not hidden. See: twinbook why {record.id[:8]}"
        return Answer({"contact": record.id, "lifted": False, "runs": []}, [text])
    outcomes = [] if spoke.paused else sync.synchronise(desk, [spoke])
    told = sync.answer(desk, outcomes)
    head = f"{record.contact.name} may come back into {spoke.name}."
    data = {"contact": record.id, "lifted": True, **sync.as_data(desk, outcomes)}
    return Answer(data, [head, *told.lines], told.status)
