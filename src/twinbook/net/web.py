"""One server, asked as one user: connections are kept, limits hold, errors are in words.

Nothing is followed to another server, and no answer is taken that is larger or slower than
was agreed. What is safe to ask twice is asked again when the network fails; a write never is.
"""

import ssl
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import lru_cache
from selectors import EVENT_READ, DefaultSelector
from socket import socket
from threading import Lock

import httpx2

from twinbook.model.errors import (
    Emptied,
    Invalid,
    ReplicaError,
    SignInNeeded,
    Throttled,
    Unavailable,
)
from twinbook.net.addresses import is_loopback, origin, redirected, server_of
from twinbook.net.words import in_words, may_pass

LARGEST = 64 << 20  #: bytes of one answer
LONGEST = 300.0  #: seconds for one answer, however lively it trickles
TIMES = httpx2.Timeout(connect=10.0, read=60.0, write=60.0, pool=120.0)
KEPT = 15.0  #: seconds that an idle connection is kept
PAUSES = (0.2, 1.0)  #: seconds before a question is asked again
HANGING_UP = 0.2  #: seconds in which a server that closes a connection has done so
HOPS = 5
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT"})
_MOVED = frozenset({301, 302, 307, 308})
_BUSY = frozenset({429, 503})
Sent = list[tuple[bytes, bytes]]


class Endless(Exception):
    """More came than was agreed, or for longer. The text is what the server did."""


_FAILURES = (httpx2.HTTPError, httpx2.InvalidURL, Endless)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: any status but those that every caller treats alike."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str  #: where it came from, after redirects

    @property
    def is_good(self) -> bool:
        """Whether it is a success."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the success codes


@dataclass(frozen=True, slots=True)
class Login:
    """How to sign in. The password is never shown."""

    name: str
    password: str = field(repr=False)
    digest: bool = False  #: the server wants Digest (RFC 7616) instead of Basic

    def auth(self) -> httpx2.Auth:
        if self.digest:
            return _Digest(self.name, self.password)
        return httpx2.BasicAuth(self.name, self.password)


class _Digest(httpx2.DigestAuth):
    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        try:
            yield from super().auth_flow(request)
        except (ValueError, NotImplementedError) as error:  # a challenge it can't make sense of
            raise httpx2.ProtocolError("odd challenge", request=request) from error


class Web:
    """The server of one place.

    `remedy` is told with a refused sign-in; `shut` says why nothing may be asked at all.
    Take `keeps` away where the server closes connections without a word: the next write
    over one of them might be lost, and nobody would know.
    """

    def __init__(
        self,
        url: str,
        login: Login | None = None,
        authority: str = "",
        *,
        in_flight: int = 4,
        remedy: str = "",
        shut: str = "",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        _, self._host, _ = origin(url)
        self._url, self.server = url, server_of(url)
        self.keeps = True  #: a connection is used again
        self.requests = 0
        self.waited = 0.0  #: seconds spent waiting for the server
        self.banner = ""  #: how the server called itself when it last did what it was asked
        self._counting = Lock()
        self.sleep = sleep
        self._remedy, self._shut = remedy, shut
        self._client = httpx2.Client(
            auth=login.auth() if login else None,
            headers={"User-Agent": "Twinbook", "Accept-Encoding": "gzip"},
            verify=_trusted(authority),  # also for http, from where a redirect may lead to https
            timeout=TIMES,
            limits=httpx2.Limits(
                max_connections=in_flight,
                max_keepalive_connections=in_flight,
                keepalive_expiry=KEPT,
            ),
            trust_env=False,  # `settings` is the only reader of the environment
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    @property
    def is_near(self) -> bool:
        """Whether the server is on this machine."""
        return is_loopback(self._host)

    def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        largest: int = LARGEST,
    ) -> Answer:
        """The answer to one request; redirects within the server are followed.

        A URL of another server is refused as a redirect to it would be.
        Raises Unavailable where nothing usable came: a write may have happened or not.
        Raises SignInNeeded, Throttled, or Emptied for a redirect to elsewhere.
        """
        if self._shut:
            raise SignInNeeded(f"{self._shut} {self._remedy}".strip())
        sent = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
        if not self.keeps:
            sent.append((b"Connection", b"close"))
        target = redirected(self._url, url)
        for _ in range(1 + HOPS):
            answer = self._patiently(method, target, sent, body, largest)
            if answer.status not in _MOVED or "location" not in answer.headers:
                return self._judged(answer)
            target = redirected(target, answer.headers["location"])
        raise Emptied(f"{self.server} sends us round in circles. Check the address of the book.")

    def learn_keeping(self, url: str) -> None:
        """Find out whether the server hangs up after an answer, and note it in `keeps`.

        Some do so though HTTP/1.1 and their silence say that they don't (SOGo 5.8).
        Raises Unavailable where it can't be asked.
        """
        headers = {"Depth": "0"}
        try:
            with self._client.stream("PROPFIND", redirected(self._url, url), headers=headers) as it:
                it.read()
                line = it.extensions["network_stream"]
        except _FAILURES as error:
            raise self._translated(error) from error
        self.keeps = not _is_closed(line.get_extra_info("socket"), HANGING_UP)

    def challenge(self, url: str) -> str:
        """How the server wants to be signed in to: its WWW-Authenticate, "" if it does not."""
        target = redirected(self._url, url)
        for _ in range(1 + HOPS):
            status, headers = self._unsigned(target)
            if status not in _MOVED or "location" not in headers:
                return ", ".join(headers.get_list("www-authenticate"))
            target = redirected(target, headers["location"])
        return ""

    def _unsigned(self, url: str) -> tuple[int, httpx2.Headers]:
        """The beginning of the answer to somebody who does not sign in."""
        try:
            request = self._client.build_request("PROPFIND", url, headers={"Depth": "0"})
            with closing(self._client.send(request, auth=None, stream=True)) as response:
                return response.status_code, response.headers
        except _FAILURES as error:
            raise self._translated(error) from error

    def _patiently(self, method: str, url: str, headers: Sent, body: bytes, largest: int) -> Answer:
        """Ask once more, and once more, if that is safe and the network failed."""
        pauses = iter(PAUSES if method in _SAFE else ())
        while True:
            try:
                return self._once(method, url, headers, body, largest)
            except _FAILURES as error:
                pause = next(pauses, None) if may_pass(error) else None
                if pause is None:
                    raise self._translated(error) from error
            self.sleep(pause)

    def _once(self, method: str, url: str, headers: Sent, body: bytes, largest: int) -> Answer:
        begun = time.perf_counter()
        try:
            with self._client.stream(method, url, content=body, headers=headers) as response:
                received = self._received(response, begun, largest)
                answer = Answer(response.status_code, response.headers, received, url)
        finally:
            with self._counting:
                self.requests += 1
                self.waited += time.perf_counter() - begun
        if answer.is_good:  # what says no may be a proxy that speaks for the server
            self.banner = answer.headers.get("server", "")
        return answer

    def _received(self, response: httpx2.Response, begun: float, largest: int) -> bytes:
        received = bytearray()
        for chunk in response.iter_bytes():
            received += chunk
            if len(received) > largest:
                raise Endless("sent more than can be the answer of an address book")
            if time.perf_counter() - begun > LONGEST:
                raise Endless(f"was not through with its answer after {LONGEST:.0f} seconds")
        return bytes(received)

    def _judged(self, answer: Answer) -> Answer:
        """The answer, unless it is one that every caller treats alike."""
        if answer.status == 401:  # noqa: PLR2004 - Unauthorized
            raise SignInNeeded(
                f"{self.server} refused the sign-in. Nothing was changed. {self._remedy}".strip()
            )
        if answer.status in _BUSY:
            raise Throttled(
                f"{self.server} asks for a pause. Nothing is lost; it goes on by itself.",
                seconds=retry_after(answer.headers.get("retry-after"), answer.headers.get("date")),
            )
        return answer

    def _translated(self, error: Exception) -> ReplicaError:
        if isinstance(error, Endless):
            return Unavailable(
                f"{self.server} {error}, and was cut off. Check the address. "
                "Nothing is lost; it is tried again."
            )
        if type(error) is httpx2.ProtocolError:  # only the sign-in raises just this
            return SignInNeeded(
                f"{self.server} wants to be signed in to in a way that is not known here. "
                "Allow Basic there, over https, or Digest with MD5 or SHA-256."
            )
        return Unavailable(f"{self.server} {in_words(error)} Nothing is lost; it is tried again.")


def _is_closed(line: socket, within: float) -> bool:
    """Whether the other side closes a connection within so many seconds."""
    try:
        with DefaultSelector() as selector:
            selector.register(line, EVENT_READ)
            return bool(selector.select(within))
    except (ValueError, OSError):  # it was closed here, for the answer said that it would be
        return True


def retry_after(header: str | None, date: str | None = None) -> float | None:
    """Seconds to wait before the next request, or None if the server gave no hint.

    The header is a number of seconds or a date, which is compared with the server's own
    `date`. One that is neither, or that no clock can count, is a hint we cannot read, so None.

    Source: RFC 9110, section 10.2.3.

    >>> retry_after("120"), retry_after("soon"), retry_after(None)
    (120.0, None, None)
    >>> retry_after("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:27:00 GMT")
    60.0
    """
    if header is None:
        return None
    try:
        if header.strip().isdecimal():
            return float(int(header))
        then, now = parsedate_to_datetime(header), parsedate_to_datetime(date or "")
        return max(0.0, (then - now).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None


@lru_cache(maxsize=64)
def _trusted(authority: str) -> ssl.SSLContext:
    """Whom to trust: the system's authorities, and one more where its PEM is given."""
    context = ssl.create_default_context()
    if authority:
        try:
            context.load_verify_locations(cadata=authority)
        except (ssl.SSLError, ValueError) as error:
            raise Invalid(
                "What was given as the certificate of an authority is none. It should begin "
                "with -----BEGIN CERTIFICATE-----"
            ) from error
    return context
