"""What one user may see and change, as a value that anybody can evaluate."""

from dataclasses import dataclass
from enum import Enum

from twinbook.model.filter import EVERYTHING, Filter
from twinbook.model.ids import TeamId, UserId


class UserRole(Enum):
    """What a person may do in the hub as a whole."""

    USER = "user"
    MANAGER = "manager"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """The person through whose eyes a filter is read."""

    user: UserId
    email: str = ""
    role: UserRole = UserRole.USER
    teams: frozenset[TeamId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """Which contacts and fields a user may see and edit.

    By default every user may read and edit every active contact; the owner, a manager
    or an administrator may also deactivate, delete, merge and give it away.
    """

    viewer: Viewer
    see: Filter = EVERYTHING
    edit: Filter = EVERYTHING
    hidden: frozenset[str] = frozenset()  #: fields that are not shown to this user
    locked: frozenset[str] = frozenset()  #: fields that this user may not edit

    def disposes_of(self, owner: UserId | None) -> bool:
        """Whether this user may deactivate, delete, merge or give away `owner`'s contact."""
        return self.viewer.role is not UserRole.USER or owner == self.viewer.user
