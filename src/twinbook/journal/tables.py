"""The journal's tables.

No row in any of them speaks of an unlinked personal item (rule 0.9), but for a question
that its owner's own wish raised, which names the item's id and no value.
"""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from twinbook.database.metadata import Instant, Serial, Text, metadata

spokes = Table(
    "spokes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("folded", Text, nullable=False, unique=True),  # the name
    Column("kind", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("role", Text, nullable=False),
    Column("scope", Text, nullable=False),  # as typed: "visible", "mine", "team", or a filter
    Column("paused", sa.Boolean, nullable=False),
    Column("cursor", Text),
    Column("restored", sa.Boolean, nullable=False),
    Column("holder", Text, nullable=False),  # the worker that has it, "" for none
    Column("held_until", Instant, nullable=False),
    Column("epoch", sa.BigInteger, nullable=False),  # grows with every new holder
    Column(
        "login", Text, nullable=False, server_default=""
    ),  # at the place's server, "" where none is needed
    Column(
        "authority", Text, nullable=False, server_default=""
    ),  # PEM of the CA to trust there, "" for the system's
    Column(
        "profile", Text, nullable=False, server_default=""
    ),  # JSON: what was measured there, "" for nothing
)

halves = Table(
    "halves",
    metadata,
    Column("hash", sa.LargeBinary, primary_key=True),
    Column("body", sa.LargeBinary, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("id", Text, primary_key=True),
    Column("spoke_id", ForeignKey("spokes.id"), nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("mark", Text, nullable=False),
    Column("base_hub", sa.LargeBinary, nullable=False),  # hashes of halves
    Column("base_spoke", sa.LargeBinary, nullable=False),
    Column("hub_version", Text),
    Column("spoke_version", Text),
    Column("owned", Text, nullable=False),  # names of fields, separated by blanks
    Column("number", sa.BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("adopted", sa.Boolean, nullable=False),
    Column("whole", sa.Boolean, nullable=False),
    Column("past", Text, nullable=False),  # JSON: [hash, ticks] of the last eight spoke halves
    UniqueConstraint("spoke_id", "item"),
    UniqueConstraint("contact_id", "spoke_id"),  # also the index by which news spread
    Index("ix_links_spoke_id_mark", "spoke_id", "mark"),
)

ended = Table(
    "ended_links",
    metadata,
    Column("spoke_id", Text, primary_key=True),
    Column("mark", Text, primary_key=True),
    Column("contact_id", Text, nullable=False),
    Column("released", sa.Boolean, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_ended_links_spoke_id_contact_id", "spoke_id", "contact_id"),
)

dirt = Table(
    "dirty_links",
    metadata,
    Column("spoke_id", Text, primary_key=True),
    Column("contact_id", Text, primary_key=True),
    Column("number", sa.BigInteger, nullable=False),
    Column("announced", Text),
    Column("since", Instant),
)

calls = Table(
    "calls",
    metadata,
    # A spoke that somebody wants worked on soon. The one who takes it up takes the row away.
    Column("spoke_id", ForeignKey("spokes.id", ondelete="CASCADE"), primary_key=True),
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("user_id", Text, primary_key=True),
    Column("contact_id", Text, primary_key=True),
    Column("why", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("run_id", Text),
)

operations = Table(
    "operations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("spoke_id", ForeignKey("spokes.id"), nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("intent", sa.LargeBinary, nullable=False),
    Column("doubted", Instant),
    Column("void", sa.Boolean, nullable=False),
    Column("started", Instant, nullable=False),
    UniqueConstraint("spoke_id", "contact_id"),  # one write in flight for each link
)

holds = Table(
    "holds",
    metadata,
    Column("id", Text, primary_key=True),
    Column("spoke_id", ForeignKey("spokes.id"), nullable=False),
    Column("topic", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("contact_id", Text),
    Column("item", Text),
    Column("field", Text, nullable=False),
    Column("hub_value", Text, nullable=False),
    Column("spoke_value", Text, nullable=False),
    Column("shown", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("choices", Text, nullable=False),  # JSON
    Column("opened", Instant, nullable=False),
    Column("answer", Text),
    Column("answered_by", Text),
    Column("answered_at", Instant),
    UniqueConstraint("spoke_id", "topic"),
)

runs = Table(
    "runs",
    metadata,
    Column("serial", Serial, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("spoke_id", Text, index=True),
    Column("user_id", Text),
    Column("channel", Text, nullable=False),
    Column("started", Instant, nullable=False),
    Column("finished", Instant),
    Column("counts", Text, nullable=False),  # JSON
    Column("error", Text, nullable=False),
    Column("undoes", Text),
    Column("undone_by", Text),
)

steps = Table(
    "run_steps",
    metadata,
    Column("serial", Serial, primary_key=True),
    Column("run_id", Text, nullable=False, index=True),
    Column("act", Text, nullable=False),
    Column("contact_id", Text, index=True),
    Column("spoke_id", Text),
    Column("at", Instant, nullable=False),
    Column("hub_before", sa.LargeBinary),  # hashes of halves
    Column("spoke_before", sa.LargeBinary),
    Column("hub_after", sa.LargeBinary),
    Column("spoke_after", sa.LargeBinary),
    Column("image", sa.LargeBinary),  # sealed
    Column("body", sa.LargeBinary, nullable=False),
)
