"""Each import is recorded, so that it can be undone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0012"
down_revision = "0011"

COUNTS = ("tickets", "people")
LISTS = ("buildings", "categories")
IDS = ("first_ticket_id", "last_ticket_id", "first_person_id", "last_person_id", "last_event_id")


def upgrade() -> None:
    op.create_table(
        "import_batch",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("file", sa.String(255), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        *(sa.Column(name, pg.JSONB(), nullable=False) for name in LISTS),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in IDS),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.Column("kept_tickets", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )


def downgrade() -> None:
    op.drop_table("import_batch")
