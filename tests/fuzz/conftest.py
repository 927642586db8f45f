"""The table of readers and what feeds them, importable by the tests of this folder."""

import importlib.util
import sys
from pathlib import Path

HERE = Path(__file__).parent

for name in ("readers", "grammar", "growing", "bounds"):
    if name not in sys.modules and (HERE / f"{name}.py").exists():
        spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
