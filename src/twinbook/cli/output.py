"""How a command speaks: its answer on standard output, progress and trouble on standard error."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

WELL, TROUBLE, USAGE, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses: all well; something held or failed, and said; wrong usage; Ctrl-C."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command found or did, for programs and for people."""

    data: object
    lines: Sequence[str] = ()
    status: int = WELL


class Interrupted(Exception):
    """Somebody pressed Ctrl-C. The text says what was done until then."""


def emit(answer: Answer, *, as_json: bool) -> int:
    """Print an answer; its exit status."""
    if as_json:
        print_json(answer.data)
    else:
        sys.stdout.writelines(f"{line}\n" for line in answer.lines)
    sys.stdout.flush()
    return answer.status


def print_json(data: object) -> None:
    """Print data as JSON, alone on standard output."""
    import msgspec

    body = msgspec.json.format(msgspec.json.encode(data), indent=2)
    sys.stdout.write(f"{body.decode()}\n")


def fail(text: str, *, as_json: bool, status: int = TROUBLE) -> int:
    """Say what went wrong; the exit status."""
    if as_json:
        print_json({"error": text})
    else:
        sys.stderr.write(f"{text}\n")
    return status


def table(head: Sequence[str], rows: Sequence[Sequence[str]], empty: str) -> list[str]:
    """Lines with the columns below each other; `empty` where there is no row.

    >>> table(["ID", "NAME"], [["1", "Ada"]], "")
    ['ID  NAME', '1   Ada']
    """
    if not rows:
        return [empty]
    from rich.cells import cell_len

    flat = [head, *([" ".join(cell.split()) for cell in row] for row in rows)]
    widths = [max(cell_len(row[number]) for row in flat) for number in range(len(head))]
    return [_joined(row, widths, cell_len) for row in flat]


def _joined(row: Sequence[str], widths: Sequence[int], measure: Callable[[str], int]) -> str:
    cells = (cell + " " * (width - measure(cell)) for cell, width in zip(row, widths, strict=True))
    return "  ".join(cells).rstrip()


def pairs(values: Mapping[str, str]) -> list[str]:
    """Lines of names and values; empty values are left out.

    >>> pairs({"name": "Ada", "note": ""})
    ['name  Ada']
    """
    filled = {name: value for name, value in values.items() if value}
    width = max(map(len, filled), default=0)
    gap = "\n" + " " * (width + 2)
    return [f"{name:<{width}}  {value.replace(chr(10), gap)}" for name, value in filled.items()]


def when(at: datetime | None) -> str:
    """A moment in the computer's own time zone, to the minute; "" for None."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M") if at else ""


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "contact"), counted(2, "entry", "entries")
    ('1 contact', '2 entries')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


Advance = Callable[[int, int | None], None]
"""Told how many more things are done, and how many there are in all, if that is known."""


@contextmanager
def progress(what: str) -> Iterator[Advance]:
    """A bar on standard error with the remaining time; nothing where nobody looks at it."""
    with bars() as start:
        yield start(what)


@contextmanager
def bars() -> Iterator[Callable[[str], Advance]]:
    """Several bars below each other, each begun by its name."""
    if not sys.stderr.isatty():
        yield lambda _what: _unseen
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:

        def start(what: str) -> Advance:
            task = bar.add_task(what, total=None)
            return lambda more, total: bar.update(task, advance=more, total=total)

        yield start


def _unseen(_more: int, _total: int | None) -> None:
    """Nobody looks."""
