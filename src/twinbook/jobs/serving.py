"""Stay until somebody asks for the end."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from twinbook.jobs.service import Service

PULSE = 0.5  #: seconds between two looks
SLICES = 5  #: so many times in a pulse a free thread may get something to do


class Stop:
    """The wish that a service ends. A signal handler or another thread may have it."""

    def __init__(self) -> None:
        self.asked = False

    def ask(self) -> None:
        """End with the next pulse; what is under way is finished first."""
        self.asked = True

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """SIGINT (Ctrl-C) and SIGTERM ask; the second one interrupts what is under way."""

        def asked(_number: int, _frame: object) -> None:
            if self.asked:
                raise KeyboardInterrupt
            self.ask()

        before = {one: signal.signal(one, asked) for one in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)


def stay(service: Service, stop: Stop) -> None:
    """Keep books in step until somebody asks for the end."""
    with service.at_work():
        while not stop.asked:
            service.pulse()
            _between(service, stop)


def _between(service: Service, stop: Stop) -> None:
    for _ in range(SLICES):
        if stop.asked:
            return
        if service.wait(PULSE / SLICES):
            service.fill()
