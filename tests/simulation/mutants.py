"""Take one rule out of the engine, and see what notices: `make mutants`.

A mutant replaces a few lines of the source in a copy of it. The simulation plays schedules
against it until a promise is broken; where none is, the tests of the engine are run.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
TESTS = ("tests/sync", "tests/reconcile", "tests/database")


@dataclass(frozen=True)
class Mutant:
    """One rule that is switched off: `before` stands in `file` just once."""

    rule: str  #: of docs/explanation/rules.md, or what is left out in words
    file: str
    before: str
    after: str

    def apply(self, source):
        """Switch the rule off in a copy of the source."""
        file = source / "twinbook" / self.file
        text = file.read_text(encoding="utf-8")
        assert text.count(self.before) == 1, f"{self.rule}: {self.file} has changed"
        file.write_text(text.replace(self.before, self.after), encoding="utf-8")


def mutants():
    """Every rule that can be switched off."""
    told = tomllib.loads(Path(__file__).with_name("mutants.toml").read_text(encoding="utf-8"))
    return [Mutant(**one) for one in told["mutant"]]


def caught_by(mutant, schedules, first):
    """What notices that a rule is missing: a promise and after how many schedules, or a test."""
    with TemporaryDirectory() as folder:
        source = Path(folder) / "src"
        shutil.copytree(SOURCE, source)
        mutant.apply(source)
        environment = {**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"}
        simulation = [str(Path(__file__).with_name("simulate.py")), "--until-broken", "--jobs", "1"]
        numbers = ["--number", str(schedules), "--seed", str(first)]
        told = _run([*simulation, *numbers], environment)
        if told.returncode:
            return told.stdout.strip().splitlines()[-1]
        options = ["-q", "-x", "-p", "no:cacheprovider", "-m", "not (database or slow or torture)"]
        told = _run(["-m", "pytest", *options, *TESTS], environment)
        failed = [line for line in told.stdout.splitlines() if line.startswith("FAILED")]
        return failed[0].split(" - ")[0] if failed else "NOTHING"


def _run(command, environment):
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def main(arguments):
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--number", type=int, default=1_000, help="schedules for each mutant")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", default="", help="a part of a rule's name")
    options = asked.parse_args(arguments)
    survivors = 0
    for mutant in mutants():
        if options.only in mutant.rule:
            found = caught_by(mutant, options.number, options.seed)
            survivors += found == "NOTHING"
            print(f"| {mutant.rule} | {found} |", flush=True)
    print(f"{survivors} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
