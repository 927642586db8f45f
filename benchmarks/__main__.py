"""Run every benchmark and write docs/benchmarks.md."""

import importlib
import pkgutil
import platform
import sys
from pathlib import Path

import benchmarks
from benchmarks import Row

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
    if not wanted:  # a part would make the page forget the rest
        PAGE.write_text(page(rows), encoding="utf-8")


def page(rows: list[Row]) -> str:
    machine = f"CPython {platform.python_version()}, {platform.system()} {platform.machine()}"
    about = (benchmarks.__doc__ or "").partition("\n\n")[2].strip()
    return HEAD.format(machine=machine, about=about) + "".join(f"{line(row)}\n" for row in rows)


def line(row: Row) -> str:
    ours, other = f"{row.ours:,.1f} {row.unit}", f"{row.other:,.1f} {row.unit}"
    return f"| {row.what} | {ours} | {row.against} | {other} | {row.ratio:,.1f} |"


if __name__ == "__main__":
    main(sys.argv[1:])
