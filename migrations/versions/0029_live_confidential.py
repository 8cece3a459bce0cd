"""An index of the few confidential tickets that are not closed."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.create_index(
        "ix_ticket_live_confidential",
        "ticket",
        ["id", "requester_id", "assignee_id"],
        postgresql_where=sa.text("is_confidential AND status <> 'closed'"),
    )


def downgrade() -> None:
    op.drop_index("ix_ticket_live_confidential", "ticket")
