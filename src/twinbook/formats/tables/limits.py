"""How large a file's pieces may be. What is larger is refused in words; memory stays bounded."""

from typing import Final

LARGEST_CELL: Final = 131_072  #: characters; the `csv` module's own bound, and four times Excel's
LARGEST_ROW: Final = 1 << 20  #: characters of a row in a CSV file, its line breaks included
MOST_COLUMNS: Final = 2_000  #: Outlook writes 92, a CRM with many columns of its own some hundred
LARGEST_PART: Final = 1 << 30  #: bytes of a part of a workbook, unpacked
LARGEST_STRINGS: Final = 64 << 20  #: bytes of all texts that cells of a workbook share
LARGEST_TOKEN: Final = 1 << 20  #: bytes of one tag of a workbook's XML
MOST_SQUEEZED: Final = 100  #: times that a part may be larger than it is packed; usual is 10 to 30
DEEPEST: Final = 32  #: elements within elements of a workbook's XML; a text in a cell is seven deep
PIECE: Final = 1 << 16  #: bytes that are read at once
