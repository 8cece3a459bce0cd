"""Puts a table's changes into the change feed. A migration calls this for a new table, or when the values of other
columns than before are to be in the feed.

The columns are named in the migration and not read from the model, because the model will change later. A test compares
what all migrations have created with what the models say now.
"""

from collections.abc import Sequence

from alembic import op

# With transition tables, the function is called once for each statement, however many rows it changes.
EVENTS = {
    "INSERT": "NEW TABLE AS new_rows",
    "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "OLD TABLE AS old_rows",
}
REFUSED = {
    "refuse_truncate": "BEFORE TRUNCATE",
    "refuse_renumbering": "BEFORE UPDATE OF id",
}


def write_changes_of(table: str, columns: Sequence[str]) -> None:
    """From now on, each changed row of the table writes a line to the change feed; an update's line holds the values of
    these columns. The table's key is `id`, which no UPDATE may change. TRUNCATE is refused, because it does not report
    the rows that it removes. May be called again with other columns."""
    for event, rows in EVENTS.items():
        op.execute(
            f"CREATE OR REPLACE TRIGGER log_{event.lower()} AFTER {event} ON {table} REFERENCING {rows} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION log_change('{','.join(columns)}')"
        )
    for function, event in REFUSED.items():
        op.execute(
            f"CREATE OR REPLACE TRIGGER {function} {event} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )


def leave_out(table: str) -> None:
    """Removes the triggers, so that the table's changes are no longer in the change feed. For a downgrade that drops
    the table afterwards, or that keeps it without the feed."""
    for trigger in (*(f"log_{event.lower()}" for event in EVENTS), *REFUSED):
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
