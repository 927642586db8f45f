"""Play many schedules, and make what breaks a promise small: `make simulate`.

Whatever is found is kept in .data/simulation as a script, to be played again with
`make simulate SCRIPT=FILE`; mended, it joins `tests/simulation/corpus` under the defect's name.
"""

import argparse
import gc
import importlib.util
import multiprocessing
import sys
import time
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

HERE = Path(__file__).parent
FOUND = HERE.parents[1] / ".data" / "simulation"
CHUNK = 10  #: schedules that a process plays between two reports
APART = 10  #: of so many schedules, one is played in two worlds that differ in what is private


def _load_parts():
    """The parts of the simulated world are importable once its conftest has run."""
    if "schedules" not in sys.modules:
        spec = importlib.util.spec_from_file_location("simulation_parts", HERE / "conftest.py")
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


def played(seeds):
    """What some seeds brought: the counts of all, and the violations by seed."""
    _load_parts()
    from playing import play, played_apart  # noqa: PLC0415 - importable only now
    from schedules import draw  # noqa: PLC0415 - likewise

    gc.disable()  # it takes a tenth of the time; the memory of ten schedules is small
    counts, broken = Counter(), {}
    for seed in seeds:
        outcome = (play if seed % APART else played_apart)(draw(seed))
        counts += outcome.counts
        if outcome.violation:
            broken[seed] = outcome.violation
    gc.collect()
    return counts, broken


def simulate(first, number, jobs, console):
    """Play `number` schedules; the counts, and the violations by seed."""
    chunks = [
        range(start, min(start + CHUNK, first + number))
        for start in range(first, first + number, CHUNK)
    ]
    total, broken = Counter(), {}
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    found = TextColumn("{task.fields[broken]} broken")
    with (
        multiprocessing.get_context("spawn").Pool(jobs) as pool,
        Progress(*columns, found, console=console) as bar,
    ):
        task = bar.add_task("schedules", total=number, broken=0)
        for counts, problems in pool.imap_unordered(played, chunks):
            total += counts
            broken |= problems
            for seed, violation in problems.items():
                bar.console.print(f"seed {seed}: {violation[:160]}", markup=False)
            bar.update(task, advance=counts["schedules"], broken=len(broken))
    return total, broken


def keep_small(seed, console):
    """Play a broken seed again, twice, make it small, and keep it."""
    from playing import play, smaller  # noqa: PLC0415 - importable only now
    from schedules import draw, dump  # noqa: PLC0415 - likewise

    schedule = draw(seed)
    one, other = play(schedule), play(schedule)
    if one != other:
        console.print(f"seed {seed} does not repeat itself: {one.violation!r}, {other.violation!r}")
    small, violation = smaller(schedule, one.violation)
    FOUND.mkdir(parents=True, exist_ok=True)
    file = FOUND / f"{seed}.json"
    file.write_text(dump(small), encoding="utf-8")
    console.print(f"\nseed {seed}: {violation}\nkept as {file}, {len(small.acts)} acts:")
    for act, arguments in small.acts:
        console.print(f"  {act} {arguments}", markup=False, highlight=False)


def table(counts, seconds, jobs):
    """The counters, a line each."""
    yield f"{counts['schedules'] / seconds / jobs:8.1f}  schedules a second and process"
    for what, count in sorted(counts.items()):
        yield f"{count:8d}  {what}"
    if number := counts["schedules"]:
        yield f"Without a finding: at most {3 / number:.1e} a schedule, with 95 % confidence."


def main(arguments):
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--number", type=int, default=1_000)
    asked.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000_000)
    asked.add_argument("--jobs", type=int, default=multiprocessing.cpu_count())
    asked.add_argument("--script", type=Path)
    asked.add_argument("--until-broken", action="store_true")
    options, console = asked.parse_args(arguments), Console(highlight=False)
    _load_parts()
    if options.script:
        return _play_script(options.script, console)
    if options.until_broken:
        return _until_broken(range(options.seed, options.seed + options.number))
    console.print(f"{options.number} schedules from SEED={options.seed} on")
    begun = time.monotonic()
    counts, broken = simulate(options.seed, options.number, options.jobs, console)
    for line in table(counts, time.monotonic() - begun, options.jobs):
        console.print(line)
    for seed in sorted(broken)[:5]:
        keep_small(seed, console)
    return 1 if broken else 0


def _until_broken(seeds):
    """Play until a promise is broken, and say which, and after how many schedules."""
    from playing import play  # noqa: PLC0415 - importable only now
    from schedules import draw  # noqa: PLC0415 - likewise

    for number, seed in enumerate(seeds, start=1):
        if violation := play(draw(seed)).violation:
            print(f"{violation.split(' ')[0]} after {number} schedules (seed {seed})")
            return 1
    print("nothing")
    return 0


def _play_script(file, console):
    from playing import play  # noqa: PLC0415 - importable only now
    from schedules import load  # noqa: PLC0415 - likewise

    outcome = play(load(file.read_text(encoding="utf-8")))
    console.print(outcome.violation or "Every promise was kept.")
    return 1 if outcome.violation else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
