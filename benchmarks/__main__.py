"""Run every benchmark and write docs/benchmarks.md."""

import importlib
import pkgutil
import platform
import sys
from pathlib import Path

import benchmarks
from benchmarks import Row, line

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Written by `make bench`; do not edit. {machine}.
{about}

| what | Twinbook | compared with | | ratio |
|---|---|---|---|---|
"""


def main(wanted: list[str]) -> None:
    names = [one.name for one in pkgutil.iter_modules(benchmarks.__path__) if one.name[0] != "_"]
    rows: list[Row] = []
    for name in names:
        if not wanted or name in wanted:
            found = importlib.import_module(f"benchmarks.{name}").run()
            rows += found
            print("\n".join(map(line, found)))
    PAGE.write_text(page(rows), encoding="utf-8")


def page(rows: list[Row]) -> str:
    """The page with these rows in the place of older ones; a part is measured by its name."""
    machine = f"CPython {platform.python_version()}, {platform.system()} {platform.machine()}"
    about = (benchmarks.__doc__ or "").partition("\n\n")[2].strip()
    told = {**_known(), **{f"| {row.what} |": line(row) for row in rows}}
    return HEAD.format(machine=machine, about=about) + "".join(f"{one}\n" for one in told.values())


def _known() -> dict[str, str]:
    """The rows that the page has, by what they measure."""
    lines = PAGE.read_text(encoding="utf-8").splitlines() if PAGE.exists() else []
    rows = [one for one in lines if one.startswith("| ")][1:]
    return {f"| {one.split(' | ')[0].removeprefix('| ')} |": one for one in rows}


if __name__ == "__main__":
    main(sys.argv[1:])
