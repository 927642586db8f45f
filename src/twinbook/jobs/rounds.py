"""Bring several spokes in step, and go on until what one of them told has reached all."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from twinbook.model.errors import Busy, Invalid, NotFound, ReplicaError, TwinbookError
from twinbook.model.ids import RunId
from twinbook.model.spoke import Spoke
from twinbook.sync.cycle import Progress, cycle, preview, silent
from twinbook.sync.report import Report
from twinbook.sync.setting import Setting

ROUNDS = 3  # one to take in, one to spread, one for a lost race (L1)

KEEPING_FROM_IT = (Busy, Invalid, NotFound, ReplicaError)
"""What concerns one spoke alone: the others are gone on with."""


class Workplace(Protocol):
    """Where spokes are worked on."""

    def working_on(self, spoke: Spoke) -> AbstractContextManager[Setting]: ...
    def recorded(self, setting: Setting, kind: str) -> AbstractContextManager[list[Report]]: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one spoke in one round."""

    spoke: Spoke
    run: RunId | None
    report: Report
    requests: int = 0
    trouble: TwinbookError | None = None  #: why nothing was done at all


Watch = Callable[[Spoke], Progress]
"""Gives the progress of one spoke's cycle somewhere to go."""


def unwatched(_spoke: Spoke) -> Progress:
    """Nobody looks."""
    return silent


def synchronise(
    house: Workplace, spokes: Sequence[Spoke], watch: Watch = unwatched
) -> list[Outcome]:
    """Cycle through the spokes until a round changes nothing in the hub, three times at most."""
    outcomes: list[Outcome] = []
    for number in range(ROUNDS):
        last = [one_round(house, spoke, watch(spoke)) for spoke in spokes if not spoke.paused]
        outcomes += [one for one in last if number == 0 or not is_empty(one)]
        if not any(_moves_on(one.report) for one in last):
            break
    return outcomes


def _moves_on(report: Report) -> bool:
    """Whether another round has something to do."""
    return report.wrote_hub or report.again or report.postponed > 0


def foresee(house: Workplace, spokes: Sequence[Spoke]) -> list[Outcome]:
    """What the first round would do."""
    return [_foresee(house, spoke) for spoke in spokes if not spoke.paused]


def one_round(house: Workplace, spoke: Spoke, progress: Progress = silent) -> Outcome:
    """Cycle through one spoke once. What keeps from it is in the outcome, not raised."""
    try:
        with house.working_on(spoke) as setting:
            with house.recorded(setting, "sync") as reports:
                report = cycle(setting, progress)
                reports.append(report)
            return Outcome(spoke, setting.run, report, setting.replicas.spoke.requests)
    except KEEPING_FROM_IT as error:
        return Outcome(spoke, None, Report(), trouble=error)


def _foresee(house: Workplace, spoke: Spoke) -> Outcome:
    try:
        with house.working_on(spoke) as setting:
            report = preview(setting)
            return Outcome(spoke, None, report, setting.replicas.spoke.requests)
    except KEEPING_FROM_IT as error:
        return Outcome(spoke, None, Report(), trouble=error)


def is_empty(outcome: Outcome) -> bool:
    """Whether nothing at all happened."""
    report = outcome.report
    return not (report.tally or report.error or outcome.trouble)
