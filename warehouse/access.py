"""What the analytics API may read in Postgres: views that show what the replica holds, and nothing else.

A view computes with its owner's rights: the length of a message can be read and not its words, whose a ticket is only
where it is not confidential. Rights on columns could tell neither apart. The views lie in a schema of their own, so
that a backup leaves them out and a migration, which they would stand in the way of, removes them first.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.sql import Identifier, Literal

from warehouse.errors import SchemaTaken
from warehouse.tables import Definition

SCHEMA = "lodge_replica"
# What following reads beside the rows: which rows changed, not by whom and to what; and the schema's version.
FEED = "SELECT id, xid, happened_at, table_name, row_id FROM change"
VERSION = "SELECT version_num FROM alembic_version"
COMMENT = f"SELECT obj_description(to_regnamespace('{SCHEMA}'), 'pg_namespace')"
_MARK = "Made by Lodge at each start: "


@dataclass(frozen=True)
class ViewSettings:
    """What the views of a database were made for, as their schema's comment says; `tables` is that of the tables."""

    definition: Definition
    fingerprint: str
    tables: str

    @classmethod
    def read(cls, comment: str | None) -> "ViewSettings | None":
        """None where there are no views, or another schema has their name."""
        if comment is None or not comment.startswith(_MARK):
            return None
        told = json.loads(comment.removeprefix(_MARK))
        return cls(Definition(told["timezone"], with_text=told["with_text"]), told["fingerprint"], told["tables"])

    def comment(self) -> str:
        return _MARK + json.dumps(vars(self.definition) | {"fingerprint": self.fingerprint, "tables": self.tables})


def view_settings(connection: Connection[Any]) -> ViewSettings | None:
    row = connection.execute(COMMENT.encode()).fetchone()
    return ViewSettings.read(row[0] if row else None)


def has_role(connection: Connection[Any], role: str) -> bool:
    return connection.execute("SELECT to_regrole(quote_ident(%s)) IS NOT NULL", [role]).fetchone() == (True,)


def open_to(connection: Connection[Any], role: str, definition: Definition, *, is_alone: bool) -> None:
    """Makes the views anew, and lets this role read them and nothing else. Safe to run again; does not commit.

    `is_alone`: nobody but the desk uses this database, so that nobody else need be able to connect to it.
    """
    close(connection)
    row = connection.execute("SELECT current_schema()").fetchone()
    settings = ViewSettings(definition, definition.fingerprint, row[0] if row else "public")
    reader, database = _quoted(role), _quoted(connection.info.dbname)
    if is_alone:
        _run(connection, [f"REVOKE ALL ON DATABASE {database} FROM PUBLIC"])
    _run(connection, [f"GRANT CONNECT ON DATABASE {database} TO {reader}", f"CREATE SCHEMA {SCHEMA}"])
    _run(connection, (f"CREATE VIEW {SCHEMA}.{name} AS {query}" for name, query in _views(definition).items()))
    _run(
        connection,
        [
            f"COMMENT ON SCHEMA {SCHEMA} IS {Literal(settings.comment()).as_string(connection)}",
            f"GRANT USAGE ON SCHEMA {_quoted(settings.tables)} TO {reader}",  # to name the tables, not to read them
            f"GRANT USAGE ON SCHEMA {SCHEMA} TO {reader}",
            f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {reader}",
        ],
    )


def close(connection: Connection[Any]) -> None:
    """Removes the views. Raises SchemaTaken where the schema is not Lodge's."""
    if connection.execute(f"SELECT to_regnamespace('{SCHEMA}') IS NOT NULL".encode()).fetchone() == (True,):
        if view_settings(connection) is None:
            raise SchemaTaken(f"The database holds a schema {SCHEMA} that Lodge did not make. Rename or drop it.")
        _run(connection, [f"DROP SCHEMA {SCHEMA} CASCADE"])


def _views(definition: Definition) -> dict[str, str]:
    copied = {table.name: f"SELECT {definition.selection(table)} FROM {table.name}" for table in definition.tables}
    return copied | {"change": FEED, "alembic_version": VERSION}


def _quoted(name: str) -> str:
    return Identifier(name).as_string()


def _run(connection: Connection[Any], statements: Iterable[str]) -> None:
    for statement in statements:
        connection.execute(statement.encode())
