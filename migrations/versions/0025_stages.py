"""Stages that administrators keep, and the indexes of the board's columns."""

import sqlalchemy as sa
from alembic import op

from migrations.feed import write_changes_of

revision = "0025"
down_revision = "0024"

LOGGED_BEFORE = ["slug", "name", "status", "position", "waits_for_requester", "work_resumes_here"]
# By name: the columns, and the condition of a partial index.
ADDED = {
    "ix_ticket_board": (["stage_id", sa.text("(- priority)"), "opened_at", "id"], sa.text("status <> 'closed'")),
    "ix_ticket_board_closed": (["stage_id", "closed_at", "id"], sa.text("closed_at IS NOT NULL")),
}


def upgrade() -> None:
    op.add_column("stage", sa.Column("wip_limit", sa.Integer()))
    op.add_column("stage", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_check_constraint(op.f("ck_stage_wip_limit"), "stage", "wip_limit > 0")
    write_changes_of("stage", [*LOGGED_BEFORE, "wip_limit"])
    for name, (columns, condition) in ADDED.items():
        op.create_index(name, "ticket", columns, postgresql_where=condition)


def downgrade() -> None:
    for name in ADDED:
        op.drop_index(name, "ticket")
    write_changes_of("stage", LOGGED_BEFORE)
    for name in ("wip_limit", "version"):
        op.drop_column("stage", name)
