"""An index of the few closed tickets that were changed more than a week after their closing."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    # In seconds, because a difference of far moments is no interval.
    modified, closed = (f"extract(epoch FROM timezone('UTC', {moment}))" for moment in ("modified_at", "closed_at"))
    is_changed_late = sa.text(f"{modified} - {closed} > 604800")
    op.create_index("ix_ticket_changed_late", "ticket", ["modified_at", "id"], postgresql_where=is_changed_late)


def downgrade() -> None:
    op.drop_index("ix_ticket_changed_late", "ticket")
