"""A file of rows as values: a header, and rows that are read while they are asked for."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from twinbook.formats.tables.limits import LARGEST_CELL, MOST_COLUMNS

#: What stands for bytes that are no letters of the file's character set.
_DAMAGE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line in the file (in a workbook its number), counted from 1, and its cells."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was left out, and why, in a sentence without personal values."""

    line: int
    reason: str
    partial: bool = False  #: only a value was left out; the rest of the row is read

    def __str__(self) -> str:
        return f"Line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Table:
    """A file as a header and rows.

    `said` tells in a sentence how the file was understood. `rows` begins anew whenever it
    is called, and every row has as many cells as the header.
    """

    header: tuple[str, ...]
    said: str
    read: Callable[[], Iterator[Row | Problem]]

    def rows(self) -> Iterator[Row | Problem]:
        """Every row that says something, and a problem for each that can't be read, in order."""
        width = len(self.header)
        for one in self.read():
            if isinstance(one, Problem):
                yield one
            elif any(one.cells):
                yield fitted(one, width)


def fitted(row: Row, width: int) -> Row | Problem:
    """The row with as many cells as the header, or why it can't be trusted."""
    cells = row.cells
    if (reason := complaint(cells)) is not None:
        return Problem(row.line, reason)
    if len(cells) == width:
        return row
    if len(cells) < width:
        if len(cells) == 1 and width > 2:  # noqa: PLR2004 - a remark below a list, no row of it
            return Problem(row.line, f"It has one cell, and the header has {width}.")
        return Row(row.line, cells + ("",) * (width - len(cells)))
    if any(cells[width:]):
        reason = (
            f"It has {len(cells)} cells and the header {width}, so values stand in wrong "
            "columns. Put quotation marks around values that contain the separator."
        )
        return Problem(row.line, reason)
    return Row(row.line, cells[:width])


def complaint(cells: tuple[str, ...]) -> str | None:
    """Why these cells can't be used, None if they can."""
    if len(cells) > MOST_COLUMNS:
        return f"It has {len(cells)} cells; {MOST_COLUMNS} is the most."
    if max(map(len, cells), default=0) > LARGEST_CELL:
        return f"A cell is longer than {LARGEST_CELL} characters."
    text = "".join(cells)
    if not text.isascii() and _DAMAGE.search(text):
        return "It has bytes that are no letters of the file's character set."
    return None
