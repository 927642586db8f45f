"""Writing into a folder where others write too.

A new content is first written whole, beside the cards and hidden, and brought to the
disk; then it changes places with the old one in one step. What came out is looked at:
if it isn't what was expected, somebody was quicker, and it is put back. So a crash at
any moment leaves the old card or the new one, and a late edit is never overwritten.
"""

import contextlib
import os
import tempfile
from pathlib import Path

from twinbook.replicas.folder.files import SECOND, Changed, Folder, Found, entry_of, now
from twinbook.replicas.folder.system import alone, exchange, is_open_for_writing, rename_new

BACKDATED = 3 * SECOND
LEFT_OVER = 3600 * SECOND
_PATIENCE = 50  #: swaps, until somebody who writes without a pause is left to it
_PART = ".twinbook-part-"  #: being written
#: Whole. The name goes on with the inode of its content and the stamp of what it replaces.
_ASIDE = ".twinbook-aside-"


class Writer:
    """Creates, replaces and removes cards of a folder."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._path = folder.path

    def create(self, name: str, data: bytes) -> Found:
        """A new file. Raises FileExistsError, and writes nothing, if the name is taken."""
        aside = self._write_aside(data, "new", self._path.stat().st_mode & 0o666)
        try:
            _move_new(aside, self._path / name)
        finally:
            aside.unlink(missing_ok=True)
        self._flush()
        return self._folder.load(name)

    def replace(self, found: Found, data: bytes) -> Found:
        """The file with other content. Raises Changed, and writes nothing, if it isn't `found`."""
        target = self._path / found.entry.name
        about = target.stat(follow_symlinks=False)
        aside = self._write_aside(data, found.entry.stamp, about.st_mode & 0o7777, about)
        try:
            with alone(self._path):
                self._swap(aside, target, found, data)
        except Changed:
            aside.unlink(missing_ok=True)
            raise
        aside.unlink(missing_ok=True)
        self._flush()
        return self._folder.load(found.entry.name)

    def _swap(self, aside: Path, target: Path, found: Found, ours: bytes) -> None:
        """Our content in the place of what was found, or Changed: then `aside` is ours alone."""
        try:
            swapped = exchange(aside, target)
        except OSError:
            aside.unlink()
            raise
        if swapped:
            if _is_untouched(aside, found.data):
                return
            self._give_back(aside, target, ours)
        elif _is_untouched(target, found.data):
            # The portable way: it may overwrite what is edited between these two lines.
            aside.replace(target)
            return
        raise Changed(found.entry.name)

    def _give_back(self, aside: Path, target: Path, ours: bytes) -> None:
        """Swap somebody's file in again, and whatever is written meanwhile.

        What comes out must be what was put in by the swap before; anything else is
        newer than that, and belongs in its place.
        """
        put_in: bytes | None = ours
        for _ in range(_PATIENCE):
            newer = _content(aside)
            try:
                exchange(aside, target)
            except FileNotFoundError:
                self._return(aside, target)
                return
            if _is_untouched(aside, put_in):
                return
            put_in = newer
        self._keep(aside)

    def _return(self, aside: Path, target: Path) -> None:
        try:
            _move_new(aside, target)
        except FileExistsError:
            self._keep(aside)
        else:
            aside.unlink(missing_ok=True)

    def remove(self, found: Found) -> None:
        """Remove the file. Raises Changed, and leaves it, if it isn't `found`."""
        target = self._path / found.entry.name
        aside = self._path / f"{_ASIDE}0_{found.entry.stamp}_gone.tmp"
        with alone(self._path):
            target.rename(aside)
            if not _is_untouched(aside, found.data):
                self._return(aside, target)
                raise Changed(found.entry.name)
            aside.unlink()
        self._flush()

    def _keep(self, aside: Path) -> None:
        """Make a file of somebody else's visible, under a name of its own."""
        aside.rename(self._path / f"recovered-{aside.stat().st_ino:x}-{now():x}.vcf")

    def _write_aside(
        self, data: bytes, stamp: str, mode: int, owner: os.stat_result | None = None
    ) -> Path:
        """A hidden file with this content, on the disk."""
        descriptor, name = tempfile.mkstemp(prefix=_PART, suffix=".tmp", dir=self._path)
        part = Path(name)
        try:
            with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor has no path
                file.write(data)
                file.flush()
                _own(descriptor, mode, owner)
                _backdate(part)
                os.fsync(descriptor)
                inode = os.fstat(descriptor).st_ino
            aside = part.with_name(f"{_ASIDE}{inode:x}_{stamp}_{part.name[len(_PART) :]}")
            part.rename(aside)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return aside

    def _flush(self) -> None:
        """Bring the folder's names to the disk, where the system can do that."""
        with contextlib.suppress(OSError):
            descriptor = os.open(self._path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def tidy(self) -> None:
        """Clear away what a crash left more than an hour ago; what isn't ours becomes a card."""
        with os.scandir(self._path) as found:
            left = [one.name for one in found if one.name.startswith((_PART, _ASIDE))]
        for name in left:
            with contextlib.suppress(FileNotFoundError):  # another process was quicker
                self._tidy(self._path / name)

    def _tidy(self, path: Path) -> None:
        about = path.stat(follow_symlinks=False)
        if now() - about.st_ctime_ns <= LEFT_OVER:
            return
        if path.name.startswith(_PART) or _is_ours(path.name, about):
            path.unlink()
        else:
            self._keep(path)


def _is_ours(name: str, about: os.stat_result) -> bool:
    """Whether a left-over is a content of ours, or the very one that it was to replace."""
    inode, stamp, *_ = name.removeprefix(_ASIDE).split("_")
    entry = entry_of(name, about)
    return inode == f"{about.st_ino:x}" or (entry is not None and entry.stamp == stamp)


def _is_untouched(path: Path, data: bytes | None) -> bool:
    """Whether the file holds just this, and nobody is about to write into it."""
    try:
        with path.open("rb") as file:
            return not is_open_for_writing(file.fileno()) and file.read() == data
    except OSError:
        return False


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _move_new(aside: Path, target: Path) -> None:
    """Give a file its name, never over another. Afterwards `aside` may still be there."""
    if rename_new(aside, target):
        return
    try:
        target.hardlink_to(aside)
    except FileExistsError:
        raise
    except OSError:  # a disk without links: claim the name, then fill it
        target.touch(exist_ok=False)
        aside.replace(target)


def _own(descriptor: int, mode: int, owner: os.stat_result | None) -> None:
    """Keep owner and permissions; a file that can't stay another's becomes ours."""
    if owner is not None:
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
    os.fchmod(descriptor, mode)


def _backdate(path: Path) -> None:
    """Stamp our own file a little before now, so that it never is racy.

    Whatever is edited afterwards gets another stamp, on the coarsest clock too.
    """
    when = now() - BACKDATED
    os.utime(path, ns=(when, when))
