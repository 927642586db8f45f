"""Giving contacts out into a file."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from twinbook.cli.desk import Desk
from twinbook.cli.formats import Given, Word, chosen
from twinbook.cli.output import Advance, Answer, counted, progress

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from twinbook.model.ids import RecordId
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
            told = _Told(advance, len(ids))
            for piece in wanted.pieces(told.each(_given(connection, ids, rights))):
                target.write(piece)
    number = told.number
    data = {"file": str(place), "format": wanted.words[0], "contacts": number}
    verb = "is" if number == 1 else "are"
    return Answer(data, [f"{counted(number, 'contact')} {verb} in {place}, as {wanted.name}."])


def _ids(connection: "Connection", rights: "Rights", filter: str) -> "list[RecordId]":
    from twinbook.cli.filtering import seen_among
    from twinbook.crm import scopes

    among = seen_among(connection, filter, rights)
    return list(scopes.matching(connection, among, rights.viewer))


@dataclass(slots=True)
class _Told:
    """How far the export is."""

    advance: Advance
    total: int
    number: int = 0  #: of the contacts that were given out

    def each(self, several: "Iterable[Given | None]") -> "Iterator[Given]":
        """Those that are given out; None is one that is left out."""
        for one in several:
            if one is not None:
                self.number += 1
                yield one
            self.advance(1, self.total)


def _given(
    connection: "Connection", ids: "list[RecordId]", rights: "Rights"
) -> "Iterator[Given | None]":
    """The contacts in their order, read page by page; None for one that is deleted."""
    from twinbook.crm import contacts, origins

    for start in range(0, len(ids), PAGE):
        some = ids[start : start + PAGE]
        found = contacts.read(connection, some)
        # What nobody understands may say what a hidden field says.
        kept = {} if rights.hidden else origins.kept(connection, some)
        for id in some:
            record, rest = found[id], kept.get(id, b"")
            # That a contact is gone, no card could say.
            yield None if record.is_deleted else Given(connection, record, rights, rest)


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
