"""Reads Postgres for the replica: rows as Arrow, and all queries of one step inside one snapshot."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
from psycopg.conninfo import make_conninfo
from psycopg.sql import Identifier

from service_kit.change_feed import IS_NEW
from service_kit.database_url import libpq_url
from warehouse.access import COMMENT, SCHEMA, ViewSettings
from warehouse.errors import FeedIncomplete, NotOpened, SourceUnavailable
from warehouse.tables import Definition, Table

# The triggers that every copied table needs: without them a change leaves no line in the feed.
TRIGGERS = ("log_insert", "log_update", "log_delete")
# A restore locks one table after the other exclusively. A step therefore takes all its locks in one statement and waits
# only briefly for them: if the restore and the step deadlocked, Postgres would abort the restore.
LOCK_MILLISECONDS = 200
NAMED_IDS = 1_000  # up to so many ids are written into the query; more are selected by a subquery

# The identity changes whenever rows may have changed without a line in the feed: a restore creates the triggers last, a
# trigger that was disabled and enabled again has another xmin, and a truncated or rewritten table is stored in another
# file.
STANDING = """
SELECT pg_current_snapshot()::text AS seen,
       now() AT TIME ZONE 'UTC' AS as_of,
       concat_ws(' ', (SELECT system_identifier FROM pg_control_system()),
                      (SELECT timeline_id FROM pg_control_checkpoint()),
                      (SELECT oid FROM pg_database WHERE datname = current_database()),
                      'change'::regclass::oid,
                      (SELECT string_agg(version_num, ',' ORDER BY version_num) FROM {place}alembic_version),
                      string_agg(concat_ws(' ', tgrelid, relfilenode, pg_trigger.oid, pg_trigger.xmin), ' '
                                 ORDER BY pg_trigger.oid)
       ) AS identity,
       count(*) FILTER (WHERE tgenabled IN ('O', 'A')) AS triggers,
       {last_line} AS last_line
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'change'::regclass)
  AND relname IN ({tables}) AND tgname IN ({triggers})
"""
LINE = "(SELECT concat_ws(' ', id, xid, extract(epoch FROM happened_at)) FROM {place}change WHERE id = {which})"
LATEST = "(SELECT max(id) FROM {place}change)"
NEW_ROWS = """
WITH new AS (
    SELECT table_name, row_id, max(id) AS line FROM {place}change
    WHERE {is_new} AND table_name IN ({tables}) GROUP BY table_name, row_id
)
SELECT table_name, row_id, CASE WHEN line = (SELECT max(line) FROM new) THEN {last_line} END AS last_line
FROM new {of_tickets}
"""
# An array, because with a subquery the planner may expect many tickets and read the whole table.
OF_TICKETS = """
UNION ALL SELECT '{table}', id, NULL FROM {place}{table}
WHERE ticket_id = ANY (ARRAY (SELECT row_id FROM new WHERE table_name = 'ticket'))
"""
# True while there is no table `message`: then there is nothing yet that the role could read.
READS_EVERYTHING = """
SELECT coalesce(bool_or(has_table_privilege(oid, 'SELECT')), true) FROM pg_class
WHERE relname = 'message' AND relkind = 'r'
"""


@dataclass(frozen=True)
class Standing:
    """Which database this is, and its position at one snapshot.

    `identity` differs when it is another database, or when rows may have changed without lines in the feed. `last_line`
    is the requested line of the feed as this snapshot sees it; None when that line no longer exists.
    """

    seen: str
    as_of: datetime
    identity: str
    last_line: str | None


class Source:
    """One connection, with one snapshot at a time.

    `reads_everything`: the role may read the tables themselves, as Lodge's own role may. Any other role reads the views
    made for it. Raises NotOpened when there are no views for this definition.
    """

    def __init__(self, database_url: str, definition: Definition) -> None:
        self._database_url = database_url
        self._definition = definition
        # Keepalives: a server that stops answering is noticed after half a minute.
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
        query = f"SELECT ({READS_EVERYTHING}) AS reads_everything, ({COMMENT}) AS comment"
        (role,) = self.table(query).to_pylist()
        self.reads_everything: bool = role["reads_everything"]
        self.place = "" if self.reads_everything else f"{SCHEMA}."
        if not self.reads_everything:
            self._look_for_the_views(ViewSettings.read(role["comment"]))

    def _look_for_the_views(self, settings: ViewSettings | None) -> None:
        if settings is None or settings.fingerprint != self._definition.fingerprint:
            self.close()
            raise NotOpened(NotOpened.told)
        with _told_as_unavailable():
            self._execute(f"SET search_path = {Identifier(settings.tables).as_string()}")

    def close(self) -> None:
        with suppress(adbc.Error):
            self._connection.close()

    @contextmanager
    def snapshot(self, last_line: int | None) -> Iterator[tuple["Snapshot", Standing]]:
        """Opens a snapshot for the block. Raises FeedIncomplete when the feed does not cover everything that is copied,
        SourceUnavailable when the database cannot be reached or is being restored. `last_line`: the id of the feed line
        to look up; None for the latest."""
        with self._transaction():
            yield Snapshot(self, self._definition), self._standing(last_line)

    @contextmanager
    def same_snapshot(self) -> Iterator["Snapshot"]:
        """Opens another connection for the block, which sees the snapshot that is open here. Raises
        SourceUnavailable."""
        (row,) = self.table("SELECT pg_export_snapshot() AS name").to_pylist()
        with closing(Source(self._database_url, self._definition)) as other, other._transaction(row["name"]):
            yield Snapshot(other, self._definition)

    @contextmanager
    def _transaction(self, snapshot: str | None = None) -> Iterator[None]:
        """Locks all tables against being restored. `snapshot`: the name of an exported one."""
        with _told_as_unavailable():
            self._execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            with _told_as_unavailable():
                if snapshot is not None:
                    self._execute(f"SET TRANSACTION SNAPSHOT {_literals([snapshot])}")
                # Locking a view also locks the tables that it reads, with the rights of the view's owner.
                names = [self.place + name for name in [*_names(self._definition.tables), "change"]]
                self._execute(f"LOCK TABLE {', '.join(names)} IN ACCESS SHARE MODE")
            yield
        finally:
            with suppress(adbc.Error):
                self._execute("ROLLBACK")

    def _standing(self, last_line: int | None) -> Standing:
        tables = self._definition.tables
        query = STANDING.format(
            last_line=self.line_query(last_line),
            tables=_literals(_names(tables)),
            triggers=_literals(TRIGGERS),
            place=self.place,
        )
        (row,) = self.table(query).to_pylist()
        if row["triggers"] != len(tables) * len(TRIGGERS):
            raise FeedIncomplete(FeedIncomplete.told)
        return Standing(row["seen"], row["as_of"], row["identity"], row["last_line"])

    def line_query(self, number: int | None) -> str:
        """Returns the query for one line of the feed; None means the latest."""
        which = LATEST.format(place=self.place) if number is None else str(number)
        return LINE.format(which=which, place=self.place)

    def new_rows_query(self, seen: str) -> str:
        tables = self._definition.tables
        hiding = [table.name for table in tables if table.hides_with_ticket]
        return NEW_ROWS.format(
            place=self.place,
            is_new=IS_NEW.format(seen=f"'{seen}'"),
            last_line=LINE.format(which="line", place=self.place),
            tables=_literals(_names(tables)),
            of_tickets="".join(OF_TICKETS.format(table=name, place=self.place) for name in hiding),
        )

    def rows_query(self, table: Table, where: str) -> str:
        """Returns the query for the rows as they are copied; `where` is a condition on the copied columns."""
        rows = f"{self.place}{table.name}"
        if self.reads_everything:  # otherwise it is a view that computes the columns
            rows = f"(SELECT {self._definition.selection(table)} FROM {table.name}) AS {table.name}"
        columns = ", ".join(column.name for column in self._definition.columns(table))
        return f"SELECT {columns} FROM {rows} WHERE {where}"

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
    """The queries that can be run inside a snapshot."""

    def __init__(self, source: Source, definition: Definition) -> None:
        self._source = source
        self._definition = definition

    def beside(self) -> AbstractContextManager["Snapshot"]:
        """Opens the same snapshot once more, for another thread."""
        return self._source.same_snapshot()

    def changed_since(self, seen: str, most: int) -> pa.Table:
        """Returns the rows to be copied again, which changed or whose ticket changed: `table_name`, `row_id`, and in
        one of them the newest line of the feed as `last_line`. A row may be there twice. Returns up to `most` + 1 rows;
        the extra row shows that there are more than `most`."""
        return self._source.table(f"{self._source.new_rows_query(seen)} LIMIT {most + 1}")

    def latest_line(self) -> str | None:
        """Returns the newest line of the feed; None when it is empty."""
        (row,) = self._source.table(f"SELECT {self._source.line_query(None)} AS line").to_pylist()
        found: str | None = row["line"]
        return found

    def changed_rows(self, table: Table, ids: Sequence[int], seen: str) -> AbstractContextManager[pa.RecordBatchReader]:
        """Returns those of the table's changed rows that still exist, in batches. `ids` are the ids of all of them."""
        if len(ids) <= NAMED_IDS:
            return self.rows(table, f"id = ANY ('{{{','.join(map(str, ids))}}}'::bigint[])")
        changed = f"({self._source.new_rows_query(seen)}) AS changed"
        return self.rows(table, f"id IN (SELECT row_id FROM {changed} WHERE table_name = '{table.name}')")

    def rows(self, table: Table, where: str = "true") -> AbstractContextManager[pa.RecordBatchReader]:
        """Returns the rows in batches, so that memory does not grow with their number."""
        return self._source.stream(self._source.rows_query(table, where))


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
