"""What happens while Twinbook keeps books in step, for whoever listens: a log, or a person."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from twinbook.jobs.rounds import Outcome
from twinbook.model.errors import TwinbookError
from twinbook.model.spoke import Spoke


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody changed something in a place on this machine; it is taken up next."""

    spoke: Spoke


@dataclass(frozen=True, slots=True)
class Synced:
    """A book was synchronised, and this became of it. Busy and broken off runs are not told."""

    outcome: Outcome
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Failed:
    """A book, or the database where `spoke` is None, can't be used. Said once, not each time."""

    spoke: Spoke | None
    error: TwinbookError


@dataclass(frozen=True, slots=True)
class Broken:
    """An error that nobody expected, at a place in the program. Said each time."""

    spoke: Spoke | None
    kind: str  #: the error's class
    where: str  #: "cycle.py:61 < rounds.py:80"; no value of anybody


@dataclass(frozen=True, slots=True)
class Mended:
    """What had failed works again."""

    spoke: Spoke | None


Event = Moved | Synced | Failed | Broken | Mended
Tell = Callable[[Event], None]


def write_log(event: Event) -> None:
    """Put an event into the log: ids and counts, never a name and never an error's text."""
    log = structlog.get_logger()
    match event:
        case Moved(spoke):
            log.debug("moved", spoke=spoke.id)
        case Synced(outcome, seconds):
            write = log.info if outcome.report.tally or outcome.report.holds else log.debug
            write(
                "synced",
                spoke=outcome.spoke.id,
                run=outcome.run,
                seconds=round(seconds, 3),
                **_numbers(outcome),
            )
        case Failed(spoke, error):
            log.warning("failed", spoke=spoke and spoke.id, error=type(error).__name__)
        case Broken(spoke, kind, where):
            log.error("broken", spoke=spoke and spoke.id, error=kind, where=where)
        case Mended(spoke):
            log.info("mended", spoke=spoke and spoke.id)


def _numbers(outcome: Outcome) -> dict[str, int]:
    counts = outcome.report.counts(outcome.requests)
    found = {
        "created": counts.created.hub + counts.created.spoke,
        "updated": counts.updated.hub + counts.updated.spoke,
        "removed": counts.removed.hub + counts.removed.spoke,
        "linked": counts.linked,
        "held": counts.held,
        "failed": counts.failed,
    }
    return {name: number for name, number in found.items() if number} | {
        "requests": counts.requests
    }
