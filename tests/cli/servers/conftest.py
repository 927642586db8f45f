"""A company whose users keep their address books on servers; one of each kind a process."""

import importlib.util
import shutil
import sys
from pathlib import Path

import pytest

from twinbook.replicas.carddav import opening
from twinbook.testing.servers import Radicale, Xandikos

HERE = Path(__file__).parent
PEERS = HERE.parents[1] / "peers"
PARTS = {"shelf": PEERS, "dishonest": PEERS, "street": HERE}

for name, folder in PARTS.items():
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)

from dishonest import Dishonest  # noqa: E402 - it is found only now
from street import Street  # noqa: E402 - the same


@pytest.fixture(scope="session")
def radicale(tmp_path_factory):
    with Radicale(tmp_path_factory.mktemp("radicale")) as server:
        MEASURED[f"127.0.0.1:{server.port}"] = None
        yield server


@pytest.fixture(scope="session")
def xandikos(tmp_path_factory):
    with Xandikos(tmp_path_factory.mktemp("xandikos")) as server:
        MEASURED[f"127.0.0.1:{server.port}"] = None
        yield server


@pytest.fixture
def standin():
    with Dishonest() as server:
        yield server


@pytest.fixture(scope="session")
def founded(tmp_path_factory):
    """The data of a company that has users, and nothing else."""
    town = Street(tmp_path_factory.mktemp("founded")).founded()
    town.do("user", "add", "cat@example.com", "--name", "Cat")
    return town.data


MEASURED = {}  # the servers that run as long as the tests, by host and port


@pytest.fixture
def street(tmp_path, founded, monkeypatch):
    """A company without books. A server that was measured before is known already."""
    monkeypatch.delenv("TWINBOOK_DATABASE", raising=False)
    measured = opening.measured

    def known(web, place, mark, *, digest):
        if MEASURED.get(web.server) is None:
            profile = measured(web, place, mark, digest=digest)
            if web.server not in MEASURED:
                return profile
            MEASURED[web.server] = profile
        return MEASURED[web.server]

    monkeypatch.setattr(opening, "measured", known)
    shutil.copytree(founded, tmp_path / "data")
    return Street(tmp_path)


@pytest.fixture
def trio(street, radicale, xandikos):
    """Ada is in the hub and in three books: on Radicale, on Xandikos, and in a folder."""
    return street.with_three_books(radicale, xandikos)
