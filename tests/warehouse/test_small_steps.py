"""A step in which little has changed stays cheap, because one runs after nearly every commit, beside the writers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.lodge.waiting import wait_until
from tests.warehouse.following import Following
from warehouse.source import NAMED_IDS, Source
from warehouse.tables import ALL
from warehouse.writer import FEW_IDS, FEW_ROWS, Writer

BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
ONE_OF_EACH_TABLE = """
UPDATE category SET name = 'Other' WHERE id = 1;
UPDATE building SET name = 'Other' WHERE id = 1;
UPDATE stage SET name = 'Other' WHERE id = 1;
UPDATE team SET name = 'Other' WHERE id = 1;
UPDATE person SET roles = '{analyst}' WHERE id = 1;
UPDATE ticket SET priority = 3 - priority WHERE id = 1;
UPDATE message SET body = 'Other' WHERE id = 1;
UPDATE ticket_event SET kind = 'room' WHERE id = 1;
UPDATE ticket_watcher SET created_at = created_at - interval '1 day' WHERE id = 1;
UPDATE ticket_prediction SET confidence = 0.1 WHERE ticket_id = 1;
UPDATE attachment SET size = size + 1 WHERE id = 1;
UPDATE time_entry SET seconds = seconds + 1 WHERE id = 1;
UPDATE ticket_link SET created_at = created_at - interval '1 day' WHERE id = 1;
UPDATE canned_reply SET is_archived = true WHERE id = 1;
UPDATE canned_reply_use SET uses = uses + 1 WHERE id = 1;
"""


@dataclass
class Step:
    """The statements that one step sends to each of the two databases, apart from the transaction in DuckDB."""

    postgres: list[str] = field(default_factory=list)
    duckdb: list[str] = field(default_factory=list)


class Noted:
    """A connection to DuckDB whose statements are noted."""

    def __init__(self, connection: Any, note: Callable[[str], None]) -> None:
        self._connection, self._note = connection, note

    def execute(self, statement: str, *values: Any) -> Any:
        self._note(statement)
        return self._connection.execute(statement, *values)

    def from_arrow(self, rows: Any) -> Any:
        self._note("rows as Arrow")
        return self._connection.from_arrow(rows)


@pytest.fixture
def steps(desk: Following, monkeypatch: pytest.MonkeyPatch) -> list[Step]:
    """The steps of the desk's follower from now on. One has begun already."""
    noted = [Step()]

    def noting(method: Callable[..., Any]) -> Callable[..., Any]:
        def note_and_run(source: Source, statement: str) -> Any:
            if statement == BEGIN:
                noted.append(Step())
            noted[-1].postgres.append(statement)
            return method(source, statement)

        return note_and_run

    for name in ("_execute", "table", "stream"):
        monkeypatch.setattr(Source, name, noting(getattr(Source, name)))
    begin = Writer.__init__

    def begin_noted(writer: Writer, connection: Any) -> None:
        begin(writer, Noted(connection, lambda statement: noted[-1].duckdb.append(statement)))  # type: ignore[arg-type]

    monkeypatch.setattr(Writer, "__init__", begin_noted)
    desk.catch_up()
    return noted


def step_of(desk: Following, steps: list[Step], change: str) -> Step:
    """The one step that takes in this change, which is one transaction."""
    desk.sql(change)
    desk.catch_up()
    (step,) = [step for step in steps if step.duckdb]
    return step


@pytest.mark.parametrize(
    ("change", "tables"),
    [
        ("UPDATE message SET is_internal = NOT is_internal WHERE id = 1", 1),
        ("UPDATE ticket SET priority = 3 - priority WHERE id = 4", 1),  # it has no tags
        ("UPDATE ticket SET priority = 3 - priority WHERE id = 5", 2),  # its tags are copied again
        (ONE_OF_EACH_TABLE, len(ALL)),
    ],
    ids=["a message", "a ticket", "a ticket with tags", "a row of each table"],
)
def test_only_changed_tables_cost_statements(desk: Following, steps: list[Step], change: str, tables: int) -> None:
    """In Postgres: the beginning, the locks, which database this is, what has changed, and the end. In DuckDB: the
    state."""
    step = step_of(desk, steps, change)
    assert len(step.postgres) == 5 + tables, step.postgres
    assert len(step.duckdb) == 1 + 2 * tables, step.duckdb
    assert "rows as Arrow" not in step.duckdb
    assert desk.difference() is None


def test_nothing_costs_five_statements(desk: Following, steps: list[Step]) -> None:
    def some_are_complete() -> bool:
        """The first step and the last one may be seen in part only."""
        desk.catch_up()
        return len(steps) > 3

    wait_until(some_are_complete, "complete steps")
    assert {len(step.postgres) for step in steps[1:-1]} == {5}
    assert not any(step.duckdb for step in steps)


def test_changed_rows_are_found_by_an_index(desk: Following, steps: list[Step]) -> None:
    step = step_of(desk, steps, ONE_OF_EACH_TABLE)
    queries = [query for query in step.postgres if query.lstrip().startswith(("SELECT", "WITH"))]
    copied = {table.name for table in ALL} | {"change"}
    assert len(queries) == 2 + len(ALL)
    desk.sql("SET enable_seqscan = off")  # these tables are small
    for query in queries:
        plan = [line for (line,) in desk.sql(f"EXPLAIN {query}")]
        assert not [line for line in plan if "Seq Scan on" in line and line.split(" on ")[1].split()[0] in copied], plan


def test_few_and_many_changed_rows(desk: Following) -> None:
    """They are read and written in different ways."""
    revision = desk.catch_up().revision
    for most in (FEW_ROWS, FEW_IDS, NAMED_IDS):
        for count in (most, most + 1):
            desk.sql("INSERT INTO building (slug, name) SELECT 'n' || n, 'B' FROM generate_series(1, %s) AS n", count)
            assert desk.difference() is None
            desk.sql("UPDATE building SET name = 'C' WHERE name = 'B'")
            assert desk.difference() is None
            desk.sql("DELETE FROM building WHERE name = 'C'")
            assert desk.difference() is None
    assert desk.catch_up().revision > revision, "followed, not copied anew"
