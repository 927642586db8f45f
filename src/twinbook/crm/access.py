"""Who may see and change what. Every door asks here, and nowhere else.

By default everybody sees and edits every active contact, and what they own; managers and
administrators also those that are not active. An administrator narrows that for everybody
or for a team; to administrators no restriction applies, or they could lock themselves out.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.crm import rows
from twinbook.database.schema import restrictions
from twinbook.formats import filters
from twinbook.model.errors import Invalid, NotAllowed, NotFound
from twinbook.model.fields import BY_NAME
from twinbook.model.filter import ACTIVE, EVERYTHING, MINE, AnyOf, Filter, both
from twinbook.model.ids import TeamId, UserId
from twinbook.model.record import Record
from twinbook.model.rights import Rights, UserRole, Viewer
from twinbook.ports import Clock
from twinbook.reconcile.scope import matches
from twinbook.users import teams


class Right(Enum):
    """What a restriction narrows."""

    SEE = "see"
    EDIT = "edit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """A team, or everybody where it is None, has a right only on contacts of `filter`.

    Of them, `fields` are not shown (SEE) or can't be edited (EDIT).
    """

    id: str
    team: TeamId | None = None
    right: Right
    filter: Filter = EVERYTHING
    fields: frozenset[str] = frozenset()


def restrict(
    connection: Connection,
    right: Right,
    clock: Clock,
    *,
    team: TeamId | None = None,
    filter: Filter = EVERYTHING,
    fields: Collection[str] = (),
) -> Restriction:
    """A new restriction. Raises Invalid if a field does not exist."""
    if unknown := set(fields) - BY_NAME.keys():
        raise Invalid(f"There is no field {min(unknown)!r}. The fields: {', '.join(BY_NAME)}")
    made = Restriction(
        id=clock.new_id(), team=team, right=right, filter=filter, fields=frozenset(fields)
    )
    connection.execute(
        sa.insert(restrictions).values(
            id=made.id,
            team_id=team,
            right=right.value,
            filter=filters.write(filter),
            fields=" ".join(sorted(fields)),
        )
    )
    return made


def lift(connection: Connection, id: str) -> None:
    """Remove a restriction. Raises NotFound."""
    done = connection.execute(sa.delete(restrictions).where(restrictions.c.id == id))
    if not done.rowcount:
        raise NotFound(f"There is no restriction {id}.")


def everything(connection: Connection) -> Sequence[Restriction]:
    """All restrictions."""
    found = connection.execute(_EVERY)
    return [
        Restriction(
            id=row.id,
            team=TeamId(row.team_id) if row.team_id else None,
            right=Right(row.right),
            filter=filters.parse(row.filter),
            fields=frozenset(row.fields.split()),
        )
        for row in found
    ]


_EVERY = sa.select(restrictions).order_by(restrictions.c.id)


def rights(connection: Connection, user: UserId) -> Rights:
    """What a user may see and edit. Raises NotFound."""
    return rights_of(connection, [user])[user]


def rights_of(connection: Connection, users: Collection[UserId]) -> Mapping[UserId, Rights]:
    """What some users may see and edit. Raises NotFound."""
    narrowing = everything(connection)
    return {
        user: _rights(viewer, narrowing)
        for some in rows.batches(dict.fromkeys(users), rows.AT_ONCE)
        for user, viewer in teams.viewers(connection, some).items()
    }


def _rights(viewer: Viewer, narrowing: Sequence[Restriction]) -> Rights:
    basic: Filter = AnyOf((ACTIVE, MINE)) if viewer.role is UserRole.USER else EVERYTHING
    found = Rights(viewer=viewer, see=basic, edit=basic)
    if viewer.role is UserRole.ADMIN:
        return found
    for one in narrowing:
        if one.team is None or one.team in viewer.teams:
            found = _narrowed(found, one)
    return found


def _narrowed(rights: Rights, by: Restriction) -> Rights:
    see, hidden = rights.see, rights.hidden
    if by.right is Right.SEE:
        see, hidden = both(see, by.filter), hidden | by.fields
    return Rights(
        viewer=rights.viewer,
        see=see,
        # Nobody edits what is not shown.
        edit=both(rights.edit, by.filter),
        hidden=hidden,
        locked=rights.locked | by.fields,
    )


def may_see(rights: Rights, record: Record) -> bool:
    """Whether a contact is shown to the user."""
    return matches(rights.see, record, rights.viewer)


def may_edit(rights: Rights, record: Record) -> bool:
    """Whether the user may edit a contact, as far as no locked field is concerned."""
    return may_see(rights, record) and matches(rights.edit, record, rights.viewer)


def check_see(rights: Rights, record: Record) -> None:
    """Raises NotFound, so that nobody learns of a contact that is not shown to him."""
    if not may_see(rights, record):
        raise NotFound(f"There is no contact {record.id}. See: twinbook contact list")


def check_edit(rights: Rights, record: Record, fields: Collection[str]) -> None:
    """Raises NotAllowed if the user may not edit these fields, NotFound as `check_see`."""
    check_see(rights, record)
    if not matches(rights.edit, record, rights.viewer):
        raise NotAllowed(f"You may not edit the contact {record.id}. Ask its owner.")
    if locked := rights.locked.intersection(fields):
        raise NotAllowed(f"You may not edit: {', '.join(sorted(locked))}.")


def check_dispose(rights: Rights, record: Record) -> None:
    """Raises NotAllowed if the user may not deactivate, delete, merge or give it away."""
    check_see(rights, record)
    owner = record.business.owner if record.business else None
    if not rights.disposes_of(owner):
        raise NotAllowed(
            f"Only the owner of the contact {record.id}, a manager or an administrator may do that."
        )


def check_manage(rights: Rights) -> None:
    """Raises NotAllowed if the user is neither a manager nor an administrator."""
    if rights.viewer.role is UserRole.USER:
        raise NotAllowed("Only a manager or an administrator may do that.")


def check_administrate(rights: Rights) -> None:
    """Raises NotAllowed if the user is no administrator."""
    if rights.viewer.role is not UserRole.ADMIN:
        raise NotAllowed("Only an administrator may do that.")
