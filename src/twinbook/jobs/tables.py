"""The tables of the schedule. Nothing in them is anybody's data, and all can be made anew."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Table

from twinbook.database.metadata import Instant, Text, metadata

schedule = Table(
    "schedule",
    metadata,
    # A spoke without a row is due at once.
    Column("spoke_id", ForeignKey("spokes.id", ondelete="CASCADE"), primary_key=True),
    Column("server", Text, nullable=False),  # "dav.example.com:443", "" on this machine
    Column("due", Instant, nullable=False, index=True),
    Column("not_before", Instant),  # whoever calls: after failures, or at the server's wish
    Column("claimed_until", Instant),  # a worker has taken it up, and says when to stop waiting
    Column("failures", sa.Integer, nullable=False),  # in a row, or runs that left work behind
    Column("trouble", Text, nullable=False),  # the class of the last error, "" when all is well
    Column("told", Text, nullable=False),  # that error in words for a person
    Column("tried", Instant),  # when it was last worked on
    Column("good", Instant),  # when that last went well
    Column("moved", Instant),  # when there last was something to do
)

servers = Table(
    "servers",
    metadata,
    Column("address", Text, primary_key=True),  # "dav.example.com:443"
    Column("until", Instant, nullable=False),  # left alone till then
    Column("failures", sa.Integer, nullable=False),  # in a row
)

workers = Table(
    "workers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # "serve", "worker"
    Column("host", Text, nullable=False),
    Column("pid", sa.Integer, nullable=False),
    Column("began", Instant, nullable=False),
    Column("seen", Instant, nullable=False),
)
