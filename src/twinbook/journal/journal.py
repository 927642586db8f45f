"""The journal of one spoke, while one worker has it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import Connection

from twinbook.crm import accounts, lookup
from twinbook.database.engine import Database
from twinbook.journal import calls, dirt, links, operations, questions, runs, spokes
from twinbook.journal.sealing import Sealer
from twinbook.journal.transaction import SpokeTransaction
from twinbook.model.ids import AccountId, LinkId, RecordId, SpokeId, UserId, Version
from twinbook.model.intent import Operation
from twinbook.model.link import Half, Link
from twinbook.model.run import Counts, Run
from twinbook.model.spoke import Role, Spoke
from twinbook.ports import Clock, Dirt, Ended, SpokeState

DAY = timedelta(days=1)


class SpokeJournal:
    """Keeps the promise of `ports.Journal`; opened with `holding`."""

    def __init__(
        self, database: Database, clock: Clock, sealer: Sealer, state: SpokeState, epoch: int
    ) -> None:
        self._database, self._clock, self._sealer = database, clock, sealer
        self._spoke, self._epoch = state.spoke, epoch
        self._state = state
        self._run: Run | None = None
        self._begun = False

    @contextmanager
    def transaction(self) -> Iterator["SpokeTransaction"]:
        with self._database.write() as connection:
            spokes.keep(connection, self._spoke.id, self._epoch, self._clock.now())
            before = self._begun
            transaction = SpokeTransaction(connection, self._clock, self._state)
            try:
                yield transaction
                if self._run is not None and transaction.speaks_of(self._run.id):
                    self._begin(connection)
                transaction.flush(self._sealer)
            except BaseException:
                self._begun = before
                raise
        self._state = transaction.state

    def open_run(self, run: Run) -> None:
        """From now on steps belong to this run. It is recorded with the first it begins."""
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
                calls.take_away(connection, [self._spoke.id])  # it is being worked on

    def state(self) -> SpokeState:
        return self._state

    def known(self) -> int:
        with self._database.read() as connection:
            return links.count(connection, self._spoke.id)

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
        if not contacts or self._spoke.role is Role.CRM:  # nobody hides anything there
            return frozenset()
        with self._database.read() as connection:
            return spokes.hidden(connection, self._spoke.user, list(contacts))

    def operations(self) -> Sequence[Operation]:
        with self._database.read() as connection:
            return operations.open_ones(connection, self._spoke.id)

    def asks_about(self, topics: Collection[str]) -> bool:
        if not topics:
            return False
        with self._database.read() as connection:
            return questions.is_any_about(connection, self._spoke.id, topics)

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

    def missed(self, ids: Collection[LinkId]) -> frozenset[LinkId]:
        if not ids:
            return frozenset()
        with self._database.read() as connection:
            return questions.missed(connection, self._spoke.id, ids)

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


@contextmanager
def holding(
    database: Database, clock: Clock, sealer: Sealer, spoke: SpokeId
) -> Iterator[SpokeJournal]:
    """A spoke's journal, for one worker alone. Raises Busy if another has it."""
    with database.write(durable=False) as connection:  # a power cut ends the worker, too
        now = clock.now()
        epoch = spokes.take(connection, spoke, spokes.me(clock.new_id()), now)
        found, cursor, restored = spokes.standing(connection, spoke)
    state = SpokeState(spoke=found, cursor=cursor, restored=restored)
    try:
        yield SpokeJournal(database, clock, sealer, state, epoch)
    finally:
        with database.write(durable=False) as connection:
            spokes.give_back(connection, spoke, epoch)


def dispatch(connection: Connection) -> None:
    """Turn the hub's news into dirt for every spoke, and call for those that have some."""
    touched = dirt.dispatch(
        connection,
        lambda: spokes.audiences(connection, spokes.everything(connection)),
    )
    calls.call(connection, touched)


def look_everywhere(connection: Connection, spoke: Spoke) -> int:
    """Mark everything that is or should be in a spoke: it is new, or its rules changed."""
    return _look_everywhere(connection, [spoke])


def look_anew(connection: Connection, user: UserId | None = None) -> None:
    """The same for every spoke, or for those of one user: who may see what has changed."""
    _look_everywhere(connection, spokes.everything(connection, user))


def _look_everywhere(connection: Connection, several: Sequence[Spoke]) -> int:
    calls.call(connection, [one.id for one in several])
    audiences = spokes.audiences(connection, several)
    return sum(dirt.look_everywhere(connection, one) for one in audiences)
