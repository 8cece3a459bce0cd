"""Gives the analytics API's database role read access to exactly what the replica holds, through views.

A view runs with its owner's rights. It can therefore show the length of a message without its text, and a ticket's
requester only where the ticket is not confidential; privileges on columns can do neither. The views are in a schema of
their own: backups leave that schema out, and it is dropped before migrations, because Postgres refuses to change a
column that a view uses.
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
# Besides the copied rows, the follower reads which rows changed (not who changed them, nor the values) and the version
# of the database schema.
FEED = "SELECT id, xid, happened_at, table_name, row_id FROM change"
VERSION = "SELECT version_num FROM alembic_version"
COMMENT = f"SELECT obj_description(to_regnamespace('{SCHEMA}'), 'pg_namespace')"
_MARK = "Made by Lodge at each start: "


@dataclass(frozen=True)
class ViewSettings:
    """The settings that a database's views were made for, stored in the comment on the views' schema. `tables` is the
    schema of the tables themselves."""

    definition: Definition
    fingerprint: str
    tables: str

    @classmethod
    def read(cls, comment: str | None) -> "ViewSettings | None":
        """Parses the comment. Returns None when there are no views, or when Lodge did not make the schema of that
        name."""
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

    `is_alone`: only Lodge uses this database, so every right on it is revoked from PUBLIC.
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
            f"GRANT USAGE ON SCHEMA {_quoted(settings.tables)} TO {reader}",  # to resolve names, not to read tables
            f"GRANT USAGE ON SCHEMA {SCHEMA} TO {reader}",
            f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {reader}",
        ],
    )


def close(connection: Connection[Any]) -> None:
    """Drops the views. Raises SchemaTaken when Lodge did not make the schema."""
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
