"""Two contacts that are one person become one; nothing of either is lost."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.crm import contacts, rows, saving
from twinbook.crm.feed import Kind
from twinbook.crm.history import Line
from twinbook.crm.rows import Stored
from twinbook.crm.saving import Edit
from twinbook.database import schema
from twinbook.formats import stored
from twinbook.model.cause import Cause
from twinbook.model.contact import Contact
from twinbook.model.errors import Invalid
from twinbook.model.fields import FIELDS, Field, Nature, in_unit
from twinbook.model.ids import RecordId
from twinbook.model.record import Record
from twinbook.ports import Clock
from twinbook.reconcile.normal import as_text, is_empty, key_of, same

MERGED = "merged"
"""The field of the entries that say which contacts became one."""


def merge(
    connection: Connection, survivor: RecordId, loser: RecordId, cause: Cause, clock: Clock
) -> Record:
    """The surviving contact, with the values of both.

    Its own values stay, what it lacks comes from the loser, lists are united; a value
    of the loser that found no place is kept in the survivor's history. The loser points
    to the survivor and is no longer active. What is needed to part them again is kept.
    Raises NotFound if one of them does not exist, was deleted or merged before, and
    Invalid if both are the same.
    """
    if survivor == loser:
        raise Invalid("A contact can't be merged with itself. Name two of them.")
    kept = contacts.living(connection, survivor, None)
    given_up = contacts.living(connection, loser, None)
    at = clock.now()
    edits = [_grown(kept, given_up), _given_up(given_up, kept)]
    edits += [_led_on(one, kept) for one in _earlier(connection, given_up)]
    _remember(connection, kept, given_up, at)
    after = saving.replace_all(connection, edits, cause, at)
    return contacts.records(connection, after[:1])[0]


def united(kept: Contact, other: Contact) -> Contact:
    """`kept` with what it lacks filled from `other`.

    Parts of a name, or of a place in a company, are filled only where nothing in them
    contradicts: "Ada" and "Bob Miller" do not become "Ada Miller".
    """
    changes: dict[str, Any] = {}
    for row in FIELDS:
        mine, theirs = getattr(kept, row.name), getattr(other, row.name)
        if row.nature in (Nature.VALUES, Nature.WORDS):
            changes[row.name] = _all_of(row.name, mine, theirs)
        elif is_empty(mine) and not _contradict(row, kept, other):
            changes[row.name] = theirs
    return kept.but(**changes)


def _contradict(row: Field, kept: Contact, other: Contact) -> bool:
    if row.unit is None:
        return False
    pairs = ((name, getattr(kept, name), getattr(other, name)) for name in in_unit(row.unit))
    return any(one and two and not same(name, one, two) for name, one, two in pairs)


def _all_of(name: str, mine: tuple[Any, ...], theirs: tuple[Any, ...]) -> tuple[Any, ...]:
    known = {key_of(name, one) for one in mine}
    new = [one for one in theirs if key_of(name, one) not in known]
    if any(getattr(one, "preferred", False) for one in mine):
        new = [replace(one, preferred=False) for one in new]
    return (*mine, *new)


def _grown(kept: Stored, other: Stored) -> Edit:
    own = contacts.checked(united(kept.own, other.own))
    after = kept.but(own=own, owner=kept.owner or other.owner)
    if kept.account is None:
        after = after.but(account=other.account, account_name=other.account_name)
    lines = (
        Line(MERGED, "", f"{other.shown.name} ({other.id})"),
        *_gained(kept.shown, after.shown),
        *_lost(after.shown, other.shown),
    )
    return Edit(kept, after, Kind.MERGED, lines)


def _gained(before: Contact, after: Contact) -> Iterator[Line]:
    for row in FIELDS:
        old, new = getattr(before, row.name), getattr(after, row.name)
        if old != new:
            yield Line(row.name, as_text(row.name, old), as_text(row.name, new))


def _lost(kept: Contact, other: Contact) -> Iterator[Line]:
    for row in FIELDS:
        mine, theirs = getattr(kept, row.name), getattr(other, row.name)
        if isinstance(theirs, tuple):
            theirs = tuple(one for one in theirs if one not in mine)
        if not is_empty(theirs) and theirs != mine:
            texts = as_text(row.name, mine), as_text(row.name, theirs)
            yield Line(row.name, *texts, yielded=True)


def _given_up(loser: Stored, survivor: Stored) -> Edit:
    after = loser.but(merged_into=survivor.id, active=False)
    line = Line(MERGED, "", f"{survivor.shown.name} ({survivor.id})")
    return Edit(loser, after, Kind.MERGED, (line,))


def _earlier(connection: Connection, loser: Stored) -> list[Stored]:
    """The contacts that were merged into the loser before."""
    return list(rows.select(connection, schema.contacts.c.merged_into == loser.id))


def _led_on(earlier: Stored, survivor: Stored) -> Edit:
    return Edit(earlier, earlier.but(merged_into=survivor.id), Kind.MERGED)


def _remember(connection: Connection, kept: Stored, given_up: Stored, at: datetime) -> None:
    connection.execute(
        sa.insert(schema.merges).values(
            loser_id=given_up.id,
            survivor_id=kept.id,
            at=at,
            survivor_before=stored.dump(kept.own),
            loser_was_active=given_up.active,
        )
    )
