"""Predictions are copied into the replica, so their changes are in the change feed, which names a row by its `id`."""

import sqlalchemy as sa
from alembic import op

from migrations.feed import leave_out, write_changes_of

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column(
        "ticket_prediction", sa.Column("id", sa.BigInteger(), sa.Computed("ticket_id", persisted=True), nullable=False)
    )
    write_changes_of("ticket_prediction", ())


def downgrade() -> None:
    leave_out("ticket_prediction")
    op.drop_column("ticket_prediction", "id")
