"""What a stand-in CardDAV server is made of: kept cards, answers in XML, filters."""

import re
from dataclasses import dataclass, field
from hashlib import md5 as hashed
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

DAV, CARD, CS = "DAV:", "urn:ietf:params:xml:ns:carddav", "http://calendarserver.org/ns/"
SPACES = f'xmlns="{DAV}" xmlns:C="{CARD}" xmlns:S="{CS}"'
PREFIXES = {DAV: "", CARD: "C:", CS: "S:"}


@dataclass
class Kept:
    """A book: its cards, and with what number each name changed last, be it there or gone."""

    cards: dict[str, tuple[bytes, int]] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    number: int = 0

    def put(self, name, body):
        self.number += 1
        self.cards[name] = (body, self.number)
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
