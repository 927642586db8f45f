"""Which addresses may be asked, and in which words a wrong one is refused."""

import ipaddress
from urllib.parse import urljoin, urlsplit

from twinbook.model.errors import Emptied, Invalid

PORTS = {"https": 443, "http": 80}


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a URL. Raises Invalid for what can't be asked over HTTP.

    >>> origin("https://Dav.Example.com/book/")
    ('https', 'dav.example.com', 443)
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Invalid(f"{url} is no address. Give one like https://dav.example.com/") from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise Invalid(f"{url} is no address. Give one like https://dav.example.com/")
    if parts.username or parts.password:
        raise Invalid(
            "Leave name and password out of the address: it is shown in lists. "
            "Give them with --login and --password-file."
        )
    return parts.scheme, parts.hostname, port or PORTS[parts.scheme]


def server_of(url: str) -> str:
    """The server that a URL leads to, as "host:port".

    >>> server_of("http://localhost:5232/ada/")
    'localhost:5232'
    """
    _, host, port = origin(url)
    return f"{host}:{port}"


def is_loopback(host: str) -> bool:
    """Whether a host is this very machine.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("dav.example.com")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def redirected(url: str, location: str) -> str:
    """Where a redirect leads. Raises Emptied unless it stays on the same server.

    A person allowed one server to be asked, with a password; nobody else gets it, and
    nothing behind a firewall is asked because a server says so.
    """
    target = urljoin(url, location)
    try:
        here, there = origin(url), origin(target)
    except Invalid as error:
        raise Emptied(f"{server_of(url)} sends us to an address that is none.") from error
    upgraded = here[1] == there[1] and (here[0], there[0]) == ("http", "https")
    if here != there and not upgraded:
        raise Emptied(
            f"{server_of(url)} sends us on to {server_of(target)}. Nobody has allowed that one "
            "yet, so it was not asked. If it is right, connect the book with that address."
        )
    return target
