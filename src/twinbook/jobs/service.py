"""Twinbook by itself: notice what happens, take up what is due, and work on it.

Half a second after half a second: look at the places on this machine, spread the hub's news,
and claim what is due for the crew. Nothing is written while nothing happens.
"""

import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from twinbook.database.dialect import is_sqlite
from twinbook.jobs import due, noting, pace, rounds, workers
from twinbook.jobs.crew import Crew
from twinbook.jobs.due import Claim
from twinbook.jobs.events import Broken, Event, Failed, Mended, Moved, Synced, Tell
from twinbook.jobs.lookout import Lookout, Neighbourhood, Sight
from twinbook.jobs.pace import Waits
from twinbook.jobs.rounds import Outcome, Workplace
from twinbook.journal import calls, dirt, journal, policies, spokes
from twinbook.model.errors import NotFound, TwinbookError
from twinbook.model.policy import Schedule
from twinbook.model.spoke import Spoke
from twinbook.sync.report import Report

THREADS = 8
NO_DATABASE = Waits(pace.BREAK, pace.SOONEST * 2)


class House(Workplace, Neighbourhood, Protocol):
    """The installation that is kept in step."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a service works."""

    kind: str = "serve"
    every: int | None = None  #: seconds from one look at a quiet book to the next; None: policy
    threads: int = THREADS  #: 0: whoever calls `pulse` does the work


class Service:
    """Keeps all books in step, for as long as somebody calls `pulse`."""

    def __init__(
        self, house: House, manner: Manner, tell: Tell, changed: Callable[[], None] = lambda: None
    ) -> None:
        """`changed` is called after each run that changed something."""
        self._house, self.manner = house, manner
        self._listener, self._changed = tell, changed
        self._talk = threading.Lock()  # one at a time tells, or counts
        self._bell = threading.Event()
        self._lookout = Lookout(house)
        self._crew = Crew(manner.threads, self._work, self._bell.set)
        self._self = workers.this_process(house.clock.new_id(), manner.kind, house.clock.now())
        self._silence: tuple[int, datetime | None] = (0, None)  # failures of the database

    # ------------------------------------------------ life

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Be known as alive; at the end finish what is under way, and begin nothing more."""
        with self._house.database.write() as connection:
            workers.beat(connection, self._self, self._house.clock.now())
            if is_sqlite(connection):
                due.let_go(connection)  # only a dead one can have claimed anything there
        over = threading.Event()
        threading.Thread(target=self._live, args=(over,), daemon=True, name="pulse").start()
        try:
            yield
            self._end()
        finally:
            over.set()
            with self._house.database.write() as connection:
                workers.leave(connection, self._self)

    def _live(self, over: threading.Event) -> None:
        while not over.wait(workers.BEAT.total_seconds()):
            try:
                self.beat()
            except TwinbookError:
                continue  # whoever works meets the same, and says so

    def beat(self) -> None:
        """Give a sign of life, and keep the claims."""
        now = self._house.clock.now()
        with self._house.database.write(durable=False) as connection:
            workers.beat(connection, self._self, now)
            due.prolong(connection, [one.spoke.id for one in self._crew.in_hand()], now)

    def _end(self) -> None:
        dropped = self._crew.drop()
        if dropped:
            with self._house.database.write() as connection:
                due.let_go(connection, dropped)
        self._crew.finish()

    def wait(self, seconds: float) -> bool:
        """Wait until a thread is free, or for so long; whether one is."""
        rung = self._bell.wait(seconds)
        self._bell.clear()
        return rung

    # ------------------------------------------------ what happens

    def pulse(self) -> None:
        """Look once at everything, and take up what is due."""
        self._with_the_database(self._look)

    def fill(self) -> None:
        """Take up what is due, once there is room for several: each time costs a turn."""
        if self._crew.room >= max(self.manner.threads, 1):
            self._with_the_database(self._claim)

    def _with_the_database(self, act: Callable[[], None]) -> None:
        """Do something; a database that is away is told once, and tried less and less often."""
        failures, until = self._silence
        if until is not None and self._house.clock.now() < until:
            return
        try:
            act()
        except TwinbookError as error:
            self._silence = failures + 1, self._house.clock.now() + NO_DATABASE.after(failures + 1)
            if failures == 0:
                self._tell(Failed(None, error))
        except Exception as error:  # noqa: BLE001 - a service that ends helps nobody
            self._silence = failures + 1, self._house.clock.now() + NO_DATABASE.after(failures + 1)
            self._tell(_broken(None, error))
        else:
            self._silence = 0, None
            if failures:
                self._tell(Mended(None))

    def _look(self) -> None:
        for sight in self._lookout.look():
            self._saw(sight)
        self._spread()
        self._admit()
        self._claim()

    def _saw(self, sight: Sight) -> None:
        if sight.error is not None:
            self._note(Outcome(sight.spoke, None, Report(), trouble=sight.error))
            return
        with self._house.database.write() as connection:
            if sight.is_back:
                due.forgive(connection, [sight.spoke.id])
            else:
                calls.call(connection, [sight.spoke.id])
        if not sight.is_back:
            self._tell(Moved(sight.spoke))

    def _spread(self) -> None:
        """Call for the books that the hub's news concern."""
        with self._house.database.read() as connection:
            behind = dirt.is_behind(connection)
        if behind:
            with self._house.database.write() as connection:
                journal.dispatch(connection)

    def _admit(self) -> None:
        """Take in what is new: books, and passwords."""
        with self._house.database.read() as connection:
            listed = due.is_everybody_listed(connection)
            renewed = due.signed_in_anew(connection)
        if not listed or renewed:
            with self._house.database.write() as connection:
                due.enlist(connection)
                due.forgive(connection, renewed)

    def _claim(self) -> None:
        while claims := self._claimed():
            self._crew.take(claims)

    def _claimed(self) -> list[Claim]:
        now, room = self._house.clock.now(), self._crew.room
        if room <= 0:
            return []
        with self._house.database.read() as connection:
            rules = policies.load(connection).schedule
            if not due.is_anything_due(connection, now):
                return []
            picked = due.pick(connection, now, self._crew.hand(), room)
        if not picked or pace.awake(now, rules, zone_of(rules)) > now:
            return []
        with self._house.database.write(durable=False) as connection:
            return due.claim(connection, now, picked)

    # ------------------------------------------------ work

    def _work(self, claim: Claim) -> None:
        try:
            self._keep_in_step(claim)
        except NotFound:
            return  # it was disconnected meanwhile
        except TwinbookError as error:
            self._tell(Failed(None, error))
        except Exception as error:  # noqa: BLE001 - one accident must not stop the service
            self._tell(_broken(claim.spoke, error))

    def _keep_in_step(self, claim: Claim) -> None:
        began = self._house.clock.now()
        with self._house.database.read() as connection:
            spoke = spokes.get(connection, claim.spoke.id)
        if spoke.paused:
            with self._house.database.write() as connection:
                due.let_go(connection, [spoke.id])
            return
        outcome = self._one_round(replace(claim, spoke=spoke))
        self._note(outcome, claim, (self._house.clock.now() - began).total_seconds())

    def _one_round(self, claim: Claim) -> Outcome:
        try:
            return rounds.one_round(self._house, claim.spoke)
        except TwinbookError as error:
            return Outcome(claim.spoke, None, Report(), trouble=error)
        except Exception as error:  # noqa: BLE001 - it is noted, and tried less and less often
            self._tell(_broken(claim.spoke, error))
            return Outcome(claim.spoke, None, Report(), trouble=TwinbookError(_UNEXPECTED))

    def _note(self, outcome: Outcome, claim: Claim | None = None, seconds: float = 0.0) -> None:
        with self._house.database.write(durable=False) as connection:
            rules = self._rules(policies.load(connection).schedule)
            noted = noting.note(connection, self._house.clock, outcome, rules, claim)
        if outcome.run is not None and outcome.report.tally:
            with self._talk:
                self._changed()
        if outcome.run is not None:
            self._tell(Synced(outcome, seconds))
        error = pace.error_of(outcome)
        if noted.has_failed and error is not None:
            self._tell(Failed(outcome.spoke, error))
        if noted.is_mended:
            self._tell(Mended(outcome.spoke))

    def _rules(self, rules: Schedule) -> Schedule:
        every = self.manner.every
        return rules if every is None else replace(rules, every=every)

    def _tell(self, event: Event) -> None:
        with self._talk:
            self._listener(event)


_UNEXPECTED = (
    "Something happened that Twinbook did not expect. Nothing was lost, and it is tried again by "
    "itself. If it stays so, please report it with the line of the log that says where."
)


def zone_of(rules: Schedule) -> ZoneInfo | None:
    """The time zone of the quiet hours; None for the computer's own."""
    return ZoneInfo(rules.zone) if rules.zone else None


def _broken(spoke: Spoke | None, error: Exception) -> Broken:
    """What nobody expected: the innermost places in the program, without any value."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    where = " < ".join(f"{Path(one.filename).name}:{one.lineno}" for one in reversed(frames))
    return Broken(spoke, type(error).__name__, where)
