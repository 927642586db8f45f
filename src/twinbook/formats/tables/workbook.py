"""Workbooks (XLSX): which sheet holds the list, the texts that cells share, the looks of numbers.

Source: ECMA-376 part 1, sections 18.2 (workbook), 18.4 (shared strings), 18.8 (styles).
"""

import re
from array import array
from collections.abc import Iterator, Mapping
from posixpath import join, normpath
from typing import BinaryIO, Final

from twinbook.formats.tables.delimited import trimmed
from twinbook.formats.tables.limits import LARGEST_STRINGS
from twinbook.formats.tables.package import DAMAGED, Package, ignore, parse
from twinbook.formats.tables.sheet import DATE, Book, sheet_rows
from twinbook.formats.tables.table import Problem, Row, Table
from twinbook.model.errors import Invalid

_WORKBOOK: Final = "xl/workbook.xml"
_RELATION: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"
_STRICT: Final = "http://purl.oclc.org/ooxml/officeDocument/relationships id"
_BUILT_IN_DATES: Final = frozenset({14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)})
_QUOTED: Final = re.compile(r"\"[^\"]*\"|\[[^\]]*\]|\\.|_.|\*.")
_ZEROS: Final = re.compile(r"0+\Z")
_MOST_STYLES: Final = 65_536


def is_workbook(data: BinaryIO) -> bool:
    """Whether a ZIP archive holds a workbook. Raises Invalid for a damaged one."""
    return _WORKBOOK in Package(data)


def workbook(data: BinaryIO) -> Table:
    """The first sheet of a workbook that shows and holds something. Raises Invalid."""
    package = Package(data)
    sheets, epoch_1904 = _sheets(package)
    book = Book(_Strings(package), _looks(package), epoch_1904)
    for name, part in sheets:
        for row in sheet_rows(package, part, book):
            if isinstance(row, Problem):
                raise Invalid(f"The header in row {row.line} can't be read: {row.reason}")
            if any(cell.strip() for cell in row.cells):
                return _table(package, name, part, book, row)
    raise Invalid("The workbook has no rows. Give one whose first row names the columns.")


def _table(package: Package, name: str, part: str, book: Book, header: Row) -> Table:
    def read() -> Iterator[Row | Problem]:
        return (row for row in sheet_rows(package, part, book) if row.line > header.line)

    return Table(trimmed(header.cells), f"Excel workbook, sheet “{name}”", read)


def _sheets(package: Package) -> tuple[list[tuple[str, str]], bool]:
    """Names and parts of the sheets that show, and whether days are counted from 1904."""
    found: list[tuple[str, str]] = []
    epoch: list[bool] = []
    targets = _targets(package)

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name == "workbookPr":
            epoch.append(attributes.get("date1904", "0") in ("1", "true"))
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            id = attributes.get(_RELATION) or attributes.get(_STRICT) or ""
            if id in targets:
                found.append((attributes.get("name", ""), targets[id]))

    parse(package.pieces(_WORKBOOK), start, ignore, ignore)
    if not found:
        raise Invalid(DAMAGED)
    return found, any(epoch)


def _targets(package: Package) -> dict[str, str]:
    found: dict[str, str] = {}

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = normpath(join("/xl", attributes.get("Target", "")))
            found[attributes.get("Id", "")] = target.lstrip("/")

    parse(package.pieces("xl/_rels/workbook.xml.rels"), start, ignore, ignore)
    return found


class _Strings:
    """The texts that cells share, end to end in one buffer."""

    def __init__(self, package: Package) -> None:
        self.body, self.ends = bytearray(), array("Q", [0])
        self._keeps, self._phonetic = False, False
        if "xl/sharedStrings.xml" in package:
            pieces = package.pieces("xl/sharedStrings.xml")
            parse(pieces, self._start, self._end, self._text)

    def __getitem__(self, number: int) -> str:
        return self.body[self.ends[number] : self.ends[number + 1]].decode()

    def __len__(self) -> int:
        return len(self.ends) - 1

    def _start(self, name: str, _: Mapping[str, str]) -> None:
        # How a word is read aloud (rPh) stands in the same element as the word.
        self._phonetic = self._phonetic or name == "rPh"
        self._keeps = name == "t" and not self._phonetic

    def _end(self, name: str) -> None:
        self._keeps = False
        if name == "rPh":
            self._phonetic = False
        if name == "si":
            self.ends.append(len(self.body))

    def _text(self, text: str) -> None:
        if self._keeps:
            self.body += text.encode()
            if len(self.body) > LARGEST_STRINGS:
                raise Invalid(
                    f"The workbook's texts are longer than {LARGEST_STRINGS >> 20} MB. Save the "
                    "sheet with the contacts as CSV (UTF-8), and give that file."
                )


def _looks(package: Package) -> list[str]:
    """How each style shows a number: `DATE`, as many noughts as it has digits, or "" ."""
    if "xl/styles.xml" not in package:
        return []
    codes: dict[int, str] = {}
    looks: list[str] = []
    inside: list[str] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name == "numFmt":
            codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            inside.append(name)
        elif name == "xf" and inside and len(looks) < _MOST_STYLES:
            looks.append(_look(_number(attributes.get("numFmtId")), codes))

    def end(name: str) -> None:
        if name == "cellXfs":
            inside.clear()

    parse(package.pieces("xl/styles.xml"), start, end, ignore)
    return looks


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else -1  # noqa: PLR2004 - far beyond any id


def _look(id: int, codes: Mapping[int, str]) -> str:
    code = codes.get(id, "")
    if _ZEROS.match(code):
        return code
    bare = _QUOTED.sub("", code).partition(";")[0].lower()
    is_date = id in _BUILT_IN_DATES or "y" in bare or "d" in bare
    return DATE if is_date else ""
