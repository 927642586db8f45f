"""The formats in which contacts are given out, one row each.

A format says how a file begins, what stands between two contacts, how it ends, and how one
contact is written. To add one, add its row, and its word to `Word`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from twinbook.model.contact import Contact
    from twinbook.model.record import Record
    from twinbook.model.rights import Rights

Word = Literal["vcard", "vcard3", "vcard4", "jscontact", "json"]
"""What `--format` takes."""


@dataclass(frozen=True, slots=True)
class Given:
    """One contact on its way out, as far as it is shown to the one who acts."""

    connection: "Connection"
    record: "Record"
    rights: "Rights"

    @property
    def person(self) -> "Contact":
        """The details that may be seen."""
        from twinbook.cli.showing import visible

        return visible(self.record, self.rights)

    @property
    def photo(self) -> bytes | None:
        """The bytes of the photo, if that may be seen."""
        from twinbook.crm import photos

        photo = self.person.photo
        return photos.photo(self.connection, photo.digest) if photo else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How a file of one format is written."""

    words: tuple[str, ...]  #: as `--format` names it; the first is its own
    name: str  #: as a person knows it
    suffixes: tuple[str, ...] = ()  #: that a file of it has, and of no other
    begin: bytes = b""
    between: bytes = b""
    end: bytes = b""
    write: Callable[[Given], bytes]


def _card(version: str) -> Callable[[Given], bytes]:
    def write(given: Given) -> bytes:
        from twinbook.formats import vcard

        return bytes(vcard.new(given.person, given.record.id, given.photo, version))

    return write


def _jscontact(given: Given) -> bytes:
    from twinbook.formats import jscontact

    return jscontact.write(given.person, given.record.id, given.photo)


def _json(given: Given) -> bytes:
    import msgspec

    from twinbook.cli.showing import as_data

    return msgspec.json.encode(as_data(given.connection, given.record, given.rights))


FORMATS: Sequence[Format] = (
    Format(
        words=("vcard3", "vcard"), name="vCard 3.0", suffixes=(".vcf",), write=_card("3.0"),
    ),
    Format(words=("vcard4",), name="vCard 4.0", write=_card("4.0")),
    Format(
        words=("jscontact",), name="JSContact", suffixes=(".jscontact", ".jscontact.json"),
        begin=b"[\n", between=b",\n", end=b"\n]\n", write=_jscontact,
    ),
    Format(
        words=("json",), name="JSON", suffixes=(".json",),
        begin=b"[\n", between=b",\n", end=b"\n]\n", write=_json,
    ),
)  # fmt: skip


def chosen(file: Path, word: Word | None) -> Format:
    """The format of a word, else of a file's name. Raises Invalid if that says none."""
    from twinbook.model.errors import Invalid

    if word is not None:
        return next(one for one in FORMATS if word in one.words)
    found = [
        (len(suffix), one)
        for one in FORMATS
        for suffix in one.suffixes
        if file.name.lower().endswith(suffix)
    ]
    if not found:
        suffixes = ", ".join(suffix for one in FORMATS for suffix in one.suffixes)
        words = ", ".join(one.words[0] for one in FORMATS)
        raise Invalid(
            f"The name of {file} does not say its format. Let it end with one of {suffixes}, "
            f"or say the format with --format: {words}."
        )
    return max(found, key=lambda one: one[0])[1]
