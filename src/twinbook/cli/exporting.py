"""Giving contacts out into a file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from twinbook.cli.desk import Desk
from twinbook.cli.output import Answer, counted, progress

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from twinbook.model.ids import RecordId
    from twinbook.model.rights import Rights

PAGE = 500


def give_out(desk: Desk, file: Path, *, replace: bool) -> Answer:
    """What was written into a file. It is there only when it is complete."""
    from twinbook.model.errors import Invalid

    place = file.expanduser().absolute()
    if place.suffix.lower() not in (".vcf", ".json"):
        raise Invalid(f"{file} is neither .vcf nor .json. Name the file so.")
    if place.exists() and not replace:
        raise Invalid(f"{place} is there already. Name another file, or add --replace.")
    with desk.house.database.read() as connection:
        rights = desk.rights(connection)
        ids = _ids(connection, rights)
        with _unfinished(place) as target, progress("Exporting") as advance:
            write = _json if place.suffix.lower() == ".json" else _cards
            for start in range(0, len(ids), PAGE):
                some = ids[start : start + PAGE]
                write(connection, rights, some, target, start == 0)
                advance(len(some), len(ids))
            if place.suffix.lower() == ".json":
                target.write(b"\n]\n" if ids else b"[]\n")
    data = {"file": str(place), "contacts": len(ids)}
    return Answer(data, [f"{counted(len(ids), 'contact')} are in {place}."])


def _ids(connection: "Connection", rights: "Rights") -> "list[RecordId]":
    from twinbook.crm import scopes
    from twinbook.model.filter import ACTIVE, both

    return list(scopes.matching(connection, both(ACTIVE, rights.see), rights.viewer))


@contextmanager
def _unfinished(place: Path) -> Iterator[IO[bytes]]:
    """A file beside the place that takes the place when all is written."""
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        with beside.open("xb") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)


def _cards(
    connection: "Connection",
    rights: "Rights",
    ids: "list[RecordId]",
    target: IO[bytes],
    _first: bool,  # noqa: FBT001 - as `_json` takes it
) -> None:
    from twinbook.cli.showing import visible
    from twinbook.crm import contacts, photos
    from twinbook.formats import vcard

    found = contacts.read(connection, ids)
    for id in ids:
        person = visible(found[id], rights)
        picture = photos.photo(connection, person.photo.digest) if person.photo else None
        target.write(bytes(vcard.new(person, id, picture)))


def _json(
    connection: "Connection",
    rights: "Rights",
    ids: "list[RecordId]",
    target: IO[bytes],
    first: bool,  # noqa: FBT001 - the second of two
) -> None:
    import msgspec

    from twinbook.cli.showing import as_data
    from twinbook.crm import contacts

    found = contacts.read(connection, ids)
    for number, id in enumerate(ids):
        target.write(b"[\n" if first and number == 0 else b",\n")
        target.write(msgspec.json.encode(as_data(connection, found[id], rights)))
