"""What a replica's file says of itself."""

from dataclasses import dataclass, fields
from datetime import datetime

import duckdb


@dataclass(frozen=True)
class State:
    """What a replica reflects: everything up to the snapshot `seen` of the database `identity`, as `fingerprint` says,
    read at `as_of` (UTC, no zone). `last_line` is the newest line of the feed in it; `revision` counts changes."""

    seen: str
    as_of: datetime
    identity: str
    fingerprint: str
    last_line: str | None
    revision: int = 0

    @property
    def last_line_id(self) -> int | None:
        return int(self.last_line.partition(" ")[0]) if self.last_line else None


def read_state(connection: duckdb.DuckDBPyConnection) -> State:
    """Raises duckdb.Error for a file that holds none."""
    found = connection.execute("SELECT * FROM internal.state").to_arrow_table()
    if found.num_rows != 1 or found.column_names != [field.name for field in fields(State)]:
        raise duckdb.InvalidInputException("not the one state of a replica")
    return State(**found.to_pylist()[0])


def read_through(connection: duckdb.DuckDBPyConnection) -> None:
    """All of it, once: each block has a checksum. Raises duckdb.Error where one is wrong."""
    tables = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
    for schema, name in tables:
        connection.execute(f"SELECT sum(hash(told)::HUGEINT) FROM {schema}.{name} AS told").fetchall()
