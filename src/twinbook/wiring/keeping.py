"""Backups of an installation, and its health."""

from pathlib import Path

from twinbook.database import backup, health, meta
from twinbook.model.errors import Invalid
from twinbook.settings import Settings
from twinbook.users import people
from twinbook.users.vault import Vault
from twinbook.wiring.generations import enter_restore_mode, generation
from twinbook.wiring.house import House
from twinbook.wiring.opening import ready_database, sign_of, write_key


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
    with ready_database(settings) as database:
        with database.read() as connection:
            empty = not people.everyone(connection)
        manifest = backup.restore(file, database, replace=replace or empty)
        if not settings.key_file.exists():
            write_key(settings.key_file)
        with database.write() as connection:
            if new_key:
                meta.put(connection, "key", sign_of(settings.key_file.read_bytes()))
                Vault(settings.vault_file).begin(connection)
            enter_restore_mode(connection)
            outside = generation(settings.generation_file)
            inside = int(meta.get(connection, "generation") or 0)
            meta.put(connection, "generation", str(max(outside, inside)))
    return sum(part.rows for part in manifest.tables.values())


def is_inhabited(settings: Settings) -> bool:
    """Whether there are people in the data directory whose data must not be overwritten."""
    if not settings.key_file.exists():
        return False
    with ready_database(settings) as database, database.read() as connection:
        return bool(people.everyone(connection))


def ailments(house: House) -> list[str]:
    """What is wrong with the database, in sentences."""
    with house.database.read() as connection:
        return health.ailments(connection)
