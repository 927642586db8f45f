"""Begin an installation, or open the one that is there."""

import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from twinbook.database import meta
from twinbook.database.engine import Database, open_database
from twinbook.database.migrate import ensure_schema
from twinbook.model.errors import DamagedData, Invalid, NotFound, TwinbookError
from twinbook.ports import Clock
from twinbook.settings import Settings
from twinbook.users.vault import Vault
from twinbook.wiring.generations import notice_restore
from twinbook.wiring.house import House, SystemClock


def open_house(settings: Settings, clock: Clock | None = None) -> House:
    """The installation in a data directory. Raises NotFound if there is none."""
    if not settings.key_file.exists():
        raise NotFound(
            f"There is no Twinbook in {settings.data}. Begin one with: twinbook init --company NAME"
        )
    with ExitStack() as opened:
        database = opened.enter_context(ready_database(settings))
        secret, vault = settings.key_file.read_bytes(), Vault(settings.vault_file)
        house = House(database, clock or SystemClock(), secret, vault)
        _check_key(house, settings)
        _begin_vault(house)
        notice_restore(house, settings)
        opened.pop_all()
    return house


@contextmanager
def ready_database(settings: Settings) -> Iterator[Database]:
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
            meta.put(connection, "key", sign_of(house.secret))
    elif known != sign_of(house.secret):
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


def sign_of(secret: bytes) -> str:
    """By which a key is known again; it tells nothing of the key."""
    return hmac.new(secret, b"twinbook key", "sha256").hexdigest()[:16]


def found_house(settings: Settings, company: str, clock: Clock | None = None) -> House:
    """A new installation. Raises Invalid if there is one in the directory already."""
    if settings.key_file.exists():
        raise Invalid(f"There is a Twinbook in {settings.data} already. Nothing was changed.")
    settings.data.mkdir(parents=True, exist_ok=True)
    with ready_database(settings) as database, database.write() as connection:
        meta.put(connection, "company", company)
        Vault(settings.vault_file).begin(connection)
    write_key(settings.key_file)
    return open_house(settings, clock)


def write_key(file: Path) -> None:
    """A new secret, which nobody else may read. Raises FileExistsError rather than lose one."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(secrets.token_bytes(32))
