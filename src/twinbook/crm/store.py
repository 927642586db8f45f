"""A change as the engine asks for it, carried out in the hub within a transaction."""

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.crm import contacts, standing
from twinbook.crm.contacts import New
from twinbook.database import dialect
from twinbook.database.schema import contacts as contact_table
from twinbook.model.cause import Cause
from twinbook.model.errors import Invalid, NotFound, Stale
from twinbook.model.ids import AccountId, RecordId
from twinbook.ports import (
    Change,
    Clock,
    Create,
    Exists,
    Missing,
    Outcome,
    Outdated,
    Refused,
    Release,
    Remove,
    Removed,
    Update,
    Written,
)


def store(connection: Connection, change: Change, cause: Cause, clock: Clock) -> Outcome:
    """What became of a change. Of one that is not Written or Removed, nothing is left.

    Removing a contact here means to deactivate it. A contact that was deleted or merged
    is Missing to every change.
    """
    dialect.take_turn(connection)
    if (carrier := _carrier(connection, change)) is not None:
        return Exists(carrier)
    try:
        with connection.begin_nested():
            return _carry_out(connection, change, cause, clock)
    except Stale:
        return Outdated()
    except NotFound:
        return Missing()
    except Invalid as error:
        return Refused(str(error))


def _carry_out(connection: Connection, change: Change, cause: Cause, clock: Clock) -> Outcome:
    match change:
        case Create():
            return _create(connection, change, cause, clock)
        case Update():
            if change.revive:
                change = _revived(connection, change, cause, clock)
            if change.account is not None:
                change = _moved(connection, change, change.account, cause, clock)
            return Written(contacts.update(connection, change, cause, clock))
        case Release():
            return Written(
                standing.set_mark(connection, change.id, None, cause, clock, change.expected)
            )
        case Remove():
            standing.deactivate(connection, change.id, cause, clock, change.expected)
            return Removed()


def _revived(connection: Connection, change: Update, cause: Cause, clock: Clock) -> Update:
    """The change, to be made to a contact that is alive again. Raises Stale."""
    if contacts.get(connection, change.id).version != change.expected:
        raise Stale(f"The contact {change.id} changed since it was seen.")
    alive = standing.restore(connection, change.id, cause, clock)
    return replace(change, expected=alive.version)


def _moved(
    connection: Connection, change: Update, account: AccountId, cause: Cause, clock: Clock
) -> Update:
    """The change, to be made to a contact that belongs to the account. Raises Stale."""
    id, expected = change.id, change.expected
    moved = standing.set_account(connection, id, account, cause, clock, expected)
    return replace(change, expected=moved.version)


def _create(connection: Connection, change: Create, cause: Cause, clock: Clock) -> Outcome:
    new = New(
        contact=change.contact,
        owner=change.owner,
        account=change.account,
        mark=change.mark,
        photo=change.photo,
    )
    return Written(contacts.create(connection, new, cause, clock))


def _carrier(connection: Connection, change: Change) -> RecordId | None:
    """The contact that carries the change's mark already, if it is another one."""
    match change:
        case Create(mark=mark):
            others = contact_table.c.mark == mark
        case Update(id=id, mark=mark) if mark is not None:
            others = sa.and_(contact_table.c.mark == mark, contact_table.c.id != id)
        case _:
            return None
    return connection.scalar(sa.select(contact_table.c.id).where(others))
