"""Find a user's address books, from whatever the user knows of the server.

Source: RFC 6764 (SRV records and the well-known address), RFC 5397 (the principal),
RFC 6352, section 7.1 (the home of address books).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from twinbook.formats import webdav
from twinbook.formats.webdav import BadAnswer, Entry
from twinbook.model.errors import Ambiguous, Emptied, Invalid, SignInNeeded
from twinbook.net import Web, is_loopback, origin

WELL_KNOWN = "/.well-known/carddav"
XML = {"Content-Type": "application/xml; charset=utf-8"}
ASKED = (webdav.RESOURCE_TYPE, webdav.PRINCIPAL, webdav.HOME, webdav.DISPLAY_NAME)


@dataclass(frozen=True, slots=True)
class Found:
    """An address book that was found."""

    address: str
    name: str  #: as the server shows it
    home: str  #: the collection that holds it, "" where nobody told


def addresses(place: str, *, plain: bool = False) -> list[str]:
    """Where to begin looking: the URL itself, or what the domain of a mail address publishes.

    Raises Invalid for what is neither, and for an unencrypted address of another machine
    unless `plain` allows it: the password would travel for everybody to read.
    """
    if "://" in place:
        scheme, host, _ = origin(place)
        if scheme == "http" and not is_loopback(host) and not plain:
            raise Invalid(
                f"{host} would be asked without encryption, and the password could be read on "
                "the way. Use https://, or allow it with --plain-http."
            )
        return [place]
    domain = place.rpartition("@")[2].strip().rstrip(".")
    if not domain or "/" in domain or " " in domain:
        raise Invalid(f"{place!r} is no address. Give one like https://dav.example.com/")
    from twinbook.replicas.carddav.records import published  # noqa: PLC0415 - seldom needed

    return [*published(domain), f"https://{domain}/"]


def challenge(web: Web, address: str) -> bool:
    """Whether the server wants Digest: it is asked once without a password.

    Basic is taken where it is offered over TLS or to this machine; elsewhere Digest is better.
    """
    answer = web.challenge(address)
    offered = answer.casefold()
    if "digest" not in offered:
        return False
    return "basic" not in offered or not (address.startswith("https:") or web.is_near)


def books(web: Web, address: str) -> list[Found]:
    """The address books behind an address: it may be a book, a home, a user, or a server.

    Raises Emptied if there is none. SignInNeeded and other errors come through.
    """
    for start in _starts(address):
        try:
            entry = _ask(web, start, "0")[0]
        except (Emptied, NoDav):
            continue
        if webdav.ADDRESS_BOOK in entry[webdav.RESOURCE_TYPE].names:
            home = urljoin(start if start.endswith("/") else f"{start}/", "..")
            return [Found(_whole(start, entry.href), entry[webdav.DISPLAY_NAME].text, home)]
        if found := [one for home in _homes(web, start, entry) for one in _in_home(web, home)]:
            return found
    raise Emptied(
        f"No address book was found at {address}. Look up the address for CardDAV in the "
        "server's help, and give that one."
    )


def chosen(found: list[Found], name: str | None) -> Found:
    """The book of a name or address, or the only one. Raises Ambiguous, Invalid."""
    fitting = [one for one in found if name in (None, one.name, one.address)]
    listed = "; ".join(f"{one.name or 'without a name'}: {one.address}" for one in found)
    if not fitting:
        raise Invalid(f"There is no address book {name!r}. There are: {listed}.")
    if len(fitting) > 1:
        raise Ambiguous(
            f"There are several address books: {listed}. Choose one by its address or name "
            "with --book."
        )
    return fitting[0]


class NoDav(Exception):
    """What answers there is no DAV server."""


def _starts(address: str) -> Iterator[str]:
    yield address
    well_known = urljoin(address, WELL_KNOWN)
    if well_known != address:
        yield well_known
    root = urljoin(address, "/")
    if root != address:
        yield root


def _homes(web: Web, start: str, entry: Entry) -> Iterator[str]:
    """Where the user's address books are."""
    for href in entry[webdav.HOME].hrefs:
        yield _whole(start, href)
    if entry[webdav.HOME].hrefs:
        return
    for href in entry[webdav.PRINCIPAL].hrefs:
        principal = _whole(start, href)
        for home in _ask(web, principal, "0")[0][webdav.HOME].hrefs:
            yield _whole(principal, home)
        return
    if webdav.COLLECTION in entry[webdav.RESOURCE_TYPE].names:
        yield start


def _in_home(web: Web, home: str) -> Iterator[Found]:
    for entry in _ask(web, home, "1"):
        if webdav.ADDRESS_BOOK in entry[webdav.RESOURCE_TYPE].names:
            yield Found(_whole(home, entry.href), entry[webdav.DISPLAY_NAME].text, home)


def _ask(web: Web, url: str, depth: str) -> tuple[Entry, ...]:
    """What is told of an address. Raises NoDav, Emptied, and the errors of a replica."""
    answer = web.ask("PROPFIND", url, headers={**XML, "Depth": depth}, body=webdav.propfind(ASKED))
    if answer.status == 403:  # noqa: PLR2004 - Forbidden
        raise SignInNeeded(f"{web.server} lets this user in, but not to {urlsplit(url).path}.")
    if not answer.is_good:
        raise NoDav
    try:
        entries = webdav.multistatus(answer.body).entries
    except BadAnswer as error:
        raise NoDav from error
    there = tuple(one for one in entries if one.status == 200)  # noqa: PLR2004 - OK
    if not there:
        raise Emptied(f"There is nothing at {url}.")
    return tuple(Entry(urljoin(answer.url, one.href), one.status, one.props) for one in there)


def _whole(base: str, href: str) -> str:
    """A whole address. Raises Emptied for one on another server, which nobody allowed."""
    url = urljoin(base, href)
    if origin(url) != origin(base):
        raise Emptied(
            f"{urlsplit(base).hostname} says that the address books are at {url}. If that is "
            "right, connect with that address."
        )
    return url
