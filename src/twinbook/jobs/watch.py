"""Stay, and bring in step whatever changes, soon after it does.

Two things are looked at again and again, and neither look costs more than a listing: the
places on this machine, by asking each what happened since it was last seen, and the number
of the hub's newest change. A place that moves is left alone until it rests, so that nobody
reads half of what is being saved. Our own writes are seen like everybody's; the cycle that
follows them finds nothing to do, and that ends it.
"""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection

from twinbook.crm import feed
from twinbook.jobs import rounds
from twinbook.jobs.rounds import ROUNDS, Outcome, Workplace
from twinbook.journal import dirt, journal, spokes
from twinbook.model.errors import CursorExpired, TwinbookError
from twinbook.model.ids import Cursor, SpokeId
from twinbook.model.spoke import Spoke
from twinbook.ports import Clock, Replica

PULSE = 0.5  #: seconds between two looks
RESTED = timedelta(seconds=0.4)  #: a place that did not move for so long has been saved
PATIENCE = timedelta(seconds=5)  #: one that never rests is synchronised all the same
SPARED = 9  #: a large place is left alone for so many times as long as a look at it takes
BREAK = timedelta(seconds=1)  #: from one synchronisation of a place to the next
LONGEST_BREAK = timedelta(seconds=60)  #: after failures the break doubles, up to this


class Transactions(Protocol):
    """What is needed of the database."""

    def read(self) -> AbstractContextManager[Connection]: ...
    def write(self) -> AbstractContextManager[Connection]: ...


class Watched(Workplace, Protocol):
    """The installation that is watched."""

    @property
    def database(self) -> Transactions: ...
    @property
    def clock(self) -> Clock: ...
    def replica(self, spoke: Spoke) -> Replica: ...


@dataclass(frozen=True, slots=True)
class Synced:
    """Some books were synchronised, and this became of them."""

    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """A book, or the database where `spoke` is None, can't be used. Said once, not each time."""

    spoke: Spoke | None
    error: TwinbookError


@dataclass(frozen=True, slots=True)
class Mended:
    """What had failed works again."""

    spoke: Spoke | None


Event = Synced | Failed | Mended
Tell = Callable[[Event], None]


@dataclass(slots=True)
class _Trouble:
    """What can't be used at the moment, and how long it is left alone."""

    text: str = ""  #: as it was told, "" where nothing was
    wait: timedelta = BREAK
    until: datetime | None = None

    def is_new(self, text: str, now: datetime) -> bool:
        """Note a failure, without a text one that need not be told; whether to tell it."""
        self.until, self.wait = now + self.wait, min(2 * self.wait, LONGEST_BREAK)
        before, self.text = self.text, text or self.text
        return before != self.text

    def is_over(self) -> bool:
        """Note that it worked; whether a failure was told before."""
        had, self.text, self.wait, self.until = bool(self.text), "", BREAK, None
        return had

    def allows(self, now: datetime) -> bool:
        """Whether it is time to try again."""
        return self.until is None or now >= self.until


@dataclass(slots=True)
class _Place:
    """One book, as it was last seen."""

    spoke: Spoke
    cursor: Cursor | None = None
    since: datetime | None = None  #: when the news began that nobody has taken up yet
    moved: datetime | None = None  #: when it last moved
    synced: datetime | None = None
    sight: _Trouble = field(default_factory=_Trouble)
    work: _Trouble = field(default_factory=_Trouble)

    def hear(self, now: datetime) -> None:
        """There is news."""
        self.since, self.moved = self.since or now, now

    def is_due(self, now: datetime) -> bool:
        """Whether its news should be taken up now."""
        if self.since is None or self.moved is None or self.sight.text:
            return False
        rested = now - self.moved >= RESTED or now - self.since >= PATIENCE
        fresh = self.synced is not None and now - self.synced < BREAK
        return rested and not fresh and self.work.allows(now)


class Watcher:
    """Looks at the hub and at the books that can be seen from here."""

    def __init__(self, house: Watched, tell: Tell) -> None:
        self._house, self._tell = house, tell
        self._places: dict[SpokeId, _Place] = {}
        self._number: int | None = None  # the hub's newest change that was taken up
        self._hub = _Trouble()

    def look(self) -> None:
        """Look once at everything, and synchronise what has changed and come to rest."""
        now = self._house.clock.now()
        if not self._hub.allows(now):
            return
        try:
            self._look(now)
        except TwinbookError as error:
            if self._hub.is_new(str(error), now):
                self._tell(Failed(None, error))
        else:
            if self._hub.is_over():
                self._tell(Mended(None))

    def _look(self, now: datetime) -> None:
        self._list_places()
        for place in self._places.values():
            self._glance(place, now)
        for place in self._concerned():
            place.hear(now)
        due = [place for place in self._places.values() if place.is_due(now)]
        if due:
            self._synchronise(due)

    def _list_places(self) -> None:
        with self._house.database.read() as connection:
            listed = [one for one in spokes.everything(connection) if not one.paused]
        known = self._places
        self._places = {one.id: known.get(one.id) or _Place(one) for one in listed}
        for one in listed:
            self._places[one.id].spoke = one

    def _glance(self, place: _Place, now: datetime) -> None:
        """Notice whether a place has moved."""
        if not place.sight.allows(now):
            return
        begun = self._house.clock.now()
        try:
            cursor = _cursor(self._house.replica(place.spoke), place.cursor)
        except TwinbookError as error:
            if place.sight.is_new(str(error), now):
                self._tell(Failed(place.spoke, error))
            return
        if place.sight.is_over():
            place.hear(now)
            self._tell(Mended(place.spoke))
        if cursor != place.cursor:
            place.cursor = cursor
            place.hear(now)
        ended = self._house.clock.now()
        place.sight.until = ended + SPARED * (ended - begun)

    def _concerned(self) -> list[_Place]:
        """The places for which the hub has news, once for each new number of its feed."""
        with self._house.database.read() as connection:
            number, behind = feed.newest(connection), dirt.is_behind(connection)
        if number == self._number:
            return []
        if behind:
            with self._house.database.write() as connection:
                journal.dispatch(connection)
        self._number = number
        with self._house.database.read() as connection:
            return [
                place for id, place in self._places.items() if dirt.page(connection, id, None, 1)
            ]

    def _synchronise(self, due: list[_Place]) -> None:
        """Synchronise these, and those that have to follow, until nothing moves."""
        outcomes: list[Outcome] = []
        for _ in range(ROUNDS):
            for place in due:
                place.since = place.moved = None
            outcomes += rounds.synchronise(self._house, [place.spoke for place in due])
            due = [place for place in self._concerned() if not place.sight.text]
            if not due:
                break
        self._judge(outcomes)
        for place in due:
            place.hear(self._house.clock.now())
        self._tell(Synced(tuple(outcomes)))

    def _judge(self, outcomes: list[Outcome]) -> None:
        """What failed is tried again later."""
        now = self._house.clock.now()
        for last in {one.spoke.id: one for one in outcomes}.values():
            place, report = self._places[last.spoke.id], last.report
            place.synced = now
            unfinished = report.postponed or report.waiting or report.unsettled
            if last.trouble or report.error or unfinished:
                place.hear(now)
                # Somebody else is at work, or was quicker: that is nobody's trouble.
                told = place.work.is_new(str(report.error or ""), now)
                if told and report.error is not None:
                    self._tell(Failed(place.spoke, report.error))
            elif place.work.is_over():
                self._tell(Mended(place.spoke))


def _cursor(replica: Replica, since: Cursor | None) -> Cursor | None:
    """Where a place's changes stand; None for one that is too far away to be asked so often."""
    if replica.settles_after:
        return None
    try:
        page = next(replica.changes(since), None)
    except CursorExpired:
        page = next(replica.changes(None), None)
    return page.cursor if page else since


class Stop:
    """The wish that a watcher ends. A signal handler or another thread may have it."""

    def __init__(self) -> None:
        self.asked = False

    def ask(self) -> None:
        """End with the next pulse; what is under way is finished first."""
        self.asked = True

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """SIGINT (Ctrl-C) and SIGTERM ask; the second one interrupts what is under way."""

        def asked(_number: int, _frame: object) -> None:
            if self.asked:
                raise KeyboardInterrupt
            self.ask()

        before = {one: signal.signal(one, asked) for one in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)


def stay(watcher: Watcher, stop: Stop) -> None:
    """Look, and look again, until somebody asks for the end."""
    while not stop.asked:
        watcher.look()
        time.sleep(PULSE)
