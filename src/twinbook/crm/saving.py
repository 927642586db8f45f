"""How a contact is stored: its row, its terms, its line in the feed and its history.

Every change of a contact, whoever makes it, goes through `insert` or `replace_all`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from twinbook.crm import feed, history, terms
from twinbook.crm.feed import Kind, News
from twinbook.crm.history import Line
from twinbook.crm.rows import Stored
from twinbook.database.schema import contacts
from twinbook.formats import stored
from twinbook.model.cause import Cause
from twinbook.model.contact import Contact
from twinbook.model.errors import Stale
from twinbook.reconcile.normal import fold
from twinbook.reconcile.scope import LONGEST


@dataclass(frozen=True, slots=True)
class Edit:
    """One contact before and after, and what its history shall say about it."""

    before: Stored
    after: Stored
    kind: Kind
    lines: tuple[Line, ...] = ()


def insert(connection: Connection, new: Sequence[Stored], cause: Cause, at: datetime) -> None:
    """Store new contacts whose numbers were drawn in this transaction."""
    connection.execute(sa.insert(contacts), [_row(one) | _birth(one) for one in new])
    terms.add(connection, ((one.serial, one.shown) for one in new))
    feed.announce(connection, [News(one.number, one.id, Kind.CREATED) for one in new])
    lines = [(one.serial, Line(history.CREATED, "", one.shown.name)) for one in new]
    history.write(connection, lines, cause, at)


def replace_all(
    connection: Connection, edits: Sequence[Edit], cause: Cause, at: datetime
) -> Sequence[Stored]:
    """Store what contacts are after their edits; they come back with their new numbers.

    Raises Stale if one of them was changed in the meantime; then the transaction must
    not be kept.
    """
    if not edits:
        return []
    numbers = feed.draw(connection, len(edits))
    after = [
        edit.after.but(number=number, edited_at=at)
        for edit, number in zip(edits, numbers, strict=True)
    ]
    _update(connection, [_row(new) | _key(edit) for edit, new in zip(edits, after, strict=True)])
    seen_anew = [edit for edit in edits if edit.before.shown != edit.after.shown]
    if seen_anew:
        terms.change(connection, {edit.after.serial: edit.after.shown for edit in seen_anew})
    news = zip(edits, after, strict=True)
    feed.announce(connection, [News(new.number, new.id, edit.kind) for edit, new in news])
    lines = ((edit.after.serial, line) for edit in edits for line in edit.lines)
    history.write(connection, lines, cause, at)
    return after


def _update(connection: Connection, rows: Sequence[dict[str, object]]) -> None:
    unchanged = sa.and_(
        contacts.c.serial == bindparam("old_serial"), contacts.c.number == bindparam("old_number")
    )
    values: dict[str, sa.BindParameter[object]] = {
        name: bindparam(name) for name in rows[0] if not name.startswith("old_")
    }
    done = connection.execute(sa.update(contacts).where(unchanged).values(values), rows)
    if done.rowcount != len(rows):
        raise Stale("The contact was changed by somebody else in the meantime. Look at it again.")


def _key(edit: Edit) -> dict[str, object]:
    return {"old_serial": edit.before.serial, "old_number": edit.before.number}


def _birth(one: Stored) -> dict[str, object]:
    return {"serial": one.serial, "id": one.id, "created_at": one.created_at}


def _row(one: Stored) -> dict[str, object]:
    return {
        "number": one.number,
        "body": stored.dump(one.own),
        "sort_key": sort_key(one.shown),
        "owner_id": one.owner,
        "account_id": one.account,
        "active": one.active,
        "deleted": one.deleted,
        "merged_into": one.merged_into,
        "mark": one.mark,
        "edited_at": one.edited_at,
    }


def sort_key(contact: Contact) -> str:
    """Where a contact stands in a list: by surname and given name, or by what it is called.

    >>> sort_key(Contact(given="Ada", surname="Lovelace"))
    'lovelace ada'
    """
    surname_first = f"{contact.surname} {contact.given}" if contact.surname else ""
    key = fold(contact.file_as or surname_first or contact.name)
    return key.replace("\0", "")[:LONGEST]
