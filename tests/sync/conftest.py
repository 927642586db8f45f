"""A company for every story, on both databases."""

import importlib.util
import sys
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("world", Path(__file__).parent / "world.py")
assert _spec is not None
assert _spec.loader is not None
world_module = importlib.util.module_from_spec(_spec)
sys.modules["world"] = world_module
_spec.loader.exec_module(world_module)


@pytest.fixture
def world(database_url: str):
    world = world_module.World(database_url)
    yield world
    world.database.close()
