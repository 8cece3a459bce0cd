"""Saved views of the queue, and the indexes of more filters and orders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.feed import write_changes_of

revision = "0021"
down_revision = "0019"

NOT_CLOSED = sa.text("status <> 'closed'")
OUT_OF_ORDER = (
    "opened_at > least(closed_at, last_message_at, modified_at) OR modified_at < greatest(closed_at, last_message_at)"
)
# By name: the columns, and the condition of a partial index.
REMOVED = {
    "ix_ticket_closed": (["closed_at"], sa.text("closed_at IS NOT NULL")),
    "ix_ticket_desk": (["status", "waits_for", "assignee_id", "id"], NOT_CLOSED),
    "ix_ticket_stage_id": (["stage_id"], None),
    "ix_ticket_talked": (["last_message_at"], NOT_CLOSED),
}
ADDED = {
    "ix_ticket_closed": (["closed_at", "id"], sa.text("closed_at IS NOT NULL")),
    "ix_ticket_desk": (["assignee_id", "status", "waits_for", "id"], NOT_CLOSED),
    "ix_ticket_last_word": (["last_message_at", "id"], None),
    "ix_ticket_live": (["id"], NOT_CLOSED),
    "ix_ticket_live_modified": (["modified_at", "id"], NOT_CLOSED),
    "ix_ticket_live_priority": (["priority", "opened_at", "id"], NOT_CLOSED),
    "ix_ticket_live_reports": (["reports", "opened_at", "id"], NOT_CLOSED),
    "ix_ticket_talked": (["last_message_at", "id"], NOT_CLOSED),
    "ix_ticket_unassigned_word": (["last_message_at", "id"], sa.text("assignee_id IS NULL")),
}


def upgrade() -> None:
    for name in REMOVED:
        op.drop_index(name, "ticket")
    for name, (columns, condition) in ADDED.items():
        op.create_index(name, "ticket", columns, postgresql_where=condition)
    op.create_index("ix_ticket_out_of_order", "ticket", ["id"], postgresql_where=sa.text(OUT_OF_ORDER))
    op.create_index("ix_ticket_stage", "ticket", ["stage_id", "opened_at", "id"], postgresql_include=["status"])
    op.create_index(
        "ix_ticket_room",
        "ticket",
        [sa.func.lower(sa.text("room")).label("room_begins")],
        postgresql_ops={"room_begins": "text_pattern_ops"},
        postgresql_include=["room", "id"],
    )
    # A stage belongs to one status, and only tickets that are not closed wait for somebody. Without this, the planner
    # takes each of these to be independent of the others, and expects a fortieth of the tickets that there are.
    op.execute("CREATE STATISTICS ticket_progress (mcv) ON status, stage_id, waits_for FROM ticket")
    op.execute("ANALYZE ticket")
    op.create_table(
        "ticket_view",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("query", pg.JSONB(), nullable=False),
        sa.Column("columns", pg.JSONB(), nullable=False),
        sa.Column("is_dense", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_ticket_view_owner_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_ticket_view_team_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_view")),
    )
    op.create_index("ix_ticket_view_owner", "ticket_view", ["owner_id", "position", "id"])
    op.create_index(op.f("ix_ticket_view_team_id"), "ticket_view", ["team_id"])
    write_changes_of("ticket_view", ("team_id",))


def downgrade() -> None:
    op.drop_table("ticket_view")
    op.execute("DROP STATISTICS ticket_progress")
    for name in [*ADDED, "ix_ticket_out_of_order", "ix_ticket_stage", "ix_ticket_room"]:
        op.drop_index(name, "ticket")
    for name, (columns, condition) in REMOVED.items():
        op.create_index(name, "ticket", columns, postgresql_where=condition)
