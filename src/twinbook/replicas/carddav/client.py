"""An address book on a server, in the requests of CardDAV. Everything is translated here.

What each server really does is in docs/replicas/carddav.md.
"""

import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from urllib.parse import urljoin

from twinbook.formats import webdav
from twinbook.formats.webdav import ADDRESS_DATA, GETETAG, BadAnswer, Entry, Multistatus, TextMatch
from twinbook.model.errors import (
    Closed,
    CursorExpired,
    Emptied,
    ReplicaError,
    SignInNeeded,
    Unavailable,
)
from twinbook.model.ids import RecordId, Version
from twinbook.net.web import Answer, Web
from twinbook.replicas.carddav.mapping import (
    etag_of,
    href_of,
    id_of,
    path_of,
    spelling,
    version_of,
)

XML = {"Content-Type": "application/xml; charset=utf-8"}
CARD = {"Content-Type": "text/vcard; charset=utf-8"}
MULTISTATUS, GONE = 207, frozenset({404, 410})
NO_REPORT = frozenset({400, 403, 405, 415, 501})
LOCKED = 423  #: RFC 4918, section 11.3
LOCKED_PAUSES = (0.05, 0.2, 0.8)  #: seconds
LARGEST_CARD = 50 << 20  #: bytes
_LINE_END = re.compile(r"\r?\n")


class NotOffered(Exception):
    """The server does not do what was asked of it; there are other ways."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A card as the server gave it."""

    id: RecordId
    version: Version | None  #: None where the server gave no tag
    data: bytes


@dataclass(frozen=True, slots=True)
class Listing:
    """Items with their versions, what is gone, and where the feed stands."""

    items: Mapping[RecordId, Version | None]
    gone: frozenset[RecordId] = frozenset()
    token: str = ""
    more: bool = False  #: the server cut the list: ask again from the token


class Collection:
    """One address book. Every method raises the errors of ports.Replica, and no others.

    `locks` says that the server refuses a write while it is busy with another one in the
    same book: then ours wait for each other. It is noticed when it happens, too.
    """

    def __init__(self, web: Web, address: str, *, locks: bool = False) -> None:
        self.web, self.locks = web, locks
        self._turn = threading.Lock()
        self.address = address if address.endswith("/") else f"{address}/"
        self.path = path_of(self.address)
        self._quote = '"'  # around a tag; "" where the server forgets it and would miss it
        self._hrefs: dict[RecordId, str] = {}  # as the server spells them, where that differs

    def href(self, id: RecordId) -> str:
        """The path of an item, as its server spells it; "" for an id that can't be one."""
        return self._hrefs.get(id) or href_of(self.path, id)

    def url(self, id: RecordId) -> str:
        """The whole address of an item."""
        return urljoin(self.address, self.href(id))

    def id_of(self, href: str) -> RecordId | None:
        """The item at an address, None if that is none of this collection."""
        id = id_of(self.path, href)
        if id is not None and (path := spelling(href)) != href_of(self.path, id):
            self._hrefs[id] = path.replace("?", "%3F").replace("#", "%23")
        return id

    # ------------------------------------------------ what is there

    def properties(self, names: Iterable[str]) -> Entry:
        """What the collection says of itself. Raises Emptied if it isn't there."""
        answer = self._xml("PROPFIND", webdav.propfind(names), depth="0")
        for entry in self._multistatus(answer).entries:
            if entry.status not in GONE:
                return entry
        raise self._gone()

    def since(self, token: str) -> Listing:
        """What happened since a token, by sync-collection; everything when it is empty.

        Raises CursorExpired for a token that the server has forgotten, NotOffered where
        there is no such report. Source: RFC 6578.
        """
        # The depth is that of RFC 6578; servers that want it otherwise ignore it.
        answer = self._xml("REPORT", webdav.sync_collection(token), depth="0")
        if answer.status != MULTISTATUS:
            self._refuse_sync(answer, token)
        found = self._multistatus(answer)
        self._refuse_foreign(found.entries)
        items: dict[RecordId, Version | None] = {}
        gone: set[RecordId] = set()
        more = False
        for entry in found.entries:
            id = self.id_of(entry.href)
            if id is None:
                more |= entry.status == 507  # noqa: PLR2004 - truncated, RFC 6578, section 3.6
            elif entry.status in GONE:
                gone.add(id)
            else:
                items[id] = self._version(entry[GETETAG].text)
        return Listing(items, frozenset(gone - items.keys()), found.token, more)

    def _refuse_sync(self, answer: Answer, token: str) -> None:
        told = webdav.complaints(answer.body)
        expired = f"{webdav.DAV}valid-sync-token" in told or answer.status in (409, 410, 412)
        if token and (expired or answer.status in NO_REPORT):
            raise CursorExpired(f"{self.web.server} has forgotten what it told us before.")
        if answer.status in NO_REPORT:
            raise NotOffered
        self._check(answer)

    def listing(self) -> Listing:
        """All items, by PROPFIND."""
        answer = self._xml("PROPFIND", webdav.propfind([GETETAG, webdav.RESOURCE_TYPE]), depth="1")
        entries = self._multistatus(answer).entries
        if any(path_of(one.href) == self.path and one.status in GONE for one in entries):
            raise self._gone()  # some servers say so inside, and that is no empty book
        self._refuse_foreign(entries)
        items = {
            id: self._version(entry[GETETAG].text)
            for entry in entries
            if webdav.COLLECTION not in entry[webdav.RESOURCE_TYPE].names
            and entry.status not in GONE
            and (id := self.id_of(entry.href)) is not None
        }
        return Listing(items)

    def _refuse_foreign(self, entries: Sequence[Entry]) -> None:
        """Raise Emptied for a list that speaks of another collection: that is no empty book."""
        if entries and not any(self._is_mine(one.href) for one in entries):
            raise Emptied(
                f"{self.web.server} lists another address book than the one at {self.address}. "
                "No contact was removed. Connect it with the address that the server uses itself."
            )

    def _is_mine(self, href: str) -> bool:
        return path_of(href) == self.path or self.id_of(href) is not None

    # ------------------------------------------------ cards

    def many(self, ids: Sequence[RecordId]) -> Mapping[RecordId, Stored | None]:
        """The cards of some items, None for those that are gone; what was left out is missing.

        Raises NotOffered where there is no such report. Source: RFC 6352, section 8.7.
        """
        hrefs = [href for id in ids if (href := self.href(id))]
        if not hrefs:
            return {}
        # RFC 6352 says that the depth is ignored; some servers want to see one.
        asked = self.path
        answer = self._xml("REPORT", webdav.multiget(hrefs), depth="1")
        if asked != self.path:  # it has moved, and so have the items
            return self.many(ids)
        # Some answer 404 as a whole where one card is missing: then each is asked for by itself.
        if answer.status in NO_REPORT | GONE:
            raise NotOffered
        return self._cards(self._multistatus(answer).entries)

    def matching(self, matches: Sequence[TextMatch]) -> Mapping[RecordId, Stored]:
        """The cards that fulfil any of the conditions. Raises NotOffered where it can't be asked.

        Source: RFC 6352, section 8.6.
        """
        answer = self._xml("REPORT", webdav.query(matches), depth="1")
        if answer.status in NO_REPORT or answer.status >= 500:  # noqa: PLR2004 - servers that choke
            raise NotOffered
        found = self._cards(self._multistatus(answer).entries)
        return {id: card for id, card in found.items() if card is not None}

    def _cards(self, entries: Iterable[Entry]) -> dict[RecordId, Stored | None]:
        found: dict[RecordId, Stored | None] = {}
        for entry in entries:
            id = self.id_of(entry.href)
            if id is None:
                continue
            if entry.status in GONE:
                found[id] = None
            elif ADDRESS_DATA in entry.props:
                # XML has made a plain line feed of every line's end (RFC 6350 wants CR LF).
                data = _LINE_END.sub("\r\n", entry[ADDRESS_DATA].text).encode()
                found[id] = Stored(id, self._version(entry[GETETAG].text), data)
        return found

    def one(self, id: RecordId) -> Stored | None:
        """The card of one item by GET, None if it is gone."""
        if not self.href(id):
            return None
        # Packed answers have tags of their own behind some servers (Apache's "-gzip").
        plain = {"Accept-Encoding": "identity"}
        answer = self.web.ask("GET", self.url(id), headers=plain, largest=LARGEST_CARD)
        if answer.status in GONE:
            return None
        self._check(answer)
        return Stored(id, self._version(answer.headers.get("etag", "")), answer.body)

    def _version(self, etag: str) -> Version | None:
        if not etag:
            return None
        self._quote = '"' if '"' in etag else ""
        return version_of(etag)

    # ------------------------------------------------ writing

    def put(self, id: RecordId, data: bytes, expected: Version | None, *, new: bool) -> Answer:
        """The answer to storing a card: as a new one, or in the place of the expected version."""
        headers = dict(CARD)
        if new:
            headers["If-None-Match"] = "*"
        elif expected is not None:
            headers["If-Match"] = etag_of(expected, self._quote)
        return self._unlocked("PUT", id, headers, data)

    def delete(self, id: RecordId, expected: Version | None) -> Answer:
        """The answer to removing a card at the expected version."""
        headers = {} if expected is None else {"If-Match": etag_of(expected, self._quote)}
        return self._unlocked("DELETE", id, headers)

    def _unlocked(
        self, method: str, id: RecordId, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        """The answer once nobody else's write is in the way (423 Locked: nothing was done)."""
        for pause in LOCKED_PAUSES:
            with self._our_turn():
                answer = self.web.ask(method, self.url(id), headers=headers, body=body)
            if answer.status != LOCKED:
                return answer
            self.locks = True
            self.web.sleep(pause)
        with self._our_turn():
            return self.web.ask(method, self.url(id), headers=headers, body=body)

    def _our_turn(self) -> AbstractContextManager[object]:
        return self._turn if self.locks else nullcontext()

    # ------------------------------------------------ answers

    def _xml(self, method: str, body: bytes, depth: str) -> Answer:
        headers = {**XML, "Depth": depth}
        answer = self.web.ask(method, self.address, headers=headers, body=body)
        if answer.status == MULTISTATUS and answer.url != self.address:
            # It has moved within its server, and so have its items.
            self.path, self._hrefs = path_of(answer.url), {}
            self.address = urljoin(answer.url, self.path)
        return answer

    def _multistatus(self, answer: Answer) -> Multistatus:
        self._check(answer)
        try:
            return webdav.multistatus(answer.body)
        except BadAnswer as error:
            html = "html" in answer.headers.get("content-type", "")
            what = (
                "a web page, such as a login page," if html else f"an answer that is odd: {error}"
            )
            raise Unavailable(
                f"{self.web.server} sent {what} instead of address book data. Nothing was "
                "changed. Check the address, and what is between here and there."
            ) from error

    def _check(self, answer: Answer) -> None:
        if not answer.is_good:
            raise self.error(answer)

    def refusal(self, answer: Answer) -> ReplicaError:
        """Why the place takes no writes at all."""
        if answer.status in (403, 405):
            return Closed(
                f"{self.web.server} does not let this user write into the address book at "
                f"{self.address}. Give the right to write there, or connect another one."
            )
        return self.error(answer)

    def error(self, answer: Answer) -> ReplicaError:
        """What an answer means that no caller has a use for."""
        told = webdav.complaints(answer.body)
        if answer.status in GONE or answer.status == 409:  # noqa: PLR2004 - no parent: RFC 4918, 9.7.1
            return self._gone()
        if answer.status == 507 or f"{webdav.DAV}quota-not-exceeded" in told:  # noqa: PLR2004
            return Closed(f"{self.web.server} has no room left for this user. Make room there.")
        if answer.status == 403:  # noqa: PLR2004 - Forbidden
            return SignInNeeded(f"{self.web.server} lets us in, but not to this address book.")
        return Unavailable(
            f"{self.web.server} answered with the error {answer.status}. Nothing is lost; "
            "it is tried again."
        )

    def _gone(self) -> Emptied:
        return Emptied(
            f"There is no address book at {self.address} (any more). No contact was removed. "
            "If it has moved, connect it with its new address."
        )
