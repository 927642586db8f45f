"""Runs and their steps: what was done, for explaining and for undoing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.journal import halves
from twinbook.journal.sealing import Sealer
from twinbook.journal.tables import runs, steps, tombstones
from twinbook.model.errors import Ambiguous, NotFound
from twinbook.model.ids import RecordId, RunId, SpokeId, UserId
from twinbook.model.intent import Done
from twinbook.model.link import Half
from twinbook.model.pair import Pair
from twinbook.model.plan import Act
from twinbook.model.run import Counts, Run

_done = msgspec.json.Decoder(Done)
_counts = msgspec.json.Decoder(Counts)
NOTHING: Pair[Half | None] = Pair(None, None)


def begin(connection: Connection, run: Run) -> None:
    """Open a run."""
    row = {
        "id": run.id,
        "kind": run.kind,
        "spoke_id": run.spoke,
        "user_id": run.user,
        "channel": run.channel,
        "started": run.started,
        "counts": msgspec.json.encode(run.counts).decode(),
        "error": "",
        "undoes": run.undoes,
    }
    connection.execute(sa.insert(runs).values(**row))
    if run.undoes is not None:
        undone = sa.update(runs).where(runs.c.id == run.undoes)
        connection.execute(undone.values(undone_by=run.id))


def finish(connection: Connection, id: RunId, counts: Counts, error: str, at: datetime) -> None:
    """Close a run with its numbers."""
    values = {"finished": at, "counts": msgspec.json.encode(counts).decode(), "error": error}
    connection.execute(sa.update(runs).where(runs.c.id == id).values(**values))


def discard(connection: Connection, id: RunId) -> None:
    """Forget a run that did nothing at all."""
    connection.execute(sa.delete(runs).where(runs.c.id == id))


def note(
    connection: Connection,
    run: RunId,
    spoke: SpokeId | None,
    several: Sequence[Done],
    sealer: Sealer,
    at: datetime,
) -> None:
    """Record what steps of a run did."""
    if not several:
        return
    states = [
        state
        for done in several
        for state in (done.before.hub, done.before.spoke, done.after.hub, done.after.spoke)
    ]
    hashes = iter(halves.keep(connection, [half for half in states if half is not None]))
    places = [None if half is None else next(hashes) for half in states]
    rows = [
        {
            "run_id": run,
            "act": done.act.value,
            "contact_id": done.contact,
            "spoke_id": spoke,
            "at": at,
            "hub_before": places[4 * n],
            "spoke_before": places[4 * n + 1],
            "hub_after": places[4 * n + 2],
            "spoke_after": places[4 * n + 3],
            "image": sealer.seal(done.image, run) if done.image is not None else None,
            "body": msgspec.json.encode(replace(done, before=NOTHING, after=NOTHING, image=None)),
        }
        for n, done in enumerate(several)
    ]
    connection.execute(sa.insert(steps), rows)


def done_in(connection: Connection, run: RunId, sealer: Sealer | None = None) -> Iterator[Done]:
    """What a run did, in order. Images are opened only with a sealer."""
    after = 0
    ordered = sa.select(steps).where(steps.c.run_id == run).order_by(steps.c.serial)
    while page := connection.execute(ordered.where(steps.c.serial > after).limit(500)).all():
        after = page[-1].serial
        states = halves.fetch(connection, _hashes(page))
        for row in page:
            image = sealer.open(bytes(row.image), run) if sealer and row.image else None
            yield replace(
                _done.decode(bytes(row.body)),
                before=Pair(_state(row.hub_before, states), _state(row.spoke_before, states)),
                after=Pair(_state(row.hub_after, states), _state(row.spoke_after, states)),
                image=image,
            )


def _state(digest: bytes | None, states: Mapping[bytes, Half]) -> Half | None:
    return None if digest is None else states[bytes(digest)]


def _hashes(page: Sequence[sa.Row[Any]]) -> set[bytes]:
    return {
        bytes(digest)
        for row in page
        for digest in (row.hub_before, row.spoke_before, row.hub_after, row.spoke_after)
        if digest is not None
    }


def recent(connection: Connection, limit: int, spoke: SpokeId | None = None) -> Sequence[Run]:
    """The newest runs, newest first."""
    query = sa.select(runs).order_by(runs.c.serial.desc()).limit(limit)
    if spoke is not None:
        query = query.where(runs.c.spoke_id == spoke)
    return [_run(row) for row in connection.execute(query)]


def find(connection: Connection, text: str) -> Run:
    """The run with this id, or whose id alone begins so. Raises NotFound, Ambiguous."""
    query = sa.select(runs).where(runs.c.id.startswith(text, autoescape=True)).limit(2)
    rows = connection.execute(query).all()
    if not rows:
        raise NotFound(f"There is no run {text}. See them with: twinbook run list")
    if len(rows) > 1:
        raise Ambiguous(f"Several runs begin with {text}. Give more of the id.")
    return _run(rows[0])


def _run(row: sa.Row[Any]) -> Run:
    return Run(
        id=RunId(row.id),
        kind=row.kind,
        spoke=row.spoke_id and SpokeId(row.spoke_id),
        user=row.user_id and UserId(row.user_id),
        channel=row.channel,
        started=row.started,
        finished=row.finished,
        counts=_counts.decode(row.counts),
        error=row.error,
        undoes=row.undoes and RunId(row.undoes),
        undone_by=row.undone_by and RunId(row.undone_by),
    )


def deactivations(connection: Connection, spoke: SpokeId, since: datetime) -> int:
    """How many contacts removals in a spoke deactivated in the hub since then."""
    removed = sa.and_(steps.c.act == Act.REMOVE.value, steps.c.hub_after.is_(None))
    query = sa.select(sa.func.count()).select_from(steps)
    here = query.where(steps.c.spoke_id == spoke, steps.c.at >= since, removed)
    return connection.scalar(here) or 0


def buried(connection: Connection, run: RunId) -> list[tuple[UserId, RecordId]]:
    """The tombstones that a run set."""
    query = sa.select(tombstones.c.user_id, tombstones.c.contact_id)
    return [
        (UserId(user), RecordId(contact))
        for user, contact in connection.execute(query.where(tombstones.c.run_id == run))
    ]
