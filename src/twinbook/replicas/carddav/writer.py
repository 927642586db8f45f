"""Writing cards: several requests at once, each conditional, each with its echo.

LANE     the changes of one item, which are made one after the other.
ECHO     what the server shows afterwards. An ETag in its answer proves that it stored what
         it was sent only where that was measured; else the card is read back (rule 0.7).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin

from twinbook.cards import items
from twinbook.cards.marks import file_of, mark_of, uid_of
from twinbook.formats import vcard, webdav
from twinbook.formats.vcard import Card
from twinbook.formats.webdav import TextMatch
from twinbook.model.contact import Contact
from twinbook.model.errors import ReplicaError, Unavailable
from twinbook.model.ids import RecordId, Version
from twinbook.model.record import Trouble
from twinbook.model.shape import ALL_FIELDS
from twinbook.net.web import Answer
from twinbook.ports import (
    Change,
    Create,
    Doubt,
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
from twinbook.reconcile.normal import plausible
from twinbook.replicas.carddav.client import GONE, LOCKED, Collection, NotOffered, Stored
from twinbook.replicas.carddav.index import Index
from twinbook.replicas.carddav.mapping import version_of
from twinbook.replicas.carddav.profile import Profile
from twinbook.replicas.carddav.reader import Crew, Reader, card_of, version_in

_UID_TAKEN = f"{webdav.CARD}no-uid-conflict"
_TOO_LARGE = f"{webdav.CARD}max-resource-size"
_NOT_UNDERSTOOD = frozenset(
    {f"{webdav.CARD}supported-address-data", f"{webdav.CARD}valid-address-data"}
)
_NOT_THERE = GONE | {412}  #: at the version that was to be removed, or not at all
MANY_ERRORS = 3  #: so many failures without a success are the server's, not the cards'


@dataclass(frozen=True, slots=True)
class Sent:
    """A card that was stored and has to be read back."""

    id: RecordId
    card: Card
    version: Version | None  #: the tag in the answer, where there was one


@dataclass(slots=True)
class Effort:
    """One call of `write`, over all its lanes."""

    cards: dict[RecordId, Stored | None]  #: the items that are to be altered, as they are
    error: ReplicaError | None = None  #: why the rest is not sent
    failures: int = 0
    results: dict[int, Outcome | Sent] = field(default_factory=dict)  #: by place in the call


class Writer:
    """Carries out changes in one collection."""

    def __init__(
        self, collection: Collection, profile: Profile, reader: Reader, crew: Crew, index: Index
    ) -> None:
        self._collection, self._profile = collection, profile
        self._reader, self._crew, self._index = reader, crew, index

    def write(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        """One outcome each, in order; raises afterwards what kept the rest from being made."""
        altered = [one.id for one in changes if not isinstance(one, Create)]
        effort = Effort(dict(self._reader.read(altered)) if altered else {})
        lanes: dict[str, list[tuple[int, Change]]] = {}
        for place, change in enumerate(changes):
            lanes.setdefault(_lane(change), []).append((place, change))
        for _ in self._crew.each(lambda lane: self._drive(lane, effort), list(lanes.values())):
            pass
        self._read_back(effort)
        if effort.failures >= MANY_ERRORS and all(
            isinstance(one, Doubt) for one in effort.results.values()
        ):
            effort.error = effort.error or Unavailable(
                f"{self._collection.web.server} fails at every card it is given. Nothing is lost; "
                "it is tried again. Look into the server's own log."
            )
        for place in range(len(changes)):
            outcome = effort.results[place]
            assert not isinstance(outcome, Sent)  # noqa: S101 - all were read back
            yield outcome
        if effort.error is not None:
            raise effort.error

    def _drive(self, lane: Sequence[tuple[int, Change]], effort: Effort) -> None:
        for turn, (place, change) in enumerate(lane):
            if effort.error is not None:
                effort.results[place] = Doubt("not sent")
                continue
            try:
                if turn and not isinstance(change, Create):
                    # What came before has altered it, and not every server would notice.
                    effort.cards |= self._reader.read([change.id])
                effort.results[place] = self._make(change, effort)
            except ReplicaError as error:
                effort.error = error
                effort.results[place] = Doubt("no usable answer")

    def _make(self, change: Change, effort: Effort) -> Outcome | Sent:
        if isinstance(change, Create):
            return self._create(change, effort)
        return self._alter(change, effort)

    # ------------------------------------------------ one change

    def _create(self, change: Create, effort: Effort) -> Outcome | Sent:
        card = items.created(change)
        id = RecordId(file_of(change.mark))
        there = self._there(change, card, id)
        if there is not None:
            return Exists(there)
        if self._is_too_large(bytes(card)):
            return Refused(_LARGE)
        answer = self._collection.put(id, bytes(card), None, new=True)
        if answer.status == 412:  # noqa: PLR2004 - Precondition Failed: there is one by this name
            return Exists(id)
        if _UID_TAKEN in (told := webdav.complaints(answer.body)):
            return self._uid_taken(told[_UID_TAKEN], vcard.uid(card))
        return self._stored(answer, id, card, effort)

    def _there(self, change: Create, card: Card, id: RecordId) -> RecordId | None:
        """An item that the new one would double, where the server itself would not notice."""
        if change.image is not None:  # it has its own UID, and may have come back by itself
            return self._with_uid(vcard.uid(card))
        if not self._profile.if_none_match and self._collection.one(id) is not None:
            return id
        return None

    def _uid_taken(self, hrefs: Sequence[str], uid: str) -> Outcome:
        ids = [id for href in hrefs if (id := self._collection.id_of(href)) is not None]
        there = ids[0] if ids else self._with_uid(uid)
        return Refused(_ELSEWHERE) if there is None else Exists(there)

    def _with_uid(self, uid: str) -> RecordId | None:
        """The item with a UID, as far as the server can be asked for it."""
        try:
            found = self._collection.matching([TextMatch("UID", uid.removeprefix("urn:uuid:"))])
        except NotOffered:
            return None
        for id, stored in sorted(found.items()):
            card = card_of(stored)
            if isinstance(card, Card) and mark_of(vcard.uid(card)) == mark_of(uid):
                return id
        return None

    def _alter(self, change: Update | Release | Remove, effort: Effort) -> Outcome | Sent:
        if change.id not in effort.cards:
            return Missing() if not self._collection.href(change.id) else Outdated()
        stored = effort.cards[change.id]
        if not self._is_guarded(change):
            stored = self._reader.read([change.id]).get(change.id)  # as late as can be
        if stored is None:
            return Missing()
        card = card_of(stored)
        if isinstance(card, Trouble):
            return Refused(card.reason)
        if version_in(stored, self._profile) != change.expected:
            return Outdated()
        expected = stored.version if self._profile.if_match else None
        if isinstance(change, Remove):
            return self._removed(self._collection.delete(change.id, expected), stored)
        wanted = (
            items.updated(card, change)
            if isinstance(change, Update)
            else items.released(card, change)
        )
        if wanted == card:
            return Written(items.record(change.id, change.expected, card))
        if self._is_too_large(bytes(wanted)):
            return Refused(_LARGE)
        answer = self._collection.put(change.id, bytes(wanted), expected, new=False)
        if answer.status == 412:  # noqa: PLR2004 - Precondition Failed: somebody was faster
            return self._overtaken(change.id, wanted)
        if answer.status in GONE:
            return Missing()
        return self._stored(answer, change.id, wanted, effort)

    def _is_guarded(self, change: Update | Release | Remove) -> bool:
        """Whether the server itself refuses the change once somebody was faster."""
        removes = isinstance(change, Remove)
        return self._profile.removes_if if removes else self._profile.if_match

    def _overtaken(self, id: RecordId, wanted: Card) -> Outcome:
        """What became of an item that is not at its version any more.

        Something on the way may have sent our request a second time: who was faster is we.
        """
        stored = self._reader.read([id]).get(id)
        card = card_of(stored) if stored is not None else None
        if stored is None or not isinstance(card, Card):
            return Outdated()
        if vcard.contact(card) != vcard.contact(wanted):
            return Outdated()
        return self._written(id, version_in(stored, self._profile), card)

    def _removed(self, answer: Answer, stored: Stored) -> Outcome:
        """What became of a DELETE of an item that was there a moment ago.

        If it is gone now it was ours, whatever the answer: it may have been sent twice on the
        way. A user's removal at the same moment can't be told from that (N8).
        """
        if answer.is_good or (answer.status in _NOT_THERE and self._is_gone(stored.id)):
            self._index.forget(stored.id)
            return Removed(stored.data)
        if answer.status in (*_NOT_THERE, LOCKED):
            return Outdated()
        if answer.status >= 500:  # noqa: PLR2004 - it may have been done all the same
            return Doubt(f"error {answer.status}")
        raise self._collection.refusal(answer)

    def _is_gone(self, id: RecordId) -> bool:
        return self._reader.read([id]).get(id, ...) is None

    def _stored(self, answer: Answer, id: RecordId, card: Card, effort: Effort) -> Outcome | Sent:
        """What became of a PUT."""
        told = webdav.complaints(answer.body)
        if answer.is_good:
            return self._accepted(answer, id, card)
        if answer.status == LOCKED:  # somebody else writes there, and goes on and on
            return Outdated()
        if answer.status == 413 or _TOO_LARGE in told:  # noqa: PLR2004 - Content Too Large
            return Refused(_LARGE)
        if answer.status == 415 or _NOT_UNDERSTOOD & told.keys():  # noqa: PLR2004 - Unsupported
            return Refused("The server does not understand the card, and did not take it.")
        if answer.status in (403, 404, 405, 409, 410, 507):
            raise self._collection.refusal(answer)
        if answer.status >= 500:  # noqa: PLR2004 - it may have been stored all the same
            effort.failures += 1
            return Doubt(f"error {answer.status}")
        return Refused(f"The server refused the card with the error {answer.status}.")

    def _accepted(self, answer: Answer, id: RecordId, card: Card) -> Outcome | Sent:
        moved = self._moved(answer)
        etag = answer.headers.get("etag")
        version = version_of(etag) if etag else None
        if self._profile.echoes and version is not None and moved in (None, id):
            stored = Stored(id, version, bytes(card))
            return self._written(id, version_in(stored, self._profile), card)
        return Sent(moved or id, card, version)

    def _moved(self, answer: Answer) -> RecordId | None:
        """The item's new name, None where the answer names none that can be one."""
        location = answer.headers.get("location")
        try:
            return self._collection.id_of(urljoin(answer.url, location)) if location else None
        except ValueError:
            return None

    def _is_too_large(self, data: bytes) -> bool:
        return 0 < self._profile.largest < len(data)

    def _written(self, id: RecordId, version: Version, card: Card) -> Written:
        self._index.note(id, version, card)
        return Written(items.record(id, version, card))

    # ------------------------------------------------ echoes

    def _read_back(self, effort: Effort) -> None:
        """Give every card that was sent its echo. What can't be had now is in doubt."""
        sent = {place: one for place, one in effort.results.items() if isinstance(one, Sent)}
        if not sent:
            return
        try:
            found = self._reader.read([one.id for one in sent.values()])
            for place, one in sent.items():
                effort.results[place] = self._echo(one, found.get(one.id))
        except ReplicaError as error:
            effort.error = effort.error or error
            for place in sent:
                if isinstance(effort.results[place], Sent):
                    effort.results[place] = Doubt("no echo")

    def _echo(self, sent: Sent, stored: Stored | None) -> Outcome:
        if stored is None:
            stored = self._elsewhere(sent.card)
        if stored is None:
            return Doubt("stored, and not to be seen")
        card = card_of(stored)
        edited = sent.version is not None and stored.version not in (None, sent.version)
        if isinstance(card, Trouble) or edited or not _could_be(sent.card, card, sent.version):
            return Doubt("edited meanwhile")
        return self._written(stored.id, version_in(stored, self._profile), card)

    def _elsewhere(self, card: Card) -> Stored | None:
        """The card under a name that the server gave it without a word."""
        id = self._with_uid(uid_of(mark) if (mark := mark_of(vcard.uid(card))) else "")
        return self._collection.one(id) if id is not None else None


_ELSEWHERE = (
    "The server keeps a card with the same UID in another address book. Remove that one there."
)
_LARGE = "The card is larger than the server takes. Make its picture smaller, or take it out."


def _lane(change: Change) -> str:
    return file_of(change.mark) if isinstance(change, Create) else str(change.id)


def _could_be(sent: Card, shown: Card, version: Version | None) -> bool:
    """Whether what is shown can be what the server made of what was sent.

    Where the tag says that nobody else wrote since, it is, whatever it looks like.
    """
    if version is not None:
        return True
    ours, theirs = vcard.contact(sent), vcard.contact(shown)
    return all(_is_plausible(name, ours, theirs) for name in ALL_FIELDS)


def _is_plausible(name: str, ours: Contact, theirs: Contact) -> bool:
    return plausible(name, getattr(ours, name), getattr(theirs, name))
