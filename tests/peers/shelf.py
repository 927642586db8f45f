"""What a stand-in CardDAV server is made of: switches, kept cards, answers, filters."""

import re
from dataclasses import dataclass, field
from hashlib import md5 as hashed
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

DAV, CARD, CS = "DAV:", "urn:ietf:params:xml:ns:carddav", "http://calendarserver.org/ns/"
SPACES = f'xmlns="{DAV}" xmlns:C="{CARD}" xmlns:S="{CS}"'
PREFIXES = {DAV: "", CARD: "C:", CS: "S:"}


@dataclass
class Switches:
    """What it does. The defaults are correct."""

    sync: bool = True  # False: no sync-collection
    ctag: bool = True  # False: no getctag; with sync=False only listings are left
    page: int = 0  # so many items in a sync-collection, then 507 (RFC 6578, 3.6)
    expired: int = 403  # how an unknown token is answered: 403, 410, 412; 207: with everything
    expired_says: bool = True  # False: without the valid-sync-token element
    renames: str = ""  # "location": a new card gets another name; "silently": and nobody is told
    rewrites: bool = False  # a card is stored with a line of the server's own
    put_etag: bool = True  # together with rewrites: dishonest (RFC 6352, 6.3.2.3)
    etag: str = '"{}"'  # 'W/"{}"' for weak ones, '{}' for unquoted ones
    etag_counts: bool = False  # each name counts its own ETags, anew after a removal (SOGo)
    if_none_match: int = 412  # 0: ignored; another number: refused with it, always
    if_match: bool = True  # False: ignored
    delete_conditions: bool = True  # False: a DELETE ignores them (SOGo)
    uid_taken: str = "href"  # how it is said: "href", "bare"; "": a second card is taken
    put_refused: int = 0  # 507 and 413: no room; 403: too large
    read_only: bool = False  # 403 with need-privileges (RFC 3744, 7.1.1), and the privileges say so
    digest: bool = False  # Digest instead of Basic
    redirect: str = ""  # "/new": elsewhere on this host; "http://…": to another one
    redirect_status: int = 301
    hrefs: str = "{}"  # "http://127.0.0.1:PORT{}" for whole URLs
    encoding: str = ""  # "lower": %c3 for %C3; "all": every byte but / is encoded
    lists_itself: bool = False  # also in REPORTs
    stranger: bool = False  # an item that is no card is in every book
    forgets: int = 0  # a multiget leaves out every so-manieth
    all_or_404: bool = (
        False  # a multiget with one missing card is answered with 404 (sabre/dav 1.8)
    )
    filters: bool = True  # False: a query finds everything (SOGo, by UID)
    gone_inside: bool = False  # PROPFIND of what is not there is 207 with 404 inside (Xandikos)
    hangs_up: bool = False  # the connection is closed after each answer, unannounced (SOGo)
    cuts: bool = False  # sync-collection takes a limit and forgets the rest (Xandikos)


@dataclass
class Kept:
    """A book: its cards, and with what number each name changed last, be it there or gone."""

    cards: dict[str, tuple[bytes, int]] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    number: int = 0

    def put(self, name, body, *, anew=False):
        """Keep a card; its version is the book's number, or counted `anew` for each name."""
        self.number += 1
        before = self.cards[name][1] if name in self.cards else 0
        self.cards[name] = (body, before + 1 if anew else self.number)
        self.changed[name] = self.number

    def remove(self, name):
        self.number += 1
        del self.cards[name]
        self.changed[name] = self.number


@dataclass
class Reply:
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def xml(status, inner, root="error"):
    body = f'<?xml version="1.0" encoding="utf-8"?><{root} {SPACES}>{inner}</{root}>'.encode()
    return Reply(status, {"Content-Type": "application/xml; charset=utf-8"}, body)


def md5(text):
    return hashed(text.encode()).hexdigest()


def element(tag, inner):
    space, _, name = tag[1:].partition("}")
    if space not in PREFIXES:
        return f'<X:{name} xmlns:X="{escape(space)}"/>'
    return f"<{PREFIXES[space]}{name}>{inner}</{PREFIXES[space]}{name}>"


def gone(href, status, more=""):
    return f"<response><href>{href}</href><status>HTTP/1.1 {status}</status>{more}</response>"


def wanted(body):
    """The names of the properties that are asked for; none means all."""
    prop = ET.fromstring(body).find("{DAV:}prop") if body else None
    return [] if prop is None else [one.tag for one in prop]


def fits(body, test):
    """Whether a card passes a filter: enough of RFC 6352, 10.5, for names and addresses."""
    text = re.sub(r"\r?\n[ \t]", "", body.decode("utf-8", "replace"))
    answers = [_passes(text, one) for one in test]
    return (all if test.get("test") == "allof" else any)(answers) or not answers


def _passes(text, prop):
    name = re.escape(prop.get("name"))
    values = re.findall(rf"(?im)^(?:[\w-]+\.)?{name}(?:;[^:\r\n]*)?:(.*?)\r?$", text)
    values = [re.sub(r"\\([,;\\])", r"\1", value).casefold() for value in values]
    if prop.find(f"{{{CARD}}}is-not-defined") is not None:
        return not values
    found = []
    for match in prop.findall(f"{{{CARD}}}text-match"):
        wanted, how = (match.text or "").casefold(), match.get("match-type", "contains")
        hit = any(_matches(how, value, wanted) for value in values)
        found.append(hit != (match.get("negate-condition") == "yes"))
    return (all if prop.get("test") == "allof" else any)(found) if found else bool(values)


def _matches(how, value, wanted):
    match how:
        case "equals":
            return value == wanted
        case "starts-with":
            return value.startswith(wanted)
        case "ends-with":
            return value.endswith(wanted)
        case _:
            return wanted in value
