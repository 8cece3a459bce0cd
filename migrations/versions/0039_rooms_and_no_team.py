"""The index on rooms holds what a list of a room looks at, and the index on teams has tickets without one."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0037"

BEFORE = ["room", "id"]
NOW = [
    *BEFORE,
    *("status", "requester_id", "assignee_id", "is_confidential", "priority", "reports"),
    *("opened_at", "modified_at", "closed_at", "last_message_at"),
]


def _index_rooms(included: list[str]) -> None:
    op.drop_index("ix_ticket_room", "ticket")
    op.create_index(
        "ix_ticket_room",
        "ticket",
        [sa.literal_column("lower(room)").label("room_begins")],
        postgresql_ops={"room_begins": "text_pattern_ops"},
        postgresql_include=included,
    )


def _index_teams(where: sa.TextClause | None) -> None:
    op.drop_index("ix_ticket_team", "ticket")
    op.create_index("ix_ticket_team", "ticket", ["team_id", "opened_at", "id"], postgresql_where=where)


def upgrade() -> None:
    _index_rooms(NOW)
    _index_teams(None)


def downgrade() -> None:
    _index_rooms(BEFORE)
    _index_teams(sa.text("team_id IS NOT NULL"))
