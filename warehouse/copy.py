"""The full copy: everything that one snapshot of Postgres sees, written into a new file."""

from collections.abc import Callable

from warehouse.replica import Replica
from warehouse.source import Snapshot
from warehouse.state import State
from warehouse.tables import Definition


def copy(
    replica: Replica, definition: Definition, snapshot: Snapshot, state: State, say: Callable[[str], None]
) -> None:
    """Replaces whatever the replica held. `say` is called with a message before each table is copied."""
    with replica.building(definition) as writer:
        for table in definition.tables:
            say(f"copying {table.name}")
            for where in (table.old, f"NOT ({table.old})") if table.old else ("true",):
                with snapshot.rows(table, where) as rows:
                    writer.add(table, rows)
        writer.finish(state)
