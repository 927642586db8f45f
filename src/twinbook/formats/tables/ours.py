"""Twinbook's own file: one column a field, lossless, and read by its header again."""

from collections.abc import Sequence
from typing import Final

from twinbook.formats.tables.mapping import Column, Mapping
from twinbook.model.fields import FIELDS

#: Columns beside those of the fields; each is its own target.
BESIDE: Final = ("account", "owner", "active", "id", "extras")
#: A picture is no text; it travels with cards.
COLUMNS: Final = (*(row.name for row in FIELDS if row.name != "photo"), *BESIDE)
_MARKS: Final = frozenset({"display_name", "web_pages", "phonetic_given", "file_as"})


def ours(header: Sequence[str]) -> Mapping | None:
    """The mapping of a file that Twinbook wrote, None for any other."""
    if not set(header) >= _MARKS or not set(header) <= set(COLUMNS):
        return None
    return Mapping(tuple(Column(one, one) for one in header))
