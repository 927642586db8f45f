"""Which addresses may be asked, and in which words a wrong one is refused."""

import ipaddress
from urllib.parse import urljoin, urlsplit

import idna

from twinbook.model.errors import Emptied, Invalid

PORTS = {"https": 443, "http": 80}


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a URL. Raises Invalid for what can't be asked over HTTP.

    >>> origin("https://Dav.Example.com/book/"), origin("http://[::1]:5232/")
    (('https', 'dav.example.com', 443), ('http', '::1', 5232))
    """
    try:
        parts = urlsplit(url)
        port, host = parts.port, _ascii(parts.hostname or "")
    except ValueError as error:
        raise _invalid(url) from error
    if parts.scheme not in PORTS or not host:
        raise _invalid(url)
    if parts.username is not None or parts.password is not None:
        raise _with_password()
    return parts.scheme, host, PORTS[parts.scheme] if port is None else port


def _ascii(host: str) -> str:
    """The name as the DNS knows it. Raises ValueError for one that it can't know."""
    return host if host.isascii() else idna.encode(host, uts46=True).decode()


def _invalid(url: str) -> Invalid:
    if "@" in url:  # what can't be read may hold a password all the same
        return _with_password()
    return Invalid(f"{url} is no address. Give one like https://dav.example.com/")


def _with_password() -> Invalid:
    return Invalid(
        "Leave name and password out of the address: it is shown in lists. "
        "Give them with --login and --password-file, and an address like https://dav.example.com/"
    )


def server_of(url: str) -> str:
    """The server that a URL leads to, as "host:port".

    >>> server_of("http://localhost:5232/ada/"), server_of("http://[::1]/")
    ('localhost:5232', '[::1]:80')
    """
    _, host, port = origin(url)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


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
    try:
        target = urljoin(url, location)
        here, there = origin(url), origin(target)
    except (Invalid, ValueError) as error:
        raise Emptied(f"{server_of(url)} sends us to an address that is none.") from error
    upgraded = here[1] == there[1] and (here[0], there[0]) == ("http", "https")
    if here != there and not upgraded:
        raise Emptied(
            f"{server_of(url)} sends us on to {there[0]}://{server_of(target)}. Nobody has "
            "allowed that one yet, so it was not asked. If it is right, connect the book with "
            "that address."
        )
    return target
