"""WebDAV and CardDAV in XML: what is asked, and what a server answers. Pure.

Sources: RFC 4918 (WebDAV), RFC 6352 (CardDAV), RFC 6578 (sync-collection).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from xml.sax import saxutils

from lxml import etree

DAV = "{DAV:}"
CARD = "{urn:ietf:params:xml:ns:carddav}"
SERVER = "{http://calendarserver.org/ns/}"

GETETAG = f"{DAV}getetag"
CTAG = f"{SERVER}getctag"
SYNC_TOKEN = f"{DAV}sync-token"
RESOURCE_TYPE = f"{DAV}resourcetype"
DISPLAY_NAME = f"{DAV}displayname"
PRINCIPAL = f"{DAV}current-user-principal"
HOME = f"{CARD}addressbook-home-set"
PRIVILEGES = f"{DAV}current-user-privilege-set"
REPORTS = f"{DAV}supported-report-set"
LARGEST = f"{CARD}max-resource-size"
ADDRESS_DATA = f"{CARD}address-data"
ADDRESS_BOOK = f"{CARD}addressbook"
COLLECTION = f"{DAV}collection"

_PREFIXES = {"DAV:": "D", CARD[1:-1]: "C", SERVER[1:-1]: "S"}
_DECLARED = " ".join(f'xmlns:{prefix}="{name}"' for name, prefix in _PREFIXES.items())
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
# What no XML document may hold, not even escaped: XML 1.0, section 2.2.
_UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STATUS = re.compile(r"\S+\s+([0-9]{3})(?!\S)")
_PIECE = 1 << 16  #: bytes that are read at once


class BadAnswer(ValueError):
    """The text is no answer of a WebDAV server: not XML, cut off, or something else."""


# what is asked


@dataclass(frozen=True, slots=True)
class TextMatch:
    """A condition of a query: a property's text contains, or with `whole` is, `text`."""

    prop: str
    text: str
    whole: bool = False


def propfind(props: Iterable[str]) -> bytes:
    """The body of a PROPFIND for these properties.

    >>> propfind([GETETAG]).decode().partition("<D:prop>")[2]
    '<D:getetag/></D:prop></D:propfind>'
    """
    return _document("D:propfind", _prop(props))


def sync_collection(token: str, props: Iterable[str] = (GETETAG,)) -> bytes:
    """The body of a sync-collection REPORT; an empty token asks for everything.

    Source: RFC 6578, section 3.2.
    """
    inside = f"<D:sync-token>{escape(token)}</D:sync-token><D:sync-level>1</D:sync-level>"
    return _document("D:sync-collection", inside + _prop(props))


def multiget(hrefs: Iterable[str]) -> bytes:
    """The body of an addressbook-multiget REPORT. Source: RFC 6352, section 8.7."""
    asked = "".join(f"<D:href>{escape(href)}</D:href>" for href in hrefs)
    return _document("C:addressbook-multiget", _prop((GETETAG, ADDRESS_DATA)) + asked)


def query(matches: Sequence[TextMatch]) -> bytes:
    """The body of an addressbook-query REPORT: cards that fulfil any of the conditions.

    Without conditions it asks for every card. Source: RFC 6352, section 8.6.
    """
    conditions = "".join(map(_condition, matches))
    filters = f'<C:filter test="anyof">{conditions}</C:filter>'
    return _document("C:addressbook-query", _prop((GETETAG, ADDRESS_DATA)) + filters)


def _condition(one: TextMatch) -> str:
    how = "equals" if one.whole else "contains"
    # What contains a text contains each piece of it: the longest that can be asked for.
    text = one.text if one.whole else max(_UNSPEAKABLE.split(one.text), key=len)
    return (
        f"<C:prop-filter name={saxutils.quoteattr(_speakable(one.prop))}>"
        f'<C:text-match collation="i;unicode-casemap" match-type="{how}">'
        f"{escape(text)}</C:text-match></C:prop-filter>"
    )


def new_book(name: str) -> bytes:
    """The body of an extended MKCOL that makes an address book. Source: RFC 6352, 6.3.1.1."""
    kind = "<D:resourcetype><D:collection/><C:addressbook/></D:resourcetype>"
    inside = f"{kind}<D:displayname>{escape(name)}</D:displayname>"
    return _document("D:mkcol", f"<D:set><D:prop>{inside}</D:prop></D:set>")


def escape(text: str) -> str:
    r"""A text as it stands in a document, without the characters that none may hold.

    >>> escape("a & b\x00")
    'a &amp; b'
    """
    # A reader makes a line feed of every carriage return that isn't escaped.
    return saxutils.escape(_speakable(text), {"\r": "&#13;"})


def _speakable(text: str) -> str:
    return _UNSPEAKABLE.sub("", text)


def _prop(names: Iterable[str]) -> str:
    return f"<D:prop>{''.join(map(_tag, names))}</D:prop>"


def _tag(name: str) -> str:
    space, _, local = name[1:].partition("}")
    return f"<{_PREFIXES[space]}:{local}/>"


def _document(root: str, inside: str) -> bytes:
    return f"{_HEAD}<{root} {_DECLARED}>{inside}</{root}>".encode()


# what is answered


@dataclass(frozen=True, slots=True)
class Value:
    """A property: its text, the names of all elements in it, and the addresses it names."""

    text: str = ""
    names: frozenset[str] = frozenset()
    hrefs: tuple[str, ...] = ()


NOTHING = Value()


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource of an answer. `status` is its own, or 200 where its properties have theirs."""

    href: str
    status: int = 200
    props: Mapping[str, Value] = field(default_factory=dict)  #: those that were found

    def __getitem__(self, name: str) -> Value:
        return self.props.get(name, NOTHING)


@dataclass(frozen=True, slots=True)
class Multistatus:
    """The answer to a PROPFIND or a REPORT."""

    entries: tuple[Entry, ...]
    token: str = ""  #: of a sync-collection


def multistatus(data: bytes) -> Multistatus:
    """The answer as it was understood. Raises BadAnswer for anything else, cut off or whole."""
    entries: list[Entry] = []
    token = ""
    for element in _elements(data, "multistatus", ("response", "sync-token")):
        if element.tag == SYNC_TOKEN:
            token = (element.text or "").strip()
        else:
            entries.append(_entry(element))
    return Multistatus(tuple(entries), token)


def complaints(data: bytes) -> Mapping[str, tuple[str, ...]]:
    """The preconditions that an error names, each with the addresses in it; {} for any other text.

    Source: RFC 4918, section 16.

    >>> complaints(b'<error xmlns="DAV:"><valid-sync-token/></error>')
    {'{DAV:}valid-sync-token': ()}
    """
    try:
        root = _root(data, "error")
    except BadAnswer:
        return {}
    return {str(one.tag): _value(one).hrefs for one in root if isinstance(one.tag, str)}


def _elements(data: bytes, root: str, wanted: Iterable[str]) -> Iterator[etree._Element]:
    """The children of interest, one after the other; each is forgotten when the next is asked."""
    parser = etree.XMLPullParser(
        ("start", "end"),
        tag=[f"{DAV}{root}", *(f"{DAV}{one}" for one in wanted)],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    depth = 0
    for _ in _pieces(parser, data):
        for event, element in parser.read_events():
            depth += 1 if event == "start" else -1
            if event == "end" and depth == 1:  # a child of the root
                yield element
                _forget(element)
    with _xml_wanted():
        top = parser.close()
    _check(top, root)


def _pieces(parser: etree.XMLPullParser[etree._Element], data: bytes) -> Iterator[None]:
    """A step for each piece that the parser was given; it takes no more than 10 MB at once."""
    for start in range(0, len(data), _PIECE):
        with _xml_wanted():
            parser.feed(data[start : start + _PIECE])
        yield


@contextmanager
def _xml_wanted() -> Iterator[None]:
    try:
        yield
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadAnswer("it is no complete XML") from error


def _forget(element: etree._Element) -> None:
    """Let go of an element that was read, and of all before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _root(data: bytes, name: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    with _xml_wanted():
        root = etree.fromstring(data, parser)
    _check(root, name)
    return root


def _check(root: etree._Element, name: str) -> None:
    if root.getroottree().docinfo.doctype:
        raise BadAnswer("it declares entities")
    if root.tag != f"{DAV}{name}":
        raise BadAnswer("it is XML, but of another kind")


def _entry(response: etree._Element) -> Entry:
    href, status, props = "", 200, {}
    for one in response:
        if one.tag == f"{DAV}href" and not href:
            href = (one.text or "").strip()
        elif one.tag == f"{DAV}status":
            status = _status(one)
        elif one.tag == f"{DAV}propstat":
            props.update(_found(one))
    return Entry(href, status, props)


def _found(propstat: etree._Element) -> dict[str, Value]:
    """The properties of a propstat, {} if it says that they were not found."""
    found: dict[str, Value] = {}
    for one in propstat:
        if one.tag == f"{DAV}status" and _status(one) // 100 != 2:  # noqa: PLR2004 - 2xx is success
            return {}
        if one.tag == f"{DAV}prop":
            found = {str(prop.tag): _value(prop) for prop in one if isinstance(prop.tag, str)}
    return found


def _value(prop: etree._Element) -> Value:
    if not len(prop):
        return Value(prop.text or "")
    inside = [one for one in prop.iterdescendants() if isinstance(one.tag, str)]
    hrefs = ((one.text or "").strip() for one in inside if one.tag == f"{DAV}href")
    return Value(prop.text or "", frozenset(str(one.tag) for one in inside), tuple(hrefs))


def _status(element: etree._Element) -> int:
    """The number in a status line such as "HTTP/1.1 404 Not Found"; 500 if it can't be read."""
    found = _STATUS.match((element.text or "").strip())
    return int(found[1]) if found else 500
