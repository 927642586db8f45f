"""Days as programs and people write them, and the order that a column of them has.

12/10/1980 is in October or in December, and only the other rows of its column can tell. What
they can't tell is left out and reported, never guessed; so is a year of two digits.

Sources: docs/replicas/tables.md ("Dates").
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from twinbook.formats.tables.sheet import day_of
from twinbook.formats.vcard.days import valid
from twinbook.model.contact import Day

_TIME: Final = re.compile(r"(?:T|\s+)\d{1,2}[:.]\d{2}.*\Z|\s+\(.*\)\Z", re.DOTALL)
_YEAR_FIRST: Final = re.compile(
    r"(\d{4})(?:[-/.]\s?(\d{1,2})[-/.]\s?(\d{1,2})\.?|年\s?(\d{1,2})月\s?(\d{1,2})日"
    r"|(\d{2})(\d{2}))\Z"
)
_NO_YEAR: Final = re.compile(r"--(\d{2})-?(\d{2})\Z")
_DOTS: Final = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{2,4})?\Z")
_EITHER: Final = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{2,4})\Z")
_SERIAL: Final = re.compile(r"\d{3,5}(?:\.0*)?\Z")
_NOTHING: Final = re.compile(r"[0\s./-]*\Z")
_NEVER: Final = 4501  #: the year in which Outlook keeps "no date": 1/1/4501
_LONGEST: Final = 64
_FOUR: Final = 4
_MONTHS: Final = 12


class Order(Enum):
    """In which order a column writes day and month."""

    DMY = "dmy"
    MDY = "mdy"


class Doubt(Enum):
    """Why a text is no day."""

    ORDER = (
        "its column does not tell whether the day or the month stands first; say so in the "
        "mapping, such as birthday.dmy or birthday.mdy"
    )
    CENTURY = "its year has two digits"
    UNREADABLE = "it is no day that Twinbook can read, such as 1980-12-31"


@dataclass(slots=True)
class Evidence:
    """What the days of a column say about their order."""

    day_first: bool = False
    month_first: bool = False

    def look(self, text: str) -> None:
        """Note what one cell tells."""
        found = _EITHER.match(_bare(text))
        if found:
            self.day_first = self.day_first or int(found[1]) > _MONTHS
            self.month_first = self.month_first or int(found[2]) > _MONTHS

    @property
    def order(self) -> Order | None:
        """The order, None if nothing tells it, or if the days contradict each other.

        >>> evidence = Evidence()
        >>> evidence.look("31/12/1980"), evidence.order
        (None, <Order.DMY: 'dmy'>)
        """
        if self.day_first == self.month_first:
            return None
        return Order.DMY if self.day_first else Order.MDY


def _bare(text: str) -> str:
    text = text.strip()[:_LONGEST]
    return _TIME.sub("", text) if len(text) > len("2026-12-31") else text


def read(text: str, order: Order | None) -> Day | Doubt | None:
    """The day, None where the text says that there is none, or why it can't be told.

    >>> read("10.12.1815", None), read("0/0/00", None), read("12/10/1815", None) is Doubt.ORDER
    (Day(month=12, day=10, year=1815), None, True)
    """
    text = _bare(text)
    if _NOTHING.match(text):
        return None
    if found := _NO_YEAR.match(text):
        return _day(None, found[1], found[2])
    if found := _YEAR_FIRST.match(text):
        month, day = (one for one in found.groups()[1:] if one)
        return _day(found[1], month, day)
    if found := _DOTS.match(text):
        return _day(found[3], found[2], found[1])
    if found := _EITHER.match(text):
        return _either(found, order)
    if _SERIAL.match(text):
        return _day(*day_of(float(text)).split("-")) if day_of(float(text)) else Doubt.UNREADABLE
    return Doubt.UNREADABLE


def _either(found: re.Match[str], order: Order | None) -> Day | Doubt | None:
    first, second, year = found.groups()
    if len(year) == _FOUR and int(year) >= _NEVER:
        return None
    # A day behind the twelfth, or the same number twice, can be read in one way only.
    if first == second or int(second) > _MONTHS:
        return _day(year, first, second)
    if int(first) > _MONTHS:
        return _day(year, second, first)
    match order:
        case Order.DMY:
            return _day(year, second, first)
        case Order.MDY:
            return _day(year, first, second)
        case None:
            return Doubt.ORDER


def _day(year: str | None, month: str, day: str) -> Day | Doubt | None:
    if year is not None and len(year) != _FOUR:
        return Doubt.CENTURY
    return valid(Day(int(month), int(day), None if year is None else int(year))) or Doubt.UNREADABLE
