"""A ticket's team.

Tickets that are not closed get the team of their assignee, so that nobody's queue is empty on the day of the upgrade;
closed ones stay without a team, because nobody knows any more which one they belonged to.
"""

import sqlalchemy as sa
from alembic import op

from migrations.feed import write_changes_of

revision = "0023"
down_revision = "0022"

FED = (
    "status",
    "stage_id",
    "category_id",
    "priority",
    "building_id",
    "room",
    "requester_id",
    "assignee_id",
    "is_confidential",
    "waits_for",
    "closed_reason",
    "opened_at",
    "modified_at",
    "closed_at",
    "first_response_at",
    "last_message_at",
    "last_message_author_id",
    "version",
)


def upgrade() -> None:
    op.add_column("ticket", sa.Column("team_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_ticket_team_id"), "ticket", "team", ["team_id"], ["id"])
    write_changes_of("ticket", (*FED, "team_id"))
    # In the list's filter, these two words have a meaning of their own.
    op.execute("UPDATE team SET slug = slug || '-' || id WHERE slug IN ('none', 'my-team')")
    op.execute(
        "UPDATE ticket SET team_id = person.team_id FROM person "
        "WHERE person.id = ticket.assignee_id AND person.team_id IS NOT NULL AND ticket.status <> 'closed'"
    )
    has_team, is_live = sa.text("team_id IS NOT NULL"), sa.text("status <> 'closed'")
    op.create_index("ix_ticket_team", "ticket", ["team_id", "opened_at", "id"], postgresql_where=has_team)
    op.create_index("ix_ticket_live_team", "ticket", ["team_id", "opened_at", "id"], postgresql_where=is_live)
    op.create_index(
        "ix_ticket_no_team",
        "ticket",
        ["opened_at", "id"],
        postgresql_where=sa.text("status <> 'closed' AND team_id IS NULL"),
    )


def downgrade() -> None:
    write_changes_of("ticket", FED)
    op.drop_column("ticket", "team_id")
