"""Why a timer was stopped by somebody else than its owner, and who reads the time of others."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.add_column("time_entry", sa.Column("stopped_because", sa.String(), nullable=True))
    op.add_column("time_entry", sa.Column("is_unconfirmed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_check_constraint(
        op.f("ck_time_entry_stopped_because"), "time_entry", "stopped_because IN ('deactivated', 'role', 'limit')"
    )
    op.create_index("ix_time_entry_day", "time_entry", ["day", "id"])
    op.create_index(
        "ix_time_entry_unconfirmed", "time_entry", ["person_id"], postgresql_where=sa.text("is_unconfirmed")
    )
    # Whoever corrects the time of others reads it.
    op.execute(
        "UPDATE role SET permissions = permissions || ARRAY['time:read']::varchar[] "
        "WHERE 'time:manage' = ANY (permissions) AND NOT 'time:read' = ANY (permissions)"
    )


def downgrade() -> None:
    op.execute("UPDATE role SET permissions = array_remove(permissions, 'time:read')")
    op.drop_index("ix_time_entry_unconfirmed", "time_entry")
    op.drop_index("ix_time_entry_day", "time_entry")
    op.drop_column("time_entry", "is_unconfirmed")
    op.drop_column("time_entry", "stopped_because")
