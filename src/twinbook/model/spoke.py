"""An outside place that is kept in step with the hub."""

from dataclasses import dataclass, replace
from enum import Enum

from twinbook.model.filter import EVERYTHING, Filter
from twinbook.model.ids import SpokeId, UserId


class Role(Enum):
    """What a spoke is to the engine."""

    BOOK = "book"  #: one person's address book
    CRM = "crm"  #: an outside CRM, in which every contact is business


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoke:
    """One connected place. `scope` says which hub contacts belong in it."""

    id: SpokeId
    name: str
    kind: str  #: "folder", "carddav", "memory" …
    address: str  #: where it is, in the words of its kind
    login: str = ""  #: how its user is called there, "" where nobody signs in
    authority: str = ""  #: PEM of the certificate authority to trust there, "" for the system's
    profile: str = ""  #: what was measured there, in the words of its kind
    user: UserId
    role: Role = Role.BOOK
    scope: Filter = EVERYTHING
    paused: bool = False

    def but(self, **changes: object) -> "Spoke":
        """This spoke with some parts replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]
