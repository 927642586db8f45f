"""The processes that keep books in step: who lives, and when it was last heard of."""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.database.dialect import upsert
from twinbook.jobs.tables import workers

BEAT = timedelta(seconds=10)  #: from one sign of life to the next
DEAD = timedelta(seconds=60)  #: who was not heard of for so long


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A process that keeps books in step."""

    id: str
    kind: str  #: "serve", "worker"
    host: str
    pid: int
    began: datetime
    seen: datetime


def this_process(id: str, kind: str, now: datetime) -> Worker:
    """This process as a worker."""
    host = socket.gethostname()
    return Worker(id=id, kind=kind, host=host, pid=os.getpid(), began=now, seen=now)


def beat(connection: Connection, worker: Worker, now: datetime) -> None:
    """Give a sign of life, and forget those who give none any more."""
    row = {
        "id": worker.id,
        "kind": worker.kind,
        "host": worker.host,
        "pid": worker.pid,
        "began": worker.began,
        "seen": now,
    }
    upsert(connection, workers, row)
    connection.execute(sa.delete(workers).where(workers.c.seen <= now - DEAD))


def leave(connection: Connection, worker: Worker) -> None:
    """End, as it should be."""
    connection.execute(sa.delete(workers).where(workers.c.id == worker.id))


def alive(connection: Connection, now: datetime) -> Sequence[Worker]:
    """Who was heard of within the last minute, the oldest first."""
    query = sa.select(workers).where(workers.c.seen > now - DEAD).order_by(workers.c.began)
    return [Worker(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - SQLAlchemy's public name
