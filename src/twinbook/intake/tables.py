"""Tables of contacts, as records: the exports of other systems, or any table with a mapping."""

from collections.abc import Iterator

from twinbook.formats import vcard
from twinbook.formats.tables import Entry, Mapping, Table, entries
from twinbook.intake.found import Fate, Found, Taken
from twinbook.reconcile.private import blank

_TOO_LARGE = "Columns that no field holds are too large and were left out."


def records(
    table: Table, mapping: Mapping, source: str, own: frozenset[str]
) -> Iterator[Found | Taken]:
    """The rows of a table, without the fields that are their user's own.

    What is wrong with one value of a row is told with the row.
    """
    remarks: dict[int, list[str]] = {}
    for one in entries(table, mapping):
        if isinstance(one, Entry):
            yield _found(one, source, own, remarks.pop(one.line, []))
        elif one.partial:
            remarks.setdefault(one.line, []).append(one.reason)
        else:
            yield Taken(one.line, Fate.BROKEN, reason=str(one))


def _found(entry: Entry, source: str, own: frozenset[str], remarks: list[str]) -> Found:
    person = blank(vcard.normal(entry.contact), own)
    leftover, lost = vcard.of_cells(iter(entry.extra))
    return Found(
        number=entry.line,
        person=person,
        source=source,
        id=entry.foreign_id,
        account=entry.account,
        owner=entry.owner,
        active=entry.active is not False,
        leftover=leftover,
        remarks=(*remarks, *([_TOO_LARGE] if lost else [])),
    )
