"""Giving contacts out into a file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from twinbook.cli.desk import Desk
from twinbook.cli.formats import Given, Word, chosen
from twinbook.cli.output import Answer, counted, progress

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from twinbook.model.ids import RecordId
    from twinbook.model.record import Record
    from twinbook.model.rights import Rights

PAGE = 500  #: so many contacts are held at once


def give_out(desk: Desk, file: Path, word: Word | None, filter: str, *, replace: bool) -> Answer:
    """What was written into a file. It is there only when it is complete."""
    from twinbook.model.errors import Invalid

    place = file.expanduser().absolute()
    wanted = chosen(file, word)
    if place.exists() and not replace:
        raise Invalid(f"{place} is there already. Name another file, or add --replace.")
    with desk.house.database.read() as connection:
        rights = desk.rights(connection)
        ids = _ids(connection, rights, filter)
        with _unfinished(place) as target, progress("Exporting") as advance:
            number = 0
            target.write(wanted.begin)
            for record in _records(connection, ids):
                if not _is_deleted(record):
                    target.write(wanted.between if number else b"")
                    target.write(wanted.write(Given(connection, record, rights)))
                    number += 1
                advance(1, len(ids))
            target.write(wanted.end)
    data = {"file": str(place), "format": wanted.words[0], "contacts": number}
    verb = "is" if number == 1 else "are"
    return Answer(data, [f"{counted(number, 'contact')} {verb} in {place}, as {wanted.name}."])


def _ids(connection: "Connection", rights: "Rights", filter: str) -> "list[RecordId]":
    from twinbook.cli.filtering import seen_among
    from twinbook.crm import scopes

    among = seen_among(connection, filter, rights)
    return list(scopes.matching(connection, among, rights.viewer))


def _records(connection: "Connection", ids: "list[RecordId]") -> "Iterator[Record]":
    """The contacts in their order, read page by page."""
    from twinbook.crm import contacts

    for start in range(0, len(ids), PAGE):
        some = ids[start : start + PAGE]
        found = contacts.read(connection, some)
        yield from (found[id] for id in some)


def _is_deleted(record: "Record") -> bool:
    """Whether a contact is gone, which a card could not say."""
    return record.business is not None and record.business.deleted


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
