"""Commands about the people who use Twinbook, and their teams."""

from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from twinbook.cli.desk import PLAIN, AtDesk
from twinbook.cli.output import Answer, table
from twinbook.model.rights import UserRole

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from twinbook.users.people import User
    from twinbook.users.teams import Team

user = App(name="user", help="The people who use Twinbook.", default_parameter=PLAIN)
team = App(name="team", help="Groups of users, for scopes and rights.", default_parameter=PLAIN)


@user.command
def add(email: str, /, *, name: str, role: UserRole = UserRole.USER, desk: AtDesk) -> Answer:
    """Add a user. The first one has to be an administrator.

    Parameters
    ----------
    email
        The e-mail address, by which the user is known.
    name
        What to call the user.
    role
        An administrator decides about users, other people's books and the policy; a
        manager may also dispose of other people's contacts.
    """
    from twinbook.users import people

    with desk.house.database.write() as connection:
        _may_add(connection, role, desk)
        made = people.add(connection, email, name, role, desk.house.clock)
    return Answer(_user(made), [f"{made.name} <{made.email}> is a user now, as {role.value}."])


def _may_add(connection: "Connection", role: UserRole, desk: AtDesk) -> None:
    from twinbook.model.errors import Invalid
    from twinbook.users import people

    if people.everyone(connection):
        desk.administrate(connection)
    elif role is not UserRole.ADMIN:
        raise Invalid(
            "The first user has to be an administrator. Add --role admin; the others can follow."
        )


@user.command(name="list")
def list_users(*, desk: AtDesk) -> Answer:
    """List all users."""
    from twinbook.users import people

    with desk.house.database.read() as connection:
        found = people.everyone(connection)
    rows = [
        [one.email, one.name, one.role.value, "" if one.active else "not active"] for one in found
    ]
    head = ["EMAIL", "NAME", "ROLE", ""]
    return Answer([_user(one) for one in found], table(head, rows, "There is no user yet."))


@user.command
def change(
    email: str,
    /,
    *,
    name: str | None = None,
    role: UserRole | None = None,
    active: Annotated[bool | None, Parameter(negative="--no-active")] = None,
    desk: AtDesk,
) -> Answer:
    """Change a user's name or role, or take away or give back the right to act.

    Parameters
    ----------
    email
        The user's e-mail address or name.
    name
        The new name.
    role
        The new role.
    active
        A user who is not active keeps contacts, but may not act.
    """
    from twinbook.journal import journal
    from twinbook.users import people

    changes = {"name": name, "role": role, "active": active}
    with desk.house.database.write() as connection:
        desk.administrate(connection)
        found = people.find(connection, email)
        kept = {key: value for key, value in changes.items() if value is not None}
        after = people.change(connection, found.but(**kept))
        journal.look_anew(connection, after.id)
    state = "" if after.active else ", not active"
    return Answer(_user(after), [f"{after.name} <{after.email}>: {after.role.value}{state}."])


def _user(one: "User") -> dict[str, object]:
    return {"email": one.email, "name": one.name, "role": one.role.value, "active": one.active}


@team.command(name="add")
def add_team(name: str, /, *, desk: AtDesk) -> Answer:
    """Add a team.

    Parameters
    ----------
    name
        What to call it.
    """
    from twinbook.users import teams

    with desk.house.database.write() as connection:
        desk.administrate(connection)
        made = teams.add(connection, name, desk.house.clock)
        return _told(connection, made, f"There is a team {made.name} now.")


@team.command(name="list")
def list_teams(*, desk: AtDesk) -> Answer:
    """List all teams with their members."""
    from twinbook.users import teams

    with desk.house.database.read() as connection:
        data = [_team(connection, one) for one in teams.everyone(connection)]
    rows = [[str(one["name"]), ", ".join(one["members"])] for one in data]
    return Answer(data, table(["TEAM", "MEMBERS"], rows, "There is no team yet."))


@team.command
def join(name: str, email: str, /, *, desk: AtDesk) -> Answer:
    """Make a user a member of a team.

    Parameters
    ----------
    name
        The team.
    email
        The user.
    """
    from twinbook.journal import journal
    from twinbook.users import people, teams

    with desk.house.database.write() as connection:
        desk.administrate(connection)
        found, member = teams.find(connection, name), people.find(connection, email)
        teams.join(connection, found.id, member.id)
        journal.look_anew(connection)
        return _told(connection, found, f"{member.email} belongs to {found.name} now.")


@team.command
def leave(name: str, email: str, /, *, desk: AtDesk) -> Answer:
    """Let a user leave a team.

    Parameters
    ----------
    name
        The team.
    email
        The user.
    """
    from twinbook.journal import journal
    from twinbook.users import people, teams

    with desk.house.database.write() as connection:
        desk.administrate(connection)
        found, member = teams.find(connection, name), people.find(connection, email)
        teams.leave(connection, found.id, member.id)
        journal.look_anew(connection)
        return _told(connection, found, f"{member.email} no longer belongs to {found.name}.")


@team.command
def remove(name: str, /, *, desk: AtDesk) -> Answer:
    """Dissolve a team. Its members stay users.

    Parameters
    ----------
    name
        The team.
    """
    from twinbook.journal import journal
    from twinbook.users import teams

    with desk.house.database.write() as connection:
        desk.administrate(connection)
        found = teams.find(connection, name)
        teams.remove(connection, found.id)
        journal.look_anew(connection)
    return Answer({"removed": found.name}, [f"The team {found.name} is dissolved."])


def _told(connection: "Connection", one: "Team", text: str) -> Answer:
    return Answer(_team(connection, one), [text])


def _team(connection: "Connection", one: "Team") -> dict[str, list[str] | str]:
    from twinbook.users import people, teams

    members = [people.get(connection, id).email for id in teams.members(connection, one.id)]
    return {"name": one.name, "members": sorted(members)}
