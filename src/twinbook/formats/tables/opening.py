"""A file as a table, whatever it is called: what it is, its first bytes say."""

from typing import BinaryIO, Final

from twinbook.formats.tables.delimited import delimited
from twinbook.formats.tables.table import Table
from twinbook.formats.tables.workbook import is_workbook, workbook
from twinbook.model.errors import Invalid

_ARCHIVE: Final = b"PK\x03\x04"
_LOOKED_AT: Final = 512
#: Files that are taken for tables, by their first bytes, and what to do with them.
_OTHERS: Final = (
    (b"\xd0\xcf\x11\xe0", "an old or a locked Excel file. Save it as .xlsx without a password"),
    (b"%PDF", "a PDF. Export the list as CSV or .xlsx"),
    (b"{\\rtf", "a text document. Export the list as CSV or .xlsx"),
    (b"\x1f\x8b", "a packed file. Unpack it"),
    (b"BEGIN:VCARD", "a file of cards. Take it in as vCard (.vcf)"),
    (b"!BDN", "an Outlook data file (.pst). Export the contacts as CSV in Outlook"),
    (b"<!DOCTYPE", "a web page. Export the list as CSV or .xlsx"),
    (b"<HTML", "a web page. Export the list as CSV or .xlsx"),
    (b"<?XML", "XML. Export the list as CSV or .xlsx"),
)


def open_table(data: BinaryIO, *, name: str = "", encoding: str = "") -> Table:
    """The table in a file that can be read from its beginning again.

    `name` is what the file is called; it stands in errors and decides nothing. `encoding`
    is a person's word for the character set, "" to find it. Raises Invalid, which says what
    to do next.
    """
    try:
        return _opened(data, encoding)
    except Invalid as error:
        if not name:
            raise
        raise Invalid(f"{name}: {error}") from error


def _opened(data: BinaryIO, encoding: str) -> Table:
    data.seek(0)
    head = data.read(_LOOKED_AT)
    if head.startswith(_ARCHIVE):
        return _unpacked(data)
    begin = head.removeprefix(b"\xef\xbb\xbf").lstrip().upper()
    for mark, words in _OTHERS:
        if begin.startswith(mark.upper()):
            raise Invalid(f"This is {words}, and give that file.")
    return delimited(data, encoding=encoding)


def _unpacked(data: BinaryIO) -> Table:
    if not is_workbook(data):
        raise Invalid("This is an archive without a workbook in it. Unpack it, and give a file.")
    return workbook(data)
