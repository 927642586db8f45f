"""A file, whatever it is, as a source of records."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from typing import BinaryIO

from twinbook.formats.tables import (
    Mapping,
    Table,
    known,
    mapping_text,
    open_table,
    propose,
    read_mapping,
)
from twinbook.formats.vcard.read import LARGEST_INPUT
from twinbook.intake import cards, objects, tables
from twinbook.intake.found import Found, Taken
from twinbook.model.errors import Invalid

_BEGINNING = 4096  #: bytes that tell what a file is
_SAMPLE = 200  #: rows from which a mapping is proposed
Records = Callable[[], Iterator[Found | Taken]]


class Format(Enum):
    """What wrote a file."""

    AUTO = "auto"
    VCARD = "vcard"
    JSCONTACT = "jscontact"
    OUTLOOK = "outlook"
    GOOGLE = "google"
    APPLE = "apple"
    DYNAMICS = "dynamics"
    SALESFORCE = "salesforce"
    HUBSPOT = "hubspot"
    ZOHO = "zoho"
    PIPEDRIVE = "pipedrive"
    CSV = "csv"


_OF_CARDS = (Format.VCARD, Format.APPLE, Format.JSCONTACT)


@dataclass(frozen=True, slots=True)
class Source:
    """A file as records."""

    word: str  #: what its records are called
    said: str  #: how it was understood, in a sentence
    total: int  #: about how many records there are, broken ones too
    records: Records


class Unmapped(Invalid):
    """Nobody has said yet which column of a table is what. `proposal` is a mapping file."""

    def __init__(self, text: str, proposal: str) -> None:
        super().__init__(text)
        self.proposal = proposal


def opened(
    stream: BinaryIO, name: str, writer: Format, mapping: str | None, own: frozenset[str]
) -> Source:
    """The source that a file is. `mapping` is the text of a mapping file.

    The file is read while the records are asked for. Raises Invalid if it is not what it is
    said to be, or too large, Unmapped if its columns are not known.
    """
    beginning = stream.read(_BEGINNING)
    if writer is Format.AUTO:
        writer = _told(beginning)
    if writer not in _OF_CARDS:
        return _of_table(stream, name, writer, mapping, own)
    if mapping is not None:
        raise Invalid("A mapping is for tables, and the file holds cards.")
    return _of_cards(stream, name, writer, own)


def _told(beginning: bytes) -> Format:
    """What the first bytes of a file say it is; AUTO for a table."""
    if _is_cards(beginning):
        return Format.VCARD
    flat = beginning.lstrip(b"\xef\xbb\xbf \t\r\n")
    return Format.JSCONTACT if flat.startswith((b"{", b"[")) else Format.AUTO


def _is_cards(beginning: bytes) -> bool:
    flat = beginning.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").upper()
    return flat.startswith((b"BEGIN:VCARD", b"END:VCARD")) or b"\nBEGIN:VCARD" in flat


def _of_cards(stream: BinaryIO, name: str, writer: Format, own: frozenset[str]) -> Source:
    if os.fstat(stream.fileno()).st_size > LARGEST_INPUT:
        most = LARGEST_INPUT >> 20
        raise Invalid(f"{name} is larger than {most} MB. Split it and import the parts.")
    stream.seek(0)
    data = stream.read()
    if writer is Format.JSCONTACT:
        total = data.count(b'"uid"')
        return Source("card", "Cards (JSContact).", total, lambda: objects.records(data, own))
    total = data.upper().count(b"BEGIN:VCARD")
    return Source("card", "Cards (vCard).", total, lambda: cards.records(data, own))


def _of_table(
    stream: BinaryIO, name: str, writer: Format, text: str | None, own: frozenset[str]
) -> Source:
    table = open_table(stream, name=name)
    dialect, mapping = _mapping(table, writer, text)
    said = f"{table.said} The columns are those of {dialect}." if dialect else table.said
    total = sum(1 for _ in table.rows())
    source = dialect or "csv"
    return Source("line", said, total, lambda: tables.records(table, mapping, source, own))


def _mapping(table: Table, writer: Format, text: str | None) -> tuple[str, Mapping]:
    """The dialect of a table, "" for none that is known, and which column is what."""
    if text is not None:
        return "", read_mapping(text)
    found = known(table.header)
    wanted = "" if writer is Format.AUTO else writer.value
    if found is not None and wanted in ("", found[0]):
        return found
    if len(table.header) == 1:
        raise Invalid("The file holds neither cards nor a table of several columns.")
    proposal = propose(table.header, islice(table.rows(), _SAMPLE))
    what = f"The columns are not those of {wanted}." if wanted else "The columns are not known."
    raise Unmapped(
        f"{what} Name a file with --mapping FILE: if it is not there yet, a proposal is written "
        "into it, for you to look through.",
        mapping_text(proposal),
    )
