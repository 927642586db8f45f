"""What a person does in the hub itself, recorded as a run: an edit, an import, a merge.

The hub's change, its record and the run's numbers are one transaction, so that a run can
be shown, explained and undone however the command ended.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from twinbook.journal import runs
from twinbook.journal.sealing import Sealer
from twinbook.model.cause import Cause
from twinbook.model.fields import FIELDS
from twinbook.model.ids import AccountId, RunId, UserId
from twinbook.model.intent import Done
from twinbook.model.link import Half
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import Act, Edit
from twinbook.model.record import Business, Record
from twinbook.model.run import Counts, Run
from twinbook.ports import Clock
from twinbook.reconcile.normal import as_text

Change = tuple[Record | None, Record | None]
"""A contact before and after; None before it was there."""


@dataclass(slots=True)
class Deed:
    """A run under way. `cause` goes with every change that belongs to it."""

    run: Run
    clock: Clock
    sealer: Sealer
    tally: Counter[Act] = field(default_factory=Counter)

    @property
    def cause(self) -> Cause:
        """The origin of the changes of this run."""
        return Cause(actor=self.run.user, channel=self.run.channel, run=self.run.id)

    @property
    def counts(self) -> Counts:
        """What was done so far, in numbers."""

        def of(act: Act) -> Pair[int]:
            return Pair(self.tally[act], 0)

        updated = Pair(self.tally[Act.UPDATE] + self.tally[Act.FOLD], 0)
        return Counts(created=of(Act.CREATE), updated=updated, removed=of(Act.REMOVE))

    def note(
        self,
        connection: Connection,
        changes: Sequence[Change],
        reason: str = "",
        act: Act | None = None,
    ) -> None:
        """Record changes of the hub; those without a difference are left out."""
        done = [_done(*one, reason, act or _act(*one)) for one in changes if one[0] != one[1]]
        self.tally.update(one.act for one in done)
        runs.note(connection, self.run.id, None, done, self.sealer, self.clock.now())

    def finish(self, connection: Connection, error: str = "") -> None:
        """Close the run with its numbers; one that did nothing leaves no trace."""
        if self.tally or error:
            runs.finish(connection, self.run.id, self.counts, error, self.clock.now())
        else:
            runs.discard(connection, self.run.id)


def begin(
    connection: Connection, kind: str, user: UserId, channel: str, clock: Clock, sealer: Sealer
) -> Deed:
    """A run of several transactions; it has to be finished."""
    id = RunId(clock.new_id())
    started = Run(id=id, kind=kind, spoke=None, user=user, channel=channel, started=clock.now())
    runs.begin(connection, started)
    return Deed(started, clock, sealer)


@contextmanager
def deed(
    connection: Connection, kind: str, user: UserId, channel: str, clock: Clock, sealer: Sealer
) -> Iterator[Deed]:
    """A run of one transaction."""
    made = begin(connection, kind, user, channel, clock, sealer)
    yield made
    made.finish(connection)


def _done(before: Record | None, after: Record | None, reason: str, act: Act) -> Done:
    record = after or before
    assert record is not None  # noqa: S101 - a change has one end at least
    return Done(
        act=act,
        contact=record.id,
        before=Pair(Half.of(before) if before else None, None),
        after=Pair(Half.of(after) if after and _lives(after) else None, None),
        versions=Pair(record.version, None),
        wrote=Pair(True, False),  # noqa: FBT003 - a pair of answers
        edits=tuple(edits_between(before, after)),
        stood=_stood(before, after),
        name=record.contact.name,
        reason=reason,
    )


def _stood(before: Record | None, after: Record | None) -> tuple[Business, Business] | None:
    """Owner, account and state before and after, None where nothing of that changed."""
    if before is None or after is None or before.business is None or after.business is None:
        return None
    old, new = (replace(one, number=0, edited={}) for one in (before.business, after.business))
    return None if old == new else (old, new)


def _act(before: Record | None, after: Record | None) -> Act:
    if before is None:
        return Act.CREATE
    left = after is None or (_lives(before) and not _lives(after))
    return Act.REMOVE if left else Act.UPDATE


def _lives(record: Record) -> bool:
    business = record.business
    return business is not None and business.active and not business.deleted


def edits_between(before: Record | None, after: Record | None) -> Iterator[Edit]:
    """What differs between two states of a contact, field by field.

    A company that changed because the account did is no edit of its own.
    """
    if after is None:
        return
    for row in FIELDS:
        if row.name == "company" and _account(before) != _account(after):
            continue
        old = as_text(row.name, getattr(before.contact, row.name)) if before else ""
        new = as_text(row.name, getattr(after.contact, row.name))
        if old != new:
            yield Edit(Side.HUB, row.name, old, new)


def _account(record: Record | None) -> AccountId | None:
    return record.business.account if record is not None and record.business is not None else None
