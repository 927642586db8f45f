"""Calendar dates as vCards write them. A date is never an instant: times are not looked at.

Sources: RFC 6350 section 4.3.1, RFC 2426 section 4, ISO 8601.
"""

import re
from calendar import monthrange

from twinbook.model.contact import Day

_DAY = re.compile(r"\s*(?:(\d{4})|-)-?(\d{2})-?(\d{2})(?:[T ].*)?\s*\Z", re.DOTALL)
_LEAP = 2000  #: any leap year: without a year, 29 February is a date


def read_day(text: str, omitted: str = "") -> Day | None:
    """The day, None if the text is no whole date. `omitted` is the year that means "none".

    >>> read_day("19690722"), read_day("--0722"), read_day("1969-07")
    (Day(month=7, day=22, year=1969), Day(month=7, day=22, year=None), None)
    >>> read_day("1604-02-29", omitted="1604")
    Day(month=2, day=29, year=None)
    """
    found = _DAY.match(text)
    if not found:
        return None
    year = None if found[1] in (None, omitted) else int(found[1])
    return valid(Day(int(found[2]), int(found[3]), year))


def valid(day: Day | None) -> Day | None:
    """The day if the calendar has it, else None."""
    if day is None or not 1 <= day.month <= 12:  # noqa: PLR2004 - months
        return None
    if day.year is not None and not 1 <= day.year <= 9999:  # noqa: PLR2004 - four digits
        return None
    return day if 1 <= day.day <= monthrange(day.year or _LEAP, day.month)[1] else None


def is_without_year(text: str) -> bool:
    """Whether this is the truncated form, `--0722` or `--07-22`."""
    return text.lstrip().startswith("--")


def day_text(day: Day, *, extended: bool) -> str:
    """The day with hyphens (`extended`) or without.

    >>> day_text(Day(7, 22), extended=False), day_text(Day(7, 22, 1969), extended=True)
    ('--0722', '1969-07-22')
    """
    if extended:
        return str(day)
    year = "--" if day.year is None else f"{day.year:04d}"
    return f"{year}{day.month:02d}{day.day:02d}"
