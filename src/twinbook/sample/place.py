"""The directory in which the sample company lives: made afresh each time, and guarded.

Only a directory that carries our sign is ever cleared, and only while nobody works in it.
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from twinbook.model.errors import Busy, Invalid

SIGN = "made-by-twinbook-sample"
TEXT = "`make run` of Twinbook made this directory, and clears it when it starts again.\n"


@contextmanager
def fresh(place: Path) -> Iterator[None]:
    """An empty directory of our own, for as long as one sample company lives in it.

    Raises Invalid if something else is there, Busy if another sample company is.
    """
    with _taken(place):
        yield


def _taken(place: Path) -> IO[str]:
    """The sign of the directory, locked, with nothing beside it."""
    try:
        place.mkdir(parents=True, exist_ok=True)
        if not _is_ours(place):
            raise Invalid(
                f"{place} holds something that the sample company did not make. Nothing was "
                "removed. Choose another directory: --data DIR"
            )
        file = _locked(place / SIGN)
        _clear(place)
    except OSError as error:
        raise Invalid(
            f"{error.filename or place} can't be used: {error.strerror}. Mend that, or choose "
            "another directory: --data DIR"
        ) from error
    return file


def _is_ours(place: Path) -> bool:
    """Whether a directory is empty, or was signed by us."""
    sign = place / SIGN
    if not any(path.name != SIGN for path in place.iterdir()):
        return True
    return not sign.is_symlink() and sign.is_file() and sign.read_text(encoding="utf-8") == TEXT


def _locked(sign: Path) -> IO[str]:
    """The sign, signed; nobody else gets it as long as it is open."""
    file = sign.open("a", encoding="utf-8")
    if not _lock(file):
        file.close()
        raise Busy(
            f"A sample company is at work in {sign.parent}. End that one with Ctrl-C, "
            "or choose another directory: --data DIR"
        )
    file.truncate(0)
    file.write(TEXT)
    file.flush()
    return file


def _clear(place: Path) -> None:
    for path in place.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != SIGN:
            path.unlink()


def _lock(file: IO[str]) -> bool:
    """Keep others out as long as the file is open; True where the system can't do that."""
    if sys.platform == "win32":
        return True
    import fcntl  # noqa: PLC0415 - not there on every system

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
