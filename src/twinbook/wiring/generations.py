"""A count of runs inside the database and outside it, so that a restored one is noticed."""

import os
from pathlib import Path

from sqlalchemy import Connection

from twinbook.database import meta
from twinbook.journal import spokes
from twinbook.settings import Settings
from twinbook.wiring.house import House


def notice_restore(house: House, settings: Settings) -> None:
    """A database older than the count beside it was put back from a backup (scenario s9)."""
    with house.database.read() as connection:
        inside = int(meta.get(connection, "generation") or 0)
    outside = generation(settings.generation_file)
    if inside < outside:
        with house.database.write() as connection:
            enter_restore_mode(connection)
            meta.put(connection, "generation", str(outside))


def generation(file: Path) -> int:
    """How many runs were counted outside the database; 0 where nobody has."""
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
