"""Writing a table's changes into the change feed: what a migration calls for a new table, or for one whose model tells
of other columns than before.

The columns are named in the migration and not read from the model, which will be another one later. A test compares
what all migrations have made with what the models say now.
"""

from collections.abc import Sequence

from alembic import op

# Transition tables: one call of the function a statement, whatever number of rows it changes.
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
    """From now on each changed row of the table is a line of the change feed; an update's line tells the values of
    these columns. The table's key is `id`, which no UPDATE may change; TRUNCATE, which changes no single row, is
    refused. May be called again with other columns."""
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
    """The change feed says nothing more of the table: for going back, before the table is dropped or instead."""
    for trigger in (*(f"log_{event.lower()}" for event in EVENTS), *REFUSED):
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
