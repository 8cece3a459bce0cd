"""An import notes where the messages, files and links that it brought end, so that undoing it knows later ones."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0035"

NAMES = ("last_message_id", "last_attachment_id", "last_link_id")


def upgrade() -> None:
    # Imports until now brought none of these.
    for name in NAMES:
        op.add_column("import_batch", sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    for name in NAMES:
        op.drop_column("import_batch", name)
