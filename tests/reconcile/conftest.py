"""What the tests of thinking have in common: see given.py."""

import importlib.util
import sys
from pathlib import Path

_spec = importlib.util.spec_from_file_location("given", Path(__file__).parent / "given.py")
assert _spec is not None
assert _spec.loader is not None
_given = importlib.util.module_from_spec(_spec)
sys.modules["given"] = _given
_spec.loader.exec_module(_given)
