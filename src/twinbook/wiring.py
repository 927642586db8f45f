"""The one place where everything is put together."""

import hmac
import os
import secrets
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from twinbook.crm import access
from twinbook.database import backup, health, meta
from twinbook.database.engine import Database, open_database
from twinbook.database.migrate import ensure_schema
from twinbook.journal import journal, policies, runs, spokes, undoing
from twinbook.journal.sealing import Sealer
from twinbook.model.cause import Cause
from twinbook.model.errors import DamagedData, Invalid, NotFound, TwinbookError
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
from twinbook.settings import Settings
from twinbook.sync.report import Report
from twinbook.sync.setting import Counted, Setting
from twinbook.sync.undo import foresee_undo, undo
from twinbook.users import people
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
            with self.database.read() as connection:
                terms = self._terms(connection, spoke, place)
            answers = held.answers()
            restored = held.state().restored
            yield Setting(
                spoke=spoke,
                replicas=Pair(Counted(self.hub), Counted(place)),
                journal=held,
                clock=self.clock,
                secret=self.secret,
                terms=replace(terms, answers=answers, restored=restored),
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

        Raises Invalid for a run that was undone already, or whose book is gone.
        """
        if run.undone_by is not None:
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


def open_house(settings: Settings, clock: Clock | None = None) -> House:
    """The installation in a data directory. Raises NotFound if there is none."""
    if not settings.key_file.exists():
        raise NotFound(
            f"There is no Twinbook in {settings.data}. Begin one with: twinbook init --company NAME"
        )
    with ExitStack() as opened:
        database = opened.enter_context(_ready_database(settings))
        secret, vault = settings.key_file.read_bytes(), Vault(settings.vault_file)
        house = House(database, clock or SystemClock(), secret, vault)
        _check_key(house, settings)
        _begin_vault(house)
        _notice_restore(house, settings)
        opened.pop_all()
    return house


@contextmanager
def _ready_database(settings: Settings) -> Iterator[Database]:
    """The database with its schema up to date, open for as long as this lasts."""
    with closing(open_database(settings.database)) as database:
        ensure_schema(database)
        yield database


def _check_key(house: House, settings: Settings) -> None:
    """Raises DamagedData for a key that belongs to other data: every seal would look broken."""
    with house.database.read() as connection:
        known = meta.get(connection, "key")
    if known is None:
        with house.database.write() as connection:
            meta.put(connection, "key", _sign_of(house.secret))
    elif known != _sign_of(house.secret):
        raise DamagedData(
            f"{settings.key_file} is not the key of these data. Nothing was changed. Put the "
            "right key back from its copy. If it is lost: twinbook restore FILE --replace --new-key"
        )


def _begin_vault(house: House) -> None:
    """Make a key file for the vault of an installation that never had one.

    Where that fails, or the keys of what is sealed are gone, it is said when one is needed.
    """
    if house.vault.has_keys:
        return
    with house.database.read() as connection:
        kept = house.vault.names(connection)
    if not kept:
        with suppress(TwinbookError), house.database.write() as connection:
            house.vault.begin(connection)


def _sign_of(secret: bytes) -> str:
    """By which a key is known again; it tells nothing of the key."""
    return hmac.new(secret, b"twinbook key", "sha256").hexdigest()[:16]


def found_house(settings: Settings, company: str, clock: Clock | None = None) -> House:
    """A new installation. Raises Invalid if there is one in the directory already."""
    if settings.key_file.exists():
        raise Invalid(f"There is a Twinbook in {settings.data} already. Nothing was changed.")
    settings.data.mkdir(parents=True, exist_ok=True)
    with _ready_database(settings) as database, database.write() as connection:
        meta.put(connection, "company", company)
        Vault(settings.vault_file).begin(connection)
    _write_key(settings.key_file)
    return open_house(settings, clock)


def _write_key(file: Path) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(secrets.token_bytes(32))


def _notice_restore(house: House, settings: Settings) -> None:
    """A database older than the count beside it was put back from a backup (scenario s9)."""
    with house.database.read() as connection:
        inside = int(meta.get(connection, "generation") or 0)
    outside = _generation(settings.generation_file)
    if inside < outside:
        with house.database.write() as connection:
            enter_restore_mode(connection)
            meta.put(connection, "generation", str(outside))


def _generation(file: Path) -> int:
    try:
        return int(file.read_text())
    except (FileNotFoundError, ValueError):
        return 0


def count_generation(house: House, settings: Settings) -> None:
    """Count a run that changed something, inside the database and outside it."""
    with house.database.write() as connection:
        number = int(meta.get(connection, "generation") or 0) + 1
        meta.put(connection, "generation", str(number))
    temporary = settings.generation_file.with_suffix(f".{os.getpid()}")
    temporary.write_text(str(number))
    temporary.replace(settings.generation_file)


def enter_restore_mode(connection: Connection) -> None:
    """From now on nothing is concluded from old bases, until each spoke is through once."""
    for spoke in spokes.everything(connection):
        spokes.change(connection, spoke.id, restored=True, cursor=None)


def back_up(house: House, file: Path) -> int:
    """Write everything but the key into one file; how many rows that were."""
    manifest = backup.backup(house.database, file)
    return sum(part.rows for part in manifest.tables.values())


def put_back(settings: Settings, file: Path, *, replace: bool, new_key: bool = False) -> int:
    """Bring back what a backup holds, and conclude nothing from it until all is compared.

    How many rows that were. Raises Invalid where there are users already, unless their data
    may be replaced; and where the key is missing, unless a new one shall do: what was sealed
    with the old one then stays closed.
    """
    if not settings.key_file.exists() and not new_key:
        raise Invalid(
            f"Put a copy of the old key at {settings.key_file} first: it is no part of a backup. "
            "If it is lost, add --new-key: what was sealed with it stays closed."
        )
    settings.data.mkdir(parents=True, exist_ok=True)
    with _ready_database(settings) as database:
        with database.read() as connection:
            empty = not people.everyone(connection)
        manifest = backup.restore(file, database, replace=replace or empty)
        if not settings.key_file.exists():
            _write_key(settings.key_file)
        with database.write() as connection:
            if new_key:
                meta.put(connection, "key", _sign_of(settings.key_file.read_bytes()))
                Vault(settings.vault_file).begin(connection)
            enter_restore_mode(connection)
            outside = _generation(settings.generation_file)
            inside = int(meta.get(connection, "generation") or 0)
            meta.put(connection, "generation", str(max(outside, inside)))
    return sum(part.rows for part in manifest.tables.values())


def is_inhabited(settings: Settings) -> bool:
    """Whether there are people in the data directory whose data must not be overwritten."""
    if not settings.key_file.exists():
        return False
    with _ready_database(settings) as database, database.read() as connection:
        return bool(people.everyone(connection))


def ailments(house: House) -> list[str]:
    """What is wrong with the database, in sentences."""
    with house.database.read() as connection:
        return health.ailments(connection)
