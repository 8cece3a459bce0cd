"""An index of the links by which a ticket blocks another, for lists of blocked tickets."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0041"


def upgrade() -> None:
    op.create_index(
        "ix_ticket_link_blocks", "ticket_link", ["ticket_id", "other_id"], postgresql_where=sa.text("kind = 'blocks'")
    )


def downgrade() -> None:
    op.drop_index("ix_ticket_link_blocks", "ticket_link")
