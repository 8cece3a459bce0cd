"""Postgres as the replica reads it: rows as Arrow, all questions of one step inside one snapshot."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
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
SELECT table_name, row_id, max(id) AS line FROM {place}change
WHERE {is_new} AND table_name IN ({tables}) GROUP BY table_name, row_id LIMIT {most}
"""
# Without a table there is nothing yet that the role could read.
READS_EVERYTHING = """
SELECT coalesce(bool_or(has_table_privilege(oid, 'SELECT')), true) FROM pg_class
WHERE relname = 'message' AND relkind = 'r'
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
    """One connection; one snapshot at a time.

    `reads_everything`: the role may read the tables themselves, as the desk's own may. One that may not reads the views
    that were made for it. Raises NotOpened where there are none for this definition.
    """

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
        """Raises FeedIncomplete when the feed does not cover all that is copied, SourceUnavailable when the database is
        away or not whole. `last_line`: which line of the feed is looked for; None for the latest."""
        with _told_as_unavailable():
            self._execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            with _told_as_unavailable():
                # Of a view, the tables that it reads are locked too, with its owner's rights.
                names = [self.place + name for name in [*_names(self._definition.tables), "change"]]
                self._execute(f"LOCK TABLE {', '.join(names)} IN ACCESS SHARE MODE")
            yield Snapshot(self, self._definition), self._standing(last_line)
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
        """For one line of the feed; the latest for None."""
        which = LATEST.format(place=self.place) if number is None else str(number)
        return LINE.format(which=which, place=self.place)

    def rows_query(self, table: Table, where: str) -> str:
        columns = self._definition.selection(table)
        if not self.reads_everything:  # what the columns are computed from is seen by the views only
            columns = ", ".join(column.name for column in self._definition.columns(table))
        return f"SELECT {columns} FROM {self.place}{table.name} WHERE {where}"

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
        return self._source.table(
            NEW_ROWS.format(is_new=is_new, tables=tables, most=most + 1, place=self._source.place)
        )

    def line(self, number: int | None) -> str | None:
        (row,) = self._source.table(f"SELECT {self._source.line_query(number)} AS line").to_pylist()
        found: str | None = row["line"]
        return found

    def latest_line(self) -> str | None:
        return self.line(None)

    def changed_rows(self, table: Table, ids: pa.Array, seen: str) -> AbstractContextManager[pa.RecordBatchReader]:
        """Those of the ids that exist, read in parts."""
        if len(ids) <= NAMED_IDS:
            where = f"id = ANY ('{{{','.join(map(str, ids.to_pylist()))}}}'::bigint[])"
        else:
            is_new = IS_NEW.format(seen=f"'{seen}'")
            where = (
                f"id IN (SELECT row_id FROM {self._source.place}change WHERE {is_new} AND table_name = '{table.name}')"
            )
        return self.rows(table, where)

    def rows(self, table: Table, where: str = "true") -> AbstractContextManager[pa.RecordBatchReader]:
        """Read in parts, so that their number does not matter."""
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
