"""Filters as SQL. `twinbook.reconcile.scope` says what they mean; a law holds both together."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.database import dialect
from twinbook.database.schema import contacts, team_members, terms
from twinbook.model.filter import MY_TEAMS, All, AnyOf, Attribute, Filter, Has, Not, Operator
from twinbook.model.ids import RecordId
from twinbook.model.rights import Viewer
from twinbook.reconcile.scope import sought

Condition = sa.ColumnElement[bool]


def condition(connection: Connection, filter: Filter, viewer: Viewer) -> Condition:
    """A condition on the table of contacts: the filter, read through the eyes of `viewer`."""
    match filter:
        case All():
            parts = [condition(connection, part, viewer) for part in filter.parts]
            return sa.and_(sa.true(), *parts)
        case AnyOf():
            parts = [condition(connection, part, viewer) for part in filter.parts]
            return sa.or_(sa.false(), *parts)
        case Not():
            return sa.not_(condition(connection, filter.part, viewer))
        case Has():
            return _question(connection, filter, viewer)


def _question(connection: Connection, asked: Has, viewer: Viewer) -> Condition:
    wanted = sought(asked, viewer)
    match asked.attribute:
        case Attribute.ACTIVE:
            alive = sa.and_(contacts.c.active, sa.not_(contacts.c.deleted))
            return _meets(connection, sa.case((alive, "yes"), else_="no"), asked.operator, wanted)
        case Attribute.OWNER:
            return _of_column(connection, contacts.c.owner_id, asked.operator, wanted)
        case Attribute.ACCOUNT:
            return _of_column(connection, contacts.c.account_id, asked.operator, wanted)
        case Attribute.OWNER_TEAM:
            return _of_team(connection, asked, wanted, viewer)
        case attribute:
            found = sa.and_(
                terms.c.kind == attribute.value,
                _meets(connection, terms.c.value, asked.operator, wanted),
            )
            return contacts.c.serial.in_(sa.select(terms.c.contact).where(found))


def _of_team(connection: Connection, asked: Has, wanted: str, viewer: Viewer) -> Condition:
    if asked.operator is Operator.IS and asked.value == MY_TEAMS:
        meets: Condition = team_members.c.team_id.in_(sorted(viewer.teams))
    else:
        meets = _meets(connection, team_members.c.team_id, asked.operator, wanted)
    owners = sa.select(team_members.c.user_id).where(meets)
    return _known(contacts.c.owner_id, contacts.c.owner_id.in_(owners))


def _of_column(
    connection: Connection, column: sa.ColumnElement[str], operator: Operator, wanted: str
) -> Condition:
    return _known(column, _meets(connection, column, operator, wanted))


def _known(column: sa.ColumnElement[str], condition: Condition) -> Condition:
    """False, not unknown, where the column is empty: `not` must turn it into true."""
    return sa.and_(column.is_not(None), condition)


def _meets(
    connection: Connection, value: sa.ColumnElement[str], operator: Operator, wanted: str
) -> Condition:
    match operator:
        case Operator.IS:
            return value == wanted
        case Operator.CONTAINS:
            return dialect.contains(connection, value, wanted)
        case Operator.STARTS:
            return dialect.starts(value, wanted)
        case Operator.EXISTS:
            return sa.true()


def matching(
    connection: Connection,
    filter: Filter,
    viewer: Viewer,
    *,
    limit: int | None = None,
    offset: int = 0,
) -> Sequence[RecordId]:
    """The ids of the contacts that belong to a filter, in the order of their names."""
    ids = connection.scalars(
        sa.select(contacts.c.id)
        .where(condition(connection, filter, viewer))
        .order_by(contacts.c.sort_key, contacts.c.serial)
        .limit(limit)
        .offset(offset)
    )
    return [RecordId(id) for id in ids]


def count(connection: Connection, filter: Filter, viewer: Viewer) -> int:
    """How many contacts belong to a filter."""
    found = sa.select(sa.func.count()).select_from(contacts)
    return connection.scalar(found.where(condition(connection, filter, viewer))) or 0
