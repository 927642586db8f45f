"""Who wants a change, through what, and why: every write carries one."""

from dataclasses import dataclass

from twinbook.model.ids import RunId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The origin of a change."""

    actor: UserId | None  #: None for Twinbook itself
    channel: str  #: "command line", "import", or the name of a book
    reason: str = ""
    run: RunId | None = None
