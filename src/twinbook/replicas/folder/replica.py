"""A folder of .vcf files as a replica. It keeps nothing but what its cursor says."""

import errno
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b, sha256
from pathlib import Path

from twinbook.cards import items
from twinbook.cards.marks import file_of, mark_of
from twinbook.formats import vcard
from twinbook.formats.vcard import Card
from twinbook.model.cause import Cause
from twinbook.model.contact import Photo
from twinbook.model.ids import Cursor, LinkId, RecordId, Version
from twinbook.model.keys import Key
from twinbook.model.record import Announced, Delta, Gone, Record, Trouble
from twinbook.model.shape import FULL, Shape
from twinbook.ports import (
    Change,
    Create,
    Exists,
    Missing,
    Outcome,
    Outdated,
    Refused,
    Release,
    Remove,
    Removed,
    Update,
    Written,
)
from twinbook.reconcile.match import keys_of
from twinbook.replicas.folder import mapping
from twinbook.replicas.folder.files import LARGEST, RACY, SECOND, Changed, Entry, Folder, Found, now
from twinbook.replicas.folder.index import Index
from twinbook.replicas.folder.writer import Writer

PAGE = 500  #: contents in one Delta; as many names go with it as fit in ten such pages
NAMES = 5000


_BUSY = "The file is being written by another program; it is read in the next sync."


class FolderReplica:
    """The .vcf files of one folder; others may write there at the same time."""

    shape: Shape = FULL  # a vCard holds every field of a contact
    settles_after: float = 0.0
    shows_after: float = 0.0

    def __init__(self, path: Path | str) -> None:
        self._folder = Folder(Path(path))
        self._writer = Writer(self._folder)
        self._index = Index(self._folder)
        self._is_tidy = False

    # ------------------------------------------------ reading

    def changes(self, since: Cursor | None) -> Iterator[Delta]:
        # Before the listing: a file that comes or goes meanwhile is news the next time.
        moved = self._folder.moved()
        entries = self._folder.entries()
        cursor = _cursor(entries, moved, now())
        if since is not None and _tells_the_same(since, cursor):
            yield Delta(cursor=since)
            return
        newest = _newest(since)
        fresh = [one for one in entries if one.changed >= newest - RACY]
        other = [one for one in entries if one.changed < newest - RACY]
        for page in range(max(1, _pages(fresh, PAGE), _pages(other, NAMES))):
            yield self._page(
                cursor,
                fresh[page * PAGE : (page + 1) * PAGE],
                other[page * NAMES : (page + 1) * NAMES],
            )

    def _page(self, cursor: Cursor, fresh: Sequence[Entry], other: Sequence[Entry]) -> Delta:
        announced, troubles = [], []
        for entry in fresh:
            seen = self._see(entry.name)
            if isinstance(seen, Record):
                announced.append(_announced(seen))
            elif seen is not None:
                troubles.append(seen)
        return Delta(
            cursor=cursor,
            announced=tuple(announced),
            complete=True,
            present=tuple((mapping.id_of(one.name), Version(one.stamp)) for one in other),
            troubles=tuple(troubles),
        )

    def _see(self, name: str) -> Record | Trouble | None:
        """The item; a trouble if it can't be read, None if it is gone."""
        match self._card(name):
            case (Found() as found, Card() as card):
                return _record(found, card)
            case str(reason):
                return Trouble(mapping.id_of(name), reason)
            case _:
                return None

    def _card(self, name: str) -> tuple[Found, Card] | str | None:
        """The file and its card, or why it can't be read; None if there is no such file."""
        try:
            found = self._folder.load(name)
        except FileNotFoundError:
            return None
        except Changed:
            return _BUSY
        except OSError as error:
            if error.errno == errno.ELOOP:
                return None  # a link is no card of this folder
            return f"The file can't be read ({error.strerror}). Allow reading, then sync again."
        if len(found.data) > LARGEST:
            return f"The file is larger than {LARGEST >> 20} MB; take its picture out."
        card = items.card_in(found.data)
        return card if isinstance(card, str) else (found, card)

    def read(self, ids: Collection[RecordId]) -> Mapping[RecordId, Record | Gone]:
        self._folder.check()
        answer: dict[RecordId, Record | Gone] = {}
        for id in ids:
            name = mapping.name_of(id)
            seen = self._see(name) if name else None
            if not isinstance(seen, Trouble):
                answer[id] = seen or Gone(id)
        return answer

    def find(self, marks: Collection[LinkId]) -> Mapping[LinkId, Record]:
        self._index.refresh()
        found: dict[LinkId, Record] = {}
        for mark in marks:
            for name in self._index.names(mark):
                record = self._see(name)
                if isinstance(record, Record) and record.mark == mark:
                    found.setdefault(mark, record)
        return found

    def resembling(self, keys: Collection[Key]) -> Mapping[Key, Sequence[Record]]:
        wanted = frozenset(keys)
        found: dict[Key, list[Record]] = {}
        if wanted:
            for entry in self._folder.entries():
                record = self._see(entry.name)
                if isinstance(record, Record):
                    for key in keys_of(record.contact) & wanted:
                        found.setdefault(key, []).append(record)
        return found

    def photo(self, id: RecordId, photo: Photo) -> bytes | None:
        self._folder.check()
        match self._card(mapping.name_of(id)):
            case (_, Card() as card):
                body = vcard.photo(card)
                return body if body and sha256(body).hexdigest() == photo.digest else None
            case _:
                return None

    def close(self) -> None:
        """Nothing is held open."""

    # ------------------------------------------------ writing

    def write(self, changes: Sequence[Change], cause: Cause) -> Iterator[Outcome]:
        self._folder.check()
        if not self._is_tidy:
            self._writer.tidy()
            self._is_tidy = True
        for change in changes:
            yield self._carry_out(change)

    def _carry_out(self, change: Change) -> Outcome:
        try:
            if isinstance(change, Create):
                return self._create(change)
            return self._alter(change)
        except Changed:
            return Outdated()
        except FileNotFoundError:
            self._folder.check()
            return Missing()
        except OSError as error:
            self._folder.check()
            return Refused(_refusal(error))

    def _create(self, change: Create) -> Outcome:
        self._index.refresh_names()
        card = items.created(change)
        for mark in (change.mark, mark_of(vcard.uid(card))):
            for name in self._index.names(mark) if mark else ():
                return Exists(mapping.id_of(name))
        name = file_of(change.mark)
        try:
            found = self._writer.create(name, bytes(card))
        except FileExistsError:
            return Exists(mapping.id_of(name))
        self._index.note(found.entry, mark_of(vcard.uid(card)))
        return Written(_record(found, card))

    def _alter(self, change: Update | Release | Remove) -> Outcome:
        name = mapping.name_of(change.id)
        seen = self._card(name) if name else None
        if seen is None:
            return Missing()
        if isinstance(seen, str):
            return Outdated() if seen == _BUSY else Refused(seen)
        found, card = seen
        if not found.is_at(change.expected):
            return Outdated()
        if isinstance(change, Remove):
            self._writer.remove(found)
            self._index.forget(name)
            return Removed(found.data)
        if isinstance(change, Update):
            altered = items.updated(card, change)
        else:
            altered = items.released(card, change)
        if altered == card:
            return Written(_record(found, card))
        found = self._writer.replace(found, bytes(altered))
        self._index.note(found.entry, mark_of(vcard.uid(altered)))
        return Written(_record(found, altered))


def _record(found: Found, card: Card) -> Record:
    edited_at = datetime.fromtimestamp(found.entry.modified / SECOND, UTC)
    return items.record(mapping.id_of(found.entry.name), found.version, card, edited_at)


def _announced(record: Record) -> Announced:
    return Announced(id=record.id, version=record.version, mark=record.mark, record=record)


def _pages(entries: Sequence[Entry], size: int) -> int:
    return -(-len(entries) // size)


# A cursor is "digest:newest change:doubt". The newest change is by the clock of the
# place itself, so that a server's clock that is wrong hides nothing.


def _cursor(entries: Sequence[Entry], moved: int, moment: int) -> Cursor:
    """All stamps in one; the folder's own too, or a card that came and went would be no news."""
    digest = blake2b(f"{moved:x}\n".encode(), digest_size=16)
    for entry in entries:
        digest.update(f"{entry.name}\0{entry.stamp}\n".encode("utf-8", "surrogateescape"))
    newest = max((entry.changed for entry in entries), default=0)
    doubt = any(entry.is_racy(moment) for entry in entries)
    return Cursor(f"{digest.hexdigest()}:{newest:x}:{'racy' if doubt else 'sure'}")


def _newest(cursor: Cursor | None) -> int:
    """The newest change that a cursor knows of; 0 if it knows of none or isn't one of ours."""
    parts = (cursor or "").split(":")
    try:
        return int(parts[1], 16)
    except (IndexError, ValueError):
        return 0


def _tells_the_same(since: Cursor, cursor: Cursor) -> bool:
    """Whether nothing happened: no stamp differs, and none was too new to tell the content."""
    return since.endswith(":sure") and since.partition(":")[0] == cursor.partition(":")[0]


_REFUSALS = {
    errno.ENOSPC: "The disk is full. Nothing was written; make room and sync again.",
    errno.EDQUOT: "The disk quota is used up. Nothing was written; make room and sync again.",
    errno.EFBIG: "The card is larger than a file may be here. Nothing was written.",
    errno.EACCES: "The folder may not be written by this user. Nothing was written.",
    errno.EPERM: "The folder may not be written by this user. Nothing was written.",
    errno.EROFS: "The disk is read-only. Nothing was written.",
    errno.ENAMETOOLONG: "The file's name would be too long. Nothing was written.",
}


def _refusal(error: OSError) -> str:
    return _REFUSALS.get(error.errno or 0, f"Nothing was written: {error.strerror}.")
