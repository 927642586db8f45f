"""A live look into one's own book. Nothing of it is stored, and nobody else sees it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from twinbook.cli.desk import Desk, check_own
from twinbook.cli.finding import SHORT
from twinbook.cli.output import TROUBLE, WELL, Answer, table, when

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from twinbook.model.ids import RecordId
    from twinbook.model.link import Link
    from twinbook.model.record import Delta, Record
    from twinbook.model.spoke import Spoke
    from twinbook.ports import Replica


def look_into(desk: Desk, name: str) -> Answer:
    """Every item of a book: business or personal, and why."""
    from twinbook.cli import finding

    with desk.house.database.read() as connection:
        spoke = finding.book(connection, name)
        check_own(desk.rights(connection), spoke)
    with closing(desk.house.replica(spoke)) as place:
        data = [row for page in place.changes(None) for row in _rows(desk, spoke, place, page)]
    rows = [
        [one["item"], one["name"] or "", one["kind"], (one["contact"] or "")[:SHORT], one["why"]]
        for one in data
    ]
    head = ["ITEM", "NAME", "KIND", "CONTACT", "WHY"]
    numbers = Counter(one["kind"] for one in data)
    total = ", ".join(f"{count} {kind}" for kind, count in sorted(numbers.items()))
    lines = table(head, rows, f"There is nothing in {spoke.name}.")
    status = TROUBLE if numbers["broken"] else WELL
    return Answer(data, [*lines, *([total] if total else [])], status)


def items(replica: "Replica", page: "Delta") -> dict["RecordId", "Record"]:
    """The records of a page, read where it only names them."""
    from twinbook.model.record import Record

    found = {one.id: one.record for one in page.announced if one.record is not None}
    named = [one.id for one in page.announced] + [id for id, _ in page.present]
    read = replica.read([id for id in named if id not in found])
    return found | {id: one for id, one in read.items() if isinstance(one, Record)}


def _rows(desk: Desk, spoke: "Spoke", place: "Replica", page: "Delta") -> Iterator[dict[str, Any]]:
    from twinbook.journal import links

    records = items(place, page)
    with desk.house.database.read() as connection:
        linked = links.at_items(connection, spoke.id, list(records))
        since = _since(connection, spoke, linked)
        marks = [one.mark for one in records.values() if one.mark]
        marked = links.marked(connection, spoke.id, marks)
        ended = links.ended_marks(connection, spoke.id, marks)
        asked = _asked(connection, spoke)
    for id, record in records.items():
        link = linked.get(id)
        if link is not None:
            yield _row(id, record, "business", link.contact, _reason(link, since))
        elif record.mark in marked:
            other = marked[record.mark]
            yield _row(id, record, "personal", None, f"a copy of {other.item}, made by its user")
        elif record.mark in ended and not ended[record.mark].released:
            yield _row(id, record, "personal", None, "our copy that came back; the next sync looks")
        else:
            yield _row(id, record, "personal", None, asked.get(id, _PERSONAL))
    for trouble in page.troubles:
        yield _row(trouble.id, None, "broken", None, trouble.reason)


_PERSONAL = "not linked: nothing of it leaves this book"


def _row(
    id: "RecordId", record: "Record | None", kind: str, contact: str | None, why: str
) -> dict[str, Any]:
    name = record.contact.name if record else None
    return {"item": id, "name": name, "kind": kind, "contact": contact, "why": why}


def _reason(link: "Link", since: Mapping["RecordId", "datetime"]) -> str:
    at = when(since.get(link.contact))
    how = "linked to its user's own item" if link.adopted else "copied from the CRM"
    return f"{how}, {at}" if at else how


def _since(
    connection: "Connection", spoke: "Spoke", linked: Mapping["RecordId", "Link"]
) -> Mapping["RecordId", "datetime"]:
    from twinbook.journal import reasons

    return reasons.linked_since(connection, spoke.id, [one.contact for one in linked.values()])


def _asked(connection: "Connection", spoke: "Spoke") -> Mapping[str, str]:
    from twinbook.journal import questions

    return {
        str(one.hold.item): f"waits for an answer: twinbook hold list ({one.id})"
        for one in questions.everything(connection, [spoke.id])
        if one.hold.item
    }


def named(records: Sequence["Record"], text: str) -> list["Record"]:
    """The records of an id, or of a person's name, without regard to case."""
    from twinbook.reconcile.normal import fold

    exact = [one for one in records if one.id in (text, f"{text}.vcf")]
    return exact or [one for one in records if fold(one.contact.name) == fold(text)]
