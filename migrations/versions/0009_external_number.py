"""Adds the index that finds a ticket by the number that it had on the helpdesk it was imported from."""

from alembic import op
from sqlalchemy import func, text

revision = "0009"
down_revision = "0008"

MADE_UP_ID = "^[0-9a-f]{32}-[0-9]+$"


def upgrade() -> None:
    op.create_index(
        "ix_ticket_external_number",
        "ticket",
        [func.lower(text("source_id")).label("external_number")],
        postgresql_ops={"external_number": "text_pattern_ops"},
        postgresql_where=text(f"source_id !~ '{MADE_UP_ID}'"),
    )


def downgrade() -> None:
    op.drop_index("ix_ticket_external_number", "ticket")
