"""A domain names its servers, and those outside of it are asked for only by a person."""

import dns.resolver
import pytest
from names import Names

from twinbook.model.errors import Emptied, Invalid
from twinbook.replicas.carddav import discovery, records

OWN = "https://example.com/"


def looked_up(place, **told):
    with Names(**told) as names:
        return discovery.addresses(
            place, published=lambda domain: records.published(domain, names.resolver)
        )


@pytest.mark.parametrize("place", ["ada@example.com", "example.com", " ada@example.com. "])
def test_the_preferred_server_of_a_domain_comes_first_and_the_domain_itself_last(place):
    servers = [
        "20 1 443 third.example.com.", "10 1 443 second.example.com.",
        "10 5 8443 first.example.com.",
    ]  # fmt: skip

    assert looked_up(place, SRV=servers, TXT=['"colour=red" "path=/dav/"']) == [
        "https://first.example.com:8443/dav/",
        "https://second.example.com:443/dav/",
        "https://third.example.com:443/dav/",
        OWN,
    ]


@pytest.mark.parametrize("texts", [[], ['"path=dav"'], ['"nothing"'], [r'"path=/\255"']])
def test_without_a_path_the_well_known_one_is_asked(texts):
    found = looked_up("ada@example.com", SRV=["0 1 443 dav.example.com."], TXT=texts)

    assert found[0].startswith("https://dav.example.com:443/")
    assert found[0].endswith("/.well-known/carddav") or texts == [r'"path=/\255"']


@pytest.mark.parametrize("servers", [[], ["0 0 0 ."], ""])
def test_a_domain_that_publishes_nothing_is_asked_itself(servers):
    assert looked_up("ada@example.com", SRV=servers) == [OWN]


def test_only_encrypted_servers_are_looked_for():
    with Names() as names:
        records.published("example.com", names.resolver)

    assert names.asked == [("_carddavs._tcp.example.com.", "SRV")]


def test_a_machine_that_knows_no_resolver_asks_the_domain_itself(monkeypatch, tmp_path):
    def nobody():
        return resolver(filename=str(tmp_path / "nowhere"))

    resolver = dns.resolver.Resolver
    monkeypatch.setattr(dns.resolver, "Resolver", nobody)

    assert discovery.addresses("ada@example.com") == [OWN]


@pytest.mark.parametrize(
    "host", ["evil.example", "notexample.com", "example.com.evil.example", "com"]
)
def test_a_server_outside_of_the_domain_is_named_and_not_asked(host):
    with pytest.raises(Emptied) as caught:
        looked_up("ada@example.com", SRV=[f"0 1 443 {host}."])

    assert str(caught.value) == (
        f"example.com says that its address books are at https://{host}:443/.well-known/carddav. "
        "Nobody has allowed that server yet, so it was not asked. If it is right, connect with "
        "that address."
    )


def test_a_domain_in_letters_of_its_own_has_servers_too():
    found = looked_up("ada@bücher.example", SRV=["0 1 443 dav.xn--bcher-kva.example."])

    assert found[0].startswith("https://dav.xn--bcher-kva.example:443/")


@pytest.mark.parametrize("place", ["", "@", "/home/ada", "ada lovelace", "a@b/c"])
def test_what_names_no_server_is_refused(place):
    with pytest.raises(Invalid, match=r"is no address\. Give one like https://dav\.example\.com/"):
        looked_up(place)
