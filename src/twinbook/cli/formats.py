"""The formats in which contacts are given out, one row each.

A format makes a file of contacts, piece by piece. To add one, add its row, and its word to
`Word`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from twinbook.formats.tables import Entry
    from twinbook.model.contact import Contact
    from twinbook.model.record import Record
    from twinbook.model.rights import Rights

Word = Literal[
    "vcard", "vcard3", "vcard4", "jscontact", "json", "csv", "outlook", "google", "dynamics"
]
"""What `--format` takes."""


@dataclass(frozen=True, slots=True)
class Given:
    """One contact on its way out, as far as it is shown to the one who acts."""

    connection: "Connection"
    record: "Record"
    rights: "Rights"
    kept: bytes = b""  #: what no field holds, of a contact of which nothing is hidden

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
    pieces: Callable[[Iterable[Given]], Iterator[bytes]]


def _cards(version: str) -> Callable[[Iterable[Given]], Iterator[bytes]]:
    def pieces(several: Iterable[Given]) -> Iterator[bytes]:
        from twinbook.formats import vcard

        for one in several:
            card = vcard.new(one.person, one.record.id, one.photo, version)
            yield bytes(vcard.with_leftover(card, one.kept) if one.kept else card)

    return pieces


def _list(write: Callable[[Given], bytes]) -> Callable[[Iterable[Given]], Iterator[bytes]]:
    """A list in JSON."""

    def pieces(several: Iterable[Given]) -> Iterator[bytes]:
        mark = b"[\n"
        for one in several:
            yield mark + write(one)
            mark = b",\n"
        yield b"\n]\n" if mark != b"[\n" else b"[\n\n]\n"

    return pieces


def _jscontact(given: Given) -> bytes:
    from twinbook.formats import jscontact

    return jscontact.write(given.person, given.record.id, given.photo, given.kept)


def _json(given: Given) -> bytes:
    import msgspec

    from twinbook.cli.showing import as_data

    return msgspec.json.encode(as_data(given.connection, given.record, given.rights))


def _table(dialect: str) -> Callable[[Iterable[Given]], Iterator[bytes]]:
    def pieces(several: Iterable[Given]) -> Iterator[bytes]:
        from twinbook.formats import tables

        return tables.write_table(map(_entry, several), dialect)

    return pieces


def _entry(given: Given) -> "Entry":
    from twinbook.formats import tables, vcard
    from twinbook.model.record import Business

    business = given.record.business or Business()
    return tables.Entry(
        0,
        given.person,
        account=business.account_name,
        active=business.active,
        extra=tuple(
            (parameter or spelled, text) for spelled, parameter, text in vcard.texts(given.kept)
        ),
    )


FORMATS: Sequence[Format] = (
    Format(
        words=("vcard3", "vcard"), name="vCard 3.0", suffixes=(".vcf",), pieces=_cards("3.0")
    ),
    Format(words=("vcard4",), name="vCard 4.0", pieces=_cards("4.0")),
    Format(
        words=("jscontact",), name="JSContact", suffixes=(".jscontact", ".jscontact.json"),
        pieces=_list(_jscontact),
    ),
    Format(words=("json",), name="JSON", suffixes=(".json",), pieces=_list(_json)),
    Format(words=("csv",), name="CSV", suffixes=(".csv",), pieces=_table("csv")),
    Format(words=("outlook",), name="CSV for Outlook", pieces=_table("outlook")),
    Format(words=("google",), name="CSV for Google Contacts", pieces=_table("google")),
    Format(words=("dynamics",), name="CSV for Dynamics 365", pieces=_table("dynamics")),
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
