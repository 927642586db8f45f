"""Files of one folder: listed, read, and replaced so that nobody's edit is lost.

STAMP    what `stat` tells about a file's content: time, size, inode.
RACY     written so shortly ago that a second edit may leave the stamp as it is; such a
         file is known by its content as well.
ASIDE    a hidden file of ours beside the cards: a new content, or a replaced one.
"""

import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from twinbook.model.errors import Emptied
from twinbook.model.ids import Version

SECOND = 1_000_000_000  #: in nanoseconds, as all times here
RACY = 2 * SECOND  #: the coarsest clock of a file system in use (FAT)
LARGEST = 50 << 20  #: bytes
_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as `stat` shows it."""

    name: str
    modified: int
    size: int
    inode: int
    changed: int  #: ctime: also renames and copies move it, and nobody can set it back

    @property
    def stamp(self) -> str:
        """What changes with the content, except for racy files."""
        return f"{self.modified:x}-{self.size:x}-{self.inode:x}"

    def is_racy(self, now: int) -> bool:
        """Whether its stamp alone does not tell its content."""
        return abs(now - self.modified) <= RACY


@dataclass(frozen=True, slots=True)
class Found:
    """A file with its content."""

    entry: Entry
    data: bytes
    version: Version

    def is_at(self, expected: Version) -> bool:
        """Whether this is the content that had this version, however long ago it was seen."""
        stamp, _, digest = expected.partition("~")
        return stamp == self.entry.stamp and digest in ("", _digest(self.data))


class Changed(Exception):
    """A file is no longer what it was a moment ago."""


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:16]


def now() -> int:
    """The time by which files are stamped: only ever compared with stamps, so no port's."""
    return time.time_ns()  # noqa: TID251


class Folder:
    """The folder's cards, by file name."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def entries(self) -> list[Entry]:
        """All cards, by name. Raises Emptied if the folder itself can't be listed."""
        try:
            with os.scandir(self.path) as found:
                return sorted(_entries(found), key=lambda entry: entry.name)
        except OSError as error:
            raise self._emptied(error) from error

    def moved(self) -> int:
        """When a file last came, went or got another name; our own files move it as well."""
        try:
            return self.path.stat().st_mtime_ns
        except OSError as error:
            raise self._emptied(error) from error

    def check(self) -> None:
        """Raise Emptied if the folder can't be used, so that an absent file means something."""
        try:
            with os.scandir(self.path):
                pass
        except OSError as error:
            raise self._emptied(error) from error

    def _emptied(self, error: OSError) -> Emptied:
        match error:
            case FileNotFoundError():
                what = "does not exist. If it is on another disk or a server, connect that first"
            case NotADirectoryError():
                what = "is a file. Give the folder that holds the .vcf files"
            case PermissionError():
                what = "may not be read by this user. Allow it with chmod or chown"
            case _:
                what = f"can't be read ({error.strerror}). Check the disk or the server it is on"
        return Emptied(f"The folder {self.path} {what}, then sync again. No contact was removed.")

    def load(self, name: str) -> Found:
        """The file and its content, of one moment. Raises OSError, or Changed if it never rests."""
        for _ in range(5):
            found = self._load(name)
            if found is not None:
                return found
        raise Changed(name)

    def _load(self, name: str) -> Found | None:
        path = self.path / name
        if entry_of(name, path.stat(follow_symlinks=False)) is None:
            raise FileNotFoundError(name)  # a folder, a link, a pipe
        descriptor = os.open(path, _OPEN)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor has no path
            before = entry_of(name, os.fstat(descriptor))
            moment = now()
            data = file.read(min(LARGEST, before.size if before else 0) + 1)
            if before is None or before != entry_of(name, os.fstat(descriptor)):
                return None
        racy = f"~{_digest(data)}" if before.is_racy(moment) else ""
        return Found(before, data, Version(before.stamp + racy))


def _entries(found: Iterator[os.DirEntry[str]]) -> Iterator[Entry]:
    for one in found:
        if one.name[:1] != "." and one.name[-4:].lower() == ".vcf":
            try:
                entry = entry_of(one.name, one.stat(follow_symlinks=False))
            except FileNotFoundError:
                continue  # removed while we look
            if entry is not None:
                yield entry


def entry_of(name: str, about: os.stat_result) -> Entry | None:
    """The entry, None for all that is no ordinary file."""
    if not stat.S_ISREG(about.st_mode):
        return None
    return Entry(name, about.st_mtime_ns, about.st_size, about.st_ino, about.st_ctime_ns)
