"""Writes what the replica holds into a file of its own: a DuckDB file, or a zip of Parquet files.

It is written anew and not copied, because a copied file keeps erased rows in its free pages, and because only what
`tables.py` lists goes into it.
"""

import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from contracts.take_home import SnapshotFormat
from warehouse.errors import NoReplica
from warehouse.replica import Replica
from warehouse.tables import Definition, Table, quoted

# So that whoever looks at analyses meanwhile does not notice.
MEMORY, THREADS = "256MB", 1


@dataclass(frozen=True)
class TakenHome:
    """`as_of` is the moment that the file reflects, UTC without a zone."""

    file: Path
    as_of: datetime


def take_home(replica: Replica, definition: Definition, folder: Path, form: SnapshotFormat) -> TakenHome:
    """Writes the file into the folder, which must be empty. Raises NoReplica when there is no replica by this
    definition."""
    copied = folder / "replica.duckdb"
    state = replica.copy_file(copied)
    if state.fingerprint != definition.fingerprint:
        raise NoReplica
    spill = folder / "spill"
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "threads": THREADS,
        "temp_directory": str(spill),
        "autoinstall_known_extensions": "false",
    }
    with duckdb.connect(":memory:", config=config) as connection:
        connection.execute(f"ATTACH {quoted(str(copied))} AS replica (READ_ONLY)")
        write = _write_duckdb if form is SnapshotFormat.DUCKDB else _write_parquet
        file = write(connection, definition, folder)
    copied.unlink()
    return TakenHome(file, state.as_of)


def _write_duckdb(connection: duckdb.DuckDBPyConnection, definition: Definition, folder: Path) -> Path:
    file = folder / "lodge.duckdb"
    connection.execute(f"ATTACH {quoted(str(file))} AS lodge; USE lodge")
    for statement in definition.statements(for_people=True):
        connection.execute(statement)
    for table in definition.tables:
        connection.execute(f"INSERT INTO {table.name} {_rows(definition, table)}")
    connection.execute("USE memory; DETACH lodge")
    return file


def _write_parquet(connection: duckdb.DuckDBPyConnection, definition: Definition, folder: Path) -> Path:
    file = folder / "lodge.zip"
    # Parquet is compressed already.
    with zipfile.ZipFile(file, "x", zipfile.ZIP_STORED) as archive:
        for table in definition.tables:
            written = folder / f"{table.name}.parquet"
            target = f"{quoted(str(written))} (FORMAT parquet, COMPRESSION zstd)"
            connection.execute(f"COPY ({_rows(definition, table)}) TO {target}")
            archive.write(written, written.name)
            written.unlink()
    return file


def _rows(definition: Definition, table: Table) -> str:
    columns = ", ".join(column.name for column in definition.open_columns(table))
    return f"SELECT {columns} FROM replica.main.{table.name}"
