"""What Linux can do for a safe replacement, and Python does not offer.

Everywhere else these say that they can't, and a portable way is taken.
"""

import ctypes
import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_HERE = -100  # AT_FDCWD
_NOREPLACE, _EXCHANGE = 1, 2
_NOT_THERE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM}


def exchange(one: Path, other: Path) -> bool:
    """Let two files swap their names in one step; False where the system can't."""
    return _rename(one, other, _EXCHANGE)


def rename_new(old: Path, new: Path) -> bool:
    """Rename, never over another file (FileExistsError); False where the system can't."""
    return _rename(old, new, _NOREPLACE)


def _rename(old: Path, new: Path, how: int) -> bool:
    renameat2 = _renameat2()
    if renameat2 is None:
        return False
    if renameat2(_HERE, os.fsencode(old), _HERE, os.fsencode(new), how) == 0:
        return True
    number = ctypes.get_errno()
    if number in _NOT_THERE:
        return False
    raise OSError(number, os.strerror(number), str(new))


@cache
def _renameat2() -> Callable[..., int] | None:
    try:
        function = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return None
    function.argtypes = (
        ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint,
    )  # fmt: skip
    found: Callable[..., int] = function
    return found


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """No other Twinbook writes into the folder meanwhile, as far as the system can see to it."""
    if sys.platform == "win32":
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a disk without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def is_open_for_writing(descriptor: int) -> bool:
    """Whether somebody has this file open for writing; False where nobody can tell.

    A read lease is only given where no writer is. It is given back at once.
    Source: fcntl(2), "Leases".
    """
    if sys.platform != "linux":
        return False
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False
