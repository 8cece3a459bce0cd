"""Postgres as the replica reads it: rows as Arrow, all questions of one step inside one snapshot."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
from psycopg.conninfo import make_conninfo

from service_kit.change_feed import IS_NEW
from service_kit.database_url import libpq_url
from warehouse.errors import FeedIncomplete, SourceUnavailable
from warehouse.tables import Definition, Table

# What an UPDATE, INSERT or DELETE of a replicated table must call, or the replica would not hear of it.
TRIGGERS = ("log_insert", "log_update", "log_delete")
# A restore takes tables for itself one after the other. All locks are taken at once and not long waited for, so that it
# never waits for a table here while this waits for one there: the database would end the restore.
LOCK_MILLISECONDS = 200
NAMED_IDS = 1_000  # so many are written into the question; beyond, Postgres looks them up in the feed itself

# Triggers come last in a restore, one that was switched off and on has another xmin, a truncated or rewritten table
# lies in another file: whenever rows may have come without a line, this is another one.
STANDING = """
SELECT pg_current_snapshot()::text AS seen,
       now() AT TIME ZONE 'UTC' AS as_of,
       concat_ws(' ', (SELECT system_identifier FROM pg_control_system()),
                      (SELECT timeline_id FROM pg_control_checkpoint()),
                      (SELECT oid FROM pg_database WHERE datname = current_database()),
                      'change'::regclass::oid,
                      (SELECT string_agg(version_num, ',' ORDER BY version_num) FROM alembic_version),
                      string_agg(concat_ws(' ', tgrelid, relfilenode, pg_trigger.oid, pg_trigger.xmin), ' '
                                 ORDER BY pg_trigger.oid)
       ) AS identity,
       count(*) FILTER (WHERE tgenabled IN ('O', 'A')) AS triggers,
       {last_line} AS last_line
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'change'::regclass)
  AND relname IN ({tables}) AND tgname IN ({triggers})
"""
LINE = "(SELECT concat_ws(' ', id, xid, extract(epoch FROM happened_at)) FROM change WHERE id = {which})"
LATEST = "(SELECT max(id) FROM change)"
NEW_ROWS = """
SELECT table_name, row_id, max(id) AS line FROM change
WHERE {is_new} AND table_name IN ({tables}) GROUP BY table_name, row_id LIMIT {most}
"""


@dataclass(frozen=True)
class Standing:
    """What the database is and where it stands, at one snapshot.

    `identity` differs when it is another database, or may have changed without lines in the feed. `last_line` is the
    asked line of the feed as it stands there; None when it is gone.
    """

    seen: str
    as_of: datetime
    identity: str
    last_line: str | None


class Source:
    """One connection; one snapshot at a time."""

    def __init__(self, database_url: str, definition: Definition) -> None:
        self._definition = definition
        # A silent death of the other side is noticed in half a minute.
        address = make_conninfo(
            libpq_url(database_url),
            application_name="lodge replica",
            connect_timeout=5,
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=4,
        )
        with _told_as_unavailable():
            self._connection = adbc.connect(address, autocommit=True)
            self._execute("SET default_transaction_read_only = on")
            self._execute("SET timezone = 'UTC'")
            self._execute(f"SET lock_timeout = {LOCK_MILLISECONDS}")

    def close(self) -> None:
        with suppress(adbc.Error):
            self._connection.close()

    @contextmanager
    def snapshot(self, last_line: int | None) -> Iterator[tuple["Snapshot", Standing]]:
        """Raises FeedIncomplete when the feed does not cover all that is copied, SourceUnavailable when the database is
        away or not whole. `last_line`: which line of the feed is looked for; None for the latest."""
        with _told_as_unavailable():
            self._execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            with _told_as_unavailable():
                self._execute(
                    f"LOCK TABLE {', '.join([*_names(self._definition.tables), 'change'])} IN ACCESS SHARE MODE"
                )
            yield Snapshot(self, self._definition), self._standing(last_line)
        finally:
            with suppress(adbc.Error):
                self._execute("ROLLBACK")

    def _standing(self, last_line: int | None) -> Standing:
        tables = self._definition.tables
        which = LATEST if last_line is None else str(last_line)
        query = STANDING.format(
            last_line=LINE.format(which=which), tables=_literals(_names(tables)), triggers=_literals(TRIGGERS)
        )
        (row,) = self.table(query).to_pylist()
        if row["triggers"] != len(tables) * len(TRIGGERS):
            raise FeedIncomplete(FeedIncomplete.told)
        return Standing(row["seen"], row["as_of"], row["identity"], row["last_line"])

    def table(self, query: str) -> pa.Table:
        with _told_as_unavailable(), self._connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetch_arrow_table()

    @contextmanager
    def stream(self, query: str) -> Iterator[pa.RecordBatchReader]:
        with _told_as_unavailable(), self._connection.cursor() as cursor:
            cursor.execute(query)
            yield cursor.fetch_record_batch()

    def _execute(self, statement: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)


class Snapshot:
    """What can be asked inside of it."""

    def __init__(self, source: Source, definition: Definition) -> None:
        self._source = source
        self._definition = definition

    def changed_since(self, seen: str, most: int) -> pa.Table:
        """The rows that changed: `table_name`, `row_id`, and the last `line` of each. One more than `most` where there
        are more."""
        is_new = IS_NEW.format(seen=f"'{seen}'")
        tables = _literals(_names(self._definition.tables))
        return self._source.table(NEW_ROWS.format(is_new=is_new, tables=tables, most=most + 1))

    def line(self, number: int | str) -> str | None:
        (row,) = self._source.table(f"SELECT {LINE.format(which=number)} AS line").to_pylist()
        found: str | None = row["line"]
        return found

    def latest_line(self) -> str | None:
        return self.line(LATEST)

    def changed_rows(self, table: Table, ids: pa.Array, seen: str) -> AbstractContextManager[pa.RecordBatchReader]:
        """Those of the ids that exist, read in parts."""
        if len(ids) <= NAMED_IDS:
            where = f"id = ANY ('{{{','.join(map(str, ids.to_pylist()))}}}'::bigint[])"
        else:
            is_new = IS_NEW.format(seen=f"'{seen}'")
            where = f"id IN (SELECT row_id FROM change WHERE {is_new} AND table_name = '{table.name}')"
        return self.rows(table, where)

    def rows(self, table: Table, where: str = "true") -> AbstractContextManager[pa.RecordBatchReader]:
        """Read in parts, so that their number does not matter."""
        selection = self._definition.selection(table)
        return self._source.stream(f"SELECT {selection} FROM {table.name} WHERE {where}")


def _names(tables: Sequence[Table]) -> list[str]:
    return [table.name for table in tables]


def _literals(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


@contextmanager
def _told_as_unavailable() -> Iterator[None]:
    try:
        yield
    except adbc.Error as error:
        raise SourceUnavailable(str(error).strip().splitlines()[0]) from error
