"""The threads that work on claimed books, and what they have in hand."""

import queue
import threading
from collections.abc import Callable, Sequence

from twinbook.jobs.due import Claim, Hand
from twinbook.model.ids import SpokeId

AHEAD = 2  #: so many claims for each thread, so that none has to wait for the next one


class Crew:
    """Some threads, each with one book at a time. Without threads the caller works itself.

    They are daemons: whoever is told twice to end does so, and the journal is made for that.
    """

    def __init__(
        self, threads: int, work: Callable[[Claim], None], finished: Callable[[], None]
    ) -> None:
        self._work, self._finished = work, finished
        self._claims: queue.SimpleQueue[Claim | None] = queue.SimpleQueue()
        self._hand: dict[SpokeId, Claim] = {}
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._serve, daemon=True, name=f"twinbook-{number}")
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def room(self) -> int:
        """How many more books may be taken up."""
        return max(len(self._threads) * AHEAD, 1) - len(self.in_hand())

    def in_hand(self) -> Sequence[Claim]:
        """What is being worked on, or is about to be."""
        with self._lock:
            return list(self._hand.values())

    def hand(self) -> Hand:
        """How full the hand is, by user and by server."""
        return Hand.of(self.in_hand())

    def take(self, claims: Sequence[Claim]) -> None:
        """Work on these."""
        with self._lock:
            self._hand |= {one.spoke.id: one for one in claims}
        for one in claims:
            if self._threads:
                self._claims.put(one)
            else:
                self._do(one)

    def drop(self) -> list[SpokeId]:
        """Forget what nobody has begun yet: which books those were."""
        dropped = []
        while not self._claims.empty():
            try:
                claim = self._claims.get_nowait()
            except queue.Empty:
                break
            if claim is not None:
                dropped.append(claim.spoke.id)
        with self._lock:
            for id in dropped:
                self._hand.pop(id, None)
        return dropped

    def finish(self) -> None:
        """Wait until what is under way is done."""
        for _ in self._threads:
            self._claims.put(None)
        for thread in self._threads:
            while thread.is_alive():
                thread.join(0.2)  # so that a second signal is heard meanwhile

    def _serve(self) -> None:
        while (claim := self._claims.get()) is not None:
            self._do(claim)

    def _do(self, claim: Claim) -> None:
        try:
            self._work(claim)
        finally:
            with self._lock:
                self._hand.pop(claim.spoke.id, None)
            self._finished()
