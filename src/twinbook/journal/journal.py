"""The journal of one spoke, while one worker has it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from twinbook.crm import accounts, history, lookup
from twinbook.crm.store import store
from twinbook.database.engine import Database
from twinbook.journal import dirt, links, operations, questions, runs, spokes
from twinbook.journal.sealing import Sealer
from twinbook.model.cause import Cause
from twinbook.model.entry import Entry
from twinbook.model.errors import NotFound, Stale
from twinbook.model.ids import AccountId, Cursor, LinkId, RecordId, RunId, SpokeId, Version
from twinbook.model.intent import Done, Intent, Operation
from twinbook.model.link import Half, Link
from twinbook.model.plan import Answers, Hold, Lost, Tomb
from twinbook.model.run import Counts, Run
from twinbook.model.spoke import Spoke
from twinbook.ports import Change, Clock, Dirt, Ended, Outcome, SpokeState

DAY = timedelta(days=1)


class SpokeJournal:
    """Keeps the promise of `ports.Journal`; opened with `holding`."""

    def __init__(
        self, database: Database, clock: Clock, sealer: Sealer, spoke: Spoke, epoch: int
    ) -> None:
        self._database, self._clock, self._sealer = database, clock, sealer
        self._spoke, self._epoch = spoke, epoch
        self._run: Run | None = None
        self._begun = False

    @contextmanager
    def transaction(self) -> Iterator["SpokeTransaction"]:
        with self._database.write() as connection:
            spokes.keep(connection, self._spoke.id, self._epoch, self._clock.now())
            before = self._begun
            try:
                yield SpokeTransaction(
                    connection, self._clock, self._sealer, self._spoke, self._begin
                )
            except BaseException:
                self._begun = before
                raise

    def open_run(self, run: Run) -> None:
        """From now on steps belong to this run. It is recorded with the first of them."""
        self._run, self._begun = run, False

    def close_run(self, counts: Counts, error: str) -> None:
        """Record the run's end; one that did nothing and met no trouble leaves no trace."""
        if self._run is None or not (self._begun or error):
            return
        with self._database.write() as connection:
            self._begin(connection)
            runs.finish(connection, self._run.id, counts, error, self._clock.now())

    def _begin(self, connection: Connection) -> None:
        if self._run is not None and not self._begun:
            runs.begin(connection, self._run)
            self._begun = True

    def dispatch(self) -> None:
        """Nothing is written where the hub has no news."""
        with self._database.read() as connection:
            behind = dirt.is_behind(connection)
        if behind:
            with self._database.write() as connection:
                dispatch(connection)

    def state(self) -> SpokeState:
        with self._database.read() as connection:
            spoke, cursor, restored = spokes.standing(connection, self._spoke.id)
            count = links.count(connection, self._spoke.id)
        return SpokeState(spoke=spoke, cursor=cursor, links=count, restored=restored)

    def links_to(self, contacts: Collection[RecordId]) -> Mapping[RecordId, Link]:
        if not contacts:
            return {}
        with self._database.read() as connection:
            return links.to_contacts(connection, self._spoke.id, contacts)

    def links_at(self, items: Collection[RecordId]) -> Mapping[RecordId, Link]:
        if not items:
            return {}
        with self._database.read() as connection:
            return links.at_items(connection, self._spoke.id, items)

    def links_marked(self, marks: Collection[LinkId]) -> Mapping[LinkId, Link]:
        if not marks:
            return {}
        with self._database.read() as connection:
            return links.marked(connection, self._spoke.id, marks)

    def ended(self, marks: Collection[LinkId]) -> Mapping[LinkId, Ended]:
        if not marks:
            return {}
        with self._database.read() as connection:
            return links.ended_marks(connection, self._spoke.id, marks)

    def ended_for(self, contacts: Collection[RecordId]) -> Sequence[Ended]:
        if not contacts:
            return []
        with self._database.read() as connection:
            return links.ended_for(connection, self._spoke.id, contacts)

    def items(self) -> Iterator[tuple[RecordId, RecordId, Version | None]]:
        with self._database.read() as connection:
            yield from links.items(connection, self._spoke.id)

    def dirty(self, *, after: RecordId | None, limit: int) -> Sequence[Dirt]:
        with self._database.read() as connection:
            return dirt.page(connection, self._spoke.id, after, limit)

    def hidden(self, contacts: Collection[RecordId]) -> frozenset[RecordId]:
        if not contacts:
            return frozenset()
        with self._database.read() as connection:
            return spokes.hidden(connection, self._spoke.user, list(contacts))

    def operations(self) -> Sequence[Operation]:
        with self._database.read() as connection:
            return operations.open_ones(connection, self._spoke.id)

    def answers(self) -> Answers:
        with self._database.read() as connection:
            return questions.answers(connection, self._spoke.id)

    def answered(self) -> tuple[Sequence[RecordId], Sequence[RecordId]]:
        with self._database.read() as connection:
            contacts = questions.contacts_answered(connection, self._spoke.id)
            return contacts, questions.items_answered(connection, self._spoke.id)

    def flapping(self, ids: Collection[LinkId]) -> Mapping[LinkId, frozenset[str]]:
        if not ids:
            return {}
        since = self._clock.now() - DAY
        with self._database.read() as connection:
            return links.flapping(connection, ids, since)

    def earlier(self, ids: Collection[LinkId]) -> Mapping[LinkId, Sequence[Half]]:
        with self._database.read() as connection:
            past = links.earlier(connection, ids)
        return {id: [half for half, _ in states] for id, states in past.items()}

    def deactivations(self, since: datetime) -> int:
        with self._database.read() as connection:
            return runs.deactivations(connection, self._spoke.id, since)

    def accounts_named(self, names: Collection[str]) -> Mapping[str, Sequence[AccountId]]:
        if not names:
            return {}
        with self._database.read() as connection:
            found = {name: accounts.named(connection, name) for name in names}
        return {
            name: [one.id for one in several if one.name == name]
            for name, several in found.items()
            if any(one.name == name for one in several)
        }

    def absorbed(self, contacts: Collection[RecordId]) -> Mapping[RecordId, Sequence[RecordId]]:
        if not contacts:
            return {}
        with self._database.read() as connection:
            return lookup.absorbed(connection, contacts)

    def account_name(self, account: AccountId) -> str:
        with self._database.read() as connection:
            return accounts.names(connection, [account]).get(account, "")


class SpokeTransaction:
    """Keeps the promise of `ports.Transaction`."""

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        sealer: Sealer,
        spoke: Spoke,
        begin: Callable[[Connection], None],
    ) -> None:
        self._connection, self._clock, self._sealer = connection, clock, sealer
        self._spoke, self._begin = spoke, begin

    @contextmanager
    def attempt(self) -> Iterator[None]:
        try:
            with self._connection.begin_nested():
                yield
        except IntegrityError as error:
            raise Stale("Another step of this run has the same item or contact.") from error

    def store(self, change: Change, cause: Cause) -> Outcome:
        return store(self._connection, change, cause, self._clock)

    def save(self, link: Link) -> None:
        links.save(self._connection, link, self._clock.now())

    def end(self, link: LinkId, *, released: bool) -> None:
        links.end(self._connection, link, released=released, at=self._clock.now())

    def intend(self, intent: Intent) -> tuple[str, Intent]:
        id = self._clock.new_id()
        now = self._clock.now()
        return id, operations.intend(self._connection, self._spoke.id, intent, id, now)

    def doubt(self, operation: str, since: datetime) -> None:
        operations.doubt(self._connection, operation, since)

    def void(self, operation: str) -> None:
        operations.void(self._connection, operation)

    def settle(self, operation: str) -> None:
        operations.settle(self._connection, operation)

    def note(self, run: RunId, done: Done) -> None:
        self._begin(self._connection)
        now = self._clock.now()
        runs.note(self._connection, run, self._spoke.id, done, self._sealer, now)

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
        dirt.soil(self._connection, self._spoke.id, marks, self._clock.now())

    def clean(self, contact: RecordId, number: int) -> None:
        dirt.clean(self._connection, self._spoke.id, contact, number)

    def ask(self, hold: Hold) -> None:
        id = self._clock.new_id()[:8]
        questions.ask(self._connection, self._spoke.id, hold, id, self._clock.now())

    def close(self, settled: Collection[str], still: Collection[str]) -> None:
        questions.close(self._connection, self._spoke.id, settled, still)

    def advance(self, cursor: Cursor) -> None:
        spokes.change(self._connection, self._spoke.id, cursor=cursor)

    def restore(self, *, restored: bool) -> None:
        spokes.change(self._connection, self._spoke.id, restored=restored)


@contextmanager
def holding(
    database: Database, clock: Clock, sealer: Sealer, spoke: SpokeId
) -> Iterator[SpokeJournal]:
    """A spoke's journal, for one worker alone. Raises Busy if another has it."""
    with database.write() as connection:
        now = clock.now()
        epoch = spokes.take(connection, spoke, spokes.me(clock.new_id()), now)
        held = spokes.get(connection, spoke)
    try:
        yield SpokeJournal(database, clock, sealer, held, epoch)
    finally:
        with database.write() as connection:
            spokes.give_back(connection, spoke, epoch)


def dispatch(connection: Connection) -> None:
    """Turn the hub's news into dirt for every spoke."""
    dirt.dispatch(
        connection,
        lambda: [spokes.audience(connection, one) for one in spokes.everything(connection)],
    )


def look_everywhere(connection: Connection, spoke: Spoke) -> int:
    """Mark everything that is or should be in a spoke: it is new, or its rules changed."""
    return dirt.look_everywhere(connection, spokes.audience(connection, spoke))
