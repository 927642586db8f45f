"""The vault's keys, in a text file that is no part of the database.

One key a line: its id, a blank, and 32 random bytes in base64; the newest comes first.
Lines that begin with # are for people. Whoever writes the file holds the vault's turn, so
that no two processes write it at once.
"""

import contextlib
import errno
import os
from base64 import b64decode, b64encode
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from twinbook.model.errors import DamagedData

HEAD: Final = (
    "# The keys of Twinbook's vault. They open the passwords and tokens kept in its database.",
    "# Keep a copy of this file, in another place than the backups. The newest key comes first.",
)
_LENGTH: Final = 32  #: bytes of a key
_NOT_FOR_FOLDERS: Final = (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS)


@dataclass(frozen=True, slots=True)
class Key:
    """One key, known by its id."""

    id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ring:
    """All keys of a file, the newest first; there is always one."""

    keys: tuple[Key, ...]
    head: tuple[str, ...] = HEAD

    @property
    def newest(self) -> Key:
        """The key to seal with."""
        return self.keys[0]

    def named(self, id: str) -> Key | None:
        """The key of an id, or None."""
        return next((key for key in self.keys if key.id == id), None)

    def renewed(self) -> "Ring":
        """The ring with another key before all others."""
        return replace(self, keys=(_made(), *self.keys))

    def only(self, used: Collection[str]) -> "Ring":
        """The ring without older keys, but for those that are still in use."""
        older = (key for key in self.keys[1:] if key.id in used)
        return replace(self, keys=(self.newest, *older))


def begun() -> Ring:
    """A ring of one new key."""
    return Ring((_made(),))


def _made() -> Key:
    return Key(os.urandom(8).hex(), os.urandom(_LENGTH))


def is_there(file: Path) -> bool:
    """Whether there is a key file, readable or not."""
    try:
        return file.is_file()
    except OSError:  # a folder that we may not enter
        return False


def read(file: Path) -> Ring:
    """The keys in a file. Raises DamagedData if it is missing or can't be used."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError as error:
        raise DamagedData(
            f"The key file {file} is missing, so no password can be opened or sealed. Put it back "
            "from its copy. If it is lost: twinbook key rotate --new-key"
        ) from error
    except OSError as error:
        raise DamagedData(
            f"The key file {file} can't be read: {error.strerror}. Make it readable for the user "
            "that runs Twinbook, and for nobody else."
        ) from error
    except UnicodeDecodeError:
        # Not `from` it: that error carries the whole text.
        raise _broken(file, "It is no text.") from None
    return _parsed(lines, file)


def _parsed(lines: list[str], file: Path) -> Ring:
    keys: dict[str, Key] = {}
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            key = _key(line)
            if key is None or key.id in keys:
                raise _broken(file, f"Line {number} is no key, or one that was there already.")
            keys[key.id] = key
    if not keys:
        raise _broken(file, "There is no key in it.")
    return Ring(tuple(keys.values()), tuple(line for line in lines if line.startswith("#")))


def _key(line: str) -> Key | None:
    """The key on a line, or None if it is none."""
    id, _, text = line.strip().partition(" ")
    try:
        secret = b64decode(text.strip(), validate=True)
    except ValueError:
        return None
    return Key(id, secret) if len(secret) == _LENGTH else None


def _broken(file: Path, what: str) -> DamagedData:
    return DamagedData(
        f"{file} is no usable key file. {what} Put it back from its copy. If there is none, move "
        "the file aside and do: twinbook key rotate --new-key"
    )


def write(file: Path, ring: Ring) -> None:
    """Put a ring in the place of a file; after a crash there is the old or the new one, whole.

    When this ends it is on the disk. Only its owner may read it. Raises DamagedData.
    """
    place = Path(os.path.realpath(file))  # a link stays a link
    part = place.with_name(f".{place.name}.new")
    try:
        _write_aside(part, ring, place)
        part.replace(place)
        _flush(place.parent)
    except OSError as error:
        raise DamagedData(
            f"The key file {file} can't be written: {error.strerror}. It is as it was, and so is "
            "what is sealed. Mend this and do it again."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def _write_aside(part: Path, ring: Ring, like: Path) -> None:
    part.unlink(missing_ok=True)  # what a crash left
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(_text(ring))
        stream.flush()
        _give_to_owner(descriptor, like)
        os.fsync(descriptor)


def _text(ring: Ring) -> str:
    keys = (f"{key.id} {b64encode(key.secret).decode()}" for key in ring.keys)
    return "".join(f"{line}\n" for line in (*ring.head, *keys))


def _give_to_owner(descriptor: int, like: Path) -> None:
    """Leave a file to whom it belonged, also if the system's administrator writes it anew."""
    with contextlib.suppress(OSError, AttributeError):  # a new file; a system without owners
        before = like.stat()
        os.fchown(descriptor, before.st_uid, before.st_gid)


def _flush(folder: Path) -> None:
    """Bring the folder's names to the disk, where the system can do that."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # not every system opens folders
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NOT_FOR_FOLDERS:
            raise
    finally:
        os.close(descriptor)
