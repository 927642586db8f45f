"""How to sign in at a place, what was measured there, and the schedule."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
OF_SPOKES = ("login", "authority", "profile")


def upgrade() -> None:
    # No batch: it would drop the table that links refer to.
    for name in OF_SPOKES:
        op.add_column("spokes", sa.Column(name, TEXT, nullable=False, server_default=""))
    op.create_table(
        "secrets",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("key_id", TEXT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )
    op.create_table(
        "schedule",
        sa.Column("spoke_id", TEXT, nullable=False),
        sa.Column("server", TEXT, nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trouble", TEXT, nullable=False),
        sa.Column("told", TEXT, nullable=False),
        sa.Column("tried", sa.BigInteger(), nullable=True),
        sa.Column("good", sa.BigInteger(), nullable=True),
        sa.Column("moved", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["spoke_id"], ["spokes.id"], name=op.f("fk_schedule_spoke_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("spoke_id", name=op.f("pk_schedule")),
    )
    op.create_index(op.f("ix_schedule_due"), "schedule", ["due"])
    op.create_table(
        "calls",
        sa.Column("spoke_id", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["spoke_id"], ["spokes.id"], name=op.f("fk_calls_spoke_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("spoke_id", name=op.f("pk_calls")),
    )
    op.create_table(
        "servers",
        sa.Column("address", TEXT, nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_servers")),
    )
    op.create_table(
        "workers",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("host", TEXT, nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )


def downgrade() -> None:
    for name in ("workers", "servers", "calls", "schedule", "secrets"):
        op.drop_table(name)
    for name in OF_SPOKES:
        op.drop_column("spokes", name)
