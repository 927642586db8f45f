"""Teams, and who belongs to them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.database import dialect
from twinbook.database.schema import team_members, teams
from twinbook.model.errors import Invalid, NotFound
from twinbook.model.ids import TeamId, UserId
from twinbook.model.rights import Viewer
from twinbook.ports import Clock
from twinbook.reconcile.normal import fold
from twinbook.users import people


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A group of users."""

    id: TeamId
    name: str


def add(connection: Connection, name: str, clock: Clock) -> Team:
    """A new team. Raises Invalid if it has no name, or a name that is taken."""
    if not fold(name):
        raise Invalid("A team needs a name.")
    if _select(connection, teams.c.folded == fold(name)):
        raise Invalid(f"There is a team {name!r} already.")
    team = Team(id=TeamId(clock.new_id()), name=name.strip())
    connection.execute(sa.insert(teams).values(id=team.id, name=team.name, folded=fold(name)))
    return team


def remove(connection: Connection, team: TeamId) -> None:
    """Dissolve a team; its members stay users. What was allowed or denied to it goes, too."""
    connection.execute(sa.delete(teams).where(teams.c.id == team))


def find(connection: Connection, name: str) -> Team:
    """The team of a name, or of an id. Raises NotFound."""
    found = _select(connection, sa.or_(teams.c.folded == fold(name), teams.c.id == name))
    if not found:
        raise NotFound(f"There is no team {name!r}. See: twinbook team list")
    return found[0]


def everyone(connection: Connection) -> Sequence[Team]:
    """All teams, by name."""
    return _select(connection, sa.true())


def join(connection: Connection, team: TeamId, user: UserId) -> None:
    """Make a user a member; nothing happens if it is one."""
    row = {"team_id": team, "user_id": user}
    dialect.insert_missing(connection, team_members, [row])


def leave(connection: Connection, team: TeamId, user: UserId) -> None:
    """Let a member go; nothing happens if it is none."""
    connection.execute(
        sa.delete(team_members).where(
            team_members.c.team_id == team, team_members.c.user_id == user
        )
    )


def members(connection: Connection, team: TeamId) -> frozenset[UserId]:
    """The users who belong to a team."""
    rows = connection.scalars(
        sa.select(team_members.c.user_id).where(team_members.c.team_id == team)
    )
    return frozenset(UserId(user) for user in rows)


def of(connection: Connection, users: Collection[UserId]) -> Mapping[UserId, frozenset[TeamId]]:
    """The teams of some users; one who is in none is left out."""
    found: dict[UserId, set[TeamId]] = defaultdict(set)
    for user, team in connection.execute(_OF, {"users": list(users)}):
        found[UserId(user)].add(TeamId(team))
    return {user: frozenset(teams) for user, teams in found.items()}


_OF = sa.select(team_members.c.user_id, team_members.c.team_id).where(
    team_members.c.user_id.in_(sa.bindparam("users", expanding=True))
)


def viewer(connection: Connection, user: UserId) -> Viewer:
    """The user as filters and rights see it. Raises NotFound."""
    return viewers(connection, [user])[user]


def viewers(connection: Connection, users: Collection[UserId]) -> Mapping[UserId, Viewer]:
    """Some users as filters and rights see them. Raises NotFound."""
    teams_of = of(connection, users)
    return {
        id: Viewer(user=id, email=user.email, role=user.role, teams=teams_of.get(id, frozenset()))
        for id, user in people.several(connection, users).items()
    }


def _select(connection: Connection, condition: sa.ColumnElement[bool]) -> Sequence[Team]:
    rows = connection.execute(
        sa.select(teams.c.id, teams.c.name).where(condition).order_by(teams.c.folded)
    )
    return [Team(id=TeamId(id), name=name) for id, name in rows]
