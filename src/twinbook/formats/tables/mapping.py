"""Which column of a file is what: as a value, and as a file that a person can edit (TOML 1.0)."""

import tomllib
from dataclasses import dataclass
from typing import Any, Final

from twinbook.formats.tables.targets import target
from twinbook.model.errors import Invalid

_WORDS: Final = """\
# Which column of a file is what in Twinbook. Edit the targets, and give this file with the import.
#
#   given, surname, company, job_title, note …   a field of the contact
#   full_name                                    a name in one piece; it is split where it can be
#   birthday, birthday.dmy, birthday.mdy         a day; 31/12/1980 is .dmy, 12/31/1980 is .mdy
#   emails.work, phones.mobile, phones.work fax, web_pages.work, messengers.other.skype
#   addresses.work.street, .street2, .city, .region, .postal_code, .country, .po_box
#   categories                                   words between semicolons or commas
#   account, owner, active, id                   company, user, active or not, id elsewhere
#   extra                                        kept with the row, but no field of a contact
#   skip                                         left out
"""
_HEADER, _TARGET, _COLUMN = "header", "target", "column"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, and what it is, in the words of `targets`."""

    header: str
    target: str

    def __post_init__(self) -> None:
        target(self.target)


@dataclass(frozen=True, slots=True)
class Mapping:
    """What each column of a file is, in the order of the file."""

    columns: tuple[Column, ...]


def mapping_text(mapping: Mapping) -> str:
    """The mapping as a file, with comments that explain it.

    >>> print(mapping_text(Mapping((Column("First name", "given"),)))[-50:])
    [[column]]
    header = "First name"
    target = "given"
    <BLANKLINE>
    """
    blocks = (
        f"\n[[column]]\nheader = {_quoted(one.header)}\ntarget = {_quoted(one.target)}\n"
        for one in mapping.columns
    )
    return _WORDS + "".join(blocks)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    safe = (
        one if (one >= " " and one != "\x7f") else f"\\u{ord(one):04x}"
        for one in escaped.encode("utf-8", "replace").decode()
    )
    return f'"{"".join(safe)}"'


def read_mapping(text: str) -> Mapping:
    """The mapping that a file says. Raises Invalid, which names the line or the column."""
    try:
        said = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Invalid(f"The mapping can't be read: {error}. Mend that line.") from error
    strange = sorted(said.keys() - {_COLUMN})
    if strange:
        raise Invalid(f"The mapping has a key {strange[0]!r}. It holds [[column]] blocks only.")
    blocks = said.get(_COLUMN)
    if not isinstance(blocks, list) or not blocks:
        raise Invalid('The mapping names no column. Write [[column]], header = "…", target = "…".')
    return Mapping(tuple(_column(block, number) for number, block in enumerate(blocks, 1)))


def _column(block: Any, number: int) -> Column:  # noqa: ANN401 - whatever a file holds
    if not isinstance(block, dict):
        raise Invalid(f"Column {number} of the mapping is no [[column]] block.")
    header, found = block.get(_HEADER), block.get(_TARGET)
    strange = sorted(block.keys() - {_HEADER, _TARGET})
    if strange or not isinstance(header, str) or not isinstance(found, str):
        wrong = strange[0] if strange else _HEADER if not isinstance(header, str) else _TARGET
        raise Invalid(f"Column {number} of the mapping: {wrong!r} can't be used. Give two texts: "
                      "header and target.")  # fmt: skip
    try:
        return Column(header, found)
    except Invalid as error:
        raise Invalid(f"Column {number} of the mapping, {header!r}: {error}") from error
