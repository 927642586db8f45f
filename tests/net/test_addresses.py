"""Which addresses may be asked, and that a wrong one is refused without telling what is in it."""

import pytest

from twinbook.model.errors import Emptied, Invalid
from twinbook.net.addresses import is_loopback, origin, redirected, server_of

HERE = "https://dav.example.com/ada/"


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("https://dav.example.com/", "dav.example.com:443"),
        ("HTTP://DAV.Example.COM:8080/x", "dav.example.com:8080"),
        ("http://[::1]/", "[::1]:80"),
        ("https://[2001:DB8::1]:8443/ada/", "[2001:db8::1]:8443"),
        ("https://bücher.example/", "xn--bcher-kva.example:443"),
        ("https://dav.example.com/ada@example.com/", "dav.example.com:443"),
    ],
)
def test_a_server_is_called_by_its_host_and_port(url, server):
    assert server_of(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "ftp://ada:hunter2@dav.example.com/",
        "https://ada:hunter2@dav.example.com/",
        "https://ada:hunter2@dav.example.com:port/",
        "https://ada:hunter2/x@dav.example.com/",
        "https://:hunter2@dav.example.com/",
        "https://ada:hunter2@[dav.example.com/",
        "https://hunter2@/",
        "mailto:ada:hunter2@dav.example.com",
    ],
)
def test_a_password_in_an_address_is_refused_and_not_repeated(url):
    with pytest.raises(Invalid) as caught:
        origin(url)

    assert "hunter2" not in str(caught.value)
    assert "--password-file" in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["", "dav.example.com", "ftp://dav.example.com/", "https:///ada/", "https://[::1/",
     "https://dav.example.com:99999/", "https://dav.example.com:x/", "https://bü..cher/"],
)  # fmt: skip
def test_what_is_no_address_is_shown_with_one_that_is(url):
    with pytest.raises(Invalid, match=r"is no address\. Give one like https://dav\.example\.com/"):
        origin(url)


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/new/", "https://dav.example.com/new/"),
        ("new/", "https://dav.example.com/ada/new/"),
        ("//dav.example.com/new/", "https://dav.example.com/new/"),
        ("https://DAV.example.com:443/new/", "https://DAV.example.com:443/new/"),
    ],
)
def test_a_redirect_within_the_server_is_followed(location, target):
    assert redirected(HERE, location) == target


@pytest.mark.parametrize(
    ("location", "named"),
    [
        ("https://evil.example/", "https://evil.example:443"),
        ("//evil.example/", "https://evil.example:443"),
        ("https://dav.example.com:8443/", "https://dav.example.com:8443"),
        ("http://dav.example.com/", "http://dav.example.com:80"),
        ("http://127.0.0.1:5984/", "http://127.0.0.1:5984"),
        ("https://dav.example.com.evil.example/", "https://dav.example.com.evil.example:443"),
        ("https://xn--dav-.example.com/", "https://xn--dav-.example.com:443"),
    ],
)
def test_a_redirect_to_elsewhere_is_refused_and_named(location, named):
    with pytest.raises(Emptied, match="Nobody has allowed that one yet") as caught:
        redirected(HERE, location)

    assert f"sends us on to {named}." in str(caught.value)


@pytest.mark.parametrize(
    "location",
    ["ftp://dav.example.com/", "mailto:ada@example.com", "https://[x", "javascript:0",
     "https://dav.example.com:x/", "https://ada:hunter2@dav.example.com/"],
)  # fmt: skip
def test_a_redirect_to_what_is_no_address_is_refused(location):
    with pytest.raises(Emptied, match="an address that is none") as caught:
        redirected(HERE, location)

    assert "hunter2" not in str(caught.value)


def test_a_server_may_send_us_from_http_to_https_but_to_no_other_host():
    plain = "http://dav.example.com/"

    assert redirected(plain, "https://dav.example.com/") == "https://dav.example.com/"
    with pytest.raises(Emptied):
        redirected(plain, "https://www.example.com/")


@pytest.mark.parametrize(
    ("host", "is_here"),
    [("localhost", True), ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True),
     ("localhost.example.com", False), ("128.0.0.1", False), ("127.0.0.1.example.com", False)],
)  # fmt: skip
def test_only_this_machine_is_this_machine(host, is_here):
    assert is_loopback(host) is is_here
