"""The engines' part: sends the same query to DuckDB, the replica's engine, and to Postgres with its best index, on one
and on five million tickets.

The tables are made only for this: they hold the large desk's tickets, repeated, and without their texts, which makes
Postgres faster. This process sends the queries to the two engines in turns, one at a time.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

from benchmarks.measure import Limits, Row, Samples
from benchmarks.told import tell
from warehouse.source import Source
from warehouse.tables import TICKET, Definition

MILLIONS = (1, 5)
ROUNDS = 40
PER_ROUND_SECONDS = 1.0
# The names of what is kept between runs contain its fingerprint, because an older form would not fit.
DEFINITION = Definition("UTC", with_text=False)
# A ticket's columns that the engines' table leaves out.
TEXTS = ("title", "description", "room", "source", "source_id")
BEST_INDEXES = (
    "CREATE INDEX best_open ON ticket (opened_at) WHERE status <> 'closed'",
    "CREATE INDEX best_active ON ticket (category_id) WHERE status = 'active'",
    "CREATE INDEX best_closed ON ticket (opened_at, closed_at) WHERE status = 'closed'",
)


@dataclass(frozen=True)
class Question:
    """The same query in both dialects. `times` is how many times faster the replica's engine must be."""

    name: str
    duckdb: str
    postgres: str
    times: float


ACTIVE = (
    "SELECT slug, count(*) FROM ticket JOIN category ON category.id = category_id "
    "WHERE status = 'active' GROUP BY slug ORDER BY slug"
)
NOT_CLOSED = "SELECT count(*) FROM ticket WHERE status <> 'closed' AND opened_at >"


def _still_open(days: int) -> Question:
    newest = f"$newest::TIMESTAMP - to_days({days})", f"%(newest)s - interval '{days} days'"
    asked = [f"{NOT_CLOSED} {since}" for since in newest]
    return Question(f"service 1, still open of the last {days} days", asked[0], asked[1], times=1)


QUESTIONS = [
    *map(_still_open, (1, 30, 365)),
    Question(
        "service 2, resolution time by month",
        "SELECT strftime(opened_month, '%Y-%m') AS month, count(*), avg(resolution_seconds) / 3600 FROM ticket "
        "WHERE status = 'closed' GROUP BY opened_month ORDER BY opened_month",
        "SELECT to_char(date_trunc('month', opened_at AT TIME ZONE 'UTC'), 'YYYY-MM') AS month, count(*), "
        "avg(extract(epoch FROM closed_at - opened_at)) / 3600 FROM ticket WHERE status = 'closed' "
        "GROUP BY date_trunc('month', opened_at AT TIME ZONE 'UTC') ORDER BY 1",
        times=10,
    ),
    Question("service 3, active by category", ACTIVE, ACTIVE, times=10),
]


def measure_engines(large_url: str, home: Path) -> Iterator[Row]:
    """Yields a row for each query. Its `small` is DuckDB and its `large` is Postgres, so that the ratio says how many
    times faster the replica's engine is."""
    for millions in MILLIONS:
        url = _filled(large_url, millions)
        file = _copied(url, home / "engines", millions)
        tell(f"engine to engine, {millions} million tickets")
        with psycopg.connect(url, autocommit=True) as postgres, duckdb.connect(file, read_only=True) as replica:
            newest = postgres.execute("SELECT max(opened_at) FROM ticket").fetchone()
            for question in QUESTIONS:
                yield _compare(question, millions, replica, postgres, newest[0] if newest else None)


def _compare(
    question: Question, millions: int, replica: duckdb.DuckDBPyConnection, postgres: psycopg.Connection, newest: object
) -> Row:
    named = {"newest": newest.replace(tzinfo=None)} if "$newest" in question.duckdb else {}  # type: ignore[attr-defined]
    asks: list[Callable[[], object]] = [
        lambda: replica.execute(question.duckdb, named).fetchall(),
        lambda: postgres.execute(question.postgres.encode(), {"newest": newest} if named else None).fetchall(),
    ]
    row = Row(f"{millions} million: {question.name}", Limits(times=question.times), small=Samples())
    assert row.small is not None
    for ask in asks:
        ask()
    until = time.monotonic() + PER_ROUND_SECONDS * 20
    for _ in range(ROUNDS):
        for ask, samples in zip(asks, (row.small, row.large), strict=True):
            began = time.perf_counter()
            ask()
            samples.add([time.perf_counter() - began])
        if time.monotonic() > until:
            break
    return row


def _filled(large_url: str, millions: int) -> str:
    """Returns the URL of a database with so many million tickets, and makes it if it does not exist."""
    name = f"engine_{millions}_{DEFINITION.fingerprint[:8]}"
    url = make_url(large_url).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(large_url, autocommit=True) as server:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return url
        tell(f"making {millions} million tickets for the engines")
        server.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(f"{name}_new")))
        server.execute(SQL("CREATE DATABASE {}").format(Identifier(f"{name}_new")))
    new_url = make_url(large_url).set(database=f"{name}_new").render_as_string(hide_password=False)
    _fill(large_url, new_url, millions)
    with psycopg.connect(large_url, autocommit=True) as server:
        server.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(f"{name}_new"), Identifier(name)))
    return url


def _fill(large_url: str, url: str, millions: int) -> None:
    with psycopg.connect(large_url) as source, psycopg.connect(url, autocommit=True) as target:
        _copy_table(source, target, "category")
        beside_id = ", ".join(name for name in _copy_table(source, target, "ticket") if name != "id")
        target.execute(
            f"INSERT INTO ticket (id, {beside_id}) SELECT id + million * 10000000, {beside_id} "
            f"FROM ticket, generate_series(1, {millions - 1}) AS million".encode()
        )
        for statement in BEST_INDEXES:
            target.execute(statement.encode())
        target.execute("VACUUM (ANALYZE) ticket")


def _copy_table(source: psycopg.Connection, target: psycopg.Connection, table: str) -> list[str]:
    """Copies a table without its texts, constraints and indexes. Returns the names of its columns."""
    shape = source.execute(COLUMNS, [table, list(TEXTS)]).fetchall()
    names = [name for name, _ in shape]
    columns = ", ".join(names)
    target.execute(f"CREATE TABLE {table} ({', '.join(map(' '.join, shape))})".encode())
    with (
        source.cursor().copy(f"COPY (SELECT {columns} FROM {table}) TO STDOUT".encode()) as rows,
        target.cursor().copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy,
    ):
        for part in rows:
            copy.write(part)
    return names


COLUMNS = """
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attname <> ALL (%s)
ORDER BY attnum
"""


def _copied(url: str, folder: Path, millions: int) -> Path:
    """Returns a DuckDB file with the same tickets in the replica's form, and makes it if it does not exist."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"engine-{millions}-{DEFINITION.fingerprint[:8]}.duckdb"
    if file.exists():
        return file
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with duckdb.connect(new) as database:
        database.execute(DEFINITION.creation(TICKET))
        source = Source(url, DEFINITION)
        for where in (TICKET.old, f"NOT ({TICKET.old})"):
            with source.stream(f"SELECT {DEFINITION.selection(TICKET)} FROM ticket WHERE {where}") as rows:
                database.register("rows", rows)
                database.execute("INSERT INTO ticket SELECT * FROM rows")
                database.unregister("rows")
        with source.stream("SELECT id, slug FROM category") as rows:
            database.register("rows", rows)
            database.execute("CREATE TABLE category AS SELECT * FROM rows")
        source.close()
    shutil.move(new, file)
    return file
