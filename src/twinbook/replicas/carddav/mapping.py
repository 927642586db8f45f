"""How addresses, tags and cards stand for items. Pure."""

import re
from collections.abc import Collection, Iterator
from urllib.parse import quote_from_bytes, unquote_to_bytes

from twinbook.cards.marks import uid_of
from twinbook.formats.webdav import TextMatch
from twinbook.model.ids import LinkId, RecordId, Version
from twinbook.model.keys import Key, KeyKind

_PLAIN = "-._~!$&'()*+,;=:@"  # what a path may hold unescaped, RFC 3986, section 3.3
_HEX = re.compile(r"[0-9a-f]{32}\Z")
_SERVER = re.compile(r"\A(?:[a-z][a-z0-9+.-]*:)?//[^/?#]*", re.IGNORECASE)
_BEHIND = re.compile("[?#]")
_NUMBER = re.compile(r"\+?[0-9]+(?:x[0-9]+)?\Z")
# Where a key has these letters, the card may have one: "İ", "ß", or a ligature. And outside
# ASCII a server may compare in a way of its own.
_UNSURE = r".[\u0300-\u036f]+|s{2,}|f{2,}[il]?|f[il]|[^%s]"
_IN_NAMES, _IN_MAILS = re.compile(_UNSURE % "a-z0-9"), re.compile(_UNSURE % "a-z0-9.@+_-")
SHORTEST = 2  #: letters; fewer find everybody


def path_of(url: str) -> str:
    """The path of a collection in the one spelling that is compared, with a slash at its end.

    >>> path_of("https://dav.example.com/b%6Fok"), path_of("/book/")
    ('/book/', '/book/')
    """
    path = "/".join(_spelt(part) for part in _BEHIND.split(spelling(url))[0].split("/"))
    return path if path.endswith("/") else f"{path}/"


def spelling(href: str) -> str:
    """The path of an address as its server spells it.

    Items have no query: a "?" or "#" in a name is one that its server forgot to escape.

    >>> spelling("https://dav.example.com/b%6Fok/a b.vcf")
    '/b%6Fok/a b.vcf'
    """
    return _SERVER.sub("", href)


def id_of(collection: str, href: str) -> RecordId | None:
    """The item at an address, None for one that is no item of the collection.

    Servers spell one address in several ways: whole or only its path, escaped more or less.

    >>> id_of("/book/", "https://dav.example.com/book/Ada%20L%2evcf")
    'Ada%20L.vcf'
    >>> id_of("/book/", "/book/") is id_of("/book/", "/other/x.vcf") is None
    True
    """
    path = "/".join(_spelt(part) for part in spelling(href).split("/"))
    name = path.removeprefix(collection)
    return RecordId(name) if name != path and _is_name(name) else None


def href_of(collection: str, id: RecordId) -> str:
    """The address of an item, "" for an id that can't be one.

    >>> href_of("/book/", RecordId("ada.vcf"))
    '/book/ada.vcf'
    """
    name = _spelt(id)
    return f"{collection}{name}" if _is_name(name) and "/" not in id else ""


def _is_name(part: str) -> bool:
    """Whether a part of a path can be an item's: it leads neither upwards nor downwards."""
    return part not in ("", ".", "..") and "/" not in part


def _spelt(part: str) -> str:
    return quote_from_bytes(unquote_to_bytes(part), safe=_PLAIN)


def version_of(etag: str) -> Version:
    """The version that an entity tag stands for: without quotes, and however weak.

    Some servers forget the quotes, some call a tag weak in one answer and strong in another.

    >>> version_of('"a1"'), version_of('W/"a1"'), version_of("a1")
    ('a1', 'a1', 'a1')
    """
    return Version(etag.strip().removeprefix("W/").strip('"'))


def etag_of(version: Version, quote: str = '"') -> str:
    """The entity tag to send for a version, quoted as its server does.

    >>> etag_of(Version("a1"))
    '"a1"'
    """
    return f"{quote}{version}{quote}"


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
    """Conditions of which every card with one of these keys fulfils one, and few others do.

    None where there is a key that no condition is sure to find.

    >>> key_matches([Key(KeyKind.EMAIL, "ada@example.org")])
    [TextMatch(prop='EMAIL', text='ada@example.org', whole=False)]
    >>> key_matches([Key(KeyKind.NAME, "王 @ acme")]) is None
    True
    """
    found: dict[TextMatch, None] = {}
    for key in keys:
        text = _sure_text(key)
        if len(text) < SHORTEST:
            return None
        props = ("EMAIL",) if key.kind is KeyKind.EMAIL else ("FN", "N")
        found |= dict.fromkeys(TextMatch(prop, text) for prop in props)
    return list(found)


def _sure_text(key: Key) -> str:
    """The most telling text that is in every card with this key, "" if none is sure to be."""
    match key.kind:
        case KeyKind.EMAIL:
            # A domain outside ASCII may be stored in letters: then only the local part is sure.
            text = key.value if "xn--" not in key.value else key.value.partition("@")[0]
            return max(_IN_MAILS.split(text), key=lambda one: ("@" in one, len(one)))
        case KeyKind.PHONE:
            # The surname stands behind the number; what is none may have blanks of its own.
            number, _, surname = key.value.partition(" ")
            return _longest(surname) if _NUMBER.match(number) else ""
        case KeyKind.NAME:
            return _longest(key.value.partition(" @ ")[0])


def _longest(name: str) -> str:
    return max(_IN_NAMES.split(name), key=len)
