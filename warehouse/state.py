"""The state that a replica's file records about itself."""

from dataclasses import dataclass, fields
from datetime import datetime

import duckdb


@dataclass(frozen=True)
class State:
    """What a replica reflects: every change up to the snapshot `seen` of the database `identity`, copied by the
    definition that has this `fingerprint`, read at `as_of` (UTC, no zone). `last_line` is the newest line of the feed
    that is included; `revision` counts changes."""

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
    """Reads the state. Raises duckdb.Error for a file that does not hold exactly one."""
    found = connection.execute("SELECT * FROM internal.state").to_arrow_table()
    if found.num_rows != 1 or found.column_names != [field.name for field in fields(State)]:
        raise duckdb.InvalidInputException("not the one state of a replica")
    return State(**found.to_pylist()[0])


def read_through(connection: duckdb.DuckDBPyConnection) -> None:
    """Reads every table once, because each block that is read is checked against its checksum. Raises duckdb.Error
    where one is wrong."""
    tables = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
    for schema, name in tables:
        connection.execute(f"SELECT sum(hash(told)::HUGEINT) FROM {schema}.{name} AS told").fetchall()
