"""Take one rule out of the engine, and see what notices: `make mutants`.

A mutant replaces a few lines of the source in a copy of it. The simulation plays schedules
against it until a promise is broken; where none is, the tests of the engine are run. What the
simulated world does not have, such as cards and servers, is left to the tests that know it.
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
TESTS = ("tests/reconcile", "tests/sync/test_regressions.py", "tests/sync", "tests/database")
MARKS = "not (database or slow or torture)"


@dataclass(frozen=True)
class Mutant:
    """One rule that is switched off: `before` stands in `file` just once."""

    rule: str  #: of docs/explanation/rules.md, or what is left out in words
    file: str
    before: str
    after: str
    tests: tuple = ()  #: instead of schedules: where pytest looks, for what no schedule can show

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
        if not mutant.tests and (broken := _broken(schedules, first, environment)):
            return broken
        return _failed(mutant.tests or TESTS, environment) or "NOTHING"


def _broken(schedules, first, environment):
    """The promise that schedules broke, and after how many; "" if they broke none.

    A schedule that breaks one with all rules on shows nothing.
    """
    seed, end = first, first + schedules
    while seed < end and (found := _violation(range(seed, end), environment)):
        promise, seed = found
        if not _violation(range(seed, seed + 1), os.environ):
            return f"{promise} after {seed - first + 1} schedules"
        seed += 1
    return ""


def _violation(seeds, environment):
    """The promise that the first of these seeds breaks that breaks one, and that seed."""
    simulation = [str(Path(__file__).with_name("simulate.py")), "--until-broken"]
    numbers = ["--number", str(len(seeds)), "--seed", str(seeds.start)]
    told = _run([*simulation, *numbers], environment)
    if not told.returncode:
        return None
    last = told.stdout.strip().splitlines()[-1]
    return last.split(" ")[0], int(last.rpartition(" ")[2].rstrip(")"))


def _failed(tests, environment):
    """The first test that fails, "" if none does."""
    options = ["-q", "-x", "-p", "no:cacheprovider", "-m", MARKS]
    told = _run(["-m", "pytest", *options, *tests], environment)
    found = [line for line in told.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    assert bool(found) == bool(told.returncode), told.stdout
    return found[0].split(" - ")[0].split(" ", 1)[1] if found else ""


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
            what, _, when = found.partition(" after ")
            print(f"| {mutant.rule} | {what} | {when} |", flush=True)
    print(f"{survivors} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
