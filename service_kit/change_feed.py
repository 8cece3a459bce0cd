"""Reads the change feed: every committed line exactly once, even if it is committed late, without waiting for any
transaction.

The watermark is a snapshot. A line is new if the transaction that wrote it was not visible in the last snapshot and is
visible in this one. An id or a moment as the watermark would lose a transaction that took its number early and
committed late. A watermark below which all transactions have ended would not advance while any long transaction runs.
"""

import selectors
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from socket import socket
from typing import Any

from psycopg import Connection, IsolationLevel
from psycopg.rows import class_row

CHANNEL = "lodge_change"

# The last condition: after a restore, lines may carry transaction ids of another server, which this server has not
# reached yet. They belong to the restored data, and are not new.
IS_NEW = """
xid >= pg_snapshot_xmin({seen}::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, {seen}::pg_snapshot)
AND xid < pg_snapshot_xmax(pg_current_snapshot())
"""
NEW_LINES = """
SELECT id, happened_at, actor_id, table_name, row_id, op, before, after
FROM change WHERE {is_new} LIMIT %(limit)s
""".format(is_new=IS_NEW.format(seen="%(seen)s"))


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One changed row."""

    id: int
    happened_at: datetime
    actor_id: int | None
    table_name: str
    row_id: int
    op: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class NewLines:
    """The lines that were committed since the last reading; `is_cut` means that there were more than the limit."""

    lines: Sequence[ChangeLine]
    is_cut: bool


class ChangeFeed:
    """Follows the feed on a connection of its own, from the moment at which it is created."""

    def __init__(self, connection: Connection[Any]) -> None:
        self.connection = connection
        connection.set_autocommit(True)
        connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
        connection.execute(f"LISTEN {CHANNEL}")
        self.seen = self._snapshot()

    def wait(self, seconds: float, call: socket | None = None) -> bool:
        """Returns True as soon as something is committed; False if the time is over first, or if something can be read
        from `call`. A notification's content is ignored, because every role of the database may send one."""
        return self._is_notified() or (self._wait_for_either(seconds, call) and self._is_notified())

    def _is_notified(self) -> bool:
        return bool(list(self.connection.notifies(timeout=0)))

    def _wait_for_either(self, seconds: float, call: socket | None) -> bool:
        """Returns whether anything arrived in time."""
        with selectors.DefaultSelector() as selector:
            for source in (self.connection, call):
                if source is not None:
                    selector.register(source, selectors.EVENT_READ)
            return bool(selector.select(seconds))

    def read(self, limit: int) -> NewLines:
        """Returns the new lines in the order in which they were written, and moves the watermark behind them."""
        with self.connection.transaction(), self.connection.cursor(row_factory=class_row(ChangeLine)) as cursor:
            lines = cursor.execute(NEW_LINES, {"seen": self.seen, "limit": limit + 1}).fetchall()
            seen = self._snapshot()
        self.seen = seen
        return NewLines(sorted(lines[:limit], key=lambda line: line.id), len(lines) > limit)

    def _snapshot(self) -> str:
        row = self.connection.execute("SELECT pg_current_snapshot()::text").fetchone()
        assert row is not None
        return str(row[0])
