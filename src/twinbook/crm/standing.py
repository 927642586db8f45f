"""What the company decides about a contact as a whole: its owner, its account, whether it lives.

Each function gives the record as it is afterwards. Where `expected` is given, it raises
Stale if the contact is at another version; NotFound if it does not exist, was deleted or
merged. Without a difference nothing is written.
"""

from sqlalchemy import Connection

from twinbook.crm import accounts, contacts, rows, saving
from twinbook.crm.feed import Kind
from twinbook.crm.history import Line
from twinbook.crm.rows import Stored
from twinbook.crm.saving import Edit
from twinbook.model.cause import Cause
from twinbook.model.errors import NotFound
from twinbook.model.ids import AccountId, LinkId, RecordId, UserId, Version
from twinbook.model.record import Record
from twinbook.ports import Clock
from twinbook.users import people


def deactivate(
    connection: Connection,
    id: RecordId,
    cause: Cause,
    clock: Clock,
    expected: Version | None = None,
) -> Record:
    """Take a contact out of everybody's daily work; nothing of it is lost."""
    before = contacts.living(connection, id, expected)
    after = before.but(active=False)
    return _save(connection, Edit(before, after, Kind.STATE, _said(before, after)), cause, clock)


def activate(
    connection: Connection,
    id: RecordId,
    cause: Cause,
    clock: Clock,
    expected: Version | None = None,
) -> Record:
    """Bring a deactivated contact back."""
    before = contacts.living(connection, id, expected)
    after = before.but(active=True)
    return _save(connection, Edit(before, after, Kind.STATE, _said(before, after)), cause, clock)


def delete(
    connection: Connection,
    id: RecordId,
    cause: Cause,
    clock: Clock,
    expected: Version | None = None,
) -> Record:
    """Remove a contact from the company's view. Its history stays, and it can be restored."""
    before = contacts.living(connection, id, expected)
    after = before.but(active=False, deleted=True)
    return _save(connection, Edit(before, after, Kind.STATE, _said(before, after)), cause, clock)


def restore(connection: Connection, id: RecordId, cause: Cause, clock: Clock) -> Record:
    """Bring a deleted contact back to life, active."""
    before = rows.one(connection, id)
    if before.merged_into is not None:
        raise NotFound(f"The contact {id} was merged into {before.merged_into}.")
    after = before.but(active=True, deleted=False)
    return _save(connection, Edit(before, after, Kind.STATE, _said(before, after)), cause, clock)


def give_to(
    connection: Connection,
    id: RecordId,
    owner: UserId | None,
    cause: Cause,
    clock: Clock,
    expected: Version | None = None,
) -> Record:
    """Make a user the owner of a contact; None: nobody."""
    before = contacts.living(connection, id, expected)
    known = people.names(connection, [one for one in (before.owner, owner) if one])
    if owner is not None and owner not in known:
        raise NotFound(f"There is no user {owner}. See: twinbook user list")
    old, new = (known.get(one, "") if one else "" for one in (before.owner, owner))
    line = Line("owner", old, new)
    return _save(
        connection, Edit(before, before.but(owner=owner), Kind.OWNER, (line,)), cause, clock
    )


def set_account(
    connection: Connection,
    id: RecordId,
    account: AccountId | None,
    cause: Cause,
    clock: Clock,
    expected: Version | None = None,
) -> Record:
    """Make a contact one of an account's people, and show its name; None: of none."""
    before = contacts.living(connection, id, expected)
    name = accounts.get(connection, account).name if account else ""
    after = before.but(account=account, account_name=name)
    lines = (
        Line("account", before.account_name, name),
        *accounts.shown_lines(before, after),
    )
    return _save(connection, Edit(before, after, Kind.EDITED, lines), cause, clock)


def set_mark(
    connection: Connection,
    id: RecordId,
    mark: LinkId | None,
    cause: Cause,
    clock: Clock,
    expected: Version | None = None,
) -> Record:
    """Let a contact carry another mark, or none."""
    before = contacts.living(connection, id, expected)
    return _save(connection, Edit(before, before.but(mark=mark), Kind.EDITED, ()), cause, clock)


def _said(before: Stored, after: Stored) -> tuple[Line, ...]:
    return (Line("state", _state(before), _state(after)),)


def _state(one: Stored) -> str:
    if one.deleted:
        return "deleted"
    return "active" if one.active else "inactive"


def _save(connection: Connection, edit: Edit, cause: Cause, clock: Clock) -> Record:
    after = edit.before
    if edit.after != edit.before:
        (after,) = saving.replace_all(connection, [edit], cause, clock.now())
    return contacts.records(connection, [after])[0]
