"""What the environment and the command line say about where Twinbook keeps its data.

This is the only reader of the environment.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DATA = "TWINBOOK_DATA"
DATABASE = "TWINBOOK_DATABASE"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where everything is. `database` is a URL; the data directory also holds the key file."""

    data: Path
    database: str

    @property
    def key_file(self) -> Path:
        """The secret that seals private values. It is no part of the database or a backup."""
        return self.data / "secret.key"

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
    """
    known = os.environ if environment is None else environment
    place = data or Path(known.get(DATA) or Path.home() / ".twinbook")
    place = place.expanduser().absolute()
    return Settings(place, known.get(DATABASE) or f"sqlite:///{place / 'twinbook.db'}")
