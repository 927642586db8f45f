"""A bad network in front of a real server: an HTTP proxy whose faults are planned.

    with Proxy(server.url, [Fault.ANSWER_LOST, None, Fault.BUSY]) as proxy:
        book = proxy.through(server.new_book("alice"))

Each request takes the next fault of the plan, None is none, and after the last all is well.
`storm(random.Random(seed), 0.2)` is a plan without an end. What is no fault is passed on as it
is: paths, the Host header, and the order and the case of headers.
"""

import re
import select
import socket
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from twinbook.testing.processes import HOST, Port

PORTAL = b"<!DOCTYPE html><html><head><title>Welcome</title><body>Please sign in.<br></body></html>"
HOP_BY_HOP = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
IDLE_SECONDS = 5
CHUNK = 65_536


class Fault(Enum):
    """What becomes of one request."""

    # the network
    REQUEST_LOST = "the connection is cut before the server sees the request"
    ANSWER_LOST = "the server does it, and the connection is cut before the answer"
    CUT = "the connection is cut in the middle of the answer"
    DELAYED = "the answer takes a while"
    LATE = "the server does it, the answer comes after the client gave up"
    ACTS_LATER = "the server does it after the client gave up"
    DOUBLED = "the server gets it twice, the first answer is given"
    DOUBLED_SECOND = "the server gets it twice, the second answer is given"
    DOWN = "nobody listens for a while; open connections are cut"
    # the server
    STORED_500 = "the server does it, and says 500"
    BUSY = "503 with Retry-After, nothing is done"
    TOO_MANY = "429 with Retry-After, nothing is done"
    # nonsense
    PORTAL = "a captive portal's page with status 200"
    PORTAL_302 = "a captive portal's redirect to another host"
    ENDLESS = "a body without an end"
    DRIPPING = "a body without an end, a byte at a time"
    EMPTY_LISTING = "a listing without its items"
    HALF_LISTING = "the first half of a listing"
    GONE = "404"
    SIGN_IN = "401"
    ETAGS_SAME = "every ETag is the same"
    ETAGS_NONE = "there are no ETags"
    ETAGS_WEAK = "every ETag is weak"


NETWORK = tuple(Fault)[: tuple(Fault).index(Fault.PORTAL)]
"""The faults that an honest server behind a bad network has."""


def storm(chance, share, among=NETWORK):
    """Faults for a share of all requests, chosen by a random.Random."""
    while True:
        yield chance.choice(among) if chance.random() < share else None


def every_request(_request):
    return True


@dataclass
class Request:
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class Answer:
    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes


class Lost(Exception):
    """The client gets nothing more."""


class Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def setup(self):
        super().setup()
        self.proxy = self.server.owner
        self.upstream = None
        self.used = 0.0
        self.proxy.connections.add(self.connection)

    def finish(self):
        self.proxy.connections.discard(self.connection)
        if self.upstream:
            self.upstream.close()
        with suppress(OSError):
            super().finish()

    def handle(self):
        with suppress(OSError):
            super().handle()

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def log_message(self, *args):
        """Nothing: tests look at `seen`."""

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        request = Request(self.command, self.path, self.headers.items(), body)
        fault = self.proxy.next_fault(request)
        try:
            self.give(self.proxy.behave(fault, request, self))
        except (Lost, HTTPException, OSError):
            self.close_connection = True

    def give(self, answer, *, length=None):
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    def forward(self, request):
        """The server's own answer. It is asked once: a second time would be a fault."""
        if self.upstream is None or time.monotonic() - self.used > IDLE_SECONDS:
            self.upstream = HTTPConnection(*self.proxy.server, timeout=120)
        self.upstream.putrequest(
            request.method, request.target, skip_host=True, skip_accept_encoding=True
        )
        for name, value in _end_to_end(request.headers):
            self.upstream.putheader(name, value)
        self.upstream.endheaders(request.body or None)
        got = self.upstream.getresponse()
        self.used = time.monotonic()
        headers = [pair for pair in _end_to_end(got.getheaders()) if pair[0].lower() != LENGTH]
        answer = Answer(got.status, got.reason, headers, got.read())
        self.proxy.note(request, got.status)
        return answer

    def wait_for_hang_up(self, seconds):
        """Return when the client closed the connection, or after some seconds."""
        for _ in range(int(seconds * 50)):
            readable, _, _ = select.select([self.connection], [], [], 0.02)
            if readable or self.proxy.ended.is_set():
                return


LENGTH = "content-length"


def _end_to_end(headers):
    return [pair for pair in headers if pair[0].lower() not in HOP_BY_HOP]


class Proxy:
    """`seen` counts the faults that happened, `log` holds what reached the server."""

    def __init__(self, server_url, faults=(), *, when=every_request, delay=0.2, down=0.3, late=30):
        """Faults hit requests that `when` is true for. `delay`, `down` and `late` are seconds."""
        parts = urlsplit(server_url)
        self.server = (parts.hostname, parts.port)
        self.seen: Counter[Fault] = Counter()
        self.log: list[tuple[str, str, int]] = []
        self.delay, self.down_for, self.late = delay, down, late
        self.connections: set[socket.socket] = set()
        self.lock, self.ended, self.when = Lock(), Event(), when
        self.port, self.web = Port(), None
        self.follow(iter(faults))

    def plan(self, *faults, when=None):
        """The faults of the next requests, instead of those planned before."""
        self.follow(iter(faults), when=when)

    def follow(self, faults, *, when=None):
        """The same, from an iterator that may have no end."""
        with self.lock:
            self.faults, self.when = faults, when or self.when

    def calm(self):
        """No more faults."""
        self.plan()

    @property
    def url(self):
        return f"http://{HOST}:{self.port.number}/"

    def through(self, url):
        """The URL of the same thing, seen through this proxy."""
        return self.url.rstrip("/") + urlsplit(url).path

    # ------------------------------------------------------------ up and down

    def up(self):
        """Listen."""
        with self.lock:
            if self.web is None and not self.ended.is_set():
                self.web = ThreadingHTTPServer((HOST, self.port.number), Handler)
                self.web.owner, self.web.daemon_threads = self, True
                Thread(target=self.web.serve_forever, args=(0.02,), daemon=True).start()

    def down(self, seconds=None):
        """Refuse connections, and cut those that are open; for some seconds, or until up()."""
        with self.lock:
            web, self.web = self.web, None
        if web is not None:
            web.shutdown()
            web.server_close()
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        if seconds is not None:
            Thread(target=self._up_after, args=(seconds,), daemon=True).start()

    def _up_after(self, seconds):
        self.ended.wait(seconds)
        self.up()

    def __enter__(self):
        self.up()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.down()
        self.port.close()

    # ------------------------------------------------------------ one request

    def next_fault(self, request):
        with self.lock:
            return next(self.faults, None) if self.when(request) else None

    def note(self, request, status):
        with self.lock:
            self.log.append((request.method, request.target, status))

    def count(self, fault):
        with self.lock:
            self.seen[fault] += 1

    def behave(self, fault, request, client):
        """The answer for the client. A fault that does not fit the answer does not happen."""
        if fault is None:
            return client.forward(request)
        if fault in INSTEAD:
            self.count(fault)
            return INSTEAD[fault](self)
        if fault in LIES:
            honest = client.forward(request)
            lie = LIES[fault](honest)
            if lie != honest:
                self.count(fault)
            return lie
        self.count(fault)
        return ROUTES[fault](self, request, client)

    def request_lost(self, request, client):
        raise Lost

    def answer_lost(self, request, client):
        client.forward(request)
        raise Lost

    def cut(self, request, client):
        answer = client.forward(request)
        half = replace(answer, body=answer.body[: len(answer.body) // 2])
        # Without a body there is one byte promised that never comes.
        client.give(half, length=max(len(answer.body), 1) if answer.status != 204 else None)
        raise Lost

    def delayed(self, request, client):
        answer = client.forward(request)
        self.ended.wait(self.delay)
        return answer

    def late_answer(self, request, client):
        client.forward(request)
        client.wait_for_hang_up(self.late)
        raise Lost

    def acts_later(self, request, client):
        client.wait_for_hang_up(self.late)
        client.forward(request)
        raise Lost

    def doubled(self, request, client):
        first = client.forward(request)
        client.forward(request)
        return first

    def doubled_second(self, request, client):
        client.forward(request)
        return client.forward(request)

    def go_down(self, request, client):
        self.down(self.down_for)
        raise Lost

    def stored_500(self, request, client):
        client.forward(request)
        return _page(500, b"Internal Server Error")

    def endless(self, request, client, chunk=b" " * CHUNK, pause=0.0):
        client.send_response_only(207, "Multi-Status")
        client.send_header("Content-Type", "application/xml; charset=utf-8")
        client.send_header("Transfer-Encoding", "chunked")
        client.end_headers()
        begin = b'<?xml version="1.0"?><multistatus xmlns="DAV:">'
        while not self.ended.wait(pause):
            client.wfile.write(b"%x\r\n%s\r\n" % (len(begin), begin))
            client.wfile.flush()
            begin = chunk
        raise Lost

    def dripping(self, request, client):
        return self.endless(request, client, b" ", 0.05)


def _page(status, body, kind="text/plain", **headers):
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Answer(status, "", [("Content-Type", kind), *named], body)


ROUTES = {
    Fault.REQUEST_LOST: Proxy.request_lost,
    Fault.ANSWER_LOST: Proxy.answer_lost,
    Fault.CUT: Proxy.cut,
    Fault.DELAYED: Proxy.delayed,
    Fault.LATE: Proxy.late_answer,
    Fault.ACTS_LATER: Proxy.acts_later,
    Fault.DOUBLED: Proxy.doubled,
    Fault.DOUBLED_SECOND: Proxy.doubled_second,
    Fault.DOWN: Proxy.go_down,
    Fault.STORED_500: Proxy.stored_500,
    Fault.ENDLESS: Proxy.endless,
    Fault.DRIPPING: Proxy.dripping,
}
INSTEAD = {
    Fault.BUSY: lambda _proxy: _page(503, b"busy", Retry_After="1"),
    Fault.TOO_MANY: lambda _proxy: _page(429, b"too many", Retry_After="1"),
    Fault.PORTAL: lambda _proxy: _page(200, PORTAL, "text/html; charset=utf-8"),
    Fault.PORTAL_302: lambda _proxy: _page(
        302, PORTAL, "text/html", Location="http://127.0.0.2:9/login"
    ),
    Fault.GONE: lambda _proxy: _page(404, b"not found"),
    Fault.SIGN_IN: lambda _proxy: _page(401, b"", WWW_Authenticate='Basic realm="books"'),
}


def _listing(answer, share):
    """A listing with that share of its items; its sync-token stays."""
    if answer.status != 207:
        return answer
    tree = ET.fromstring(answer.body)
    responses = tree.findall("{DAV:}response")
    for one in responses[int(len(responses) * share) :]:
        tree.remove(one)
    return replace(answer, body=ET.tostring(tree, "utf-8", xml_declaration=True))


def _etags(answer, change):
    """An answer whose ETags went through `change`; without those that became None."""
    headers = [
        (name, change(value) if name.lower() == "etag" else value) for name, value in answer.headers
    ]
    headers = [pair for pair in headers if pair[1] is not None]
    if answer.status != 207:
        return replace(answer, headers=headers)
    body = re.sub(
        rb"(<(?:[\w-]+:)?getetag[^>/]*>)([^<]+)(</(?:[\w-]+:)?getetag>)",
        lambda found: _element(found, change(found[2].decode())),
        answer.body,
    )
    return replace(answer, headers=headers, body=body)


def _element(found, etag):
    return b"" if etag is None else found[1] + etag.encode() + found[3]


LIES = {
    Fault.EMPTY_LISTING: lambda answer: _listing(answer, 0),
    Fault.HALF_LISTING: lambda answer: _listing(answer, 0.5),
    Fault.ETAGS_SAME: lambda answer: _etags(answer, lambda _etag: '"same"'),
    Fault.ETAGS_NONE: lambda answer: _etags(answer, lambda _etag: None),
    Fault.ETAGS_WEAK: lambda answer: _etags(answer, lambda etag: f"W/{etag}"),
}
