"""Write a database migration from the difference between the tables and the migrations.

    python tools/migration.py first              writes 0001 anew, as long as nothing is released
    python tools/migration.py next "What it does"   adds one behind the last

Read what it wrote: a renamed column, for example, is seen as one removed and one added.
"""

import importlib
import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate.api import AutogenContext

from twinbook.database import schema
from twinbook.database.engine import Database, open_database
from twinbook.database.metadata import Instant, Serial, Text, metadata
from twinbook.database.migrate import FOLDER, config

VERSIONS = FOLDER / "versions"
ROOMS_WITH_TABLES = (schema.__name__, "twinbook.journal.tables")


def main(arguments: list[str]) -> None:
    """Write the migration that was asked for, and say where."""
    match arguments:
        case ["first"]:
            for file in VERSIONS.glob("*.py"):
                file.unlink()
            write("The first schema", number=1)
        case ["next", message]:
            write(message, number=len(list(VERSIONS.glob("*.py"))) + 1)
        case _:
            sys.exit(__doc__)


def write(message: str, number: int) -> None:
    """Add the migration to the folder, formatted."""
    for room in ROOMS_WITH_TABLES:
        if importlib.util.find_spec(room.rpartition(".")[0]):
            importlib.import_module(room)
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/empty")
        path = generate(database, message, f"{number:04d}")
        database.close()
    subprocess.run([Path(sys.executable).parent / "ruff", "format", "-q", path], check=True)
    print(f"{path}: {len(metadata.tables)} tables known")


def generate(database: Database, message: str, number: str) -> Path:
    """The file of a new migration, made by comparing a migrated database with the tables."""
    with database.write() as connection:
        settings = config(connection)
        settings.attributes |= {"metadata": metadata, "render_item": render}
        if number != "0001":
            command.upgrade(settings, "head")
        command.revision(settings, message, autogenerate=True, rev_id=number)
    written = next(VERSIONS.glob(f"{number}_*.py"))
    return written.rename(VERSIONS / f"{number}.py")


def render(kind: str, item: object, _context: AutogenContext) -> str | bool:
    """Our own types, as the template and SQLAlchemy call them; False for the others."""
    match item:
        case _ if kind != "type":
            return False
        case Instant():
            return "sa.BigInteger()"
        case sa.Text() if item is Text:
            return "TEXT"
        case sa.BigInteger() if item is Serial:
            return "SERIAL"
        case _:
            return False


if __name__ == "__main__":
    main(sys.argv[1:])
