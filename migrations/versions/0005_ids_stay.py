"""Refuses an UPDATE of a row's id: it would leave the change feed without a line for the row with the former id."""

from alembic import op

revision = "0005"
down_revision = "0004"

TABLES = (
    *("person", "session_token", "category", "building", "stage", "ticket", "ticket_watcher", "ticket_tag", "message"),
    "ticket_event",
)
FUNCTION = """
CREATE FUNCTION refuse_renumbering() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A row keeps its id: % can be inserted anew and deleted, not renumbered', TG_TABLE_NAME;
END $$;
"""


def upgrade() -> None:
    op.execute(FUNCTION)
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER refuse_renumbering BEFORE UPDATE OF id ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_renumbering()"
        )


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TRIGGER refuse_renumbering ON {table}")
    op.execute("DROP FUNCTION refuse_renumbering()")
