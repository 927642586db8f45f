"""The parts of the simulated world, importable by its tests."""

import importlib.util
import sys
from pathlib import Path

HERE = Path(__file__).parent
PARTS = {
    "world": HERE.parent / "sync" / "world.py",
    "weather": HERE / "weather.py",
    "remotes": HERE / "remotes.py",
    "places": HERE / "places.py",
    "ledger": HERE / "ledger.py",
    "sight": HERE / "sight.py",
    "people": HERE / "people.py",
    "company": HERE / "company.py",
    "checks": HERE / "checks.py",
    "acts": HERE / "acts.py",
    "schedules": HERE / "schedules.py",
    "playing": HERE / "playing.py",
    "mutants": HERE / "mutants.py",
    "stage": HERE / "stage.py",
    "sweep": HERE / "sweep.py",
    "scripts_edits": HERE / "scripts_edits.py",
    "scripts_haste": HERE / "scripts_haste.py",
    "scripts_membership": HERE / "scripts_membership.py",
    "scripts_places": HERE / "scripts_places.py",
}

for name, file in PARTS.items():
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, file)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
