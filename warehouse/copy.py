"""The full copy: everything that one snapshot of Postgres sees, written into a new file."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

from warehouse.replica import Replica
from warehouse.source import Snapshot
from warehouse.state import State
from warehouse.tables import Definition, Table
from warehouse.writer import Writer


def copy(
    replica: Replica, definition: Definition, snapshot: Snapshot, state: State, say: Callable[[str], None]
) -> None:
    """Replaces whatever the replica held. `say` is called with a message before each table is copied. Two tables at a
    time are copied: Postgres sends a table from one process, and it is read in one thread."""
    with replica.building(definition) as writer:
        with snapshot.beside() as second, writer.beside() as first_writer, writer.beside() as second_writer:
            free = SimpleQueue[tuple[Snapshot, Writer]]()
            free.put((snapshot, first_writer))
            free.put((second, second_writer))

            def copy_table(table: Table) -> None:
                say(f"copying {table.name}")
                pair = free.get()
                try:
                    _copy_table(table, *pair)
                finally:
                    free.put(pair)

            with ThreadPoolExecutor(2) as pool:
                list(pool.map(copy_table, definition.tables))
        writer.finish(state)


def _copy_table(table: Table, snapshot: Snapshot, writer: Writer) -> None:
    for where in (table.old, f"NOT ({table.old})") if table.old else ("true",):
        with snapshot.rows(table, where) as rows:
            writer.add(table, rows)
