"""Other people's servers, stand-ins and bad networks, importable by tests."""

import importlib.util
import sys
from pathlib import Path

HERE = Path(__file__).parent
PARTS = ("shelf", "dishonest", "proxy", "examine")

for name in PARTS:
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
