"""Every statement of backup and restore."""

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any, LiteralString

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Composed, Identifier, Literal

TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND c.relnamespace = current_schema()::regnamespace
  AND c.relname <> 'ticket_vector'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1
"""
MAY_SWAP = """
SELECT (r.rolcreatedb OR r.rolsuper) AND pg_has_role(d.datdba, 'USAGE')
FROM pg_roles r, pg_database d WHERE r.rolname = current_user AND d.datname = %s
"""
HAS_TABLES = "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema'))"
HAS_BEEN_USED = "SELECT EXISTS (SELECT FROM person) OR EXISTS (SELECT FROM ticket)"
# Null when the feed knows no transaction number that this server has not used up.
FIRST_FOREIGN = """
SELECT CASE WHEN (SELECT xid FROM change ORDER BY xid DESC LIMIT 1) >= horizon THEN horizon::text END
FROM pg_snapshot_xmin(pg_current_snapshot()) horizon
"""
# A new copy of the table takes a third of the time of an update of all its lines, and leaves no dead ones.
FORGET_FOREIGN = "ALTER TABLE change ALTER xid TYPE xid8 USING CASE WHEN xid < {} THEN xid ELSE '3'::xid8 END"
END_CONNECTIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = ANY (%s) AND pid <> pg_backend_pid()
  AND backend_type = 'client backend' AND pg_has_role(usesysid, 'USAGE')
"""
ROOM = 63 - len("_before_20261121_194541_123456")


@contextmanager
def snapshot(connection: Connection) -> Iterator[str]:
    """The name of a snapshot that other connections may use too while the block runs, in which it reads itself."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield str(_value(connection, "SELECT pg_export_snapshot()"))


def current_database(connection: Connection) -> str:
    return str(_value(connection, "SELECT current_database()"))


def is_pristine(connection: Connection) -> bool:
    """Whether nobody has ever put anything into this database: it is empty, or a desk that nobody has entered yet."""
    if not _value(connection, HAS_TABLES):
        return True
    try:
        return not _value(connection, HAS_BEEN_USED)
    except psycopg.errors.UndefinedTable:  # somebody else's tables
        return False


def count_rows(connection: Connection) -> dict[str, int]:
    """By table."""
    tables = [name for (name,) in connection.execute(TABLES).fetchall()]
    count = SQL("SELECT count(*) FROM {}")
    return {name: _value(connection, count.format(Identifier(name))) for name in tables}


def count_tickets(connection: Connection) -> int:
    return int(_value(connection, "SELECT count(*) FROM ticket"))


def revoke_sign_ins(connection: Connection) -> None:
    connection.execute("UPDATE session_token SET revoked_at = now() WHERE revoked_at IS NULL")


def forget_foreign_transactions(connection: Connection) -> None:
    """Another server's transaction numbers become 3, the first that there is: long past, on every server.

    This server would count up to them one day, and all their lines would be news.
    """
    if first := _value(connection, FIRST_FOREIGN):
        connection.execute(SQL(FORGET_FOREIGN).format(Literal(first)))


def tidy(connection: Connection) -> None:
    """What the planner should know, and which pages all may see. The connection must be outside of transactions."""
    connection.execute("VACUUM (ANALYZE)")


def copying_rows(
    connection: Connection, table: Identifier, columns: Sequence[str]
) -> AbstractContextManager[psycopg.Copy]:
    """Takes rows as a dump's text has them while the block runs."""
    named = SQL("({})").format(SQL(", ").join(map(Identifier, columns))) if columns else SQL("")
    return connection.cursor().copy(SQL("COPY {} {} FROM STDIN").format(table, named))


def set_number(connection: Connection, sequence: Identifier, value: int, *, is_called: bool) -> None:
    connection.execute("SELECT setval(%s, %s, %s)", [sequence.as_string(connection), value, is_called])


def set_encoding(connection: Connection, encoding: str) -> None:
    """Of the rows that follow."""
    connection.execute("SELECT set_config('client_encoding', %s, false)", [encoding])


class ServerRepository:
    """The databases of a server, over a connection to none of those that are worked on, outside of transactions."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def is_alone(self, name: str) -> bool:
        """Whether no other restore of this database is at work, until the connection ends."""
        return bool(self._value("SELECT pg_try_advisory_lock(hashtext('lodge restore ' || %s))", name))

    def may_swap(self, name: str) -> bool:
        """Whether the role may make databases and rename this one."""
        return bool(self._value(MAY_SWAP, name))

    def kept(self, name: str) -> list[str]:
        """What earlier restores have put aside, the newest first."""
        rows = self.connection.execute("SELECT datname FROM pg_database").fetchall()
        pattern = re.compile(re.escape(_short(name)) + r"_before_\d{8}_\d{6}_\d{6}")
        return sorted((found for (found,) in rows if pattern.fullmatch(found)), reverse=True)

    def create(self, name: str) -> None:
        self.connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))

    def drop(self, name: str) -> None:
        """Whoever is connected is sent away. FORCE would fail while the server itself tidies there, which a plain DROP
        waits for."""
        self.end_connections(name)
        self.connection.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))

    def swap(self, name: str, other: str, kept: str) -> None:
        """`name` is put aside as `kept`, and `other` takes its place: both or none."""
        rename = SQL("ALTER DATABASE {} RENAME TO {}")
        with self.connection.transaction():
            self.connection.execute("SET LOCAL lock_timeout = '20s'")
            self.connection.execute(rename.format(Identifier(name), Identifier(kept)))
            self.connection.execute(rename.format(Identifier(other), Identifier(name)))

    def end_connections(self, *names: str) -> None:
        self.connection.execute(END_CONNECTIONS, [list(names)])

    def _value(self, statement: LiteralString, value: str) -> Any:
        return _value(self.connection, statement, [value])


def restoring_name(name: str) -> str:
    return f"{_short(name)}_restoring"


def kept_name(name: str, at: datetime) -> str:
    return f"{_short(name)}_before_{at:%Y%m%d_%H%M%S_%f}"


def _short(name: str) -> str:
    """Room for the endings in the 63 bytes of a name, and another one for each desk of a server."""
    whole = name.encode()
    if len(whole) <= ROOM:
        return name
    digest = sha256(whole).hexdigest()[:12]
    return f"{whole[: ROOM - len(digest) - 1].decode(errors='ignore')}_{digest}"


def _value(connection: Connection, statement: LiteralString | Composed, values: Sequence[str] = ()) -> Any:
    row = connection.execute(statement, values or None).fetchone()
    assert row is not None
    return row[0]
