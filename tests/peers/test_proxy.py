"""Each fault of the bad network can be seen, and without one nothing is changed."""

import random
import socket
import time
from contextlib import closing
from http.client import HTTPConnection, HTTPException, IncompleteRead, RemoteDisconnected
from itertools import islice

import pytest
from asking import Book, card, items, token_of
from dishonest import Dishonest
from examine import new
from proxy import NETWORK, Fault, Proxy, storm

NAMES = ("one.vcf", "two.vcf", "three.vcf", "four.vcf")


@pytest.fixture
def server():
    with Dishonest() as running:
        yield running


@pytest.fixture
def proxy(server):
    with Proxy(server.url, late=5) as running:
        yield running


@pytest.fixture
def book(server, proxy):
    with closing(Book(proxy.through(server.new_book()), "alice", "secret", patient=False)) as book:
        yield book


def stored(server, book):
    return sorted(server.kept(book.url).cards)


def put(book, name="one.vcf", **headers):
    return book.put(name, card(name.partition(".")[0]), **headers)


def test_without_a_fault_nothing_is_changed(server, proxy, book):
    straight = Book(server.url.rstrip("/") + book.path, "alice", "secret")
    put(book)

    with closing(straight):
        listed = [one.propfind("<getetag/>", depth="1") for one in (book, straight)]
        got = [one.get("one.vcf") for one in (book, straight)]

    for through, directly in (listed, got):
        assert without_date(through) == without_date(directly)
    assert proxy.seen == {}
    assert [method for method, _path, _status in proxy.log] == ["PUT", "PROPFIND", "GET"]
    assert book.connections == 1


def without_date(answer):
    return answer.status, answer.headers | {"date": ""}, answer.body


def test_the_client_s_host_header_reaches_the_server(proxy, book):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy.server = listener.getsockname()
        listener.settimeout(5)
        connection = HTTPConnection("127.0.0.1", proxy.port.number)
        connection.request("GET", "/x%20y?z", headers={"X-Odd": "v"})
        upstream, _address = listener.accept()
        with upstream, closing(connection):
            head = upstream.recv(10_000).decode()

    assert head.startswith("GET /x%20y?z HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{proxy.port.number}\r\n" in head
    assert "X-Odd: v\r\n" in head


@pytest.mark.parametrize(
    ("fault", "kept", "times"),
    [
        (Fault.REQUEST_LOST, [], 0),
        (Fault.ANSWER_LOST, ["one.vcf"], 1),
        (Fault.DOWN, [], 0),
    ],
)
def test_the_client_gets_no_answer(server, proxy, book, fault, kept, times):
    proxy.plan(fault)

    with pytest.raises((RemoteDisconnected, ConnectionError)):
        put(book)

    assert stored(server, book) == kept
    assert len(proxy.log) == times
    assert proxy.seen == {fault: 1}


def test_the_answer_is_cut_in_the_middle(server, proxy, book):
    put(book)
    proxy.plan(Fault.CUT)

    with pytest.raises(IncompleteRead):
        book.get("one.vcf")

    assert book.get("one.vcf").status == 200


def test_an_answer_takes_a_while(server, proxy, book):
    proxy.plan(Fault.DELAYED)
    proxy.delay = 0.3

    started = time.monotonic()
    answer = put(book)

    assert answer.status == 201
    assert time.monotonic() - started >= 0.3


@pytest.mark.parametrize(
    ("fault", "before", "after"), [(Fault.LATE, 1, 1), (Fault.ACTS_LATER, 0, 1)]
)
def test_the_client_gives_up_before_the_answer(server, proxy, book, fault, before, after):
    proxy.plan(fault)
    book.seconds = 0.3

    with pytest.raises(TimeoutError):
        put(book)
    first = len(proxy.log)
    eventually(lambda: len(proxy.log) == after)

    assert first == before
    assert stored(server, book) == ["one.vcf"]


def eventually(holds):
    for _ in range(100):
        if holds():
            return
        time.sleep(0.02)
    raise AssertionError


@pytest.mark.parametrize(("fault", "status"), [(Fault.DOUBLED, 201), (Fault.DOUBLED_SECOND, 412)])
def test_the_server_gets_it_twice(proxy, book, fault, status):
    proxy.plan(fault)

    answer = put(book, If_None_Match="*")

    assert answer.status == status
    assert [one[2] for one in proxy.log] == [201, 412]


def test_nobody_listens_for_a_while(proxy, book):
    put(book)
    proxy.down(0.3)

    with pytest.raises((HTTPException, OSError)):
        put(book)
    with pytest.raises(ConnectionRefusedError):
        put(book)
    eventually(lambda: proxy.web is not None)

    assert put(book).status == 204


def test_the_server_stores_and_says_500(server, proxy, book):
    proxy.plan(Fault.STORED_500)

    assert put(book).status == 500
    assert stored(server, book) == ["one.vcf"]


@pytest.mark.parametrize(
    ("fault", "status", "header"),
    [
        (Fault.BUSY, 503, ("retry-after", "1")),
        (Fault.TOO_MANY, 429, ("retry-after", "1")),
        (Fault.PORTAL, 200, ("content-type", "text/html; charset=utf-8")),
        (Fault.PORTAL_302, 302, ("location", "http://127.0.0.2:9/login")),
        (Fault.GONE, 404, ("content-type", "text/plain")),
        (Fault.SIGN_IN, 401, ("www-authenticate", 'Basic realm="books"')),
    ],
)
def test_something_else_is_answered_and_nothing_is_done(server, proxy, book, fault, status, header):
    proxy.plan(fault)

    answer = put(book)

    assert (answer.status, answer.headers[header[0]]) == (status, header[1])
    assert stored(server, book) == proxy.log == []
    assert proxy.seen == {fault: 1}


@pytest.mark.parametrize(("fault", "least"), [(Fault.ENDLESS, 1_000_000), (Fault.DRIPPING, 50)])
def test_a_body_has_no_end(proxy, fault, least):
    proxy.plan(fault)
    got = 0
    with socket.create_connection(("127.0.0.1", proxy.port.number), timeout=5) as client:
        client.sendall(b"PROPFIND / HTTP/1.1\r\nHost: x\r\n\r\n")
        while got < least:
            got += len(client.recv(65_536))

    assert proxy.seen == {fault: 1}


@pytest.mark.parametrize(("fault", "left"), [(Fault.EMPTY_LISTING, 0), (Fault.HALF_LISTING, 2)])
def test_a_listing_lacks_items_and_keeps_its_token(proxy, book, fault, left):
    for name in NAMES:
        put(book, name)
    whole = book.sync()
    proxy.plan(fault)

    answer = book.sync()

    assert (len(items(whole)), len(items(answer))) == (4, left)
    assert token_of(answer) == token_of(whole)


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        (Fault.ETAGS_SAME, ['"same"', '"same"']),
        (Fault.ETAGS_NONE, [None, None]),
        (Fault.ETAGS_WEAK, ['W/"1"', 'W/"1"']),
    ],
)
def test_etags_lie(proxy, book, fault, seen):
    put(book)
    proxy.plan(fault, fault)

    got = book.get("one.vcf").headers.get("etag")
    listed = items(book.propfind("<getetag/>", depth="1"))["one.vcf"][1]

    assert [got, listed] == seen
    assert proxy.seen == {fault: 2}


def test_a_lie_that_does_not_fit_is_not_told(proxy, book):
    proxy.plan(Fault.EMPTY_LISTING)

    assert put(book).status == 201
    assert proxy.seen == {}


def test_a_plan_waits_for_the_requests_it_is_meant_for(proxy, book):
    proxy.plan(Fault.GONE, when=lambda request: request.method == "GET")

    statuses = [put(book).status, book.get("one.vcf").status, book.get("one.vcf").status]

    assert statuses == [201, 404, 200]


def test_a_storm_is_the_same_each_time():
    storms = [list(islice(storm(random.Random(7), 0.5), 200)) for _ in range(2)]

    assert storms[0] == storms[1]
    assert set(storms[0]) == {None, *NETWORK}


def test_a_storm_passes(server, proxy, book):
    proxy.late = 0.2
    book.seconds = 2
    proxy.follow(storm(random.Random(1), 0.5))

    for _ in range(60):
        try:
            new(book)
        except (HTTPException, OSError):
            book.close()
    proxy.calm()
    eventually(lambda: proxy.web is not None)

    assert new(book)[1].status == 201
    assert len(proxy.seen) > 8
