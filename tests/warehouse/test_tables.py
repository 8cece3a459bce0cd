"""What the replica holds, as tables.py lists it, held against Postgres and DuckDB."""

import re
from contextlib import closing

import duckdb
import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from contracts.tickets import ClosedReason
from service_kit.database_url import libpq_url
from tests.warehouse.following import USUAL, Following
from warehouse.source import Source
from warehouse.tables import ALL, Definition, Table

WITH_TEXT = Definition("Europe/Rome", with_text=True)
TABLES = pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
DUCKDB = {"int16": "SMALLINT", "int32": "INTEGER", "int64": "BIGINT", "string": "VARCHAR", "bool": "BOOLEAN"} | {
    "timestamp[us]": "TIMESTAMP",
    "date32[day]": "DATE",
    "double": "DOUBLE",
}
# What another value of a column looks like; those of a type that fits here are not named.
OTHER = {
    "ticket.status": "CASE status WHEN 'closed' THEN 'open' ELSE 'active' END",
    "ticket.waits_for": "CASE waits_for WHEN 'desk' THEN 'requester' ELSE 'desk' END",
    "ticket.stage_id": "5 - stage_id",
    "ticket.priority": "3 - priority",
    "person.roles": "ARRAY['manager']",
    "person.entry_key": "'key ' || id",
    "person.email": "'address ' || id",
    "stage.status": "'active'",
    "ticket_event.kind": "'priority'",
    "ticket.category_by": "'import'",
    "ticket_prediction.sureness": "'unsure'",
    "canned_reply.shortcut": "'short-' || id",
    "canned_reply.language": "'de'",
}
KEYS = {"ticket_prediction.ticket_id"}  # which no statement changes
SET = {
    "boolean": "NOT {0}",
    "double precision": "{0} / 2",
    "jsonb": "'[]'",
    "date": "DATE '2026-11-23'",
    "bigint": "2",
    "int4multirange": "'{{[0,60)}}'",
    "bytea": "{0} || '\\x00'",
    "integer": "{0} + 7",
    "smallint": "1",
} | {
    "timestamp with time zone": "coalesce({0}, opened_at) - interval '40 days'",
    "text": "coalesce({0}, '') || 'x'",
    "character varying": "coalesce({0}, '') || 'x'",
}


@pytest.mark.parametrize("definition", [USUAL, WITH_TEXT], ids=["without text", "with text"])
@TABLES
def test_what_postgres_sends_is_what_duckdb_keeps(
    module_database_url: str, table: Table, definition: Definition
) -> None:
    """Names and types, one by one; none is a moment with a zone, which DuckDB is slow with."""
    selection = definition.selection(table)
    with closing(Source(module_database_url, definition)) as source:
        sent = source.table(f"SELECT {selection} FROM {table.name} LIMIT 1").schema
    told = [(column.name, column.type) for column in definition.columns(table)]
    assert [(field.name, DUCKDB[str(field.type)]) for field in sent] == told
    with duckdb.connect() as database:
        database.execute(definition.creation(table))
        kept = database.execute(f"DESCRIBE {table.name}").fetchall()
    assert [(row[0], row[1]) for row in kept] == told


@TABLES
def test_a_row_follows_from_its_own_row_alone(table: Table) -> None:
    """A look at another row would change without a line in the feed. An array of its own may be unfolded, and where it
    is told that the row hides with its ticket, the ticket may be looked at."""
    for column in table.columns:
        source = re.sub(r"extract\(\w+ FROM", "", column.source)
        looked_at = re.findall(r"\b(?:FROM|JOIN)\s+(\w+)", source, re.IGNORECASE)
        assert set(looked_at) <= ({"ticket"} if table.hides_with_ticket else {"unnest"}), column.name
        assert not re.search(r"\bnow\b|current_|random|clock_", column.source), column.name


@TABLES
def test_everything_says_what_it_is(table: Table) -> None:
    assert table.columns[0].name == "id"
    assert table.says
    assert all(column.says for column in table.columns)
    assert len({column.name for column in table.columns}) == len(table.columns)


def test_the_fingerprint_knows_every_choice() -> None:
    fingerprints = {
        Definition(timezone, with_text=with_text).fingerprint
        for timezone in ("UTC", "Europe/Rome", "America/New_York")
        for with_text in (False, True)
    }
    assert len(fingerprints) == 6


def columns_of(url: str, table: str) -> list[tuple[str, str]]:
    query = (
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_name = %s AND column_name <> 'id' AND is_generated = 'NEVER'"
    )
    with psycopg.connect(libpq_url(url)) as connection:
        found: list[tuple[str, str]] = connection.execute(query, [table]).fetchall()
    return found


@TABLES
def test_a_change_of_any_column_arrives(desk: Following, table: Table) -> None:
    """One column at a time, in all rows: had one no line in the feed, the replica would stay behind."""
    with psycopg.connect(libpq_url(desk.database_url), autocommit=True) as other:
        constraints = other.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'f')", [table.name]
        ).fetchall()
        for (name,) in constraints:
            other.execute(SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(Identifier(table.name), Identifier(name)))
        for name, kind in columns_of(desk.database_url, table.name):
            if f"{table.name}.{name}" in KEYS:
                continue
            value = OTHER.get(f"{table.name}.{name}") or SET[kind].replace("opened_at", "now()")
            few = "WHERE id = 1" if kind == "boolean" or "id" in name else ""
            other.execute(f"UPDATE {table.name} SET {name} = {value.format(name)} {few}".encode())
            assert desk.difference() is None, name


def test_views_and_comments_are_inside_the_file(desk: Following) -> None:
    """For whoever opens it: what each table, view and column says, and names in place of numbers."""
    described = (
        "SELECT table_name AS name, comment FROM duckdb_tables() WHERE schema_name = 'main' "
        "UNION ALL SELECT view_name, comment FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal "
        "UNION ALL SELECT table_name || '.' || column_name, comment FROM duckdb_columns() "
        "WHERE schema_name = 'main' AND NOT internal"
    )
    comments = dict(desk.ask(described))
    assert {name for name, comment in comments.items() if not comment} == set()
    assert comments["ticket.assignee_id"] == "Who works on it; none if confidential; refers to person.id"
    assert {view.name for view in USUAL.views} | {table.name for table in ALL} <= set(comments)
    ticket = "SELECT category, building, stage, priority, requester_role FROM tickets WHERE id = 2"
    assert desk.ask(ticket) == [("Facility management", "Library", "Completed", "high", "student")]
    for view in USUAL.views:
        assert desk.ask(f"SELECT count(*) FROM {view.name}") == desk.ask(f"SELECT count(*) FROM {view.table}")
        assert desk.ask(f"SELECT count(*) FROM {view.name}") != [(0,)]
    assert desk.ask("SELECT DISTINCT is_right FROM predictions ORDER BY 1") == [(False,), (True,)]


def test_texts_are_in_the_views_where_they_are_copied() -> None:
    (tickets, *_) = USUAL.views
    names = {column.name for column in WITH_TEXT.view_columns(tickets)}
    assert names - {column.name for column in USUAL.view_columns(tickets)} == {"title", "description", "room"}


def test_the_reasons_of_closing_are_those_that_are_stored() -> None:
    (says,) = [column.says for table in ALL for column in table.columns if column.name == "closed_reason"]
    assert set(re.findall(r"[a-z]+(?:[-_][a-z]+)+|solved|duplicate", says)) == set(ClosedReason)
