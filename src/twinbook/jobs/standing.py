"""How each book stands: whether it is in step, and if not, why and for how long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.jobs import servers as known_servers
from twinbook.jobs.pace import awake
from twinbook.jobs.service import zone_of
from twinbook.jobs.tables import schedule
from twinbook.journal import calls, policies, spokes
from twinbook.journal.tables import dirt, holds
from twinbook.model.errors import Closed, Emptied, SignInNeeded, Throttled, Unavailable
from twinbook.model.ids import SpokeId
from twinbook.model.spoke import Spoke


class State(Enum):
    """How a book stands."""

    IN_STEP = "in step"
    DUE = "due"
    WORKING = "working"
    PAUSED = "paused"
    ASKED = "waiting for an answer"
    THROTTLED = "throttled"  #: the server asked for a pause
    UNREACHABLE = "unreachable"
    SIGN_IN = "sign-in needed"
    GONE = "gone"
    READ_ONLY = "read-only"
    FAILING = "failing"

    @property
    def needs_a_person(self) -> bool:
        """Whether it stays so until somebody does something."""
        return self in NEEDING


NEEDING = frozenset({State.ASKED, State.SIGN_IN, State.GONE, State.READ_ONLY, State.FAILING})

OF_TROUBLE: Mapping[str, State] = {
    "": State.IN_STEP,
    Throttled.__name__: State.THROTTLED,
    Unavailable.__name__: State.UNREACHABLE,
    SignInNeeded.__name__: State.SIGN_IN,
    Emptied.__name__: State.GONE,
    Closed.__name__: State.READ_ONLY,
}
"""What the last error makes of a book; any other one is a failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One book, as it stands."""

    spoke: Spoke
    state: State
    dirty: int  #: contacts that have to be looked at
    questions: int  #: open and not answered yet
    tried: datetime | None  #: when it was last worked on
    good: datetime | None  #: when that last went well
    following: datetime | None  #: when it is worked on next, None for a paused one
    told: str  #: the last error in words, with its remedy


def standings(connection: Connection, books: Sequence[Spoke], now: datetime) -> Sequence[Standing]:
    """How these books stand."""
    known = _Known(connection, now)
    return [known.standing(one) for one in books]


class _Known:
    """What the database says about all books."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._now = now
        self._rows = {row.spoke_id: row for row in connection.execute(sa.select(schedule))}
        self._dirty = _counts(connection, sa.select(dirt.c.spoke_id))
        unanswered = sa.select(holds.c.spoke_id).where(holds.c.answer.is_(None))
        self._questions = _counts(connection, unanswered)
        self._called = frozenset(calls.waiting(connection))
        self._working = spokes.at_work(connection, now)
        self._silent = known_servers.left_alone(connection)
        self._rules = policies.load(connection).schedule

    def standing(self, spoke: Spoke) -> Standing:
        row = self._rows.get(spoke.id)
        return Standing(
            spoke=spoke,
            state=self._state(spoke, row),
            dirty=self._dirty.get(spoke.id, 0),
            questions=self._questions.get(spoke.id, 0),
            tried=row.tried if row else None,
            good=row.good if row else None,
            following=None if spoke.paused else self._following(spoke, row),
            told=self._told(row),
        )

    def _state(self, spoke: Spoke, row: sa.Row[Any] | None) -> State:
        """The one word for a book: what it is doing, else what is wrong, else what is to do."""
        if spoke.paused:
            return State.PAUSED
        if spoke.id in self._working:
            return State.WORKING
        trouble = OF_TROUBLE.get(row.trouble, State.FAILING) if row else State.DUE
        if trouble is not State.IN_STEP:
            return trouble
        if self._is_cut_off(row):
            return State.UNREACHABLE
        if self._questions.get(spoke.id):
            return State.ASKED
        return State.DUE if self._is_wanted(spoke, row) else State.IN_STEP

    def _is_cut_off(self, row: sa.Row[Any] | None) -> bool:
        """Whether the book's server did not answer others."""
        return row is not None and row.server in self._silent

    def _is_wanted(self, spoke: Spoke, row: sa.Row[Any] | None) -> bool:
        called = spoke.id in self._called or bool(self._dirty.get(spoke.id))
        return called or row is None or row.due <= self._now

    def _following(self, spoke: Spoke, row: sa.Row[Any] | None) -> datetime:
        if row is None:
            return self._now
        wanted = self._now if spoke.id in self._called else row.due
        bounds = (row.not_before, self._silent.get(row.server), self._now)
        soonest = max([wanted, *(one for one in bounds if one is not None)])
        return awake(soonest, self._rules, zone_of(self._rules))

    def _told(self, row: sa.Row[Any] | None) -> str:
        if row is None or row.told or not self._is_cut_off(row):
            return str(row.told) if row else ""
        return f"Its server {row.server} does not answer. It is tried again by itself."


def _counts(connection: Connection, query: sa.Select[tuple[str]]) -> Mapping[SpokeId, int]:
    """How many rows each spoke has."""
    rows = query.subquery()
    counted = sa.select(rows.c.spoke_id, sa.func.count()).group_by(rows.c.spoke_id)
    return {SpokeId(id): int(count) for id, count in connection.execute(counted)}
