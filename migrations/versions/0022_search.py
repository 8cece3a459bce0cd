"""The search finds messages, tags, and what is spelt alike.

It writes the table of messages anew for its column of words: expect some minutes for a million tickets.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0022"
down_revision = "0021"

NOT_PERMITTED = (
    "The database needs the extension pg_trgm, and this user may not switch it on. Install PostgreSQL's contrib "
    "modules if they are missing, and let an administrator of the server run in this database: CREATE EXTENSION pg_trgm"
)


def upgrade() -> None:
    _switch_on_trigrams()
    op.add_column(
        "message",
        sa.Column("search", pg.TSVECTOR(), sa.Computed("lodge_search(body)", persisted=True), nullable=False),
    )
    op.create_index(
        "ix_message_search", "message", ["search"], postgresql_using="gin", postgresql_with={"fastupdate": "off"}
    )
    op.create_index(
        "ix_ticket_tag_search", "ticket_tag", [sa.literal_column("lodge_search(tag)")], postgresql_using="gin"
    )
    op.create_index(
        "ix_person_alike", "person", ["name"], postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}
    )


def _switch_on_trigrams() -> None:
    connection = op.get_bind()
    try:
        with connection.begin_nested():
            connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    except sa.exc.DBAPIError as error:
        raise RuntimeError(NOT_PERMITTED) from error


def downgrade() -> None:
    """The extension stays: it may be used by others."""
    op.drop_index("ix_person_alike", "person")
    op.drop_index("ix_ticket_tag_search", "ticket_tag")
    op.drop_column("message", "search")
