"""Reading cards: many in one request where the server can, several requests at once."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import TypeVar

from twinbook.cards.items import card_in
from twinbook.formats.vcard import Card
from twinbook.model.errors import Emptied, Unavailable
from twinbook.model.ids import RecordId, Version
from twinbook.model.record import Trouble
from twinbook.replicas.carddav import client
from twinbook.replicas.carddav.client import NotOffered, Stored
from twinbook.replicas.carddav.profile import Profile

BATCH = 50  #: cards in one request
_T = TypeVar("_T")
_U = TypeVar("_U")


class Crew:
    """A few threads, so that a server has several requests of ours at once and no more."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._pool: ThreadPoolExecutor | None = None

    def each(self, work: Callable[[_T], _U], tasks: Sequence[_T]) -> Iterator[_U]:
        """What became of each task, in order. One alone is done here and now."""
        if len(tasks) <= 1 or self._size <= 1:
            return map(work, tasks)
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._size, thread_name_prefix="carddav")
        return self._pool.map(work, tasks)

    def close(self) -> None:
        """Wait for what is under way, and let the threads go."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


class Reader:
    """The cards of one collection."""

    def __init__(self, collection: client.Collection, profile: Profile, crew: Crew) -> None:
        self._collection, self._crew = collection, crew
        self._gets_many = profile.gets_many

    def read(self, ids: Collection[RecordId]) -> Mapping[RecordId, Stored | None]:
        """The items as they are stored, None for those that are gone; unread ones are missing."""
        wanted = list(dict.fromkeys(ids))
        batches = [wanted[at : at + BATCH] for at in range(0, len(wanted), BATCH)]
        found: dict[RecordId, Stored | None] = {}
        for batch, some in zip(batches, self._crew.each(self._batch, batches), strict=True):
            found |= {id: some[id] for id in batch if id in some}
        return found

    def _batch(self, ids: Sequence[RecordId]) -> Mapping[RecordId, Stored | None]:
        found: dict[RecordId, Stored | None] = {}
        if self._gets_many:
            found |= self._many(ids)
        # Left out, or without a tag: asked for one by one, for only that answer is a proof.
        for id in ids:
            if id not in found or ((card := found[id]) is not None and card.version is None):
                found[id] = self._collection.one(id)
        return found

    def _many(self, ids: Sequence[RecordId]) -> Mapping[RecordId, Stored | None]:
        try:
            return self._collection.many(ids)
        except NotOffered:
            self._gets_many = False
            return {}
        except (Emptied, Unavailable):
            # One card may be gone, or hold what no XML can carry: some servers tell of none then.
            return {}


def card_of(stored: Stored) -> Card | Trouble:
    """The card that an item is, or why it is none that we understand."""
    card = card_in(stored.data)
    return (
        Trouble(stored.id, card.replace("The file", "The item")) if isinstance(card, str) else card
    )


def version_in(stored: Stored, profile: Profile) -> Version:
    """The version of a card: its tag, or its content where tags tell nothing."""
    if stored.version is not None and profile.tells_versions:
        return stored.version
    return Version(sha256(stored.data.replace(b"\r\n", b"\n")).hexdigest()[:32])
