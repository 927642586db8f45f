"""Rows between separators (CSV): RFC 4180, as programs write it and as people damage it.

A quotation mark that is not closed would swallow the rest of a file. So the lines of a row
that can't be read are read again, each by itself, and those that have as many cells as the
header are rows. No line is read more than twice.

Source: RFC 4180; the line "sep=;" is Excel's.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import BinaryIO, Final

from twinbook.formats.tables.charset import charset
from twinbook.formats.tables.limits import LARGEST_CELL, LARGEST_ROW, PIECE
from twinbook.formats.tables.lines import decoded, lines
from twinbook.formats.tables.table import Problem, Row, Table, complaint
from twinbook.model.errors import Invalid

SEPARATORS: Final = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Pipe"}
_SEP: Final = re.compile(r"\ufeff?\"?sep=(.)\"?\r?\n?\Z", re.IGNORECASE)
_LOOKED_AT: Final = 30  #: rows by which a separator is told
_AGREEING: Final = 0.7  #: so many of them have as many cells as the first, with the right one


def delimited(data: BinaryIO, *, encoding: str = "") -> Table:
    """A CSV file as a table. Raises Invalid with what to do next."""
    told = charset(data, named=encoding)
    sample = _sample(data, told.codec)
    end = "\n" if "\n" in sample or "\r" not in sample else "\r"
    first = sample.partition(end)[0]
    named = _SEP.match(first)
    separator = named[1] if named else _separator(sample, end)

    def source() -> Iterator[Row | Problem]:
        return _rows(lines(data, told.codec, end), separator, skip=1 if named else 0)

    header, line = _header(source())
    words = SEPARATORS.get(separator, "Specially")

    def read() -> Iterator[Row | Problem]:
        counted = _rows(
            lines(data, told.codec, end), separator, skip=1 if named else 0, width=len(header)
        )
        return (one for one in counted if one.line > line)

    return Table(header, f"{words}-separated, {told.words}", read)


def _sample(data: BinaryIO, codec: str) -> str:
    text = ""
    for piece in decoded(data, codec):
        text += piece
        if len(text) >= PIECE:
            break
    return text.removeprefix("\ufeff")


def _separator(sample: str, end: str) -> str:
    """The separator with which most rows have as many cells as the first, and the most cells."""
    rated = {one: _rating(sample, end, one) for one in SEPARATORS}
    return max(rated, key=lambda one: rated[one])


def _rating(sample: str, end: str, separator: str) -> tuple[bool, int]:
    source = (line + end for line in sample.split(end))
    reader = csv.reader(source, delimiter=separator, strict=True)
    widths = []
    with suppress(csv.Error):  # a row that is bad with this separator, or with any
        for row in islice(reader, _LOOKED_AT):
            widths += [len(row)] if row else []
    if len(widths) > 1 and len(sample) >= PIECE:
        widths.pop()  # the sample may end within it
    if not widths:
        return False, 0
    return widths.count(widths[0]) >= _AGREEING * len(widths) and widths[0] > 1, widths[0]


def _header(rows: Iterator[Row | Problem]) -> tuple[tuple[str, ...], int]:
    for row in rows:
        if isinstance(row, Problem):
            raise Invalid(f"The header in line {row.line} can't be read: {row.reason}")
        if any(cell.strip() for cell in row.cells):
            if (reason := complaint(row.cells)) is not None:
                raise Invalid(f"The header in line {row.line} can't be read: {reason}")
            return trimmed(row.cells), row.line
    raise Invalid("The file has no rows. Give a CSV file whose first row names the columns.")


def trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    """A header without outer blanks and without nameless columns at its end."""
    names = [" ".join(cell.replace("\ufeff", "").split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


class _TooLongError(Exception):
    """A row is longer than rows may be."""


class _Feed:
    """Lines for the `csv` module, which remembers those of the row that is being read."""

    def __init__(self, source: Iterator[str | None]) -> None:
        self.source, self.number = source, 0
        self.taken: list[str | None] = []
        self.size = 0

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        line = next(self.source)
        self.number += 1
        self.taken.append(line)
        if line is None:
            raise _TooLongError
        self.size += len(line)
        if self.size > LARGEST_ROW:
            raise _TooLongError
        return line.removeprefix("\ufeff") if self.number == 1 else line

    def begin(self) -> int:
        """Forget the lines of the last row; the number of the line that comes next."""
        self.taken.clear()
        self.size = 0
        return self.number + 1


def _rows(
    source: Iterator[str | None], separator: str, *, skip: int, width: int = 0
) -> Iterator[Row | Problem]:
    feed = _Feed(source)
    for _ in islice(feed, skip):
        pass
    reader = csv.reader(feed, delimiter=separator, strict=True)
    while True:
        line = feed.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooLongError) as error:
            yield from _again(feed.taken, line, separator, width, _reason(error))
        else:
            yield Row(line, tuple(cells))


def _reason(error: Exception) -> str:
    if isinstance(error, _TooLongError):
        return f"It is longer than {LARGEST_ROW} characters; perhaps a quotation mark is not closed"
    if "field limit" in str(error):
        return f"A cell is longer than {LARGEST_CELL} characters"
    return "A quotation mark in it is not closed, or stands inside a value without being doubled"


def _again(
    taken: Sequence[str | None], first: int, separator: str, width: int, reason: str
) -> Iterator[Row | Problem]:
    """The lines of a row that can't be read, each as a row by itself if it is one."""
    bad: list[int] = []
    for line, text in enumerate(taken, first):
        cells = _alone(text, separator) if width > 1 and line > first else ()
        if cells and len(cells) == width:
            if bad:
                yield _told(bad, reason)
                bad = []
            yield Row(line, cells)
        else:
            bad.append(line)
    if bad:
        yield _told(bad, reason)


def _alone(text: str | None, separator: str) -> tuple[str, ...]:
    if text is None:
        return ()
    try:
        return tuple(next(csv.reader((text,), delimiter=separator, strict=True), ()))
    except csv.Error:
        return ()


def _told(bad: Sequence[int], reason: str) -> Problem:
    more = f", so the lines up to {bad[-1]} are left out." if len(bad) > 1 else "."
    return Problem(bad[0], reason + more)
