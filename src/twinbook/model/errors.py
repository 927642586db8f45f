"""Everything that can go wrong, as one tree.

TwinbookError
├── ReplicaError            a replica could not do what was asked
│   ├── Unavailable         nothing is known about what happened; try again later
│   ├── Throttled           the replica asks for a pause (carries seconds)
│   ├── SignInNeeded        a person must sign in again
│   ├── CursorExpired       the change feed is lost; everything must be listed
│   ├── Emptied             the place itself is missing or unreadable
│   └── Closed              the place takes no writes: no right, or no room
├── Stale                   a record changed since it was seen
├── NotFound                there is no such contact, account, user, book …
├── Ambiguous               a name fits several of them
├── NotAllowed              this user may not do that
├── Invalid                 what was given can't be used
├── Busy                    somebody else is working on it right now
├── Unreachable             the database server does not answer, or refuses us
├── NewerData               the data directory belongs to a newer version
└── DamagedData             the database can't be read, or a disk is full
"""


class TwinbookError(Exception):
    """Base of every error that Twinbook raises on purpose. Its text is for a person."""


class ReplicaError(TwinbookError):
    """A replica could not do what was asked."""


class Unavailable(ReplicaError):
    """The replica gave no usable answer: a write may have happened or not."""


class Throttled(ReplicaError):
    """The replica asks for a pause. `seconds` is None when it did not say how long."""

    def __init__(self, text: str, *, seconds: float | None = None) -> None:
        super().__init__(text)
        self.seconds = seconds


class SignInNeeded(ReplicaError):
    """The replica no longer accepts our credentials; nothing was read or written."""


class CursorExpired(ReplicaError):
    """The replica no longer knows this cursor; ask again without one."""


class Emptied(ReplicaError):
    """The place itself is missing or can't be read. That is not a removal of its items."""


class Closed(ReplicaError):
    """The place takes no writes: we have no right to, or it has no room left."""


class Stale(TwinbookError):
    """The record changed since it was seen. Nothing was written."""


class NotFound(TwinbookError):
    """There is nothing by that name."""


class Ambiguous(TwinbookError):
    """The name fits several; more of it is needed."""


class NotAllowed(TwinbookError):
    """This user may not do that."""


class Invalid(TwinbookError):
    """What was given can't be used; the text says why and what would do."""


class Busy(TwinbookError):
    """Another process is working on the same thing; try again in a moment."""


class Unreachable(TwinbookError):
    """The database server does not answer, or refuses us."""


class NewerData(TwinbookError):
    """The data directory was written by a newer version of Twinbook."""


class DamagedData(TwinbookError):
    """The database can't be read or written."""
