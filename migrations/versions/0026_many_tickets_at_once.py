"""Changes of many tickets at once, with how far each has come."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "bulk_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("change", pg.JSONB(), nullable=False),
        sa.Column("ticket_ids", pg.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("versions", pg.ARRAY(sa.Integer()), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", pg.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("stepped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_bulk_change_owner_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_change")),
    )
    op.create_index("ix_bulk_change_owner", "bulk_change", ["owner_id", "id"])
    op.create_index(op.f("ix_bulk_change_created_at"), "bulk_change", ["created_at"])


def downgrade() -> None:
    op.drop_table("bulk_change")
