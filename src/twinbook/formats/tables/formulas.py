"""Cells that a spreadsheet would run as formulas, made harmless, and read back as they were.

A cell that begins with one of = + - @, a tab or a line break gets an apostrophe in front, as
OWASP advises ("CSV Injection"). A telephone number, +49 30 1234, stays as it is: without
letters there is no function, no cell and no program that could be named, so the worst that a
spreadsheet can make of it is a number, and whoever takes in the file finds what was meant.
"""

import re
from typing import Final

_RUNS: Final = re.compile(r"'*\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r\n]")
_NUMBER: Final = re.compile(r"[+-][\d ().,/-]*\Z")
_GUARDED: Final = re.compile(r"'(?='*\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r\n])")


def harmless(cell: str) -> str:
    r"""The cell, with an apostrophe in front where a spreadsheet would run it.

    >>> harmless("=HYPERLINK(1)"), harmless("+49 30 1234"), harmless("+49 30 (work)")
    ("'=HYPERLINK(1)", '+49 30 1234', "'+49 30 (work)")
    """
    if not cell or not _RUNS.match(cell) or _NUMBER.match(cell):
        return cell
    return f"'{cell}"


def as_meant(cell: str) -> str:
    """The cell without the apostrophe that `harmless` put there, or a program like us.

    >>> as_meant(harmless("'=1")), as_meant("'t Hart")
    ("'=1", "'t Hart")
    """
    return cell[1:] if cell.startswith("'") and _GUARDED.match(cell) else cell
