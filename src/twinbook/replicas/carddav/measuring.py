"""Measure what a server does, in a scratch address book of our own (rule 3.7).

What a server says about itself is read in any case; what it does when it is written to is
tried only where it lets us make an address book for that, which is removed afterwards.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import urljoin

from twinbook.cards.marks import file_of, uid_of
from twinbook.formats import vcard, webdav
from twinbook.formats.vcard import Card
from twinbook.formats.webdav import Entry, TextMatch
from twinbook.model.contact import Contact
from twinbook.model.errors import Closed, CursorExpired, ReplicaError
from twinbook.model.ids import LinkId, RecordId, Version
from twinbook.net.web import Web
from twinbook.replicas.carddav import probe
from twinbook.replicas.carddav.client import Collection, Listing, NotOffered, Stored
from twinbook.replicas.carddav.mapping import version_of
from twinbook.replicas.carddav.profile import Profile
from twinbook.replicas.carddav.reader import card_of

XML = {"Content-Type": "application/xml; charset=utf-8"}
ASKED = (
    webdav.REPORTS,
    webdav.PRIVILEGES,
    webdav.LARGEST,
    webdav.CTAG,
    webdav.SYNC_TOKEN,
)
_WRITING = frozenset(f"{webdav.DAV}{name}" for name in ("write", "write-content", "bind", "all"))
TICK = 1.1  #: seconds: no server is known to count longer ones
LATE = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)  #: seconds between looks at a listing that lags
AT_ONCE = 4  #: writes, to see whether they get in each other's way


def said(web: Web, address: str, *, digest: bool = False) -> Profile:
    """What a server says of an address book. Raises Closed if we may not write there."""
    web.learn_keeping(address)
    told = Collection(web, address).properties(ASKED)
    rights = told[webdav.PRIVILEGES].names
    if rights and rights.isdisjoint(_WRITING):
        raise Closed(
            f"{web.server} lets this user read the address book, but not write into it. "
            "Give that right there, or choose another address book."
        )
    return Profile(
        banners=frozenset({web.banner}),
        digest=digest,
        keeps=web.keeps,
        syncs=_offers(told, "sync-collection", webdav.DAV) or bool(told[webdav.SYNC_TOKEN].text),
        has_ctag=bool(told[webdav.CTAG].text),
        gets_many=_offers(told, "addressbook-multiget", webdav.CARD),
        largest=_number(told[webdav.LARGEST].text),
    )


def _offers(told: Entry, report: str, space: str) -> bool:
    """Whether a report is offered; one that says nothing of reports is taken to know the usual."""
    names = told[webdav.REPORTS].names
    return f"{space}{report}" in names if names else report != "sync-collection"


def _number(text: str) -> int:
    """A number of bytes; one that is none, or beyond counting, is no limit."""
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) < 20 else 0  # noqa: PLR2004 - digits


def measured(web: Web, home: str, profile: Profile, mark: LinkId) -> Profile:
    """The profile with what the server does; as it was, where no scratch book may be made.

    `mark` makes the names that are used there unique.
    """
    if not home:
        return profile
    address = urljoin(home if home.endswith("/") else f"{home}/", f"twinbook-probe-{mark[:12]}/")
    body = webdav.new_book("Twinbook: a test, removed in a moment")
    is_made = True  # also where no answer to MKCOL comes
    try:
        is_made = web.ask("MKCOL", address, headers=XML, body=body).is_good
        return _Measuring(web, address, profile, mark).run() if is_made else profile
    finally:
        if is_made:
            _remove(web, address)


def _remove(web: Web, address: str) -> None:
    """Leave nothing behind, as far as the server lets us."""
    for _ in range(2):
        with suppress(ReplicaError):
            if web.ask("DELETE", address).status < 500:  # noqa: PLR2004 - the server's own trouble
                return


class _Measuring:
    """One scratch book, from the first card to the last."""

    def __init__(self, web: Web, address: str, profile: Profile, mark: LinkId) -> None:
        self.web, self.book = web, Collection(web, address)
        self.profile, self.mark = profile, mark
        self.id = RecordId(file_of(mark))
        self.slowest = 0.0

    def run(self) -> Profile:
        """The profile, measured."""
        token = self._token()
        sent = self._first()
        if sent is None:  # it takes no card of ours at all: nothing can be said
            return self.profile
        self._separate()
        self._overwrite(sent)
        self._update()
        self._together()
        self._finding()
        self._remove_stale()
        self._feed(token)
        self._look_at_the_clock()
        slowest = round(max(self.slowest, 0.01), 3)
        return self.profile.but(measured=True, slowest=slowest)

    def _token(self) -> str:
        """Where the feed stands before anything is there, "" without one."""
        try:
            return self._news("").token if self.profile.syncs else ""
        except (NotOffered, CursorExpired):
            return ""

    def _news(self, token: str) -> Listing:
        """All that happened since a token, on however many pages."""
        found = self.book.since(token)
        while found.more and found.token != token:
            token, more = found.token, self.book.since(found.token)
            items, gone = {**found.items, **more.items}, found.gone | more.gone
            found = Listing(items, gone, more.token, more.more)
        return found

    def _put(self, card: Card, expected: Version | None = None, *, new: bool = False) -> int:
        """The status of a write, whose time is taken."""
        begun = time.perf_counter()
        answer = self.book.put(self.id, bytes(card), expected, new=new)
        self.slowest = max(self.slowest, time.perf_counter() - begun)
        self.etag = answer.headers.get("etag")
        return answer.status

    def _stored(self) -> Stored | None:
        return self.book.one(self.id)

    def _first(self) -> Card | None:
        """The card that the server took: with everything, or with less."""
        photo = probe.picture()
        whole = probe.contact(photo)
        for contact, without in (
            (whole, frozenset[str]()),
            (whole.but(photo=None), frozenset({"photo"})),
            (Contact(given="Twinbook", surname="Probe", emails=whole.emails[:1]), None),
        ):
            card = vcard.new(contact, uid_of(self.mark), photo)
            if self._put(card, new=True) // 100 == 2:  # noqa: PLR2004 - 2xx is success
                self._find_itself()
                if without is not None:
                    self._compare(contact, card, without)
                return card
        return None

    def _find_itself(self) -> None:
        """Follow the card to the name that a server of its own mind has given it."""
        if self._stored() is None:
            uid = uid_of(self.mark)
            for stored in filter(None, map(self.book.one, self.book.listing().items)):
                card = card_of(stored)
                if isinstance(card, Card) and vcard.uid(card) == uid:
                    self.id = stored.id

    def _compare(self, sent: Contact, card: Card, without: frozenset[str]) -> None:
        """What survives, and whether an ETag says that all of it did."""
        stored = self._stored()
        shown = card_of(stored) if stored is not None else None
        if stored is None or not isinstance(shown, Card):
            return
        found = probe.findings(sent, vcard.contact(shown))
        found["lost"] |= without
        same = self.etag is not None and version_of(self.etag) == stored.version
        named = stored.id == file_of(self.mark)  # else an answer does not even tell the name
        exact = same and named and stored.data == bytes(card)
        self.profile = self.profile.but(echoes=exact, **found)

    def _separate(self) -> None:
        """Whether texts come apart at the separators in them, though they are escaped."""
        before, wanted = self._stored(), probe.separated()
        if before is None:
            return
        self._put(vcard.new(wanted, uid_of(self.mark), None), before.version)
        after = self._stored()
        shown = card_of(after) if after is not None else None
        if isinstance(shown, Card):
            self.profile = self.profile.but(without=probe.apart(wanted, vcard.contact(shown)))
        self.book.put(self.id, before.data, None, new=False)

    def _overwrite(self, sent: Card) -> None:
        """Whether a second creation of one name is refused."""
        before = self._stored()
        other = vcard.edit(sent, Contact(job_title="Overwritten"), {"job_title"})
        self._put(other, new=True)
        after = self._stored()
        kept = before is not None and after is not None and before.data == after.data
        self.profile = self.profile.but(if_none_match=kept)

    def _update(self) -> None:
        """Whether versions move with the content, and a stale write is refused."""
        before = self._stored()
        card = card_of(before) if before is not None else None
        if before is None or not isinstance(card, Card):
            return
        self._put(vcard.edit(card, Contact(job_title="Second"), {"job_title"}), before.version)
        after = self._stored()
        moved = after is not None and None not in (before.version, after.version)
        tells = moved and after is not None and after.version != before.version
        self._put(vcard.edit(card, Contact(job_title="Stale"), {"job_title"}), before.version)
        last = self._stored()
        refused = last is not None and after is not None and last.data == after.data
        self.profile = self.profile.but(
            tells_versions=tells and self._is_listed(last), if_match=tells and refused
        )

    def _together(self) -> None:
        """Whether writes of several cards at once get in each other's way."""
        marks = [LinkId(f"{self.mark[:-1]}{number}") for number in range(AT_ONCE)]
        with suppress(ReplicaError), ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self._write_twice, [one for one in marks if one != self.mark]))
        self.profile = self.profile.but(locks=self.book.locks)

    def _write_twice(self, mark: LinkId) -> None:
        id = RecordId(file_of(mark))
        for number in range(2):
            someone = Contact(given="Twinbook", surname=f"Probe {number}")
            body = bytes(vcard.new(someone, uid_of(mark), None))
            self.book.put(id, body, None, new=number == 0)

    def _is_listed(self, stored: Stored | None) -> bool:
        """Whether a listing shows the version, sooner or later; how late is noted."""
        late = 0.0
        for pause in LATE:
            self.web.sleep(pause)
            late += pause
            if stored and self.book.listing().items.get(self.id) == stored.version:
                self.profile = self.profile.but(shows_after=2 * late)
                return True
        return False

    def _finding(self) -> None:
        """Whether the server finds what is there, and nothing else."""
        uid = uid_of(self.mark).removeprefix("urn:uuid:")
        uids = self._finds(TextMatch("UID", uid)) and not self._finds(TextMatch("UID", "nobody-x"))
        names = [TextMatch(prop, text) for prop in ("FN", "N") for text in ("probe", "twinbook")]
        words = all(map(self._finds, (TextMatch("EMAIL", probe.EMAIL.upper()), *names)))
        none = self._finds(TextMatch("EMAIL", "nobody@example.com"), TextMatch("FN", "nobody-x"))
        self.profile = self.profile.but(finds_uids=uids, searches=words and not none)
        with suppress(NotOffered):
            found = self.book.many([self.id])
            self.profile = self.profile.but(gets_many=found.get(self.id) is not None)

    def _finds(self, *matches: TextMatch) -> bool:
        try:
            return self.id in self.book.matching(matches)
        except (NotOffered, ReplicaError):
            return False

    def _remove_stale(self) -> None:
        """Whether a removal at another version than the present one is refused."""
        stored = self._stored()
        if stored is not None:
            self.book.delete(self.id, Version("twinbook-stale"))
            self.profile = self.profile.but(removes_if=self._stored() is not None)
            if not self.profile.removes_if:  # the feed is tried with it, too
                self.book.put(self.id, stored.data, None, new=True)

    def _look_at_the_clock(self) -> None:
        """Whether the token moves by itself: it is a time, and hides what happens within a tick.

        Then the ctag is one as well, as far as is known (SOGo).
        """
        if self.profile.syncs:
            before = self._news("").token
            self.web.sleep(TICK)
            if self._news(before).token != before:
                self.profile = self.profile.but(syncs=False, has_ctag=False)

    def _feed(self, token: str) -> None:
        """Whether the feed tells of what is new, and of what is gone."""
        try:
            new = self._news(token) if token else None
            self.book.delete(self.id, None)
            last = self._news(new.token) if new else None
        except (NotOffered, CursorExpired):
            new = last = None
        told = new is not None and self.id in new.items
        gone = last is not None and self.id in last.gone
        self.profile = self.profile.but(syncs=told and gone)
