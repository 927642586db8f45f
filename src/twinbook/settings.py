"""What the environment and the command line say about where Twinbook keeps its data.

This is the only reader of the environment.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DATA = "TWINBOOK_DATA"
DATABASE = "TWINBOOK_DATABASE"
VAULT = "TWINBOOK_VAULT"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where everything is. `database` is a URL; the data directory also holds the key file.

    `vault` is the file of the vault's keys, None for the one in the data directory.
    """

    data: Path
    database: str
    vault: Path | None = None

    @property
    def key_file(self) -> Path:
        """The secret that seals private values. It is no part of the database or a backup."""
        return self.data / "secret.key"

    @property
    def vault_file(self) -> Path:
        """The keys of passwords and tokens. They are no part of the database or a backup."""
        return self.vault or self.data / "vault.keys"

    @property
    def generation_file(self) -> Path:
        """Counts runs outside the database, so that a restored database is noticed."""
        return self.data / "generation"


def read_settings(
    data: Path | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """The settings from an explicit directory, else from the environment, else the default.

    >>> read_settings(Path("/srv/crm"), {}).database
    'sqlite:////srv/crm/twinbook.db'
    >>> read_settings(Path("/srv/crm"), {"TWINBOOK_VAULT": "/safe/vault.keys"}).vault_file
    PosixPath('/safe/vault.keys')
    """
    known = os.environ if environment is None else environment
    place = data or Path(known.get(DATA) or Path.home() / ".twinbook")
    place = place.expanduser().absolute()
    database = known.get(DATABASE) or f"sqlite:///{place / 'twinbook.db'}"
    vault = known.get(VAULT)
    return Settings(place, database, Path(vault).expanduser().absolute() if vault else None)
