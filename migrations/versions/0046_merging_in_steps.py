"""An index of predictions by category: when categories are merged, they move some at a time."""

from alembic import op

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    op.create_index("ix_ticket_prediction_category", "ticket_prediction", ["category_id", "ticket_id"])


def downgrade() -> None:
    op.drop_index("ix_ticket_prediction_category", "ticket_prediction")
