"""An address book on a CardDAV server as a replica. It keeps nothing but what its cursor says."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256

from twinbook.cards import items
from twinbook.cards.marks import file_of
from twinbook.formats import vcard, webdav
from twinbook.formats.vcard import Card
from twinbook.model.cause import Cause
from twinbook.model.contact import Photo
from twinbook.model.errors import CursorExpired, Unavailable
from twinbook.model.ids import Cursor, LinkId, RecordId, Version
from twinbook.model.keys import Key
from twinbook.model.record import Announced, Delta, Gone, Record, Trouble
from twinbook.model.shape import Shape
from twinbook.net.web import Web
from twinbook.ports import Change, Outcome
from twinbook.reconcile.match import keys_of
from twinbook.replicas.carddav.client import Collection as Book
from twinbook.replicas.carddav.client import Listing, NotOffered, Stored
from twinbook.replicas.carddav.index import Index
from twinbook.replicas.carddav.mapping import key_matches, uid_matches
from twinbook.replicas.carddav.profile import Profile
from twinbook.replicas.carddav.reader import Crew, Reader, card_of, version_in
from twinbook.replicas.carddav.writer import Writer

PAGE = 500  #: items in one Delta
ASKED = 20  #: conditions in one query
FEW = 60  #: more look-alikes than this are not asked for one by one: the book is read instead
TOKEN, CTAG, LIST = "token", "ctag", "list"


class CardDavReplica:
    """One collection; others may write there at the same time."""

    def __init__(self, web: Web, address: str, profile: Profile) -> None:
        self.profile = profile
        self.web, self.address = web, address
        self._book = Book(web, address, locks=profile.locks)
        self._crew = Crew(1 if profile.digest else profile.in_flight)
        self._index = Index()
        self._reader = Reader(self._book, profile, self._crew)
        self._writer = Writer(self._book, profile, self._reader, self._crew, self._index)

    @property
    def shape(self) -> Shape:
        return self.profile.shape

    @property
    def settles_after(self) -> float:
        return self.profile.settles_after

    @property
    def shows_after(self) -> float:
        return self.profile.shows_after

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return self.web.requests

    @property
    def is_unfamiliar(self) -> bool:
        """Whether the server calls itself something else than when it was measured."""
        return bool(self.web.banner) and self.web.banner not in self.profile.banners

    def check(self) -> None:
        """Raise what keeps the book from being asked, such as a wrong password."""
        self._book.properties([webdav.RESOURCE_TYPE])

    def close(self) -> None:
        """Let go of threads and connections."""
        self._crew.close()
        self.web.close()

    # ------------------------------------------------ the feed

    def changes(self, since: Cursor | None) -> Iterator[Delta]:
        kind, _, rest = (since or "").partition(":")
        if since is not None and kind not in (TOKEN, CTAG, LIST):
            raise CursorExpired("This place in the feed is none of ours.")
        if self.profile.syncs and kind in ("", TOKEN):
            try:
                yield from self._synced(rest, since)
            except NotOffered as error:
                if since is not None:
                    raise CursorExpired("The server no longer tells what changed.") from error
            else:
                return
        elif kind == TOKEN:
            raise CursorExpired("The server no longer tells what changed.")
        yield from self._listed(since)

    def _synced(self, token: str, since: Cursor | None) -> Iterator[Delta]:
        """By sync-collection, however many pieces the server makes of it."""
        more = True
        while more:
            found = self._book.since(token)
            if not found.token:
                raise NotOffered
            if found.more and found.token == token:
                raise Unavailable(
                    f"{self.web.server} does not get on with its list of changes. "
                    "Nothing is lost; it is tried again."
                )
            token, more = found.token, found.more
            cursor = Cursor(f"{TOKEN}:{token}")
            yield from self._pages(found, cursor, complete=since is None)

    def _listed(self, since: Cursor | None) -> Iterator[Delta]:
        """By a tag of the whole collection, and a list of everything where that has changed."""
        ctag = ""
        if self.profile.has_ctag:
            ctag = self._book.properties([webdav.CTAG])[webdav.CTAG].text.strip()
            if ctag and since == f"{CTAG}:{ctag}":
                yield Delta(cursor=since)
                return
        # Two lists that are equal may have our own writes between them, made and lost again:
        # nothing but a tag says that nothing happened.
        cursor = Cursor(f"{CTAG}:{ctag}" if ctag else f"{LIST}:")
        yield from self._pages(self._book.listing(), cursor, complete=True)

    def _pages(self, found: Listing, cursor: Cursor, *, complete: bool) -> Iterator[Delta]:
        found = self._versions(found)
        announced = [
            Announced(id=id, version=version)
            for id, version in found.items.items()
            if version is not None
        ]
        for start in range(0, max(1, len(announced)), PAGE):
            yield Delta(
                cursor=cursor,
                announced=tuple(announced[start : start + PAGE]),
                removed=tuple(sorted(found.gone)) if start == 0 else (),
                complete=complete,
            )

    def _versions(self, found: Listing) -> Listing:
        """The same with a version for everything: read where the server's tags tell nothing."""
        unknown = [
            id
            for id, version in found.items.items()
            if version is None or not self.profile.tells_versions
        ]
        if not unknown:
            return found
        read = self._reader.read(unknown)
        told = {id: version_in(one, self.profile) for id, one in read.items() if one is not None}
        kept = {id: version for id, version in found.items.items() if id not in set(unknown)}
        return Listing({**kept, **told}, found.gone, found.token, found.more)

    # ------------------------------------------------ reading

    def read(self, ids: Collection[RecordId]) -> Mapping[RecordId, Record | Gone | Trouble]:
        found: dict[RecordId, Record | Gone | Trouble] = {}
        for id, stored in self._reader.read([one for one in ids if self._book.href(one)]).items():
            found[id] = self._seen(stored) if stored is not None else Gone(id)
        if any(isinstance(one, Gone) for one in found.values()):
            self.check()  # in a book that is gone itself, no item was removed
        return found | {id: Gone(id) for id in ids if not self._book.href(id)}

    def _seen(self, stored: Stored) -> Record | Trouble:
        card = card_of(stored)
        version = version_in(stored, self.profile)
        if isinstance(card, Trouble):
            self._index.note(stored.id, version, None)
            return card
        self._index.note(stored.id, version, card)
        return items.record(stored.id, version, card)

    def _records(self, stored: Iterable[Stored]) -> list[Record]:
        seen = [self._seen(one) for one in stored]
        return sorted((one for one in seen if isinstance(one, Record)), key=lambda one: one.id)

    def find(self, marks: Collection[LinkId]) -> Mapping[LinkId, Record]:
        """By the names we give our own items, by asking for UIDs, or by reading the book."""
        found = self._by_name(marks) if marks else {}
        left = [mark for mark in marks if mark not in found]
        for record in self._marked(left) if left else ():
            if record.mark is not None and record.mark in left:
                found.setdefault(record.mark, record)
        return found

    def _marked(self, marks: Collection[LinkId]) -> list[Record]:
        if self.profile.finds_uids and len(marks) <= FEW:
            with suppress(NotOffered):
                return self._asked(list(uid_matches(marks)))
        self._refresh()
        found = self._index.marked(marks)
        return self._read_again([id for ids in found.values() for id in ids])

    def _by_name(self, marks: Collection[LinkId]) -> dict[LinkId, Record]:
        names = {RecordId(file_of(mark)): mark for mark in marks}
        records = self._read_again(list(names))
        return {names[one.id]: one for one in records if one.mark == names[one.id]}

    def resembling(self, keys: Collection[Key]) -> Mapping[Key, Sequence[Record]]:
        wanted = frozenset(keys)
        found: dict[Key, list[Record]] = {}
        for record in self._sharing(wanted) if wanted else ():
            for key in keys_of(record.contact) & wanted:
                found.setdefault(key, []).append(record)
        return found

    def _sharing(self, keys: frozenset[Key]) -> list[Record]:
        matches = key_matches(keys) if self.profile.searches and len(keys) <= FEW else None
        if matches is not None:
            with suppress(NotOffered):
                return self._asked(matches)
        self._refresh()
        return self._read_again(self._index.sharing(keys))

    def _asked(self, matches: Sequence[webdav.TextMatch]) -> list[Record]:
        """The items that the server finds. Raises NotOffered if it does not answer."""
        batches = [matches[at : at + ASKED] for at in range(0, len(matches), ASKED)]
        found: dict[RecordId, Stored] = {}
        for some in self._crew.each(self._book.matching, batches):
            found |= some
        return self._records(found.values())

    def _read_again(self, ids: Collection[RecordId]) -> list[Record]:
        return self._records(one for one in self._reader.read(ids).values() if one is not None)

    def _refresh(self) -> None:
        """Know all that is in the book. What was read before, and has not changed, is kept."""
        self._index.refresh(self._everything().items, self._loaded)

    def _everything(self) -> Listing:
        found = self._book.listing()
        return found if self.profile.tells_versions else Listing(dict.fromkeys(found.items))

    def _loaded(
        self, ids: Collection[RecordId]
    ) -> Iterator[tuple[RecordId, Version | None, Card | None]]:
        for id, stored in self._reader.read(ids).items():
            if stored is not None:
                card = card_of(stored)
                version = version_in(stored, self.profile)
                yield id, version, card if isinstance(card, Card) else None

    def photo(self, id: RecordId, photo: Photo) -> bytes | None:
        stored = self._book.one(id)
        card = card_of(stored) if stored is not None else None
        body = vcard.photo(card) if isinstance(card, Card) else None
        return body if body and sha256(body).hexdigest() == photo.digest else None

    # ------------------------------------------------ writing

    def write(self, changes: Sequence[Change], cause: Cause) -> Iterator[Outcome]:
        return self._writer.write(changes)
