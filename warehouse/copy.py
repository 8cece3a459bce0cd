"""The first load: everything, as one snapshot of Postgres sees it, into a file of its own."""

from collections.abc import Callable

from warehouse.replica import Replica
from warehouse.source import Snapshot
from warehouse.state import State
from warehouse.tables import Definition


def copy(
    replica: Replica, definition: Definition, snapshot: Snapshot, state: State, say: Callable[[str], None]
) -> None:
    """Takes the place of whatever the replica held. `say` is told which table is being copied."""
    with replica.building(definition) as writer:
        for table in definition.tables:
            say(f"copying {table.name}")
            for where in (table.old, f"NOT ({table.old})") if table.old else ("true",):
                with snapshot.rows(table, where) as rows:
                    writer.add(table, rows)
        writer.finish(state)
