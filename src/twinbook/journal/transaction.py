"""One all-or-nothing change of the hub and of one spoke's journal.

What only has to be there at the end is collected and written in few statements; what
others in the same transaction have to see, or may collide with, is written at once.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from twinbook.crm import history
from twinbook.crm.store import store
from twinbook.journal import dirt, links, operations, questions, runs, spokes
from twinbook.journal.operations import Begun
from twinbook.journal.sealing import Sealer
from twinbook.model.cause import Cause
from twinbook.model.entry import Entry
from twinbook.model.errors import NotFound, Stale
from twinbook.model.ids import Cursor, LinkId, RecordId, RunId
from twinbook.model.intent import Done, Intent, Operation
from twinbook.model.link import Link
from twinbook.model.plan import Hold, Lost, Tomb
from twinbook.ports import Change, Clock, Dirt, Outcome, SpokeState


class SpokeTransaction:
    """Keeps the promise of `ports.Transaction`."""

    def __init__(self, connection: Connection, clock: Clock, state: SpokeState) -> None:
        self._connection, self._clock, self._spoke = connection, clock, state.spoke
        self.state = state  #: what the spoke will be, should this transaction be kept
        self._saved: list[Link] = []
        self._begun: list[Begun] = []
        self._settled: list[str] = []
        self._cleaned: list[tuple[RecordId, int]] = []
        self._under_way: dict[RecordId, Operation] | None = None
        self._noted: list[tuple[RunId, Done]] = []

    def speaks_of(self, run: RunId) -> bool:
        """Whether a step of this run is recorded, or is about to be sent: it may well arrive."""
        return any(one == run for one, _ in self._noted) or any(
            one.intent.run == run for one in self._begun
        )

    def flush(self, sealer: Sealer) -> None:
        """Write what was collected."""
        now = self._clock.now()
        links.save(self._connection, self._saved, now)
        operations.settle(self._connection, self._settled)
        operations.store(self._connection, self._spoke.id, self._begun)
        dirt.clean(self._connection, self._spoke.id, self._cleaned)
        for run in dict.fromkeys(run for run, _ in self._noted):
            several = [done for one, done in self._noted if one == run]
            runs.note(self._connection, run, self._spoke.id, several, sealer, now)
        self._saved, self._settled, self._begun, self._cleaned = [], [], [], []
        self._noted = []

    @contextmanager
    def attempt(self) -> Iterator[None]:
        marks = len(self._saved), len(self._begun), len(self._cleaned), len(self._noted)
        try:
            with self._connection.begin_nested():
                yield
        except BaseException as error:
            self._take_back(*marks)
            if isinstance(error, IntegrityError):
                raise Stale("Another step has the same item or contact.") from error
            raise

    def _take_back(self, saved: int, begun: int, cleaned: int, noted: int) -> None:
        for one in self._begun[begun:]:
            self._operations().pop(one.intent.contact, None)
        del self._saved[saved:], self._begun[begun:], self._cleaned[cleaned:], self._noted[noted:]

    def store(self, change: Change, cause: Cause) -> Outcome:
        return store(self._connection, change, cause, self._clock)

    def save(self, link: Link, *, new: bool = False) -> None:
        if new:  # it may collide with another link of the item or the contact
            links.save(self._connection, [link], self._clock.now())
        else:
            self._saved.append(link)

    def end(self, link: LinkId, *, released: bool) -> None:
        links.end(self._connection, link, released=released, at=self._clock.now())
        questions.close(self._connection, self._spoke.id, {link}, ())

    def intend(self, intent: Intent) -> tuple[str, Intent]:
        under_way = self._operations()
        earlier = under_way.get(intent.contact)
        if earlier is not None:
            if not earlier.void:
                raise Stale("A write of this contact is under way.")
            intent = operations.inheriting(intent, earlier.intent)
        id = self._clock.new_id()
        self._begun.append(Begun(id, intent, self._clock.now()))
        under_way[intent.contact] = Operation(id=id, intent=intent)
        return id, intent

    def _operations(self) -> dict[RecordId, Operation]:
        if self._under_way is None:
            known = operations.open_ones(self._connection, self._spoke.id)
            self._under_way = {one.intent.contact: one for one in known}
        return self._under_way

    def doubt(self, operation: str, since: datetime) -> None:
        operations.doubt(self._connection, operation, since)

    def void(self, operation: str) -> None:
        operations.void(self._connection, operation)

    def settle(self, operation: str) -> None:
        self._settled.append(operation)

    def note(self, run: RunId, done: Done) -> None:
        self._noted.append((run, done))

    def lose(self, contact: RecordId, lost: Lost, cause: Cause) -> None:
        entry = Entry(
            contact=contact,
            field=lost.field,
            before="(kept for its user)" if lost.private else lost.value,
            after="",
            at=self._clock.now(),
            cause=cause,
            yielded=True,
        )
        try:
            history.keep(self._connection, [entry])
        except NotFound:  # the contact was erased, and its history with it
            return

    def bury(self, contact: RecordId, why: Tomb, cause: Cause) -> None:
        now = self._clock.now()
        spokes.bury(self._connection, self._spoke.user, contact, why, cause.run, now)

    def unearth(self, contact: RecordId) -> None:
        spokes.unearth(self._connection, self._spoke.user, contact)

    def soil(self, marks: Collection[Dirt]) -> None:
        dirt.clean(self._connection, self._spoke.id, self._cleaned)
        self._cleaned = []
        dirt.soil(self._connection, self._spoke.id, marks, self._clock.now())

    def clean(self, contact: RecordId, number: int) -> None:
        self._cleaned.append((contact, number))

    def ask(self, hold: Hold) -> None:
        id = self._clock.new_id()[:8]
        questions.ask(self._connection, self._spoke.id, hold, id, self._clock.now())

    def close(self, settled: Collection[str], still: Collection[str]) -> None:
        questions.close(self._connection, self._spoke.id, settled, still)

    def advance(self, cursor: Cursor) -> None:
        spokes.change(self._connection, self._spoke.id, cursor=cursor)
        self.state = replace(self.state, cursor=cursor)

    def restore(self, *, restored: bool) -> None:
        spokes.change(self._connection, self._spoke.id, restored=restored)
        self.state = replace(self.state, restored=restored)
