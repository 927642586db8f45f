"""The hub's tables.

A contact's own facts are one canonical document, `contacts.body`. Everything else
about it is either a column that the hub reasons with, or a row of `terms`: what it
can be found by, folded, written together with the body and never read back into it.
"""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table

from twinbook.database.metadata import Instant, Serial, Text, metadata

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("email", Text, nullable=False, unique=True),  # folded
    Column("name", Text, nullable=False),
    Column("folded", Text, nullable=False, index=True),  # the name
    Column("role", Text, nullable=False),
    Column("active", sa.Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
)

teams = Table(
    "teams",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("folded", Text, nullable=False, unique=True),
)

team_members = Table(
    "team_members",
    metadata,
    Column("team_id", ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", ForeignKey("users.id"), primary_key=True, index=True),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("folded", Text, nullable=False, index=True),
    Column(
        "parent_id",
        # Deferred, so that a backup may be read back in any order.
        ForeignKey("accounts.id", deferrable=True, initially="DEFERRED"),
        index=True,
    ),
    Column("active", sa.Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("run", Text, index=True),  # the import that made it, and may take it back
)

account_domains = Table(
    "account_domains",
    metadata,
    Column("domain", Text, primary_key=True),
    Column(
        "account_id",
        ForeignKey("accounts.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    ),
)

contacts = Table(
    "contacts",
    metadata,
    # The feed number of its creation: short, and known before the row is written.
    Column("serial", Serial, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    Column("number", sa.BigInteger, nullable=False, unique=True),  # its version as well
    Column("body", sa.LargeBinary, nullable=False),
    Column("sort_key", Text, nullable=False, index=True),
    Column("owner_id", ForeignKey("users.id"), index=True),
    Column("account_id", ForeignKey("accounts.id"), index=True),
    Column("active", sa.Boolean, nullable=False),
    Column("deleted", sa.Boolean, nullable=False),
    Column(
        "merged_into",
        ForeignKey("contacts.id", deferrable=True, initially="DEFERRED"),
        index=True,
    ),
    Column("mark", Text, unique=True),  # the key of the promotion that made it
    Column("created_at", Instant, nullable=False),
    Column("edited_at", Instant, nullable=False),
)

terms = Table(
    "terms",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    # No reference: thirty rows a contact are checked for nothing, they are written with it.
    Column("contact", Serial, primary_key=True, index=True, autoincrement=False),
    sqlite_with_rowid=False,
)

feed = Table(
    "feed",
    metadata,
    Column("number", Serial, primary_key=True, autoincrement=False),
    Column("contact_id", Text, nullable=False),  # no reference: the line outlives the contact
    Column("kind", Text, nullable=False),
)

history = Table(
    "history",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("contact", ForeignKey("contacts.serial", ondelete="CASCADE"), nullable=False),
    Column("field", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", Text),
    Column("channel", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("run", Text),
    Column("yielded", sa.Boolean, nullable=False),
    Index("ix_history_contact_field_at", "contact", "field", "at"),
    Index("ix_history_run", "run"),
)

photos = Table(
    "photos",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("body", sa.LargeBinary, nullable=False),
)

merges = Table(
    "merges",
    metadata,
    Column("loser_id", ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True),
    Column("survivor_id", ForeignKey("contacts.id", ondelete="CASCADE"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("survivor_before", sa.LargeBinary, nullable=False),  # the body
    Column("loser_was_active", sa.Boolean, nullable=False),
    Index("ix_merges_survivor_id", "survivor_id"),
)

origins = Table(
    "origins",
    metadata,
    # A digest: of the record's id in the system it came from, or of all that it said.
    Column("key", sa.LargeBinary, primary_key=True),
    Column("said", sa.LargeBinary, nullable=False),  # a digest of all that it said
    Column("contact_id", ForeignKey("contacts.id", ondelete="CASCADE"), nullable=False, index=True),
)

leftovers = Table(
    "leftovers",
    metadata,
    Column("contact_id", ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True),
    Column("card", sa.LargeBinary, nullable=False),  # what no field holds, as a small vCard
)

# The next three follow from the contacts and can be made anew (crm/blocking.py). They refer
# to nothing: a million rows are checked for nothing, and what is gone is looked at again.

blocks = Table(
    "blocks",
    metadata,
    Column("key", sa.BigInteger, primary_key=True, autoincrement=False),  # a hash, no value
    Column("contact", Serial, primary_key=True, index=True, autoincrement=False),
    Column("face", sa.BigInteger, nullable=False),  # a hash of what tells several people apart
    Column("kind", Text, nullable=False),
    sqlite_with_rowid=False,
)

duplicates = Table(
    "duplicates",
    metadata,
    Column("one", Serial, primary_key=True, autoincrement=False),  # the older of the two
    Column("other", Serial, primary_key=True, index=True, autoincrement=False),
    Column("score", sa.Integer, nullable=False, index=True),
)

unexamined = Table(
    "unexamined",
    metadata,
    Column("contact", Serial, primary_key=True, autoincrement=False),
)

apart = Table(
    "apart",
    metadata,
    # As it was said: a merge of either leads on by contacts.merged_into, and its undo back.
    Column("one_id", ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True),
    Column("other_id", ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("user_id", ForeignKey("users.id")),
    Column("at", Instant, nullable=False),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", Text, primary_key=True),  # what it is for: "spoke:" and the spoke's id
    Column("key_id", Text, nullable=False),  # of the key in the vault's file
    Column("sealed", sa.LargeBinary, nullable=False),
    Column("at", Instant, nullable=False),
)

restrictions = Table(
    "restrictions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("team_id", ForeignKey("teams.id", ondelete="CASCADE"), index=True),  # none: everybody
    Column("right", Text, nullable=False),
    Column("filter", Text, nullable=False),
    Column("fields", Text, nullable=False),  # separated by blanks
)
