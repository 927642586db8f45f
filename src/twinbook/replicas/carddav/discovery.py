"""Find a user's address books, from whatever the user knows of the server.

Source: RFC 6764 (SRV records and the well-known address), RFC 5397 (the principal),
RFC 6352, section 7.1 (the home of address books).
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from twinbook.formats import webdav
from twinbook.formats.webdav import BadAnswer, Entry
from twinbook.model.errors import Ambiguous, Emptied, Invalid, ReplicaError, SignInNeeded
from twinbook.net.addresses import is_loopback, origin, server_of
from twinbook.net.web import Web
from twinbook.replicas.carddav.mapping import path_of

WELL_KNOWN = "/.well-known/carddav"
XML = {"Content-Type": "application/xml; charset=utf-8"}
ASKED = (webdav.RESOURCE_TYPE, webdav.PRINCIPAL, webdav.HOME, webdav.DISPLAY_NAME)


@dataclass(frozen=True, slots=True)
class Found:
    """An address book that was found."""

    address: str
    name: str  #: as the server shows it
    home: str  #: the collection that holds it, "" where nobody told


def _published(domain: str) -> list[str]:
    from twinbook.replicas.carddav.records import published  # noqa: PLC0415 - seldom needed

    return published(domain)


def addresses(
    place: str, *, plain: bool = False, published: Callable[[str], list[str]] = _published
) -> list[str]:
    """Where to begin looking: the URL itself, or what the domain of a mail address publishes.

    Raises Emptied for a domain that publishes only servers outside of it, Invalid for what is
    no address, and for an unencrypted one of another machine unless `plain` allows it: the
    password would travel for everybody to read.
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
    own = f"https://{domain}/"
    return [*_trusted(origin(own)[1], published(domain)), own]


def _trusted(domain: str, told: list[str]) -> list[str]:
    """The addresses within the domain. Raises Emptied if it names only others.

    The DNS may lie, and who lies there has a certificate for his own name: the password goes
    to a server that the person named, or to none. Source: RFC 6764, section 8.
    """
    within = [one for one in told if f".{origin(one)[1]}".endswith(f".{domain}")]
    if told and not within:
        raise Emptied(
            f"{domain} says that its address books are at {told[0]}. Nobody has allowed that "
            "server yet, so it was not asked. If it is right, connect with that address."
        )
    return within


def challenge(web: Web, address: str) -> bool:
    """Whether the server wants Digest: it is asked without a password until it wants one.

    Basic is taken where it is offered over TLS or to this machine; elsewhere Digest is better.
    """
    offered = ""
    for start in _starts(address):
        with suppress(Emptied):  # where it sends us elsewhere nobody signs in
            offered = offered or web.challenge(start).casefold()
    if "digest" not in offered:
        return False
    return "basic" not in offered or not (origin(address)[0] == "https" or web.is_near)


def books(web: Web, address: str) -> list[Found]:
    """The address books behind an address: it may be a book, a home, a user, or a server.

    Raises Emptied if there is none, or SignInNeeded if what is there is not for this user.
    Other errors come through.
    """
    refusal: ReplicaError | None = None
    for start in _starts(address):
        try:
            if found := _behind(web, start):
                return found
        except NoDav as error:
            refusal = refusal or error.refusal
        except Emptied as error:
            refusal = refusal or error
    raise refusal or Emptied(
        f"No address book was found at {address}. Look up the address for CardDAV in the "
        "server's help, and give that one."
    )


def _behind(web: Web, start: str) -> list[Found]:
    """The address books behind one address that may be it."""
    place, (entry, *_) = _ask(web, start, "0")
    if webdav.ADDRESS_BOOK in entry[webdav.RESOURCE_TYPE].names:
        own = _whole(place, entry.href)
        home = urljoin(own if own.endswith("/") else f"{own}/", "..")
        name = entry[webdav.DISPLAY_NAME].text
        return [Found(own, name, home if home != own else "")]
    return [one for home in _homes(web, place, entry) for one in _in_home(web, home)]


def chosen(found: list[Found], name: str | None) -> Found:
    """The book of a name or address, or the only one. Raises Ambiguous, Invalid."""
    fitting = [one for one in found if name in (None, one.name) or _is_same(one.address, name)]
    listed = "; ".join(f"{one.name or 'without a name'}: {one.address}" for one in found)
    if not fitting:
        raise Invalid(f"There is no address book {name!r}. There are: {listed}.")
    if len(fitting) > 1:
        raise Ambiguous(
            f"There are several address books: {listed}. Choose one by its address or name "
            "with --book."
        )
    return fitting[0]


def _is_same(address: str, given: str) -> bool:
    """Whether a person gave this address, however they spelt it."""
    return urljoin(address, path_of(address)) == urljoin(given, path_of(given))


class NoDav(Exception):
    """What answers there is no DAV server, or has nothing there for us; then `refusal` says so."""

    def __init__(self, refusal: ReplicaError | None = None) -> None:
        super().__init__()
        self.refusal = refusal


def _starts(address: str) -> list[str]:
    """Where to look, one after the other."""
    whole = address if address.endswith("/") else f"{address}/"
    starts = (address, whole, urljoin(address, WELL_KNOWN), urljoin(address, "/"))
    return list(dict.fromkeys(starts))


def _homes(web: Web, place: str, entry: Entry) -> Iterator[str]:
    """Where the user's address books are."""
    for href in entry[webdav.HOME].hrefs:
        yield _whole(place, href)
    if entry[webdav.HOME].hrefs:
        return
    for href in entry[webdav.PRINCIPAL].hrefs:
        principal, (user, *_) = _ask(web, _whole(place, href), "0")
        for home in user[webdav.HOME].hrefs:
            yield _whole(principal, home)
        return
    if webdav.COLLECTION in entry[webdav.RESOURCE_TYPE].names:
        yield place


def _in_home(web: Web, home: str) -> Iterator[Found]:
    place, entries = _ask(web, home, "1")
    for entry in entries:
        if webdav.ADDRESS_BOOK in entry[webdav.RESOURCE_TYPE].names:
            yield Found(_whole(place, entry.href), entry[webdav.DISPLAY_NAME].text, place)


def _ask(web: Web, url: str, depth: str) -> tuple[str, tuple[Entry, ...]]:
    """Where an address leads, and what is told of it: one entry or more. Raises NoDav."""
    answer = web.ask("PROPFIND", url, headers={**XML, "Depth": depth}, body=webdav.propfind(ASKED))
    if answer.status == 403:  # noqa: PLR2004 - Forbidden
        path = urlsplit(url).path
        raise NoDav(SignInNeeded(f"{web.server} lets this user in, but not to {path}."))
    if not answer.is_good:
        raise NoDav
    try:
        entries = webdav.multistatus(answer.body).entries
    except BadAnswer as error:
        raise NoDav from error
    there = tuple(one for one in entries if one.status == 200)  # noqa: PLR2004 - OK
    if not there:
        raise NoDav
    return answer.url, there


def _whole(base: str, href: str) -> str:
    """A whole address. Raises Emptied for one on another server, which nobody allowed."""
    try:
        url = urljoin(base, href)
        is_elsewhere = origin(url) != origin(base)
    except (Invalid, ValueError) as error:
        raise Emptied(f"{server_of(base)} names an address that is none.") from error
    if is_elsewhere:
        raise Emptied(
            f"{server_of(base)} says that the address books are at {url}. Nobody has allowed "
            "that server yet, so it was not asked. If it is right, connect with that address."
        )
    return url
