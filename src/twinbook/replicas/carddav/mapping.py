"""How addresses, tags and cards stand for items. Pure."""

import re
from collections.abc import Collection, Iterator
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

from twinbook.cards.marks import uid_of
from twinbook.formats.webdav import TextMatch
from twinbook.model.ids import LinkId, RecordId, Version
from twinbook.model.keys import Key, KeyKind

_PLAIN = "-._~!$&'()*+,;=:@"  # what a path may hold unescaped, RFC 3986, section 3.3
_HEX = re.compile(r"[0-9a-f]{32}\Z")
_WORD = re.compile(r"\w+")


def path_of(url: str) -> str:
    """The path of a collection in the one spelling that is compared, with a slash at its end.

    >>> path_of("https://dav.example.com/b%6Fok"), path_of("/book/")
    ('/book/', '/book/')
    """
    path = "/".join(_spelt(part) for part in urlsplit(url).path.split("/"))
    return path if path.endswith("/") else f"{path}/"


def id_of(collection: str, href: str) -> RecordId | None:
    """The item at an address, None for one that is no item of the collection.

    Servers spell one address in several ways: whole or only its path, escaped more or less.

    >>> id_of("/book/", "https://dav.example.com/book/Ada%20L%2evcf")
    'Ada%20L.vcf'
    >>> id_of("/book/", "/book/") is id_of("/book/", "/other/x.vcf") is None
    True
    """
    path = "/".join(_spelt(part) for part in urlsplit(href).path.split("/"))
    name = path.removeprefix(collection)
    return RecordId(name) if name and name != path and "/" not in name else None


def href_of(collection: str, id: RecordId) -> str:
    """The address of an item, "" for an id that can't be one.

    >>> href_of("/book/", RecordId("ada.vcf"))
    '/book/ada.vcf'
    """
    name = _spelt(id)
    return f"{collection}{name}" if name and "/" not in id and name not in (".", "..") else ""


def _spelt(part: str) -> str:
    return quote_from_bytes(unquote_to_bytes(part), safe=_PLAIN)


def version_of(etag: str) -> Version:
    """The version that an entity tag stands for: without quotes, and however weak.

    Some servers forget the quotes, some call a tag weak in one answer and strong in another.

    >>> version_of('"a1"'), version_of('W/"a1"'), version_of("a1")
    ('a1', 'a1', 'a1')
    """
    return Version(etag.strip().removeprefix("W/").strip('"'))


def etag_of(version: Version) -> str:
    """The entity tag to send for a version.

    >>> etag_of(Version("a1"))
    '"a1"'
    """
    return f'"{version}"'


def uid_matches(marks: Collection[LinkId]) -> Iterator[TextMatch]:
    """The conditions of a query for the cards with these marks, in every spelling of theirs.

    >>> [one.text for one in uid_matches([LinkId("03a0e51fd1aa43858a53e29025acd8af")])]
    ['03a0e51f-d1aa-4385-8a53-e29025acd8af', '03a0e51fd1aa43858a53e29025acd8af']
    """
    for mark in marks:
        yield TextMatch("UID", uid_of(mark).removeprefix("urn:uuid:"))
        if _HEX.match(mark):
            yield TextMatch("UID", mark)


def key_matches(keys: Collection[Key]) -> list[TextMatch] | None:
    """Conditions that every card with one of these keys fulfils, and few others.

    None where a server's comparing could miss one: outside ASCII it may fold letters
    differently, or not at all.
    """
    if not all(key.value.isascii() for key in keys):
        return None
    found: dict[TextMatch, None] = {}
    for key in keys:
        found |= dict.fromkeys(_matches(key))
    return list(found)


def _matches(key: Key) -> Iterator[TextMatch]:
    match key.kind:
        case KeyKind.EMAIL:
            # A domain outside ASCII may be stored in letters: then only the local part is sure.
            text = key.value if "xn--" not in key.value else key.value.partition("@")[0]
            yield TextMatch("EMAIL", text)
        case KeyKind.PHONE | KeyKind.NAME:
            name = key.value.partition(" @ ")[0] if key.kind is KeyKind.NAME else key.value
            # A number is at the beginning of a telephone key; names have the longer words.
            words = _WORD.findall(name.partition(" ")[2] if key.kind is KeyKind.PHONE else name)
            longest = max(words, key=len, default="")
            yield TextMatch("FN", longest)
            yield TextMatch("N", longest)
