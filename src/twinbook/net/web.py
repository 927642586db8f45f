"""One server, asked as one user: connections are kept, limits hold, errors are in words.

Nothing is followed to another server, and no answer is taken that is larger or slower than
was agreed. What is safe to ask twice is asked again when the network fails; a write never is.
"""

import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import lru_cache

import httpx2

from twinbook.model.errors import Emptied, ReplicaError, SignInNeeded, Throttled, Unavailable
from twinbook.net.addresses import is_loopback, origin, redirected, server_of
from twinbook.net.words import in_words

LARGEST = 64 << 20  #: bytes of one answer
LONGEST = 300.0  #: seconds for one answer, however lively it trickles
TIMES = httpx2.Timeout(connect=10.0, read=60.0, write=60.0, pool=120.0)
KEPT = 15.0  #: seconds that an idle connection is kept
PAUSES = (0.2, 1.0)  #: seconds before a question is asked again
HOPS = 5
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT"})
_MOVED = frozenset({301, 302, 307, 308})
_BUSY = frozenset({429, 503})


class TooLarge(Exception):
    """More came than was agreed, or for longer."""


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
            return httpx2.DigestAuth(self.name, self.password)
        return httpx2.BasicAuth(self.name, self.password)


class Web:
    """The server of one place.

    `remedy` is told with a refused sign-in; `shut` says why nothing may be asked at all.
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
        scheme, self._host, _ = origin(url)
        self.server = server_of(url)
        self.requests = 0
        self.waited = 0.0  #: seconds spent waiting for the server
        self.banner = ""  #: how the server called itself in its last answer
        self.sleep = sleep
        self._remedy, self._shut = remedy, shut
        self._client = httpx2.Client(
            auth=login.auth() if login else None,
            headers={"User-Agent": "Twinbook", "Accept-Encoding": "gzip"},
            verify=_trusted(authority) if scheme == "https" else False,
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

        Raises Unavailable where nothing usable came: a write may have happened or not.
        Raises SignInNeeded, Throttled, or Emptied for a redirect to elsewhere.
        """
        if self._shut:
            raise SignInNeeded(f"{self._shut} {self._remedy}".strip())
        answer = self._patiently(method, url, dict(headers or {}), body, largest)
        for _ in range(HOPS):
            if answer.status not in _MOVED or "location" not in answer.headers:
                return self._judged(answer)
            target = redirected(answer.url, answer.headers["location"])
            answer = self._patiently(method, target, dict(headers or {}), body, largest)
        raise Emptied(f"{self.server} sends us round in circles. Check the address of the book.")

    def challenge(self, url: str) -> str:
        """How the server wants to be signed in to: its WWW-Authenticate, "" if it does not."""
        try:
            request = self._client.build_request("PROPFIND", url, headers={"Depth": "0"})
            with closing(self._client.send(request, auth=None, stream=True)) as response:
                return ", ".join(response.headers.get_list("www-authenticate"))
        except httpx2.HTTPError as error:
            raise self._translated(error) from error

    def _patiently(
        self, method: str, url: str, headers: dict[str, str], body: bytes, largest: int
    ) -> Answer:
        """Ask once more, and once more, if that is safe and the network failed."""
        for pause in PAUSES if method in _SAFE else ():
            try:
                return self._once(method, url, headers, body, largest)
            except (httpx2.NetworkError, httpx2.RemoteProtocolError):
                self.sleep(pause)
            except (httpx2.HTTPError, TooLarge) as error:
                raise self._translated(error) from error
        try:
            return self._once(method, url, headers, body, largest)
        except (httpx2.HTTPError, TooLarge) as error:
            raise self._translated(error) from error

    def _once(
        self, method: str, url: str, headers: dict[str, str], body: bytes, largest: int
    ) -> Answer:
        self.requests += 1
        begun = time.perf_counter()
        try:
            with self._client.stream(method, url, content=body, headers=headers) as response:
                received = bytearray()
                for chunk in response.iter_bytes():
                    received += chunk
                    if len(received) > largest or time.perf_counter() - begun > LONGEST:
                        raise TooLarge
                self.banner = response.headers.get("server", "")
                return Answer(response.status_code, response.headers, bytes(received), url)
        finally:
            self.waited += time.perf_counter() - begun

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
        if isinstance(error, TooLarge):
            return Unavailable(
                f"{self.server} sent more than can be the answer of an address book, and was cut "
                "off. Check the address; nothing was changed."
            )
        return Unavailable(f"{self.server} {in_words(error)} Nothing is lost; it is tried again.")


def retry_after(header: str | None, date: str | None = None) -> float | None:
    """Seconds to wait before the next request, or None if the server gave no hint.

    The header is a number of seconds or a date, which is compared with the server's own
    `date`. One that is neither is a hint we cannot read, so None.

    Source: RFC 9110, section 10.2.3.

    >>> retry_after("120"), retry_after("soon"), retry_after(None)
    (120.0, None, None)
    >>> retry_after("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:27:00 GMT")
    60.0
    """
    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        then, now = parsedate_to_datetime(header), parsedate_to_datetime(date or "")
        return max(0.0, (then - now).total_seconds())
    except (TypeError, ValueError):
        return None


@lru_cache(maxsize=64)
def _trusted(authority: str) -> ssl.SSLContext:
    """Whom to trust: the system's authorities, and one more where its PEM is given."""
    context = ssl.create_default_context()
    if authority:
        context.load_verify_locations(cadata=authority)
    return context
