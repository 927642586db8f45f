"""Keep books in step by themselves, until somebody ends it."""

import sys
from contextlib import ExitStack, nullcontext
from typing import TYPE_CHECKING

from twinbook.cli.desk import AtDesk, Desk
from twinbook.cli.output import Answer

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


def serve(*, every: int | None = None, desk: AtDesk) -> Answer:
    """Keep all books in step, by itself, until Ctrl-C or SIGTERM.

    Changes in the CRM and in folders are taken up within seconds; other books are looked at
    every 15 minutes, sooner after changes. Other commands run beside it.

    Parameters
    ----------
    every
        Seconds from one look at a quiet book to the next, 30 at least. Without it the policy
        says: schedule.every.
    """
    return _stay(desk, "serve", every)


def worker(*, every: int | None = None, desk: AtDesk) -> Answer:
    """Share the work of `serve` with other processes, where the data are in PostgreSQL.

    Parameters
    ----------
    every
        Seconds from one look at a quiet book to the next, 30 at least. Without it the policy
        says: schedule.every.
    """
    return _stay(desk, "worker", every)


def _stay(desk: Desk, kind: str, every: int | None) -> Answer:
    import logging

    import structlog

    from twinbook import log
    from twinbook.jobs.events import write_log
    from twinbook.jobs.service import Manner, Service
    from twinbook.jobs.serving import Stop, stay

    _check(every)
    stop = Stop()
    with ExitStack() as opened:
        opened.enter_context(stop.on_signals())
        opened.enter_context(_alone(desk))
        log.set_up(logging.INFO)
        service = Service(desk.house, Manner(kind, every), write_log, desk.count_change)
        sys.stderr.write("Twinbook keeps the books in step. Ctrl-C or SIGTERM ends it.\n")
        sys.stderr.flush()
        structlog.get_logger().info("started", kind=kind, threads=service.manner.threads)
        stay(service, stop)
    return Answer({"ended": True}, ["Ended. What was under way is finished."])


def _check(every: int | None) -> None:
    """Raises Invalid for a number of seconds that the schedule does not allow."""
    from twinbook.model.errors import Invalid
    from twinbook.model.policy import Schedule

    if every is not None:
        try:
            Schedule(every=every)
        except ValueError as error:
            raise Invalid(f"--every can't be {every}: {error}.") from error


def _alone(desk: Desk) -> "AbstractContextManager[None]":
    """On SQLite no other service may work in the same directory. Raises Busy."""
    from twinbook.jobs.alone import alone

    _ = desk.house  # only where there is an installation
    if not desk.settings.database.startswith("sqlite"):
        return nullcontext()
    return alone(desk.settings.data / "service.lock")
