"""Real servers start, keep their cards, and leave nothing behind."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from twinbook.model.errors import TwinbookError
from twinbook.testing import servers
from twinbook.testing.processes import Port, Process, program
from twinbook.testing.servers import Radicale, Xandikos, ask

pytestmark = pytest.mark.slow

CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{0}\r\nFN:{0}\r\nN:{0};;;;\r\nEND:VCARD\r\n"
USERS = {"alice": "secret", "bob": "p:w"}


@pytest.fixture(params=[Radicale, Xandikos], ids=lambda kind: kind.name)
def server(request, tmp_path):
    with request.param(tmp_path, USERS) as running:
        yield running


def put(server, book, name):
    return server.ask("PUT", f"{book}{name}.vcf", CARD.format(name), {"Content-Type": "text/vcard"})


def names(server, book):
    return [card.partition("UID:")[2].partition("\r")[0] for card in server.cards(book)]


def test_every_user_has_an_empty_book(server):
    books = [server.book(user) for user in USERS]

    assert [server.cards(book) for book in books] == [[], []]
    assert [put(server, book, "ada").status for book in books] == [201, 201]
    assert [server.book(user) for user in USERS] == books
    assert [names(server, book) for book in books] == [["ada"], ["ada"]]


def test_a_new_book_is_another_one_each_time(server):
    first, second = server.new_book("alice"), server.new_book("alice")

    put(server, first, "ada")

    assert (names(server, first), names(server, second)) == (["ada"], [])


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_it_comes_back_on_the_same_port_with_the_same_cards(server, end):
    book = server.new_book("alice")
    put(server, book, "ada")

    getattr(server, end)()
    gone = server.pid
    with pytest.raises(ConnectionRefusedError):
        ask("GET", server.url)
    server.start()

    assert gone == 0
    assert names(server, book) == ["ada"]


def test_xandikos_can_be_written_after_it_was_killed_in_the_middle_of_a_write(tmp_path):
    with Xandikos(tmp_path) as server:
        book = server.new_book("alice")
        put(server, book, "ada")
        (repository,) = tmp_path.glob(f"collections/alice/contacts/{book.split('/')[-2]}/.git")

        server.kill()
        (repository / "index.lock").touch()
        server.start()

        assert put(server, book, "bob").status == 201


def test_a_book_that_does_not_exist_is_an_error(server):
    with pytest.raises(TwinbookError, match="lists no cards"):
        server.cards(server.home("alice") + "nowhere/")


def test_radicale_lets_nobody_in_without_the_password(tmp_path):
    with Radicale(tmp_path, USERS) as server:
        book = server.book("alice")

        answers = [ask("GET", book, login=login).status for login in (None, ("alice", "wrong"))]

    assert answers == [401, 401]


def test_a_server_ends_with_the_process_that_started_it(tmp_path):
    script = (
        "import sys, time; from pathlib import Path\n"
        "from twinbook.testing.servers import Radicale\n"
        "with Radicale(Path(sys.argv[1])) as server:\n"
        "    print(server.pid, flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", script, tmp_path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        parent.kill()

    assert ends(pid)


def ends(pid):
    """Whether a process that is no child of ours ends, or is only waited for by somebody."""
    for _ in range(100):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    return False


def test_a_server_that_does_not_start_says_why(tmp_path):
    talker = tmp_path / "talker"
    talker.write_text("#!/bin/sh\necho no room on the disk\nexit 1\n")
    talker.chmod(0o700)

    with closing(Port()) as port, pytest.raises(TwinbookError) as error:
        Process("Talker", [talker], tmp_path, port).start()

    assert str(error.value) == "Talker did not start. It said:\nno room on the disk\n"


def test_a_server_that_is_not_installed_says_how_to_get_it():
    with pytest.raises(TwinbookError, match="pip install radicale xandikos"):
        program("no-such-server", servers.INSTALL)
