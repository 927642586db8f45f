"""Address books on servers: real ones, and a stand-in with switches; one of each kind a process."""

import importlib.util
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from twinbook.testing.servers import Radicale, Xandikos

HERE = Path(__file__).parent
PEERS = HERE.parents[1] / "peers"
PARTS = {
    "shelf": PEERS,
    "dishonest": PEERS,
    "stands": HERE,
    "names": HERE,
    "scripted": HERE.parents[1] / "net",
}

for name, folder in PARTS.items():
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)

from stands import Stand  # noqa: E402 - it is found only now


@pytest.fixture(scope="session")
def radicale(tmp_path_factory):
    with Radicale(tmp_path_factory.mktemp("radicale")) as server:
        yield Stand(server, lambda: server.new_book("alice"))


@pytest.fixture(scope="session")
def xandikos(tmp_path_factory):
    with Xandikos(tmp_path_factory.mktemp("xandikos")) as server:
        yield Stand(server, lambda: server.new_book("alice"))


@pytest.fixture(scope="session")
def standins():
    """Stand-in servers by their switches, each started once."""
    running = {}
    with ExitStack() as stack:

        def stand(**switches):
            key = tuple(sorted(switches.items()))
            if key not in running:
                server = stack.enter_context(sys.modules["dishonest"].Dishonest(**switches))
                if "{}" in server.switches.hrefs:
                    server.switches.hrefs = server.switches.hrefs.replace(
                        "SERVER", server.url.rstrip("/")
                    )
                running[key] = Stand(server, server.new_book)
            return running[key]

        yield stand
