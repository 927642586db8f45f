"""A book on each server keeps the promises of a replica (`make peers`)."""

import importlib.util
import sys
from pathlib import Path

import pytest

from twinbook.testing.contract import PROMISES

STANDS = Path(__file__).parents[1] / "replicas" / "carddav" / "stands.py"
if "stands" not in sys.modules:
    spec = importlib.util.spec_from_file_location("stands", STANDS)
    sys.modules["stands"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["stands"])

pytestmark = pytest.mark.compat


@pytest.fixture(scope="session")
def stand(peer):
    return sys.modules["stands"].Stand(peer, peer.new_book, peer.login, peer.password)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
@pytest.mark.parametrize("profile", ["measured", "unmeasured"])
def test_a_book_of_each_server_keeps_the_promises(promise, profile, stand):
    with stand.opened(getattr(stand, profile)) as replica:
        promise(replica)
