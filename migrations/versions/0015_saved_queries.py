"""Saved queries of the SQL lab, and each person's history there."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.feed import write_changes_of

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "saved_query",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("description", sa.String(2_000), nullable=False),
        sa.Column("sql", sa.Text(), nullable=False),
        sa.Column("chart", pg.JSONB(), nullable=True),
        sa.Column("parameters", pg.JSONB(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_saved_query_owner_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_query")),
    )
    op.create_index("ix_saved_query_owner", "saved_query", ["owner_id", "name", "id"])
    op.create_index("ix_saved_query_shared", "saved_query", ["name", "id"], postgresql_where=sa.text("is_shared"))
    op.create_index("ix_saved_query_search", "saved_query", [sa.text("lodge_search(name)")], postgresql_using="gin")
    write_changes_of("saved_query", ("is_shared",))
    op.create_table(
        "query_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("sql", sa.Text(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("elapsed_ms", sa.Float(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=True),
        sa.Column("ran_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_query_run_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_query_run")),
    )
    op.create_index("ix_query_run_person", "query_run", ["person_id", "id"])


def downgrade() -> None:
    op.drop_table("query_run")
    op.drop_table("saved_query")
