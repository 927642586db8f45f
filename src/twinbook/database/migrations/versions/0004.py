"""Pairs of contacts that may be one person, and those that somebody said are not."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "blocks",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("contact", SERIAL, autoincrement=False, nullable=False),
        sa.Column("face", sa.BigInteger(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("key", "contact", name=op.f("pk_blocks")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_blocks_contact"), "blocks", ["contact"])
    op.create_table(
        "duplicates",
        sa.Column("one", SERIAL, autoincrement=False, nullable=False),
        sa.Column("other", SERIAL, autoincrement=False, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("one", "other", name=op.f("pk_duplicates")),
    )
    op.create_index(op.f("ix_duplicates_other"), "duplicates", ["other"])
    op.create_index(op.f("ix_duplicates_score"), "duplicates", ["score"])
    op.create_table(
        "unexamined",
        sa.Column("contact", SERIAL, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("contact", name=op.f("pk_unexamined")),
    )
    op.create_table(
        "apart",
        sa.Column("one_id", TEXT, nullable=False),
        sa.Column("other_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["one_id"], ["contacts.id"], name=op.f("fk_apart_one_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["contacts.id"], name=op.f("fk_apart_other_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_apart_user_id")),
        sa.PrimaryKeyConstraint("one_id", "other_id", name=op.f("pk_apart")),
    )
    op.create_index(op.f("ix_apart_other_id"), "apart", ["other_id"])


def downgrade() -> None:
    for name in ("apart", "unexamined", "duplicates", "blocks"):
        op.drop_table(name)
