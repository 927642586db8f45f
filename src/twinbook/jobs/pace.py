"""When a book is worked on next. Pure: it knows the time only from what it is given.

docs/decisions/0012-schedule.md says why these numbers.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import Enum

from twinbook.jobs.rounds import Outcome
from twinbook.model.errors import (
    Busy,
    ReplicaError,
    SignInNeeded,
    Throttled,
    TwinbookError,
    Unavailable,
)
from twinbook.model.policy import Schedule

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Waits:
    """A wait that doubles from failure to failure, up to a longest one."""

    first: timedelta
    longest: timedelta

    def after(self, failures: int) -> timedelta:
        """The wait after so many failures in a row, counted from 1.

        >>> Waits(timedelta(seconds=30), timedelta(hours=1)).after(3)
        datetime.timedelta(seconds=120)
        """
        doubled = self.first * (1 << min(max(failures - 1, 0), 30))
        return min(doubled, self.longest)


AGAIN = Waits(timedelta(seconds=2), timedelta(minutes=15))  #: something was left behind
FAILED = Waits(timedelta(seconds=30), timedelta(hours=1))
SIGN_IN = Waits(timedelta(hours=1), DAY)  #: too many wrong passwords lock an account
SOONEST = timedelta(seconds=30)  #: after a change a quiet book is looked at again so soon
BREAK = timedelta(seconds=2)  #: from one run to the next, however many call for it


class Fate(Enum):
    """What a run means for the next one."""

    GOOD = "good"
    UNFINISHED = "unfinished"  #: writes in doubt, lost races, items not seen yet
    BUSY = "busy"  #: somebody else is at work there
    FAILED = "failed"
    THROTTLED = "throttled"
    SIGN_IN = "sign-in"


@dataclass(frozen=True, slots=True)
class Pace:
    """When a book is due, and how often in a row something was wrong."""

    due: datetime
    not_before: datetime | None  #: None: at once if somebody calls
    failures: int


def error_of(outcome: Outcome) -> TwinbookError | None:
    """Why a run did not come to its end; None also where somebody else was at work."""
    error = outcome.trouble or outcome.report.error
    return None if isinstance(error, Busy) else error


def fate_of(outcome: Outcome) -> Fate:
    """What became of a book."""
    match outcome.trouble or outcome.report.error:
        case Busy():
            return Fate.BUSY
        case SignInNeeded():
            return Fate.SIGN_IN
        case Throttled():
            return Fate.THROTTLED
        case TwinbookError():
            return Fate.FAILED
        case _ if _is_unfinished(outcome):
            return Fate.UNFINISHED
        case _:
            return Fate.GOOD


def _is_unfinished(outcome: Outcome) -> bool:
    report = outcome.report
    return bool(report.postponed or report.waiting or report.unsettled or report.again)


def shows_server(outcome: Outcome) -> bool | None:
    """Whether a book's server answers, as far as this run can tell; None if it can't."""
    match outcome.trouble or outcome.report.error:
        case Unavailable():
            return False
        case ReplicaError() | None:
            return True
        case _:
            return None


def next_time(
    outcome: Outcome,
    failures: int,
    moved: datetime | None,
    now: datetime,
    schedule: Schedule,
    chance: float,
) -> Pace:
    """When a book is due after a run; `failures` are those in a row before it.

    `chance` is between 0 and 1, and spreads what would else come at one moment.
    """
    again = failures + 1
    match fate_of(outcome):
        case Fate.GOOD:
            return Pace(now + interval(moved, now, schedule) * (1 - chance / 10), None, 0)
        case Fate.UNFINISHED | Fate.BUSY:
            return Pace(now + spread(AGAIN.after(again), chance), None, again)
        case Fate.FAILED:
            return _left_alone(now + spread(FAILED.after(again), chance), again)
        case Fate.SIGN_IN:
            return _left_alone(now + spread(SIGN_IN.after(again), chance), again)
        case Fate.THROTTLED:
            return _left_alone(now + asked_wait(outcome, again, chance), again)


def _left_alone(until: datetime, failures: int) -> Pace:
    return Pace(until, until, failures)


def asked_wait(outcome: Outcome, failures: int, chance: float) -> timedelta:
    """The pause that a server asked for, or ours where it did not say how long.

    Never less than it asked for, and never more than a day, whatever it says.
    """
    error = outcome.trouble or outcome.report.error
    seconds = error.seconds if isinstance(error, Throttled) else None
    if seconds is None:
        return spread(FAILED.after(failures), chance)
    return min(max(timedelta(seconds=min(seconds, DAY.total_seconds())), BREAK), DAY)


def interval(moved: datetime | None, now: datetime, schedule: Schedule) -> timedelta:
    """From one look at a book to the next: as long as it has been quiet, within bounds.

    >>> from datetime import datetime
    >>> now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> interval(now - timedelta(minutes=2), now, Schedule(every=900))
    datetime.timedelta(seconds=120)
    """
    longest = timedelta(seconds=schedule.every)
    return longest if moved is None else min(max(now - moved, SOONEST), longest)


def spread(wait: timedelta, chance: float) -> timedelta:
    """A wait, up to a tenth shorter or longer.

    >>> spread(timedelta(seconds=100), 0.0), spread(timedelta(seconds=100), 0.5)
    (datetime.timedelta(seconds=90), datetime.timedelta(seconds=100))
    """
    return wait * (0.9 + chance / 5)


def chance_of(id: str) -> float:
    """A number between 0 and 1 from a random id.

    >>> chance_of("80000000" + "0" * 24)
    0.5
    """
    return int(id[:8], 16) / 2**32


def awake(at: datetime, schedule: Schedule, zone: tzinfo | None) -> datetime:
    """The first moment from `at` on that is not within the quiet hours.

    The hours are those of the clock on the wall in `zone`, None for the computer's own.
    """
    hours = schedule.hours()
    if hours is None:
        return at
    begin, end = hours
    local = at.astimezone(zone)
    wall = local.time()
    over_midnight = end < begin
    quiet = (wall >= begin or wall < end) if over_midnight else begin <= wall < end
    if not quiet:
        return at
    day = local.date() + timedelta(days=1) if over_midnight and wall >= begin else local.date()
    # A wall's time may come twice a year, or never: then the night is the longer one.
    both = (datetime.combine(day, end, zone).replace(fold=fold) for fold in (0, 1))
    return max(one.astimezone(UTC) for one in both)
