"""What went wrong in a database, said to a person: foreign errors are translated here."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError

from twinbook.model.errors import Busy, DamagedData, TwinbookError, Unreachable

_FULL: Final = (
    "There is no room left for {place}. The change was not made and nothing was lost. "
    "Free some space and do it again."
)
_DAMAGED: Final = (
    "The database {place} is damaged and can't be read. Nothing was changed. Move it aside "
    "and bring back the newest backup: twinbook restore FILE"
)
_CLOSED: Final = (
    "The database {place} can't be opened. Nothing was changed. Check that its folder exists "
    "and that you may read and write there."
)
_READ_ONLY: Final = (
    "The database {place} can't be written. Nothing was changed. Check that you may write to "
    "the file and to its folder."
)
_BROKEN_DISK: Final = (
    "The disk reported an error at {place}. The change was not made. Check the disk, and make "
    "a backup while it still answers: twinbook backup FILE"
)
_BUSY: Final = (
    "Another process is writing to {place}. The change was not made. Try again in a moment."
)
_AWAY: Final = (
    "The database server of {place} does not answer. Start it, or check TWINBOOK_DATABASE, "
    "and do it again: what was stored is still there."
)
_REFUSED: Final = (
    "The database server of {place} refused us. Nothing was changed. Check the user, the "
    "password and the name of the database in TWINBOOK_DATABASE."
)

_SQLITE: Final[Mapping[int, tuple[type[TwinbookError], str]]] = {
    sqlite3.SQLITE_FULL: (DamagedData, _FULL),
    sqlite3.SQLITE_NOTADB: (DamagedData, _DAMAGED),
    sqlite3.SQLITE_CORRUPT: (DamagedData, _DAMAGED),
    sqlite3.SQLITE_CANTOPEN: (DamagedData, _CLOSED),
    sqlite3.SQLITE_PERM: (DamagedData, _READ_ONLY),
    sqlite3.SQLITE_READONLY: (DamagedData, _READ_ONLY),
    sqlite3.SQLITE_IOERR: (DamagedData, _BROKEN_DISK),
    sqlite3.SQLITE_BUSY: (Busy, _BUSY),
    sqlite3.SQLITE_LOCKED: (Busy, _BUSY),
}
"""By SQLite's primary result code. Source: https://sqlite.org/rescode.html"""

_POSTGRESQL: Final[tuple[tuple[str, type[TwinbookError], str], ...]] = (
    ("53100", DamagedData, _FULL),
    ("XX00", DamagedData, _DAMAGED),
    ("58", DamagedData, _BROKEN_DISK),
    ("25006", DamagedData, _READ_ONLY),
    ("40", Busy, _BUSY),
    ("55P03", Busy, _BUSY),
    ("28", Unreachable, _REFUSED),
    ("3D", Unreachable, _REFUSED),
    ("08", Unreachable, _AWAY),
    ("53", Unreachable, _AWAY),
    ("57P", Unreachable, _AWAY),
)
"""By the beginning of SQLSTATE. Source: PostgreSQL manual, appendix A."""


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Errors of a database that leave the block become ours; the others stay what they are."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        origin = error.orig if isinstance(error, DBAPIError) else error
        ours = _in_words(origin, place)
        if ours is None:
            raise
        raise ours from error


def _in_words(origin: BaseException | None, place: str) -> TwinbookError | None:
    if isinstance(origin, sqlite3.Error):
        return _of_sqlite(origin, place)
    state = getattr(origin, "sqlstate", None)
    if state is None:
        return _without_a_state(origin, place)
    for beginning, kind, text in _POSTGRESQL:
        if state.startswith(beginning):
            return kind(text.format(place=place))
    return None


def _of_sqlite(origin: sqlite3.Error, place: str) -> TwinbookError | None:
    primary = getattr(origin, "sqlite_errorcode", 0) & 0xFF
    if primary not in _SQLITE:
        return None
    kind, text = _SQLITE[primary]
    return kind(text.format(place=place))


def _without_a_state(origin: BaseException | None, place: str) -> TwinbookError | None:
    """A server that never answered has no state to tell."""
    if type(origin).__name__ not in ("OperationalError", "ConnectionTimeout"):
        return None
    refused = "authentication" in str(origin) or "does not exist" in str(origin)
    return Unreachable((_REFUSED if refused else _AWAY).format(place=place))
