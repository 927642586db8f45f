"""Where imported contacts came from, and what of them no field holds."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("accounts", sa.Column("run", TEXT, nullable=True))
    op.create_index(op.f("ix_accounts_run"), "accounts", ["run"])
    op.create_table(
        "origins",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("contact_id", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contacts.id"],
            name=op.f("fk_origins_contact_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_origins")),
    )
    op.create_index(op.f("ix_origins_contact_id"), "origins", ["contact_id"])
    op.create_table(
        "leftovers",
        sa.Column("contact_id", TEXT, nullable=False),
        sa.Column("card", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contacts.id"],
            name=op.f("fk_leftovers_contact_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_leftovers")),
    )


def downgrade() -> None:
    op.drop_table("leftovers")
    op.drop_table("origins")
    op.drop_index(op.f("ix_accounts_run"), "accounts")
    op.drop_column("accounts", "run")
