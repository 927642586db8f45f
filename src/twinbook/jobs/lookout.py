"""Notice at once what people do in the places on this machine.

A look costs no more than a listing. A place that moves is left alone until it rests, so that
nobody reads half of what is being saved. Our own writes are seen like everybody's; the cycle
that follows them finds nothing to do, and that ends it.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection

from twinbook.jobs.pace import Waits
from twinbook.journal import spokes
from twinbook.model.errors import CursorExpired, TwinbookError
from twinbook.model.ids import Cursor, SpokeId
from twinbook.model.spoke import Spoke
from twinbook.ports import Clock, Replica

NEARBY = "folder"  #: the kind of place that can be looked at again and again
RESTED = timedelta(seconds=0.4)  #: a place that did not move for so long has been saved
PATIENCE = timedelta(seconds=5)  #: one that never rests is synchronised all the same
SPARED = 9  #: a large place is left alone for so many times as long as a look at it takes
OUT_OF_SIGHT = Waits(timedelta(seconds=1), timedelta(seconds=60))


class Transactions(Protocol):
    """What is needed of the database."""

    def read(self) -> AbstractContextManager[Connection]: ...
    def write(self, *, durable: bool = True) -> AbstractContextManager[Connection]: ...


class Neighbourhood(Protocol):
    """Where the places are."""

    @property
    def database(self) -> Transactions: ...
    @property
    def clock(self) -> Clock: ...
    def replica(self, spoke: Spoke) -> Replica: ...


@dataclass(frozen=True, slots=True)
class Sight:
    """What a look at a place brought: it moved, it can't be seen (any more), or it can again."""

    spoke: Spoke
    error: TwinbookError | None = None
    is_back: bool = False


@dataclass(slots=True)
class _Place:
    """One place, as it was last seen."""

    spoke: Spoke
    cursor: Cursor | None
    since: datetime | None = None  #: when the news began that nobody has taken up yet
    moved: datetime | None = None  #: when it last moved
    until: datetime | None = None  #: it is not looked at before
    failures: int = 0

    def hear(self, now: datetime) -> None:
        """There is news."""
        self.since, self.moved = self.since or now, now

    def has_rested(self, now: datetime) -> bool:
        """Whether its news should be taken up now."""
        if self.since is None or self.moved is None or self.failures:
            return False
        return now - self.moved >= RESTED or now - self.since >= PATIENCE


class Lookout:
    """Looks at the places on this machine."""

    def __init__(self, house: Neighbourhood) -> None:
        self._house = house
        self._places: dict[SpokeId, _Place] = {}

    def look(self) -> Iterator[Sight]:
        """Look once at every place: those that moved and came to rest, or vanished, or came back.

        One that can't be seen is reported once.
        """
        self._list()
        for place in list(self._places.values()):
            now = self._house.clock.now()
            if place.until is None or now >= place.until:
                yield from self._glance(place, now)
            if place.has_rested(now):
                place.since = place.moved = None
                yield Sight(place.spoke)

    def _list(self) -> None:
        with self._house.database.read() as connection:
            listed = [one for one in spokes.everything(connection, kind=NEARBY) if not one.paused]
            new = [one for one in listed if one.id not in self._places]
            # What was seen before this process began is known from there.
            seen = {one.id: spokes.standing(connection, one.id)[1] for one in new}
        places = {one.id: self._places.get(one.id) or _Place(one, seen[one.id]) for one in listed}
        for one in listed:
            places[one.id].spoke = one
        self._places = places

    def _glance(self, place: _Place, now: datetime) -> Iterator[Sight]:
        """Notice whether a place has moved."""
        try:
            cursor = _cursor(self._house.replica(place.spoke), place.cursor)
        except TwinbookError as error:
            place.failures += 1
            place.until = now + OUT_OF_SIGHT.after(place.failures)
            if place.failures == 1:
                yield Sight(place.spoke, error)
            return
        if place.failures:
            place.failures, place.since = 0, None
            yield Sight(place.spoke, is_back=True)
        if cursor != place.cursor:
            place.cursor = cursor
            place.hear(now)
        ended = self._house.clock.now()
        place.until = ended + SPARED * (ended - now)


def _cursor(replica: Replica, since: Cursor | None) -> Cursor | None:
    """Where a place's changes stand."""
    try:
        page = next(replica.changes(since), None)
    except CursorExpired:
        page = next(replica.changes(None), None)
    return page.cursor if page else since
