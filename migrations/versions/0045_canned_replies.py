"""Canned replies, and how often each is used."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from migrations.feed import leave_out, write_changes_of

revision = "0045"
down_revision = "0044"

SEARCH = sa.Computed("lodge_search(title || ' ' || text)", persisted=True)


def upgrade() -> None:
    op.create_table(
        "canned_reply",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("shortcut", sa.String(40), nullable=True),
        sa.Column("team_id", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.String(2), nullable=True),
        sa.Column("is_archived", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("search", TSVECTOR(), SEARCH, nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_canned_reply_team_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["person.id"], name=op.f("fk_canned_reply_created_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_reply")),
    )
    op.create_index("ix_canned_reply_title", "canned_reply", ["is_archived", "title", "id"])
    op.create_index("ix_canned_reply_search", "canned_reply", ["search"], postgresql_using="gin")
    op.create_index(
        "uq_canned_reply_shortcut",
        "canned_reply",
        ["shortcut"],
        unique=True,
        postgresql_where=sa.text("NOT is_archived"),
    )
    op.create_index(op.f("ix_canned_reply_team_id"), "canned_reply", ["team_id"])
    op.create_index(op.f("ix_canned_reply_created_by_id"), "canned_reply", ["created_by_id"])
    op.create_table(
        "canned_reply_use",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("canned_reply_id", sa.BigInteger(), nullable=False),
        sa.Column("uses", sa.Integer(), server_default="1", nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["canned_reply_id"],
            ["canned_reply.id"],
            name=op.f("fk_canned_reply_use_canned_reply_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_reply_use")),
    )
    op.create_index(
        "ix_canned_reply_use_reply", "canned_reply_use", ["canned_reply_id"], postgresql_include=["uses", "used_at"]
    )
    op.create_index("ix_canned_reply_use_used", "canned_reply_use", ["used_at"])
    write_changes_of("canned_reply", ["team_id", "language", "is_archived"])
    write_changes_of("canned_reply_use", [])


def downgrade() -> None:
    for table in ("canned_reply_use", "canned_reply"):
        leave_out(table)
        op.drop_table(table)
