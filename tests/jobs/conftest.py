"""What tests of the schedule work with."""

import importlib.util
import sys
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("harbour", Path(__file__).parent / "harbour.py")
assert _spec is not None
assert _spec.loader is not None
harbour_module = importlib.util.module_from_spec(_spec)
sys.modules["harbour"] = harbour_module
_spec.loader.exec_module(harbour_module)


@pytest.fixture
def harbour(tmp_path):
    """A company on SQLite whose places are in memory."""
    harbour = harbour_module.Harbour(f"sqlite:///{tmp_path / 'twinbook.db'}")
    yield harbour
    harbour.database.close()


@pytest.fixture
def any_harbour(database_url):
    """The same, on SQLite and once more on PostgreSQL."""
    harbour = harbour_module.Harbour(database_url)
    yield harbour
    harbour.database.close()


@pytest.fixture
def office(tmp_path):
    """Two users with a folder each, and a service that keeps them in step."""
    office = harbour_module.Office(tmp_path)
    yield office
    office.house.database.close()


@pytest.fixture
def shared(office):
    """An office in which both have the same contact, and nothing is left to do."""
    office.create("ann")
    for name in ("ann", "bob"):
        office.set_scope(name, "visible")
    office.settle()
    return office
