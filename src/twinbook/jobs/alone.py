"""One process at a time, where only one can be: a locked file that holds its process id."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from twinbook.model.errors import Busy

_FAR = 1 << 30  # Windows locks bytes against reading too: one far behind the text


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Keep every other process out that asks for the same file. Raises Busy with its id.

    The system lets go of it however this process ends, so nothing has to be cleared away.
    """
    with file.open("a+", encoding="utf-8") as stream:
        if not _lock(stream):
            stream.seek(0)
            raise Busy(
                f"A service keeps the books of {file.parent} in step already "
                f"(process {stream.read().strip() or 'unknown'}). With SQLite one is all there "
                "can be: end that one first, or keep the data in PostgreSQL."
            )
        stream.truncate(0)
        stream.write(f"{os.getpid()}\n")
        stream.flush()
        yield


def _lock(stream: IO[str]) -> bool:
    """Whether the file is ours now."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - not there on every system

            os.lseek(stream.fileno(), _FAR, os.SEEK_SET)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
            stream.seek(0)
        else:
            import fcntl  # noqa: PLC0415 - not there on every system

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
