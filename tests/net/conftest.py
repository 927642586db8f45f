"""Servers that say what a test wants them to, byte by byte, with and without TLS."""

import importlib.util
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from twinbook.net.web import Web

HERE = Path(__file__).parent
PEERS = HERE.parent / "peers"
for name, folder in {
    "scripted": HERE,
    "papers": HERE,
    "shelf": PEERS,
    "dishonest": PEERS,
}.items():
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)

from papers import Authority  # noqa: E402 - it is found only now
from scripted import Scripted  # noqa: E402


@pytest.fixture
def serve():
    """Starts servers that answer as a function says; they end with the test."""
    with ExitStack() as stack:

        def start(script, context=None):
            return stack.enter_context(Scripted(script, context))

        yield start


@pytest.fixture
def visit():
    """Opens a Web that waits for nothing between two attempts, closed with the test."""
    opened = []

    def start(url, login=None, authority="", **more):
        pauses = []
        web = Web(url, login, authority, sleep=pauses.append, **more)
        web.pauses = pauses
        opened.append(web)
        return web

    yield start
    for one in opened:
        one.close()


@pytest.fixture(scope="session")
def authority():
    """Somebody who signs certificates, known to nobody."""
    return Authority()
