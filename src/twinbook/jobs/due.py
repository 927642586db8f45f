"""What is due, and who takes it up.

A book is due when its time has come or somebody calls for it, and it is left alone while
it is paused, while a worker has claimed it, before its `not_before`, and while its server
does not answer. A claim is a courtesy between workers: it expires with a worker that died,
and if two work on one book after all, the lease in `journal/spokes.py` lets one of them in.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.database.dialect import insert_missing
from twinbook.database.metadata import Instant
from twinbook.database.schema import secrets
from twinbook.jobs import servers as known_servers
from twinbook.jobs.pace import BREAK
from twinbook.jobs.servers import server_of
from twinbook.jobs.tables import schedule, servers
from twinbook.journal import calls as known_calls
from twinbook.journal import spokes as known_spokes
from twinbook.journal.tables import calls, spokes
from twinbook.model.errors import SignInNeeded
from twinbook.model.ids import SpokeId, UserId
from twinbook.model.spoke import Spoke

CLAIM = timedelta(seconds=60)  #: a worker that lives prolongs it
PER_SERVER = 4  #: books of one server that one process works on at once
PER_USER = 2
LOOKED_AT = 64  #: so many books are considered for a claim


@dataclass(frozen=True, slots=True)
class Claim:
    """A book that this process works on."""

    spoke: Spoke
    server: str = ""
    failures: int = 0  #: of the server, when it was claimed


@dataclass(frozen=True, slots=True)
class Hand:
    """How much a process has in hand already, by user and by server."""

    users: Counter[UserId] = field(default_factory=Counter)
    servers: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, claims: Collection[Claim]) -> "Hand":
        """What these claims come to."""
        return cls(
            Counter(one.spoke.user for one in claims),
            Counter(one.server for one in claims if one.server),
        )

    def takes(self, user: UserId, server: str, failures: int) -> bool:
        """Whether one more fits into the hand; it is in it then."""
        most = 1 if failures else PER_SERVER
        if self.users[user] >= PER_USER or (server and self.servers[server] >= most):
            return False
        self.users[user] += 1
        self.servers[server] += bool(server)
        return True


def enlist(connection: Connection) -> None:
    """Give every spoke its row in the schedule; a new one is due at once."""
    rows = [
        {
            "spoke_id": id,
            "server": server_of(known_spokes.get(connection, SpokeId(id))),
            "due": BEGINNING,
            "failures": 0,
            "trouble": "",
            "told": "",
        }
        for id in connection.scalars(_unlisted()).all()
    ]
    insert_missing(connection, schedule, rows)


BEGINNING = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
"""Due since ever."""


def is_everybody_listed(connection: Connection) -> bool:
    """Whether each spoke has its row."""
    return connection.scalar(_unlisted().limit(1)) is None


def _unlisted() -> sa.Select[Any]:
    listed = sa.exists().where(schedule.c.spoke_id == spokes.c.id)
    return sa.select(spokes.c.id).where(~listed)


def is_anything_due(connection: Connection, now: datetime) -> bool:
    """Whether it is worth while to claim."""
    wanted = _wanted(now).subquery()
    here = sa.select(schedule.c.spoke_id).join(wanted, wanted.c.spoke_id == schedule.c.spoke_id)
    return connection.scalar(_free(here, now).limit(1)) is not None


def pick(connection: Connection, now: datetime, hand: Hand, room: int) -> Sequence[sa.Row[Any]]:
    """What to claim, at most `room` books, each user's first before anybody's second.

    Looked up while nobody has to wait: others may be quicker to claim it.
    """
    return list(_picked(_candidates(connection, now, hand), hand, room))


def claim(connection: Connection, now: datetime, picked: Sequence[sa.Row[Any]]) -> list[Claim]:
    """Take up what was picked, as far as it still is free."""
    free = _free(sa.select(schedule.c.spoke_id), now)
    mine = free.where(schedule.c.spoke_id.in_([row.spoke_id for row in picked]))
    locked = set(connection.scalars(mine.with_for_update(skip_locked=True, of=schedule)))
    until = now + CLAIM
    taken = [
        row
        for row in picked
        if row.spoke_id in locked
        and (
            not row.failures
            or known_servers.probe(connection, row.server, row.failures, now, until)
        )
    ]
    ids = [SpokeId(row.spoke_id) for row in taken]
    _take_up(connection, ids, now, until)
    return [
        Claim(known_spokes.get(connection, SpokeId(row.spoke_id)), row.server, row.failures)
        for row in taken
    ]


def _take_up(
    connection: Connection, ids: Sequence[SpokeId], now: datetime, until: datetime
) -> None:
    # Due from now on in any case: who takes over from a dead worker finds it by that.
    due = sa.case((schedule.c.due > now, sa.literal(now, Instant)), else_=schedule.c.due)
    here = schedule.c.spoke_id.in_(ids)
    values = {"claimed_until": until, "due": due}
    connection.execute(sa.update(schedule).where(here).values(**values))
    known_calls.take_away(connection, ids)


def _wanted(now: datetime) -> sa.CompoundSelect[Any]:
    """The ids of the spokes whose time has come, or that are called for."""
    return sa.union(
        sa.select(schedule.c.spoke_id).where(schedule.c.due <= now), sa.select(calls.c.spoke_id)
    )


def _free(query: sa.Select[Any], now: datetime) -> sa.Select[Any]:
    """Those among the rows of the schedule that may be worked on now."""
    row = schedule.c
    return query.where(
        sa.or_(row.claimed_until.is_(None), row.claimed_until <= now),
        sa.or_(row.not_before.is_(None), row.not_before <= now),
        sa.or_(row.tried.is_(None), row.tried <= now - BREAK),
        sa.exists()
        .where(spokes.c.id == row.spoke_id, sa.not_(spokes.c.paused))
        .correlate(schedule),
        ~sa.exists()
        .where(servers.c.address == row.server, servers.c.until > now)
        .correlate(schedule),
    )


def _candidates(connection: Connection, now: datetime, hand: Hand) -> Sequence[sa.Row[Any]]:
    """What may be claimed, the fairest order first: whose user waits longest for a turn."""
    wanted, failures = _wanted(now).subquery(), sa.func.coalesce(servers.c.failures, 0)
    uncalled = calls.c.spoke_id.is_(None)  # news goes before a mere look
    full = [user for user, count in hand.users.items() if count >= PER_USER]
    busy = [server for server, count in hand.servers.items() if count >= PER_SERVER]
    mine = sa.select(
        schedule.c.spoke_id,
        schedule.c.server,
        schedule.c.due,
        spokes.c.user_id,
        failures.label("failures"),
        uncalled.label("uncalled"),
        sa.func.row_number()
        .over(
            partition_by=spokes.c.user_id,
            order_by=[uncalled, schedule.c.due, schedule.c.spoke_id],
        )
        .label("turn"),
    )
    joined = (
        schedule.join(wanted, wanted.c.spoke_id == schedule.c.spoke_id)
        .join(spokes, spokes.c.id == schedule.c.spoke_id)
        .outerjoin(calls, calls.c.spoke_id == schedule.c.spoke_id)
        .outerjoin(servers, servers.c.address == schedule.c.server)
    )
    mine = _free(mine.select_from(joined), now).where(
        spokes.c.user_id.not_in(full), schedule.c.server.not_in(busy)
    )
    return _in_turn(connection, mine.subquery())


def _in_turn(connection: Connection, mine: sa.Subquery) -> Sequence[sa.Row[Any]]:
    served = (
        sa.select(spokes.c.user_id, sa.func.max(schedule.c.tried).label("at"))
        .join(schedule, schedule.c.spoke_id == spokes.c.id)
        .group_by(spokes.c.user_id)
        .subquery()
    )
    order = [mine.c.turn, sa.nulls_first(served.c.at), mine.c.uncalled, mine.c.due, mine.c.spoke_id]
    place = sa.func.row_number().over(partition_by=mine.c.server, order_by=order).label("place")
    rows = (
        sa.select(mine, served.c.at, place)
        .join(served, served.c.user_id == mine.c.user_id)
        .where(mine.c.turn <= PER_USER)
        .subquery()
    )
    fits = sa.or_(rows.c.server == "", rows.c.place <= PER_SERVER)
    order = [rows.c.turn, sa.nulls_first(rows.c.at), rows.c.uncalled, rows.c.due, rows.c.spoke_id]
    query = sa.select(rows).where(fits).order_by(*order).limit(LOOKED_AT)
    return connection.execute(query).all()


def _picked(rows: Sequence[sa.Row[Any]], hand: Hand, room: int) -> Iterator[sa.Row[Any]]:
    """The first of them that this process has room for."""
    fitting = (
        row for row in rows if hand.takes(UserId(row.user_id), row.server, int(row.failures))
    )
    return islice(fitting, room)


def prolong(connection: Connection, ids: Collection[SpokeId], now: datetime) -> None:
    """Keep claims for another while: their worker lives."""
    here = schedule.c.spoke_id.in_(list(ids))
    claimed = sa.and_(here, schedule.c.claimed_until.is_not(None))  # not one that just ended
    connection.execute(sa.update(schedule).where(claimed).values(claimed_until=now + CLAIM))


def let_go(connection: Connection, ids: Collection[SpokeId] | None = None) -> None:
    """End claims without having worked; of all books, where nobody else can be at work."""
    query = sa.update(schedule).where(schedule.c.claimed_until.is_not(None))
    if ids is not None:
        query = query.where(schedule.c.spoke_id.in_(list(ids)))
    connection.execute(query.values(claimed_until=None))


def forgive(connection: Connection, ids: Collection[SpokeId]) -> None:
    """Try these again now, whatever went wrong before: it may have been mended."""
    here = schedule.c.spoke_id.in_(list(ids))
    connection.execute(sa.update(schedule).where(here).values(not_before=None))
    known_calls.call(connection, ids)


def signed_in_anew(connection: Connection) -> list[SpokeId]:
    """The books whose password was refused, and has been set anew since."""
    name = sa.literal("spoke:", sa.Text) + schedule.c.spoke_id  # as the vault names it
    renewed = sa.exists().where(secrets.c.name == name, secrets.c.at > schedule.c.tried)
    query = sa.select(schedule.c.spoke_id).where(
        schedule.c.trouble == SignInNeeded.__name__, schedule.c.not_before.is_not(None), renewed
    )
    return [SpokeId(id) for id in connection.scalars(query)]
