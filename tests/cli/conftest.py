"""A small company at its command line: a data directory, two users, two folders of cards."""

import importlib.util
import sys
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("town", Path(__file__).parent / "town.py")
assert _spec is not None
assert _spec.loader is not None
town_module = importlib.util.module_from_spec(_spec)
sys.modules["town"] = town_module
_spec.loader.exec_module(town_module)


@pytest.fixture
def town(tmp_path: Path, monkeypatch):
    """A company whose data are in SQLite."""
    monkeypatch.delenv("TWINBOOK_DATABASE", raising=False)
    return town_module.Town(tmp_path)


@pytest.fixture
def any_town(tmp_path: Path, database_url: str, monkeypatch):
    """A company on SQLite, and once more on PostgreSQL."""
    monkeypatch.setenv("TWINBOOK_DATABASE", database_url)
    return town_module.Town(tmp_path)
