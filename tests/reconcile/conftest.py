"""What the tests of thinking have in common: given.py, and the world of planet.py."""

import importlib.util
import sys
from pathlib import Path

for name in ("given", "planet"):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
