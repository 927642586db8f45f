"""The rows of one sheet of a workbook, with numbers as a person reads them.

Source: ECMA-376 part 1, sections 18.3.1 (cells) and 18.17.4.1 (dates).
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from twinbook.formats.tables.limits import LARGEST_CELL, MOST_COLUMNS
from twinbook.formats.tables.package import Package, Parser
from twinbook.formats.tables.table import Problem, Row

DATE: Final = "date"  #: the look of a number that is a day
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PLACE: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})\Z")
_EXACT: Final = 1e15  #: a number has fifteen digits; of longer ones the last are lost
_LAST_DAY: Final = 2_958_465  #: 31 December 9999
_LEAP_THAT_NEVER_WAS: Final = 60  #: Excel counts a 29 February 1900


class Strings(Protocol):
    """Texts by their number."""

    def __getitem__(self, number: int) -> str: ...
    def __len__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Book:
    """What all sheets of a workbook share."""

    strings: Strings
    looks: Sequence[str]
    epoch_1904: bool = False


def sheet_rows(package: Package, part: str, book: Book) -> Iterator[Row | Problem]:
    """Every row of a sheet that has a cell with something in it."""
    events = _Events(book)
    parser = Parser(events.start, events.end, events.text)
    for piece in package.pieces(part):
        parser.feed(piece)
        yield from events.rows
        events.rows.clear()


class _Events:
    """The rows that have ended, and the one that is being read."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.rows: list[Row | Problem] = []
        self.line = 0
        self.reason = ""
        self.cells: list[str] = []
        self.column = 0
        self.kind, self.look = "n", ""
        self.parts: list[str] = []
        self.size = 0
        self.keeps, self.phonetic = False, False
        self.columns: dict[str, int] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c":
            self._cell(attributes)
        elif name in ("v", "t"):
            self.keeps = not self.phonetic
        elif name == "row":
            said = attributes.get("r", "")
            is_number = said.isascii() and said.isdigit() and len(said) < 8  # noqa: PLR2004 - rows
            self.line = max(self.line + 1, int(said) if is_number else 0)
            self.cells, self.column, self.reason = [], 0, ""
        elif name == "rPh":
            self.phonetic = True

    def _cell(self, attributes: Mapping[str, str]) -> None:
        self.parts.clear()
        self.size = 0
        self.kind = attributes.get("t", "n")
        style = attributes.get("s", "")
        looks = self.book.looks
        self.look = ""
        if style.isdigit() and len(style) < 6 and int(style) < len(looks):  # noqa: PLR2004 - styles
            self.look = looks[int(style)]
        found = _PLACE.match(attributes.get("r", ""))
        self.column = self._place(found[1]) if found else self.column + 1

    def _place(self, letters: str) -> int:
        if letters not in self.columns:
            number = 0
            for letter in letters:
                number = number * 26 + ord(letter) - ord("A") + 1
            self.columns[letters] = number
        return self.columns[letters]

    def text(self, text: str) -> None:
        if self.keeps and self.size <= LARGEST_CELL:
            self.size += len(text)
            self.parts.append(text)

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self.keeps = False
        elif name == "c":
            self._set("".join(self.parts))
        elif name == "row":
            if self.reason:
                self.rows.append(Problem(self.line, self.reason))
            elif self.cells:
                self.rows.append(Row(self.line, tuple(self.cells)))
        elif name == "rPh":
            self.phonetic = False

    def _set(self, raw: str) -> None:
        if not raw or self.reason:
            return
        if self.column > MOST_COLUMNS:
            self.reason = f"It has a cell in column {self.column}; {MOST_COLUMNS} is the last."
        elif self.size > LARGEST_CELL:
            self.reason = f"A cell is longer than {LARGEST_CELL} characters."
        else:
            self.cells += [""] * (self.column - len(self.cells))
            self.cells[self.column - 1] = self._shown(raw)

    def _shown(self, raw: str) -> str:
        """The cell as a person reads it; an error of a formula shows nothing."""
        match self.kind:
            case "s":
                is_one = raw.isascii() and raw.isdigit() and len(raw) < 10  # noqa: PLR2004 - strings
                number = int(raw) if is_one else len(self.book.strings)
                known = number < len(self.book.strings)
                return _unescaped(self.book.strings[number]) if known else ""
            case "b":
                return "TRUE" if raw == "1" else "FALSE"
            case "e":
                return ""
            case "n":
                return shown(raw, self.look, epoch_1904=self.book.epoch_1904)
            case _:
                return _unescaped(raw)


def _unescaped(text: str) -> str:
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def shown(raw: str, look: str, *, epoch_1904: bool = False) -> str:
    """A number as its cell shows it: whole where it is whole, a day as ISO 8601 writes it.

    >>> shown("4930123456.0", ""), shown("4.930123456E9", ""), shown("1067", "00000")
    ('4930123456', '4930123456', '01067')
    >>> shown("29566", DATE), shown("1.23E+20", "")
    ('1980-12-11', '1.23E+20')
    """
    try:
        value = float(raw)
    except ValueError:
        return raw
    if look == DATE and 0 <= value <= _LAST_DAY:
        return day_of(value, epoch_1904=epoch_1904)
    if not math.isfinite(value) or abs(value) >= _EXACT:
        return raw
    if value.is_integer():
        return str(int(value)).zfill(len(look) if look != DATE else 0)
    return f"{value:.15g}"


def day_of(serial: float, *, epoch_1904: bool = False) -> str:
    """The day with this number, as ISO 8601 writes it, "" for the days that never were.

    >>> day_of(1), day_of(61), day_of(60), day_of(0, epoch_1904=True)
    ('1900-01-01', '1900-03-01', '', '1904-01-01')
    """
    number = int(serial)
    if epoch_1904:
        return _iso(datetime(1904, 1, 1), number)  # noqa: DTZ001 - a day, never an instant
    if number in (0, _LEAP_THAT_NEVER_WAS):
        return ""
    before = number - 1 if number > _LEAP_THAT_NEVER_WAS else number
    return _iso(datetime(1899, 12, 31), before)  # noqa: DTZ001 - a day, never an instant


def _iso(first: datetime, days: int) -> str:
    try:
        return (first + timedelta(days=days)).date().isoformat()
    except OverflowError:
        return ""
