"""All SQL statements of backup and restore."""

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any, LiteralString

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Composed, Identifier, Literal

from data_api.files.sweep_repository import SWEEP

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
# Selects the lowest transaction number that this server has not finished, or null when all numbers in the change feed
# are lower.
FIRST_FOREIGN = """
SELECT CASE WHEN (SELECT xid FROM change ORDER BY xid DESC LIMIT 1) >= horizon THEN horizon::text END
FROM pg_snapshot_xmin(pg_current_snapshot()) horizon
"""
# Rewriting the table takes a third of the time of updating all its rows, and leaves no dead rows.
FORGET_FOREIGN = "ALTER TABLE change ALTER xid TYPE xid8 USING CASE WHEN xid < {} THEN xid ELSE '3'::xid8 END"
END_CONNECTIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = ANY (%s) AND pid <> pg_backend_pid()
  AND backend_type = 'client backend' AND pg_has_role(usesysid, 'USAGE')
"""
CONTENTS = """
SELECT encode(content_hash, 'hex') FROM attachment
UNION SELECT encode(thumbnail_hash, 'hex') FROM attachment WHERE thumbnail_hash IS NOT NULL
ORDER BY 1
"""
HOLD_SWEEPS = "SELECT pg_advisory_lock_shared(hashtextextended(%s, 0))"
ROOM = 63 - len("_before_20261121_194541_123456")


@contextmanager
def snapshot(connection: Connection) -> Iterator[str]:
    """Exports a snapshot and gives its name. While the block runs, this connection reads in the snapshot, and other
    connections can use it too."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield str(_value(connection, "SELECT pg_export_snapshot()"))


def current_database(connection: Connection) -> str:
    return str(_value(connection, "SELECT current_database()"))


def is_pristine(connection: Connection) -> bool:
    """Returns whether the database holds no data: it has no tables, or it is a desk without people and tickets."""
    if not _value(connection, HAS_TABLES):
        return True
    try:
        return not _value(connection, HAS_BEEN_USED)
    except psycopg.errors.UndefinedTable:  # somebody else's tables
        return False


def count_rows(connection: Connection) -> dict[str, int]:
    """Returns the number of rows by table."""
    tables = [name for (name,) in connection.execute(TABLES).fetchall()]
    count = SQL("SELECT count(*) FROM {}")
    return {name: _value(connection, count.format(Identifier(name))) for name in tables}


def contents(connection: Connection) -> list[str]:
    """Returns the hashes of all contents of files that the database refers to; none if it is older than attachments."""
    has_attachments = _value(connection, "SELECT to_regclass('attachment') IS NOT NULL")
    return [name for (name,) in connection.execute(CONTENTS)] if has_attachments else []


def hold_sweeps(connection: Connection) -> None:
    """Keeps the desk from deleting contents of files until the connection ends. Waits for a sweep that runs."""
    connection.execute(HOLD_SWEEPS, [SWEEP])


def count_tickets(connection: Connection) -> int:
    return int(_value(connection, "SELECT count(*) FROM ticket"))


def revoke_sign_ins(connection: Connection) -> None:
    """Ends all sign-ins, API tokens, and links to choose a password: some of them were ended after the backup."""
    connection.execute("UPDATE session_token SET revoked_at = now() WHERE revoked_at IS NULL")
    connection.execute("UPDATE invitation SET expires_at = now() WHERE expires_at > now()")
    for table in ("hand_off", "oidc_start", "oidc_session"):
        connection.execute(SQL("DELETE FROM {}").format(Identifier(table)))


def forget_foreign_transactions(connection: Connection) -> None:
    """Replaces another server's transaction numbers in the change feed by 3, the first normal number, which is in the
    past on every server.

    Otherwise this server's own numbers would reach them one day, and all these rows would appear as new changes.
    """
    if first := _value(connection, FIRST_FOREIGN):
        connection.execute(SQL(FORGET_FOREIGN).format(Literal(first)))


def tidy(connection: Connection) -> None:
    """Updates the planner's statistics and the visibility map. The connection must be in autocommit mode."""
    connection.execute("VACUUM (ANALYZE)")


def copying_rows(
    connection: Connection, table: Identifier, columns: Sequence[str]
) -> AbstractContextManager[psycopg.Copy]:
    """Returns a COPY into the table, for rows in the text format of a dump."""
    named = SQL("({})").format(SQL(", ").join(map(Identifier, columns))) if columns else SQL("")
    return connection.cursor().copy(SQL("COPY {} {} FROM STDIN").format(table, named))


def set_number(connection: Connection, sequence: Identifier, value: int, *, is_called: bool) -> None:
    connection.execute("SELECT setval(%s, %s, %s)", [sequence.as_string(connection), value, is_called])


def set_encoding(connection: Connection, encoding: str) -> None:
    """Sets the client encoding for the rows that follow."""
    connection.execute("SELECT set_config('client_encoding', %s, false)", [encoding])


class ServerRepository:
    """Manages the databases of a server.

    The connection must be in autocommit mode, and to a database that is itself not created, renamed or dropped.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def is_alone(self, name: str) -> bool:
        """Takes a lock that lasts until the connection ends. Returns False when another restore of this database holds
        it."""
        return bool(self._value("SELECT pg_try_advisory_lock(hashtext('lodge restore ' || %s))", name))

    def may_swap(self, name: str) -> bool:
        """Returns whether the role may create databases and rename this one."""
        return bool(self._value(MAY_SWAP, name))

    def kept(self, name: str) -> list[str]:
        """Returns the databases that earlier restores have put aside, the newest first."""
        rows = self.connection.execute("SELECT datname FROM pg_database").fetchall()
        pattern = re.compile(re.escape(_short(name)) + r"_before_\d{8}_\d{6}_\d{6}")
        return sorted((found for (found,) in rows if pattern.fullmatch(found)), reverse=True)

    def create(self, name: str) -> None:
        self.connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))

    def drop(self, name: str) -> None:
        """Ends all connections to the database and drops it. DROP … WITH (FORCE) would fail while autovacuum works in
        the database; a plain DROP waits for it."""
        self.end_connections(name)
        self.connection.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))

    def swap(self, name: str, other: str, kept: str) -> None:
        """Renames `name` to `kept` and `other` to `name`, in one transaction."""
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
    """Shortens a name so that it fits into Postgres's 63 bytes together with the endings. A digest keeps the shortened
    names of a server's desks distinct."""
    whole = name.encode()
    if len(whole) <= ROOM:
        return name
    digest = sha256(whole).hexdigest()[:12]
    return f"{whole[: ROOM - len(digest) - 1].decode(errors='ignore')}_{digest}"


def _value(connection: Connection, statement: LiteralString | Composed, values: Sequence[str] = ()) -> Any:
    row = connection.execute(statement, values or None).fetchone()
    assert row is not None
    return row[0]
