"""What goes wrong, and when: a plan of faults for one cycle, and a database that can be cut off."""

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum

from twinbook.database.engine import Database


class Fault(Enum):
    """What becomes of one request to a place."""

    LOST = "the request is lost"
    SILENT = "the answer is lost"
    LATE = "the request is given up and acts later"
    DOUBTED = "the answer is unusable, the write was made"
    UNDONE = "the answer is unusable, nothing was written"
    THROTTLED = "too many requests"
    REFUSED = "the sign-in is refused"
    CRASH = "the program dies before the request"
    DIED = "the program dies after the request"
    USER = "the user does something meanwhile"
    HUB = "somebody does something in the hub meanwhile"
    OTHER = "another book is synchronised meanwhile"
    STALL = "the program stalls, and another one takes the book over"
    TWICE = "the request arrives twice"
    FORBIDDEN = "the write is refused for good"
    HALF = "a listing lacks half of the items"
    EMPTY = "a listing is empty"


OF_WRITES = (Fault.TWICE, Fault.FORBIDDEN)
OF_LISTS = (Fault.HALF, Fault.EMPTY)


class Crash(BaseException):
    """The program dies here; nothing of it runs any more."""


@dataclass
class Storm:
    """Which request gets which fault, and at which commit the program dies.

    A commit that is numbered in `cuts` is lost if its value is False; if it is True the
    program dies right after it.
    """

    faults: dict[int, tuple[Fault, int]] = field(default_factory=dict)
    cuts: dict[int, bool] = field(default_factory=dict)
    requests: int = 0
    commits: int = 0
    dead: bool = False
    over: bool = False

    def next_fault(self):
        """The fault of the next request, with a number that says more about it."""
        if self.dead:
            raise Crash
        self.requests += 1
        return (None, 0) if self.over else self.faults.get(self.requests - 1, (None, 0))

    def die(self):
        self.dead = True
        STATISTICS["crashes"] += 1
        raise Crash


CALM = Storm()
STATISTICS: Counter[str] = Counter()


class Fragile(Database):
    """A database whose program may die before or after a commit."""

    storm: Storm | None = None

    @contextmanager
    def write(self, *, durable=True):
        storm = self.storm
        if storm is None or storm.over:
            with super().write(durable=durable) as connection:
                yield connection
            return
        if storm.dead:
            raise Crash
        number, storm.commits = storm.commits, storm.commits + 1
        with super().write(durable=durable) as connection:
            yield connection
            if storm.cuts.get(number) is False:
                storm.die()
        if storm.cuts.get(number) is True:
            storm.die()

    @contextmanager
    def read(self):
        if self.storm is not None and self.storm.dead:
            raise Crash
        with super().read() as connection:
            yield connection
