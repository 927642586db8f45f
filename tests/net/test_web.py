"""One server is asked patiently but within limits, and what goes wrong is said in words."""

import gc
import logging
import socket
import threading
import time
import tracemalloc
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from dishonest import Dishonest
from scripted import says

from twinbook.model.errors import (
    Emptied,
    SignInNeeded,
    Throttled,
    TwinbookError,
    Unavailable,
)
from twinbook.net import web
from twinbook.net.web import HOPS, PAUSES, Login, retry_after

SECRET = "hunter2-ü"
ADA = Login("ada", SECRET)
BASIC = "Basic YWRhOmh1bnRlcjItw7w="
READS = ("GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT")
WRITES = ("PUT", "DELETE", "MKCOL", "POST")


def error_of(ask, kind=TwinbookError):
    with pytest.raises(kind) as caught:
        ask()
    return str(caught.value)


# ------------------------------------------------ redirects


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_within_the_server_keeps_method_body_and_sign_in(status, serve, visit):
    server = serve(
        lambda asked: says(status, location="/new") if asked.path == "/old" else says(207, b"here")
    )

    answer = visit(server.url, ADA).ask("REPORT", f"{server.url}old", body=b"<a/>")

    assert (answer.status, answer.body, answer.url) == (207, b"here", f"{server.url}new")
    last = server.asked[-1]
    assert (last.method, last.path, last.body) == ("REPORT", "/new", b"<a/>")
    assert last.headers["authorization"] == BASIC


def test_a_redirect_to_another_port_is_never_asked(serve, visit):
    other = serve(lambda asked: says())
    server = serve(lambda asked: says(301, location=f"{other.url}book/"))

    text = error_of(lambda: visit(server.url, ADA).ask("PROPFIND", server.url), Emptied)

    assert f"sends us on to http://127.0.0.1:{other.port}" in text
    assert (other.accepted, other.asked) == (0, [])


def test_an_address_of_another_server_is_never_asked(serve, visit):
    other, server = serve(lambda asked: says()), serve(lambda asked: says())
    place = visit(server.url, ADA)

    error_of(lambda: place.ask("GET", other.url), Emptied)
    error_of(lambda: place.challenge(other.url), Emptied)

    assert other.accepted == 0


def test_a_redirect_that_goes_round_in_circles_ends(serve, visit):
    server = serve(lambda asked: says(302, location="/again"))

    text = error_of(lambda: visit(server.url).ask("GET", server.url), Emptied)

    assert "round in circles" in text
    assert len(server.asked) == 1 + HOPS


def test_a_redirect_without_a_location_is_an_answer(serve, visit):
    server = serve(lambda asked: says(301))

    assert visit(server.url).ask("GET", server.url).status == 301


def test_what_no_address_may_hold_is_an_error_in_words(serve, visit):
    server = serve(lambda asked: says(301, location="/a\x7fb"))

    text = error_of(lambda: visit(server.url).ask("GET", server.url), Unavailable)

    assert "HTTP can't carry" in text


# ------------------------------------------------ statuses


def test_a_refused_sign_in_says_what_to_do(serve, visit):
    server = serve(lambda asked: says(401, www_authenticate="Basic realm=x"))
    place = visit(server.url, ADA, remedy="Give the password anew.")

    text = error_of(lambda: place.ask("GET", server.url), SignInNeeded)

    assert text == (
        f"127.0.0.1:{server.port} refused the sign-in. Nothing was changed. Give the password anew."
    )


def test_a_place_that_is_shut_is_not_asked(serve, visit):
    server = serve(lambda asked: says())
    place = visit(server.url, shut="The password is lost.", remedy="Give it anew.")

    assert error_of(lambda: place.ask("GET", server.url), SignInNeeded) == (
        "The password is lost. Give it anew."
    )
    assert server.accepted == 0


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry_after": "120"}, 120.0),
        (
            {
                "retry_after": "Wed, 21 Oct 2026 07:28:00 GMT",
                "date": "Wed, 21 Oct 2026 07:27:00 GMT",
            },
            60.0,
        ),
    ],
)
def test_a_server_that_asks_for_a_pause_gets_it(status, headers, seconds, serve, visit):
    server = serve(lambda asked: says(status, **headers))

    with pytest.raises(Throttled) as caught:
        visit(server.url).ask("GET", server.url)

    assert caught.value.seconds == seconds
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("header", "date", "seconds"),
    [
        (" 7 ", None, 7.0),
        ("0", None, 0.0),
        ("-1", None, None),
        ("1.5", None, None),
        ("", None, None),
        ("soon", "later", None),
        ("9" * 400, None, None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None, None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "nonsense", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:29:00 GMT", 0.0),
        ("Wed, 21 Oct 2026 07:28:00 -0000", "Wed, 21 Oct 2026 07:27:00 GMT", None),
        ("Wed, 21 Oct 99999 07:28:00 GMT", "Wed, 21 Oct 2026 07:27:00 GMT", None),
    ],
)
def test_a_hint_how_long_to_wait_is_read_or_passed_over(header, date, seconds):
    assert retry_after(header, date) == seconds


@pytest.mark.parametrize("status", [200, 207, 304, 403, 404, 412, 423, 500, 507])
def test_any_other_status_is_for_the_one_who_asked(status, serve, visit):
    server = serve(lambda asked: says(status))

    assert visit(server.url).ask("PUT", server.url).status == status


def test_a_server_is_known_by_what_it_calls_itself_when_it_does_what_it_is_asked(serve, visit):
    server = serve(
        lambda asked: says(502, server="a proxy") if asked.path == "/b" else says(server="Radish/3")
    )
    place = visit(server.url)

    place.ask("GET", server.url)
    place.ask("GET", f"{server.url}b")

    assert place.banner == "Radish/3"


# ------------------------------------------------ what breaks


def breaking(times, how=None):
    """A script that fails so many times, and then answers."""
    failures = iter(range(times))

    def script(asked):
        return says(body=b"well") if next(failures, None) is None else how

    return script


@pytest.mark.parametrize("how", [None, b"HTTP/1.1 200 OK\r\nContent-Le", b"\x15\x03\x03\0\2\2F"])
@pytest.mark.parametrize("method", READS)
def test_a_read_is_asked_again_after_a_broken_connection(method, how, serve, visit):
    server = serve(breaking(len(PAUSES), (how, b"") and how))
    server.script = hanging_up(server.script)
    place = visit(server.url)

    answer = place.ask(method, server.url)

    assert answer.status == 200
    assert place.pauses == list(PAUSES)
    assert place.requests == len(server.asked) == 1 + len(PAUSES)


def hanging_up(script):
    """The same, with the end of the connection behind what is no whole answer."""

    def answered(asked):
        answer = script(asked)
        return answer if answer is None or answer.endswith(b"well") else pieces(answer)

    def pieces(answer):
        yield answer
        raise ConnectionError

    return answered


@pytest.mark.parametrize("method", READS)
def test_a_read_is_given_up_after_the_last_attempt(method, serve, visit):
    server = serve(lambda asked: None)

    text = error_of(lambda: visit(server.url).ask(method, server.url), Unavailable)

    assert "broke the connection, or speaks no HTTP." in text
    assert text.endswith("Nothing is lost; it is tried again.")
    assert len(server.asked) == 1 + len(PAUSES)


@pytest.mark.parametrize("method", WRITES)
def test_a_write_is_never_asked_again(method, serve, visit):
    server = serve(breaking(1))
    place = visit(server.url)

    error_of(lambda: place.ask(method, server.url, body=b"card"), Unavailable)

    assert (len(server.asked), place.requests, place.pauses) == (1, 1, [])


def test_nobody_at_home_is_said_with_what_to_do(visit):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # ours, and nobody listens
        server = f"127.0.0.1:{held.getsockname()[1]}"

        text = error_of(lambda: visit(f"http://{server}/").ask("PUT", f"http://{server}/"))

    assert text == (
        f"{server} refuses the connection: no server runs there. Check the address, or "
        "start it. Nothing is lost; it is tried again."
    )


def test_a_name_that_nobody_knows_is_said_with_what_to_do(visit):
    url = "http://nobody.invalid/"

    assert "has a name that nobody knows here. Check the address and the network." in error_of(
        lambda: visit(url).ask("GET", url), Unavailable
    )


def test_a_silent_server_is_left_after_its_time(serve, visit, monkeypatch):
    monkeypatch.setattr(web, "TIMES", web.httpx2.Timeout(0.2))
    server = serve(lambda asked: time.sleep(1))

    text = error_of(lambda: visit(server.url).ask("GET", server.url), Unavailable)

    assert "did not answer in time." in text
    assert len(server.asked) == 1


# ------------------------------------------------ limits


def endless(asked):
    yield says(transfer_encoding="chunked")
    while True:
        yield b"4000\r\n" + b"x" * 0x4000 + b"\r\n"


def test_an_endless_answer_is_cut_off(serve, visit):
    server = serve(endless)

    text = error_of(lambda: visit(server.url).ask("GET", server.url, largest=1 << 20), Unavailable)

    assert "sent more than can be the answer of an address book, and was cut off." in text
    assert len(server.asked) == 1  # more of it would not help


def test_an_answer_may_be_as_large_as_agreed_and_no_larger(serve, visit):
    server = serve(lambda asked: says(body=b"x" * 1000))

    assert len(visit(server.url).ask("GET", server.url, largest=1000).body) == 1000
    error_of(lambda: visit(server.url).ask("GET", server.url, largest=999), Unavailable)


def test_an_answer_that_trickles_is_cut_off_after_its_time(serve, visit, monkeypatch):
    monkeypatch.setattr(web, "LONGEST", 0.3)

    def trickle(asked):
        yield says(content_length=10_000)
        while True:
            time.sleep(0.02)
            yield b"x"

    server = serve(trickle)
    begun = time.perf_counter()

    text = error_of(lambda: visit(server.url).ask("GET", server.url), Unavailable)

    assert "was not through with its answer after 0 seconds" in text
    assert time.perf_counter() - begun < 5


def gzipped(body, times=1):
    for _ in range(times):
        packer = zlib.compressobj(9, wbits=31)
        body = packer.compress(body) + packer.flush()
    return body


def test_a_packed_answer_is_unpacked(serve, visit):
    server = serve(lambda asked: says(body=gzipped(b"card" * 1000), content_encoding="gzip"))

    assert visit(server.url).ask("GET", server.url).body == b"card" * 1000
    assert server.asked[0].headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize("times", [1, 2])
def test_a_packed_answer_that_swells_is_cut_off_before_memory_ends(times, serve, visit):
    bomb = gzipped(bytes(64 << 20), times)
    server = serve(lambda asked: says(body=bomb, content_encoding=", ".join(["gzip"] * times)))
    gc.collect()
    tracemalloc.start()

    error_of(lambda: visit(server.url).ask("GET", server.url, largest=1 << 20), Unavailable)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(bomb) < 1 << 17
    assert most < 16 << 20


def test_a_packed_answer_that_is_damaged_is_an_error_in_words(serve, visit):
    server = serve(lambda asked: says(body=b"no gzip", content_encoding="gzip"))

    text = error_of(lambda: visit(server.url).ask("GET", server.url), Unavailable)

    assert "sent an answer that can't be unpacked." in text


# ------------------------------------------------ signing in


def test_the_password_goes_to_the_server_with_every_request(serve, visit):
    server = serve(lambda asked: says())

    for method in (*READS, *WRITES):
        visit(server.url, ADA).ask(method, server.url)

    assert {one.headers["authorization"] for one in server.asked} == {BASIC}


def test_who_asks_how_to_sign_in_shows_no_password(serve, visit):
    server = serve(
        lambda asked: (
            says(301, location="/dav/")
            if asked.path == "/"
            else says(401, www_authenticate='Digest realm="x"')
        )
    )

    offered = visit(server.url, ADA).challenge(server.url)

    assert offered == 'Digest realm="x"'
    assert [one.path for one in server.asked] == ["/", "/dav/"]
    assert all("authorization" not in one.headers for one in server.asked)


def test_a_server_that_wants_digest_gets_it_and_never_the_password(visit):
    with Dishonest(digest=True) as server:
        book = server.new_book()
        place = visit(book, Login("alice", "secret", digest=True))

        answers = [
            place.ask("PUT", f"{book}a%20{number}.vcf", body=CARD % number).status
            for number in range(3)
        ]
        wrong = visit(book, Login("alice", "wrong", digest=True))

        assert answers == [201, 201, 201]
        error_of(lambda: wrong.ask("GET", book), SignInNeeded)


CARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:%d\r\nFN:x\r\nEND:VCARD\r\n"


def test_several_threads_may_sign_in_with_digest(visit):
    with Dishonest(digest=True) as server:
        book = server.new_book()
        place = visit(book, Login("alice", "secret", digest=True))

        with ThreadPoolExecutor(8) as crew:
            answers = list(
                crew.map(
                    lambda number: place.ask("PUT", f"{book}{number}", body=CARD % number).status,
                    range(40),
                )
            )

        assert answers == [201] * 40


@pytest.mark.parametrize(
    "challenge",
    [
        "Digest nonsense",
        'Digest nonce="x"',
        'Digest realm="x", nonce="y", algorithm=TIGER',
        'Digest realm="x", nonce="y", qop="auth-int"',
        'Digest realm="x", nonce="y", qop="other"',
    ],
)
def test_a_sign_in_that_we_do_not_know_is_said_in_words(challenge, serve, visit):
    server = serve(lambda asked: says(401, www_authenticate=challenge))
    place = visit(server.url, Login("ada", SECRET, digest=True))

    text = error_of(lambda: place.ask("GET", server.url), SignInNeeded)

    assert "in a way that is not known here. Allow Basic there" in text


# ------------------------------------------------ what is told to nobody


def test_no_error_repr_or_log_holds_the_password(serve, visit, caplog):
    caplog.set_level(logging.DEBUG)
    scripts = [
        lambda asked: says(401),
        lambda asked: says(429),
        lambda asked: None,
        lambda asked: says(301, location="http://evil.example/"),
        lambda asked: says(body=b"no gzip", content_encoding="gzip"),
        endless,
    ]
    texts = [repr(ADA), str(ADA), repr(ADA.auth())]
    for script in scripts:
        server = serve(script)
        place = visit(server.url, ADA)
        with pytest.raises(TwinbookError) as caught:
            place.ask("GET", server.url, largest=1 << 16)
        error = caught.value
        while error:
            texts += [str(error), repr(error), repr(place), repr(vars(place))]
            error = error.__cause__

    told = "\n".join([*texts, caplog.text])

    assert SECRET not in told
    assert BASIC not in told
    assert BASIC.partition(" ")[2] not in told


def test_a_tag_in_letters_of_its_own_is_sent_as_it_came(serve, visit):
    server = serve(lambda asked: says())

    visit(server.url).ask("PUT", server.url, headers={"If-Match": '"é😀"'})

    assert server.asked[0].headers["if-match"].encode("latin-1").decode() == '"é😀"'


# ------------------------------------------------ connections


def test_a_connection_is_used_again_and_closed_at_the_end(serve, visit):
    server = serve(lambda asked: says(body=b"x"))
    place = visit(server.url)

    for _ in range(10):
        place.ask("GET", server.url)
    accepted = server.accepted
    place.close()

    assert (accepted, len(server.asked)) == (1, 10)
    assert wait_until(lambda: server.open == 0)


def wait_until(condition):
    for _ in range(200):
        if condition():
            return True
        time.sleep(0.01)
    return False


def test_an_answer_that_was_cut_off_leaves_no_connection_behind(serve, visit):
    server = serve(endless)
    place = visit(server.url)

    for _ in range(6):
        error_of(lambda: place.ask("GET", server.url, largest=1000), Unavailable)

    assert wait_until(lambda: server.open == 0)


def test_a_connection_that_the_server_closed_meanwhile_is_not_used_again(serve, visit):
    def once(asked):
        yield says(body=b"x")
        raise ConnectionError

    server = serve(once)
    place = visit(server.url)

    for _ in range(3):
        assert place.ask("PUT", server.url).status == 200
        assert wait_until(lambda: server.open == 0)

    assert server.accepted == 3


def hangs_up(asked):
    """An answer after which the server closes the connection, as SOGo 5.8 does."""
    yield says(207)
    raise ConnectionError


@pytest.mark.parametrize(
    ("script", "keeps"), [(hangs_up, False), (lambda asked: says(207), True),
                          (lambda asked: says(207, connection="close"), False)],
)  # fmt: skip
def test_whether_a_server_hangs_up_after_an_answer_is_found_out(script, keeps, serve, visit):
    server = serve(script)
    place = visit(server.url)

    place.learn_keeping(server.url)

    assert place.keeps is keeps


def test_a_server_that_hangs_up_is_given_a_new_connection_for_each_request(serve, visit):
    server = serve(lambda asked: says(201))
    place = visit(server.url)
    place.keeps = False

    for _ in range(3):
        place.ask("PUT", server.url, headers={"If-Match": '"1"'}, body=b"x")

    assert [one.headers["connection"] for one in server.asked] == ["close"] * 3
    assert server.asked[-1].headers["if-match"] == '"1"'
    assert server.accepted == 3


def test_what_hangs_up_can_only_be_learnt_from_a_server_that_answers(visit):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
    place = visit(url)

    error_of(lambda: place.learn_keeping(url), Unavailable)

    assert place.keeps


def test_many_threads_share_a_few_connections_and_are_all_counted(serve, visit):
    together, most, lock = set(), [0], threading.Lock()

    def slowly(asked):
        with lock:
            together.add(asked.path)
            most[0] = max(most[0], len(together))
        time.sleep(0.005)
        with lock:
            together.discard(asked.path)
        return says(body=asked.path.encode())

    server = serve(slowly)
    place = visit(server.url, in_flight=3)

    with ThreadPoolExecutor(12) as crew:
        urls = [f"{server.url}{number}" for number in range(120)]
        answers = list(crew.map(lambda url: place.ask("GET", url), urls))

    assert [one.body.decode() for one in answers] == [f"/{number}" for number in range(120)]
    assert (place.requests, len(server.asked)) == (120, 120)
    assert server.accepted <= 3
    assert most[0] == 3
    assert place.waited >= 120 * 0.005
