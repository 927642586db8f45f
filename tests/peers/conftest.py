"""Other people's servers, stand-ins and bad networks, importable by tests."""

import importlib.util
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from twinbook.testing.servers import Radicale, Xandikos

HERE = Path(__file__).parent
PARTS = (
    *("asking", "examine", "shelf", "dishonest", "proxy"),
    *("debian", "cyrus", "sogo", "davical", "sabre"),
)

for name in PARTS:
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)


@dataclass
class Ours:
    """One of the servers that are always there, with the interface of the others."""

    name: str
    server: object
    login: str
    password: str

    def new_book(self):
        return self.server.new_book("alice")


@contextmanager
def ours(kind, login, password):
    with TemporaryDirectory() as place, kind(Path(place), {"alice": password}) as server:
        yield Ours(kind.name, server, login, password)


PEERS = {
    "Radicale": lambda: ours(Radicale, "alice", "secret"),
    "Xandikos": lambda: ours(Xandikos, "", ""),
    "Cyrus": sys.modules["cyrus"].Cyrus,
    "SOGo": sys.modules["sogo"].Sogo,
    "DAViCal": sys.modules["davical"].Davical,
    "sabre/dav": sys.modules["sabre"].Sabre,
}


@pytest.fixture(scope="session", params=PEERS.values(), ids=PEERS)
def peer(request):
    """A running server of others, with its `name`, `login`, `password` and `new_book()`."""
    running = request.param()
    try:
        found = running.__enter__()
    except sys.modules["debian"].Missing as why:
        pytest.skip(str(why))
    yield found
    running.__exit__(None, None, None)


@pytest.fixture
def collection(peer):
    """The URL of an empty book, the login and the password."""
    return peer.new_book(), peer.login, peer.password


SEEN = pytest.StashKey()


@pytest.fixture(scope="session")
def seen(request):
    """What servers were seen to do: it is printed at the end of the run."""
    return request.config.stash.setdefault(SEEN, {})


def pytest_terminal_summary(terminalreporter, config):
    skipped = [one for one in terminalreporter.getreports("skipped") if "/peers/" in one.nodeid]
    for line in sorted({f"{one.nodeid.partition('[')[2][:-1]}: {why(one)}" for one in skipped}):
        terminalreporter.write_line(f"SKIPPED {line}")
    for server, told in config.stash.get(SEEN, {}).items():
        terminalreporter.section(server)
        for question, answer in told.items():
            terminalreporter.write_line(f"{question}: {answer[:300]}")


def why(report):
    return report.longrepr[2].removeprefix("Skipped: ")
