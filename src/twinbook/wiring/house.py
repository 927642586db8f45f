"""An open installation: what belongs to it, and how its places are reached."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from twinbook.crm import access, accounts
from twinbook.database.engine import Database
from twinbook.journal import journal, policies, questions, runs, spokes, undoing
from twinbook.journal.sealing import Sealer
from twinbook.model.cause import Cause
from twinbook.model.errors import Invalid
from twinbook.model.ids import LinkId, RunId, UserId
from twinbook.model.intent import Done
from twinbook.model.pair import Pair
from twinbook.model.profiles import for_crm
from twinbook.model.run import Run
from twinbook.model.spoke import Role, Spoke
from twinbook.ports import Clock, Replica
from twinbook.reconcile.explain import told
from twinbook.reconcile.terms import Terms
from twinbook.replicas.hub import Hub
from twinbook.sync.report import Report
from twinbook.sync.setting import Counted, Setting
from twinbook.sync.undo import foresee_undo, undo
from twinbook.users.vault import Vault, for_spoke


class SystemClock:
    """The computer's own time and randomness."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def new_id(self) -> str:
        return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class House:
    """An open installation: the database, the secret, and how to reach the spokes."""

    database: Database
    clock: Clock
    secret: bytes
    vault: Vault

    @property
    def sealer(self) -> Sealer:
        """What seals and opens values that only their user may read."""
        return Sealer(self.secret)

    @property
    def hub(self) -> Hub:
        """The hub as a replica."""
        return Hub(self.database, self.clock)

    def replica(self, spoke: Spoke) -> Replica:
        """The place of a spoke. Raises Invalid for a kind that nobody knows."""
        if spoke.kind == "folder":
            from twinbook.replicas.folder import FolderReplica

            return FolderReplica(Path(spoke.address))
        if spoke.kind == "carddav":
            from twinbook.replicas.carddav.opening import opened

            return opened(spoke, lambda: self._password(spoke))
        raise Invalid(f"This version of Twinbook can't reach a place of the kind {spoke.kind!r}.")

    def _password(self, spoke: Spoke) -> str:
        with self.database.read() as connection:
            return self.vault.get(connection, for_spoke(spoke.id))

    @contextmanager
    def working_on(self, spoke: Spoke) -> Iterator[Setting]:
        """A spoke for one run, held by this worker alone. Raises Busy if another has it."""
        run = RunId(self.clock.new_id())
        with (
            closing(self.replica(spoke)) as place,
            journal.holding(self.database, self.clock, self.sealer, spoke.id) as held,
        ):
            state = held.state()
            now = state.spoke  # its scope may be another one than when it was listed
            with self.database.read() as connection:
                terms = self._terms(connection, now, place)
                answers = questions.answers(connection, now.id)
            yield Setting(
                spoke=now,
                replicas=Pair(Counted(self.hub), Counted(place)),
                journal=held,
                clock=self.clock,
                secret=self.secret,
                terms=replace(terms, answers=answers, restored=state.restored),
                run=run,
            )
            self._measure_anew(spoke, place)

    def _measure_anew(self, spoke: Spoke, place: Replica) -> None:
        """Know a server again that has become another one since it was measured (rule 3.7)."""
        if spoke.kind == "carddav":
            from twinbook.replicas.carddav.opening import remeasured

            profile = remeasured(place, LinkId(self.clock.new_id()))
            if profile is not None:
                with self.database.write() as connection:
                    spokes.change(connection, spoke.id, profile=profile)

    def _terms(self, connection: Connection, spoke: Spoke, place: Replica) -> Terms:
        policy = policies.load(connection)
        return Terms(
            policy=for_crm(policy) if spoke.role is Role.CRM else policy,
            shapes=Pair(self.hub.shape, place.shape),
            rights=access.rights(connection, spoke.user),
            scope=spoke.scope,
            role=spoke.role,
        )

    def undo(self, run: Run, actor: UserId | None, *, dry: bool = False) -> Report:
        """Undo a run, newest step first, as a run of its own; or say what that would do.

        Raises Invalid for a run that was undone already, or whose book is gone. An undo
        that did not come to its end may be repeated.
        """
        if run.undone_by is not None and self._came_to_its_end(run.undone_by):
            raise Invalid(f"The run {run.id[:8]} was undone already, by {run.undone_by[:8]}.")
        with self.database.read() as connection:
            steps = list(runs.done_in(connection, run.id, self.sealer))[::-1]
        if run.spoke is None:
            return self._undo_in_hub(run, steps, actor, dry=dry)
        with self.database.read() as connection:
            spoke = spokes.get(connection, run.spoke)
        with self.working_on(spoke) as setting:
            if dry:
                return foresee_undo(setting, steps)
            with self.recorded(setting, "undo", undoes=run.id) as reports:
                reports.append(undo(setting, steps))
            return reports[0]

    def _came_to_its_end(self, run: RunId) -> bool:
        with self.database.read() as connection:
            found = runs.find(connection, run)
        return found.finished is not None and not found.counts.failed

    def _undo_in_hub(
        self, run: Run, steps: Sequence[Done], actor: UserId | None, *, dry: bool
    ) -> Report:
        new = RunId(self.clock.new_id())
        cause = Cause(actor=actor, channel="undo", reason=f"undo of {run.id[:8]}", run=new)
        report = Report()
        with self.database.write() as connection, _kept_unless(connection, dry=dry):
            record = Run(
                id=new,
                kind="undo",
                spoke=None,
                user=actor,
                channel="undo",
                started=self.clock.now(),
                undoes=run.id,
            )
            runs.begin(connection, record)
            for one in undoing.undo(connection, steps, cause, self.clock):
                report.stays += one.stays
                if one.done is not None:
                    runs.note(connection, new, None, [one.done], self.sealer, self.clock.now())
                    report.add(one.done, told(one.done))
            for name in accounts.unmake(connection, run.id):
                report.stays += (f"The account {name} is in use; it stays.",)
            runs.finish(connection, new, report.counts(), "", self.clock.now())
        return report

    @contextmanager
    def recorded(
        self, setting: Setting, kind: str, undoes: RunId | None = None
    ) -> Iterator[list[Report]]:
        """A run in the journal around a piece of work, closed with its numbers.

        The work puts its report into the list. A run that did nothing leaves no trace.
        """
        started = Run(
            id=setting.run,
            kind=kind,
            spoke=setting.spoke.id,
            user=setting.spoke.user,
            channel=setting.spoke.name,
            started=self.clock.now(),
            undoes=undoes,
        )
        setting.journal.open_run(started)
        reports: list[Report] = []
        try:
            yield reports
        finally:
            for report in reports:
                error = str(report.error) if report.error else ""
                counts = report.counts(setting.replicas.spoke.requests)
                setting.journal.close_run(counts, error)


@contextmanager
def _kept_unless(connection: Connection, *, dry: bool) -> Iterator[None]:
    """A part of a transaction that a dry run takes back."""
    nested = connection.begin_nested()
    yield
    if dry:
        nested.rollback()
    else:
        nested.commit()
