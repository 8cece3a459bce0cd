"""Links between tickets, and the lines of the history that tell of another ticket."""

import sqlalchemy as sa
from alembic import op

from migrations.feed import write_changes_of

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "ticket_link",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("ticket_is_confidential", sa.Boolean(), nullable=False),
        sa.Column("other_is_confidential", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("kind IN ('relates-to', 'duplicates', 'blocks')", name=op.f("ck_ticket_link_kind")),
        sa.CheckConstraint(
            "ticket_id <> other_id AND (kind <> 'relates-to' OR ticket_id < other_id)", name=op.f("ck_ticket_link_ends")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_link_ticket_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["other_id"], ["ticket.id"], name=op.f("fk_ticket_link_other_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_link")),
        sa.UniqueConstraint("ticket_id", "other_id", "kind", name=op.f("uq_ticket_link_ticket_id_other_id_kind")),
    )
    op.create_index("ix_ticket_link_other", "ticket_link", ["other_id", "ticket_id", "kind"])
    write_changes_of("ticket_link", ("ticket_id", "other_id", "kind"))
    op.add_column("ticket_event", sa.Column("other_ticket_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM ticket_event WHERE kind IN ('link', 'blocker')")
    op.drop_column("ticket_event", "other_ticket_id")
    op.drop_table("ticket_link")
