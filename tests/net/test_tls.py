"""Only a server with the right certificate is spoken to, and a wrong one is said in words."""

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from papers import Paper
from scripted import says

from twinbook.model.errors import Emptied, Invalid, Unavailable
from twinbook.net.web import Login

ADA = Login("ada", "hunter2")
GIVE_IT = "Give it with --ca FILE."


def error_of(place, url):
    with pytest.raises(Unavailable) as caught:
        place.ask("PROPFIND", url)
    return str(caught.value)


@pytest.fixture
def secure(serve):
    """A server that shows a certificate."""
    return lambda paper: serve(lambda asked: says(body=b"well"), paper.context())


def test_a_server_of_an_authority_that_was_given_is_trusted(authority, secure, visit):
    server = secure(authority.signs())

    place = visit(server.url, ADA, authority.pem)

    assert place.ask("GET", server.url).body == b"well"


def test_a_certificate_that_signed_itself_is_trusted_where_it_was_given(secure, visit):
    paper, another = Paper("Alone"), Paper("Alone")
    server = secure(paper)

    assert visit(server.url, ADA, paper.pem).ask("GET", server.url).body == b"well"
    assert "shows a certificate" in error_of(visit(server.url, ADA, another.pem), server.url)


def test_a_certificate_that_signed_itself_is_refused(secure, visit):
    server = secure(Paper("Alone"))

    text = error_of(visit(server.url, ADA), server.url)

    assert (
        "shows a certificate that it signed itself. Give that certificate with --ca FILE." in text
    )


def test_an_authority_that_nobody_knows_is_refused(authority, secure, visit):
    server = secure(authority.signs())

    text = error_of(visit(server.url, ADA), server.url)

    assert f"shows a certificate of an authority nobody here knows. {GIVE_IT}" in text


def test_an_expired_certificate_is_refused(authority, secure, visit):
    server = secure(authority.signs(days=(-3, -1)))

    text = error_of(visit(server.url, ADA, authority.pem), server.url)

    assert "shows a certificate that has expired. Renew it there." in text


def test_a_certificate_from_the_future_is_refused(authority, secure, visit):
    server = secure(authority.signs(days=(1, 3)))

    text = error_of(visit(server.url, ADA, authority.pem), server.url)

    assert "is not valid yet. Check the clocks of both machines." in text


@pytest.mark.parametrize("host", ["dav.example.com", "127.0.0.2"])
def test_a_certificate_for_another_name_is_refused(host, authority, secure, visit):
    server = secure(authority.signs(host=host))
    by_name = server.url.replace("127.0.0.1", "localhost")

    for url in (server.url, by_name):
        text = error_of(visit(url, ADA, authority.pem), url)
        assert "shows a certificate for another name. Check the address." in text


def test_nothing_is_asked_of_a_server_that_is_not_trusted(authority, secure, visit):
    server = secure(authority.signs(days=(-3, -1)))
    place = visit(server.url, ADA, authority.pem)

    error_of(place, server.url)

    assert (server.asked, server.accepted, place.pauses) == ([], 1, [])


def speak_http(listening):
    """Answer whatever comes with a plain refusal; not before all of it was read is one heard."""
    with listening.accept()[0] as connection:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass


def test_https_to_a_port_that_speaks_http_is_said_in_words(visit):
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor() as pool:
        pool.submit(speak_http, listening)
        url = f"https://127.0.0.1:{listening.getsockname()[1]}/"

        text = error_of(visit(url, ADA), url)

    assert "speaks no TLS that we understand. Check whether the address is http or https." in text


def test_http_to_a_port_that_speaks_https_is_said_in_words(authority, secure, visit):
    server = secure(authority.signs())
    url = server.url.replace("https:", "http:")

    text = error_of(visit(url), url)

    assert "check the address: the port, and whether it is http or https." in text


def test_a_server_that_sends_us_to_https_is_looked_at_as_closely(authority, secure, serve, visit):
    server = secure(authority.signs())
    plain = serve(lambda asked: says(301, location=server.url))

    assert GIVE_IT in error_of(visit(plain.url), plain.url)
    assert server.asked == []
    assert visit(plain.url, authority=authority.pem).ask("GET", plain.url).body == b"well"


def test_a_server_that_sends_us_back_to_http_is_not_followed(authority, serve, visit):
    plain = serve(lambda asked: says())
    server = serve(lambda asked: says(301, location=plain.url), authority.signs().context())
    place = visit(server.url, ADA, authority.pem)

    with pytest.raises(Emptied, match=f"sends us on to http://127.0.0.1:{plain.port}"):
        place.ask("GET", server.url)

    assert plain.accepted == 0


@pytest.mark.parametrize(
    "text", ["no certificate", "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n"]
)
def test_what_is_no_certificate_of_an_authority_is_refused_at_once(text, visit):
    with pytest.raises(Invalid, match="It should begin with -----BEGIN CERTIFICATE-----"):
        visit("https://dav.example.com/", ADA, text)
