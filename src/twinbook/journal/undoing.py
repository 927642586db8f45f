"""Undo a run that touched nothing but the hub: an import, an edit, a merge.

Each contact is put back in the transaction that records it; the books follow by the
next synchronisation, as after any edit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from twinbook.crm import contacts, origins, parting, standing
from twinbook.model.cause import Cause
from twinbook.model.fields import BY_NAME
from twinbook.model.intent import Done
from twinbook.model.link import Half
from twinbook.model.pair import Pair
from twinbook.model.plan import Act
from twinbook.model.record import Business, Record
from twinbook.ports import Clock, Update


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of one step: what was done to undo it, and what stays, with the reason."""

    done: Done | None
    stays: tuple[str, ...] = ()


def undo(
    connection: Connection, steps: Sequence[Done], cause: Cause, clock: Clock
) -> Iterator[Undone]:
    """Undo hub steps, given newest first. A dry run rolls the transaction back."""
    for done in steps:
        yield _one(connection, done, cause, clock)


def _one(connection: Connection, done: Done, cause: Cause, clock: Clock) -> Undone:
    found = contacts.read(connection, [done.contact] if done.contact else [])
    record = next(iter(found.values()), None)
    if record is None:
        return Undone(None, (f"{done.name} was erased since.",))
    match done.act:
        case Act.PROMOTE | Act.CREATE:
            return _uncreate(connection, done, record, cause, clock)
        case Act.FOLD:
            return _part(connection, done, record, cause, clock)
        case Act.REMOVE:
            after = standing.restore(connection, record.id, cause, clock)
            return Undone(_noted(done, record, after))
        case _:
            return _put_back(connection, done, record, cause, clock)


def _uncreate(
    connection: Connection, done: Done, record: Record, cause: Cause, clock: Clock
) -> Undone:
    if record.version != done.versions.hub:
        return Undone(None, (f"{done.name} was changed since; it stays.",))
    standing.delete(connection, record.id, cause, clock)
    origins.forget(connection, record.id)  # what is imported again is somebody new
    return Undone(replace(_noted(done, record, None), act=Act.REMOVE))


def _part(connection: Connection, done: Done, record: Record, cause: Cause, clock: Clock) -> Undone:
    """Part two contacts that were merged."""
    after = parting.part(connection, record.id, cause, clock)
    return Undone(_noted(done, record, after))


def _put_back(
    connection: Connection, done: Done, record: Record, cause: Cause, clock: Clock
) -> Undone:
    stood = _stand_back(connection, done, record, cause, clock)
    fields = _fields_back(connection, done, stood.record, cause, clock)
    stays = stood.stays + fields.stays
    changed = stood.changed or fields.changed
    return Undone(_noted(done, record, fields.record) if changed else None, stays)


@dataclass(frozen=True, slots=True)
class _Back:
    """A contact after some of it was put back, and what of it was changed since."""

    record: Record
    changed: bool = False
    stays: tuple[str, ...] = ()


def _stand_back(
    connection: Connection, done: Done, record: Record, cause: Cause, clock: Clock
) -> _Back:
    """The owner, the account and the state as they were, where nobody changed them since."""
    if done.stood is None or record.business is None:
        return _Back(record)
    was, became = done.stood
    now, back = record.business, _Back(record)
    for word, before, after, today in (
        ("account", was.account, became.account, now.account),
        ("owner", was.owner, became.owner, now.owner),
        ("state", _state(was), _state(became), _state(now)),
    ):
        if before == after:
            continue
        if today != after:
            back = replace(back, stays=(*back.stays, f"The {word} of {done.name} changed since."))
        else:
            new = _stood(connection, word, was, record, cause, clock)
            back = replace(back, record=new, changed=True)
    return back


def _state(business: Business) -> tuple[bool, bool]:
    return business.active, business.deleted


def _stood(
    connection: Connection, word: str, was: Business, record: Record, cause: Cause, clock: Clock
) -> Record:
    match word:
        case "account":
            return standing.set_account(connection, record.id, was.account, cause, clock)
        case "owner":
            return standing.give_to(connection, record.id, was.owner, cause, clock)
        case _ if was.deleted:
            return standing.delete(connection, record.id, cause, clock)
        case _:
            return standing.deactivate(connection, record.id, cause, clock)


def _fields_back(
    connection: Connection, done: Done, record: Record, cause: Cause, clock: Clock
) -> _Back:
    """The fields as they were, where nobody changed them since."""
    before, after = done.before.hub, done.after.hub
    names = sorted({edit.field for edit in done.edits if edit.field in BY_NAME})
    if before is None or after is None or not names:
        return _Back(record)
    values: dict[str, Any] = {
        name: getattr(before.contact, name)
        for name in names
        if getattr(record.contact, name) == getattr(after.contact, name)
    }
    stays = tuple(
        f"The {BY_NAME[name].label} of {done.name} was changed since."
        for name in names
        if name not in values
    )
    if not values:
        return _Back(record, stays=stays)
    change = Update(
        id=record.id,
        expected=record.version,
        contact=record.contact.but(**values),
        fields=frozenset(values),
    )
    new = contacts.update(connection, change, cause, clock)
    return _Back(new, changed=True, stays=stays)


def _noted(done: Done, before: Record, after: Record | None) -> Done:
    """The step that undid another, for its own run."""
    swapped = tuple(replace(edit, before=edit.after, after=edit.before) for edit in done.edits)
    return replace(
        done,
        before=Pair(Half.of(before), None),
        after=Pair(Half.of(after) if after else None, None),
        versions=Pair(after.version if after else None, None),
        edits=swapped,
        reason="undone",
    )
