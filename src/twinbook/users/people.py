"""The people who use Twinbook."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import starmap

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.database.schema import users
from twinbook.model.errors import Ambiguous, Invalid, NotFound
from twinbook.model.ids import UserId
from twinbook.model.rights import UserRole
from twinbook.ports import Clock
from twinbook.reconcile.normal import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person of the company. One who is not active keeps contacts but may not act."""

    id: UserId
    email: str
    name: str
    role: UserRole = UserRole.USER
    active: bool = True

    def but(self, **changes: object) -> "User":
        """This user with some details replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]


def add(connection: Connection, email: str, name: str, role: UserRole, clock: Clock) -> User:
    """A new user. Raises Invalid if the e-mail address is none, or is taken."""
    user = User(id=UserId(clock.new_id()), email=_checked(email), name=name.strip(), role=role)
    _refuse_taken(connection, user)
    connection.execute(sa.insert(users).values(**_row(user), created_at=clock.now()))
    return user


def change(connection: Connection, user: User) -> User:
    """Store a user's details in place of the old ones.

    Raises NotFound, Invalid if the e-mail address is none or is taken, and Invalid if
    nobody would be left to administrate.
    """
    user = user.but(email=_checked(user.email), name=user.name.strip())
    get(connection, user.id)
    _refuse_taken(connection, user)
    connection.execute(sa.update(users).where(users.c.id == user.id).values(**_row(user)))
    if not any(one.active and one.role is UserRole.ADMIN for one in everyone(connection)):
        raise Invalid("Somebody has to be an active administrator. Name another one first.")
    return user


def get(connection: Connection, id: UserId) -> User:
    """The user of an id. Raises NotFound."""
    return several(connection, [id])[id]


def several(connection: Connection, ids: Collection[UserId]) -> Mapping[UserId, User]:
    """The users of some ids. Raises NotFound if one of them is of nobody."""
    rows = connection.execute(_SOME, {"users": list(ids)})
    found = {user.id: user for user in starmap(_user, rows)}
    if lost := set(ids) - found.keys():
        raise NotFound(f"There is no user {min(lost)}. See: twinbook user list")
    return found


def find(connection: Connection, text: str) -> User:
    """The user of an e-mail address, or of a name. Raises NotFound, or Ambiguous."""
    folded = fold(text)
    found = _select(connection, users.c.email == folded) or _select(
        connection, users.c.folded == folded
    )
    if not found:
        raise NotFound(f"There is no user {text!r}. See: twinbook user list")
    if len(found) > 1:
        mails = ", ".join(user.email for user in found)
        raise Ambiguous(f"{text!r} is the name of several users. Say which: {mails}")
    return found[0]


def everyone(connection: Connection) -> Sequence[User]:
    """All users, active or not, by name."""
    return _select(connection, sa.true())


def _select(connection: Connection, condition: sa.ColumnElement[bool]) -> Sequence[User]:
    rows = connection.execute(_EVERY.where(condition).order_by(users.c.folded, users.c.email))
    return [_user(*row) for row in rows]


_EVERY = sa.select(users.c.id, users.c.email, users.c.name, users.c.role, users.c.active)
_SOME = _EVERY.where(users.c.id.in_(sa.bindparam("users", expanding=True)))


def _user(id: str, email: str, name: str, role: str, active: bool) -> User:  # noqa: FBT001 - of the row
    return User(id=UserId(id), email=email, name=name, role=UserRole(role), active=active)


def _row(user: User) -> dict[str, object]:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "folded": fold(user.name),
        "role": user.role.value,
        "active": user.active,
    }


def _checked(email: str) -> str:
    folded = fold(email)
    before, _, behind = folded.rpartition("@")
    if not before or not behind or " " in folded:
        raise Invalid(f"{email!r} is not an e-mail address, such as ada@example.org.")
    return folded


def _refuse_taken(connection: Connection, user: User) -> None:
    taken = sa.and_(users.c.email == user.email, users.c.id != user.id)
    if _select(connection, taken):
        raise Invalid(f"{user.email} is the address of another user already.")


def names(connection: Connection, ids: Iterable[UserId]) -> dict[UserId, str]:
    """What to call some users: their names; ids of nobody are left out."""
    rows = connection.execute(
        sa.select(users.c.id, users.c.name, users.c.email).where(users.c.id.in_(list(ids)))
    )
    return {UserId(id): name or email for id, name, email in rows}
