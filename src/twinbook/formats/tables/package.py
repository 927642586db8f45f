"""The ZIP archive and the XML of a workbook, with bounds on what they may become.

A stream of expat's events holds no tree, so a row of a million cells costs no more than one
of ten. A document type is refused: no spreadsheet writes one, and entities come in with it.

Source: ECMA-376 part 2 (packages).
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from lzma import LZMAError
from typing import BinaryIO, Final
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from twinbook.formats.tables.limits import (
    DEEPEST,
    LARGEST_PART,
    LARGEST_TOKEN,
    MOST_SQUEEZED,
    PIECE,
)
from twinbook.model.errors import Invalid

DAMAGED: Final = (
    "The workbook is damaged or was not written whole. Open it in a spreadsheet program, save "
    "it again as .xlsx or as CSV (UTF-8), and give that file."
)
_FLOOR: Final = 1 << 18  #: bytes that any part may unpack to, however small it is packed

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


class Package:
    """The parts of a workbook, by their names in lower case."""

    def __init__(self, data: BinaryIO) -> None:
        data.seek(0)
        with _translated():
            self.archive = ZipFile(data)
            self.parts = {one.filename.lower(): one for one in self.archive.infolist()}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.parts

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a part, 64 KB at a time. Raises Invalid where they become too many."""
        part = self.parts.get(name.lower())
        if part is None:
            raise Invalid(DAMAGED)
        most, read = min(LARGEST_PART, _FLOOR + MOST_SQUEEZED * part.compress_size), 0
        for piece in _unpacked(self.archive, part):
            read += len(piece)
            if read > most:
                raise Invalid(
                    f"A part of the workbook unpacks to more than {most >> 10} KB, as no address "
                    "list does. Save the sheet with the contacts as CSV (UTF-8), and give that."
                )
            yield piece


def _unpacked(archive: ZipFile, part: ZipInfo) -> Iterator[bytes]:
    with _translated(), archive.open(part) as stream:
        while piece := stream.read(PIECE):
            yield piece


@contextmanager
def _translated() -> Iterator[None]:
    """What `zipfile` raises for archives that are damaged, locked or odd, in our words."""
    try:
        yield
    except RuntimeError as error:
        raise Invalid("The workbook is locked with a password. Save a copy without one.") from error
    except (
        BadZipFile, NotImplementedError, zlib.error, LZMAError, EOFError, OSError, ValueError,
        OverflowError,
    ) as error:  # fmt: skip
        raise Invalid(DAMAGED) from error


class Parser:
    """Expat, fed with pieces; names come without their name spaces."""

    def __init__(self, start: Start, end: End, text: Text) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = _refuse
        self.parser, self.fed, self.depth = parser, 0, 0
        self.start, self.end = start, end

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Invalid(DAMAGED)
        self.start(name.rpartition(" ")[2], attributes)

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.end(name.rpartition(" ")[2])

    def feed(self, piece: bytes) -> None:
        """Raises Invalid where it is no XML, or none that a spreadsheet writes."""
        self.fed += len(piece)
        try:
            self.parser.Parse(piece)
        except expat.ExpatError as error:
            raise Invalid(DAMAGED) from error
        if self.fed - max(0, self.parser.CurrentByteIndex) > LARGEST_TOKEN + len(piece):
            raise Invalid(DAMAGED)


def _refuse(*_: object) -> None:
    raise Invalid(
        "The workbook's XML declares a document type, which no spreadsheet program writes. Save "
        "the sheet with the contacts as CSV (UTF-8), and give that file."
    )


def parse(pieces: Iterator[bytes], start: Start, end: End, text: Text) -> None:
    """Tell the events of a whole part."""
    parser = Parser(start, end, text)
    for piece in pieces:
        parser.feed(piece)


def ignore(_: str) -> None:
    """What is not looked at."""
