"""A copy of everything in one file, the same for both engines.

The file is a ZIP. Each table is one member of JSON lines, a row a line, and the last
member, `manifest.json`, says the schema's version and each table's columns, number of
rows and SHA-256. A backup of SQLite can be brought back into PostgreSQL and the reverse.
"""

import os
import zipfile
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy import Column, Connection, Table

from twinbook.database import dialect, migrate
from twinbook.database.engine import Database
from twinbook.model.errors import DamagedData, Invalid, NewerData

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
_AT_ONCE: Final = 1000
_LONGEST: Final = 256 * 1024 * 1024  #: bytes of one line
_VERSIONS: Final = "alembic_version"


class Part(msgspec.Struct, frozen=True):
    """What the manifest says about one table."""

    columns: list[str]
    rows: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup says about itself."""

    format: int
    schema: str
    tables: dict[str, Part]


def backup(database: Database, file: Path) -> Manifest:
    """Write one consistent state of the whole database to a file; others may go on writing.

    The file is there only when it is complete. Raises DamagedData if there is no room.
    """
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with unfinished.open("xb") as target, database.read() as connection:
            manifest = _write(connection, target)
            target.flush()
            os.fsync(target.fileno())
        unfinished.replace(file)
    except OSError as error:
        raise DamagedData(
            f"The backup could not be written to {file}: {error.strerror}. No backup was made; "
            "choose another place and do it again."
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def restore(file: Path, database: Database, *, replace: bool = False) -> Manifest:
    """Bring back what a backup holds, all of it or nothing.

    Raises Invalid if the file is no backup or the database holds something already and
    may not be replaced, DamagedData if the file is not what was written, NewerData if a
    newer Twinbook wrote it. In each case the database stays as it was.
    """
    migrate.ensure_schema(database)
    try:
        with zipfile.ZipFile(file) as source, database.write() as connection:
            tables = _tables(connection)
            manifest = _manifest(source, tables)
            dialect.defer_references(connection)
            _make_room(connection, tables, file, replace=replace)
            for table in tables:
                if table.name in manifest.tables:
                    _bring_back(connection, table, manifest.tables[table.name], source)
            dialect.look_again(connection)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise DamagedData(f"{file} is damaged or no backup. {_UNTOUCHED}") from error
    except OSError as error:
        raise Invalid(f"{file} can't be read: {error.strerror}.") from error
    return manifest


_UNTOUCHED: Final = "The database was left as it was; try an older backup."


def _write(connection: Connection, target: IO[bytes]) -> Manifest:
    parts: dict[str, Part] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for table in _tables(connection):
            with archive.open(_member(table), "w", force_zip64=True) as member:
                parts[str(table.name)] = _write_table(connection, table, member)
        version = migrate.version(connection) or ""
        manifest = Manifest(FORMAT, version, parts)
        archive.writestr(MANIFEST, msgspec.json.encode(manifest))
    return manifest


def _tables(connection: Connection) -> list[Table]:
    """All tables that are there, those first that others refer to.

    The database itself is asked: what a room keeps is saved even if the room is not loaded.
    """
    found = sa.MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != _VERSIONS]


def _write_table(connection: Connection, table: Table, member: IO[bytes]) -> Part:
    encode = msgspec.json.Encoder().encode
    count, digest = 0, sha256()
    statement = _plain(table).execution_options(stream_results=True, yield_per=_AT_ONCE)
    shapers = [_to_json(column) for column in table.columns]
    for row in connection.execute(statement):
        line = encode([shape(value) for shape, value in zip(shapers, row, strict=True)]) + b"\n"
        digest.update(line)
        member.write(line)
        count += 1
    return Part([str(column.name) for column in table.columns], count, digest.hexdigest())


def _plain(table: Table) -> sa.Select[Any]:
    key = list(table.primary_key)
    return sa.select(*table.columns).order_by(*key)


def _to_json(column: Column[Any]) -> Callable[[Any], Any]:
    """How a value of a column is written: bytes in base64, the others as they are stored."""
    if isinstance(column.type, sa.LargeBinary):
        return lambda value: None if value is None else b64encode(value).decode()
    return lambda value: value


def _from_json(column: Column[Any]) -> Callable[[Any], Any]:
    if isinstance(column.type, sa.LargeBinary):
        return lambda value: None if value is None else b64decode(value, validate=True)
    return lambda value: value


def _manifest(source: zipfile.ZipFile, tables: Sequence[Table]) -> Manifest:
    try:
        manifest = msgspec.json.decode(source.read(MANIFEST), type=Manifest)
    except (KeyError, msgspec.MsgspecError) as error:
        raise Invalid(f"{source.filename} is no backup of Twinbook. {_UNTOUCHED}") from error
    if manifest.format > FORMAT or manifest.schema > migrate.NEWEST:
        raise NewerData(
            f"{source.filename} was written by a newer Twinbook. Install that version and do "
            "it again. The database was left as it was."
        )
    known = {table.name: set(table.columns.keys()) for table in tables}
    for name, part in manifest.tables.items():
        if not set(part.columns) <= known.get(name, set()):
            raise Invalid(f"{source.filename} holds a table {name!r} that is not known here.")
    return manifest


def _make_room(
    connection: Connection, tables: Sequence[Table], file: Path, *, replace: bool
) -> None:
    filled = [table.name for table in tables if _has_rows(connection, table)]
    if filled and not replace:
        raise Invalid(
            f"There are data here already ({', '.join(filled)}). Nothing was changed. To put "
            f"{file} in their place, add --replace."
        )
    for table in reversed(tables):
        connection.execute(sa.delete(table))


def _has_rows(connection: Connection, table: Table) -> bool:
    return connection.execute(sa.select(sa.true()).select_from(table).limit(1)).first() is not None


def _bring_back(connection: Connection, table: Table, part: Part, source: zipfile.ZipFile) -> None:
    rows = _checked_rows(table, part, source)
    while batch := list(islice(rows, _AT_ONCE)):
        dialect.pour(connection, table, part.columns, batch)
    dialect.go_on_counting(connection, table)


def _checked_rows(table: Table, part: Part, source: zipfile.ZipFile) -> Iterator[list[Any]]:
    """The rows of a member. Raises DamagedData at its end if it is not what was written."""
    shapers = [_from_json(table.columns[name]) for name in part.columns]
    count, digest = 0, sha256()
    try:
        with source.open(_member(table)) as member:
            while line := member.readline(_LONGEST):
                digest.update(line)
                count += 1
                values = msgspec.json.decode(line, type=list)
                yield [shape(value) for shape, value in zip(shapers, values, strict=True)]
    except (KeyError, ValueError, TypeError, msgspec.MsgspecError) as error:
        raise DamagedData(f"{source.filename} is damaged in {table.name}. {_UNTOUCHED}") from error
    if (count, digest.hexdigest()) != (part.rows, part.sha256):
        raise DamagedData(f"{source.filename} is damaged in {table.name}. {_UNTOUCHED}")


def _member(table: Table) -> str:
    return f"{table.name}.jsonl"
