"""Undo a run: put back what still stands, newest step first, and say what does not."""

from collections.abc import Iterable
from dataclasses import replace

from twinbook.model.errors import ReplicaError
from twinbook.model.intent import Done
from twinbook.model.pair import Side
from twinbook.model.plan import Step
from twinbook.model.record import Record
from twinbook.reconcile.revert import Today, revert
from twinbook.sync.apply import carry_out
from twinbook.sync.recover import recover
from twinbook.sync.report import Report
from twinbook.sync.setting import Setting


def undo(setting: Setting, steps: Iterable[Done]) -> Report:
    """Undo the steps of one run, given newest first, as a run of its own."""
    report = Report()
    try:
        recover(setting)
        for done in steps:
            _undo_one(setting, done, report)
            if report.error is not None:
                break
    except ReplicaError as error:
        report.error = error
    return report


def foresee_undo(setting: Setting, steps: Iterable[Done]) -> Report:
    """What undoing these steps would do."""
    report = Report()
    try:
        for done in steps:
            planned = revert(done, _today(setting, done))
            report.count(planned.steps)
            report.list(planned.steps)
            report.stays += planned.stays
            report.apart += planned.apart
    except ReplicaError as error:
        report.error = error
    return report


def _undo_one(setting: Setting, done: Done, report: Report) -> None:
    """Undo one step. Where it takes two writes to one item, the second is planned afresh."""
    planned = revert(done, _today(setting, done))
    report.stays += planned.stays
    report.apart += planned.apart
    for number, step in enumerate(planned.steps):
        again = step if number == 0 else _afresh(setting, done, step)
        for result in carry_out([again], setting):
            report.count(result.done)
            report.postponed += result.postponed
            report.holds += result.refused
            report.error = result.error


def _afresh(setting: Setting, done: Done, step: Step) -> Step:
    today = _today(setting, done)
    item = today.item if isinstance(today.item, Record) else None
    return replace(
        step,
        seen=step.seen.having(Side.HUB, today.hub).having(Side.SPOKE, item),
        base=today.link.base if today.link else None,
    )


def _today(setting: Setting, done: Done) -> Today:
    contacts = [done.contact] if done.contact else []
    hub = next(iter(setting.read(Side.HUB, contacts).values()), None)
    link = next(iter(setting.journal.links_to(contacts).values()), None)
    id = link.item if link else done.item
    item = setting.read(Side.SPOKE, [id]).get(id) if id else None
    record = hub if isinstance(hub, Record) else None
    return Today(
        hub=record,
        item=item,
        link=link,
        in_scope=record is not None and setting.terms.in_scope(record),
    )
