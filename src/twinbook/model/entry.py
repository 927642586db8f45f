"""One line of history: a value that was replaced by another."""

from dataclasses import dataclass
from datetime import datetime

from twinbook.model.cause import Cause
from twinbook.model.ids import RecordId


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One field of one contact, before and after; both as text a person can read.

    `yielded` marks a value that never became the contact's: it clashed with another
    edit and gave way, or its author may not make it. It is kept so that nothing
    anybody typed is lost (rule S1).
    """

    contact: RecordId
    field: str
    before: str
    after: str
    at: datetime
    cause: Cause
    yielded: bool = False
