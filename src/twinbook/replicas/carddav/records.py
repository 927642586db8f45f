"""What a domain publishes about its CardDAV server in the DNS. Source: RFC 6764, section 3."""

import re
from collections.abc import Iterator

import dns.exception
import dns.resolver
from dns.rdtypes.ANY.TXT import TXT
from dns.rdtypes.IN.SRV import SRV

SECONDS = 5.0
# What may stand in an address; other octets are escaped here, and would mean something else there.
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*", re.ASCII)


def published(domain: str, resolver: dns.resolver.Resolver | None = None) -> list[str]:
    """The addresses in a domain's SRV and TXT records, the preferred first; only encrypted ones."""
    try:
        asked = resolver or dns.resolver.Resolver()
    except dns.exception.DNSException:
        return []  # this machine knows nobody to ask
    name = f"_carddavs._tcp.{domain}"
    servers = list(_servers(asked, name))
    path = next(_paths(asked, name), "/.well-known/carddav") if servers else ""
    return [f"https://{host}:{port}{path}" for host, port in servers]


def _servers(asked: dns.resolver.Resolver, name: str) -> Iterator[tuple[str, int]]:
    records = [one for one in _records(asked, name, "SRV") if isinstance(one, SRV)]
    for one in sorted(records, key=lambda one: (one.priority, -one.weight)):
        host = one.target.to_text(omit_final_dot=True)
        if _HOST.fullmatch(host):  # a lonely dot says that there is no such service
            yield host, one.port


def _paths(asked: dns.resolver.Resolver, name: str) -> Iterator[str]:
    for one in _records(asked, name, "TXT"):
        for text in one.strings if isinstance(one, TXT) else ():
            word, _, path = text.decode("ascii", "replace").partition("=")
            if word == "path" and path.startswith("/"):
                yield path


def _records(asked: dns.resolver.Resolver, name: str, kind: str) -> Iterator[object]:
    try:
        yield from asked.resolve(name, kind, lifetime=SECONDS)
    except (dns.exception.DNSException, OSError):
        return  # nothing is published, or nobody can be asked: the domain itself is left
