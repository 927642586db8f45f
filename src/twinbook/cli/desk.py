"""What every command is given: the installation, and who acts."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from twinbook.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from twinbook.model.rights import Rights
    from twinbook.model.spoke import Spoke
    from twinbook.users.people import User
    from twinbook.wiring import House

CHANNEL = "command line"
PLAIN = Parameter(negative=(), show_default=False)
"""How every option looks: no --no-preview beside --preview, and defaults only in words."""
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class Desk:
    """One command at work. The installation is opened when it is first asked for."""

    settings: Settings
    acts_as: str | None = None
    as_json: bool = False
    begun: datetime = field(default=NEVER, init=False)  #: when the installation was opened
    _house: "House | None" = field(default=None, init=False)

    @property
    def house(self) -> "House":
        """The installation in the data directory. Raises NotFound if there is none."""
        if self._house is None:
            from twinbook.wiring import open_house

            self._house = open_house(self.settings)
            self.begun = self._house.clock.now()
        return self._house

    @property
    def is_open(self) -> bool:
        """Whether the command came as far as opening the installation."""
        return self._house is not None

    def close(self) -> None:
        """Let go of the database."""
        if self._house is not None:
            self._house.database.close()

    def me(self, connection: "Connection") -> "User":
        """Who acts. Raises NotFound, Ambiguous, or NotAllowed for one who may no longer act."""
        from twinbook.model.errors import NotAllowed
        from twinbook.users import people

        if self.acts_as is None:
            return _only_administrator(connection)
        user = people.find(connection, self.acts_as)
        if not user.active:
            raise NotAllowed(f"{user.email} is no longer active and may not act.")
        return user

    def rights(self, connection: "Connection") -> "Rights":
        """What the one who acts may see and change."""
        from twinbook.crm import access

        return access.rights(connection, self.me(connection).id)

    def administrate(self, connection: "Connection") -> "Rights":
        """The rights of the one who acts. Raises NotAllowed if that is no administrator."""
        from twinbook.crm import access

        rights = self.rights(connection)
        access.check_administrate(rights)
        return rights

    def count_change(self) -> None:
        """Note beside the database that something changed, so that an old backup is noticed."""
        from twinbook.wiring import count_generation

        count_generation(self.house, self.settings)


AtDesk = Annotated[Desk, Parameter(parse=False)]
"""The type of the argument through which a command gets its desk."""


def _only_administrator(connection: "Connection") -> "User":
    from twinbook.model.errors import Ambiguous, NotFound
    from twinbook.model.rights import UserRole
    from twinbook.users import people

    found = [
        user for user in people.everyone(connection) if user.active and user.role is UserRole.ADMIN
    ]
    if not found:
        raise NotFound(
            "There is no user yet. Add the first one, an administrator: "
            "twinbook user add EMAIL --name NAME --role admin"
        )
    if len(found) > 1:
        mails = ", ".join(user.email for user in found)
        raise Ambiguous(f"Who acts? Say it with --as EMAIL. The administrators are: {mails}.")
    return found[0]


def check_own(rights: "Rights", spoke: "Spoke") -> None:
    """Raises NotAllowed if a book is another user's: its personal items are nobody else's."""
    from twinbook.model.errors import NotAllowed

    if spoke.user != rights.viewer.user:
        raise NotAllowed(
            f"{spoke.name} is another user's book. Only that user may look into it; "
            "if that is you, say so with --as EMAIL."
        )


def check_manages(rights: "Rights", spoke: "Spoke") -> None:
    """Raises NotAllowed if the book is another user's and the one who acts no administrator."""
    from twinbook.model.errors import NotAllowed
    from twinbook.model.rights import UserRole

    if spoke.user != rights.viewer.user and rights.viewer.role is not UserRole.ADMIN:
        raise NotAllowed(
            f"{spoke.name} is another user's book. That user or an administrator may do that."
        )
