"""A session remembers how its person signed in, so that it ends when the desk no longer lets people in that way."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"


def upgrade() -> None:
    # Until now, people could only enter by choosing a role.
    op.add_column(
        "session_token", sa.Column("signed_in_by", sa.String(20), server_default=sa.text("'choice'"), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("session_token", "signed_in_by")
