"""A cycle, an import, a merge or a bulk edit, recorded so that it can be explained and undone."""

from dataclasses import dataclass, field
from datetime import datetime

from twinbook.model.ids import RunId, SpokeId, UserId
from twinbook.model.pair import Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many contacts a run created, updated and removed on each side, and the rest."""

    created: Pair[int] = field(default_factory=lambda: Pair(0, 0))
    updated: Pair[int] = field(default_factory=lambda: Pair(0, 0))
    removed: Pair[int] = field(default_factory=lambda: Pair(0, 0))
    linked: int = 0
    held: int = 0
    failed: int = 0
    requests: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One piece of work, finished or not."""

    id: RunId
    kind: str  #: "sync", "import", "merge", "edit", "undo" …
    spoke: SpokeId | None
    user: UserId | None
    channel: str
    started: datetime
    finished: datetime | None = None
    counts: Counts = field(default_factory=Counts)
    error: str = ""
    undoes: RunId | None = None
    undone_by: RunId | None = None
