"""A village whose people, program, servers and network are tortured, importable by its tests."""

import importlib.util
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from twinbook.testing.servers import Radicale, Xandikos

HERE = Path(__file__).parent
PARTS = {
    "proxy": HERE.parent / "peers" / "proxy.py",
    "handheld": HERE / "handheld.py",
    "village": HERE / "village.py",
    "reckoning": HERE / "reckoning.py",
    "killing": HERE / "killing.py",
    "network": HERE / "network.py",
}

for name, file in PARTS.items():
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, file)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)


@pytest.fixture
def servers(tmp_path):
    """A server of each kind, for one test alone: it may be killed."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(kind(tmp_path / name, {name: "secret"}))
            for name, kind in {"rad": Radicale, "xan": Xandikos}.items()
        }


@pytest.fixture(scope="session", params=[Radicale, Xandikos], ids=lambda kind: kind.name)
def server(request, tmp_path_factory):
    """A server that lasts; every schedule has new books there."""
    with request.param(tmp_path_factory.mktemp(request.param.name)) as running:
        yield running
