"""The SQL lab's page: who is offered it, what it says of a statement, and that its examples run."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pyarrow as pa
import pytest

from analytics_api.sql.service import SqlService
from contracts.column_names import unique
from contracts.sql import SqlAnswer, SqlColumn
from streamlit_app.sql_lab import tables
from streamlit_app.sql_lab.examples import EXAMPLES
from tests.lodge.waiting import wait_until
from tests.support.analytics import Analytics
from tests.support.api import Api, Visitor
from tests.support.screens import Screen
from tests.ui.conftest import Opener
from warehouse.errors import NoReplica
from warehouse.follow import Follower
from warehouse.replica import Replica
from warehouse.state import State

pytestmark = pytest.mark.usefixtures("_figures")

ENDLESS = "SELECT count(*) FROM range(10000000) a, range(10000000) b"


@pytest.fixture(scope="module", autouse=True)
def _tickets(api: Api, analytics: Analytics, analyst: Visitor) -> None:
    student = api.enter("student", "Maja Novak")
    for number in range(3):
        student.report(f"The projector shows no picture, for the {number + 1}. time.")
    analytics.ask(analyst, "active-by-category")


def run(screen: Screen, sql: str, first_line: int = 1) -> Screen:
    """Runs the statement and waits for its end."""
    wish = {"id": uuid4().hex, "sql": sql, "first_line": first_line}
    screen.fire("sql_editor", "run", wish)
    wait_until(lambda: "Running for" not in screen.again().words(), "the statement is over", 60)
    return screen


def shown(screen: Screen) -> pa.Table:
    return pa.Table.from_pandas(screen.app.dataframe[0].value, preserve_index=False)


def test_only_those_who_may_run_sql_are_offered_the_page(see: Opener, agent: Visitor, analyst: Visitor) -> None:
    assert "not for the role" in see(agent, "sql_lab").words()
    screen = see(analyst, "sql_lab")
    assert [title.value for title in screen.app.title] == ["SQL lab"]
    offered = {table["name"]: table for table in screen.data("sql_editor")["tables"]}
    assert "opened_day" in [column["name"] for column in offered["ticket"]["columns"]]


def test_the_rows_come_with_their_age_and_their_time(see: Opener, analyst: Visitor) -> None:
    screen = run(see(analyst, "sql_lab"), "SELECT id, status, opened_at FROM ticket ORDER BY id")
    assert shown(screen).num_rows == 3
    assert shown(screen).schema.field("opened_at").type == pa.timestamp("us")
    assert "3 rows in " in screen.words()
    assert f", as of {datetime.now(UTC):%H:}" in screen.words()
    assert "there are more" not in screen.words()


@pytest.mark.parametrize("title", list(EXAMPLES))
def test_an_example_fills_the_editor_and_runs(see: Opener, analyst: Visitor, title: str) -> None:
    screen = see(analyst, "sql_lab").press(title)
    assert screen.data("sql_editor")["fill"]["text"] == EXAMPLES[title]
    run(screen, EXAMPLES[title])
    assert not screen.app.error
    assert len(screen.app.dataframe) == 1


def test_an_error_stands_at_its_line_of_the_editor(see: Opener, analyst: Visitor) -> None:
    """Also where the statement is not the first one in it."""
    screen = run(see(analyst, "sql_lab"), 'SELECT 1,\n  "no **bold**"\nFROM ticket', first_line=5)
    assert screen.app.error[0].value.startswith("Line 6&#58; Binder Error")
    assert "**" not in screen.app.error[0].value
    data = screen.data("sql_editor")
    assert data["error"] == {"id": data["heard"], "line": 6}


def test_rows_that_are_missing_are_told(see: Opener, analyst: Visitor) -> None:
    screen = run(see(analyst, "sql_lab"), "FROM range(10001)")
    assert "These are the first 10,000 rows, as many as the page shows; there are more." in screen.words()


def test_a_statement_that_is_too_long_is_not_sent(see: Opener, analyst: Visitor) -> None:
    screen = run(see(analyst, "sql_lab"), "SELECT 1 --" + "x" * 100_000)
    assert "100000 characters" in screen.app.error[0].value


def test_an_endless_statement_is_told_and_cancelled(see: Opener, analyst: Visitor) -> None:
    screen = see(analyst, "sql_lab")
    screen.fire("sql_editor", "run", {"id": uuid4().hex, "sql": ENDLESS, "first_line": 1})
    assert "Running for " in screen.words()
    assert screen.data("sql_editor")["is_running"]
    screen.press("Cancel")
    wait_until(lambda: "Cancelled after " in screen.again().words(), "the statement is cancelled", 30)
    assert not screen.data("sql_editor")["is_running"]


def test_a_statement_that_the_browser_sends_twice_runs_once(see: Opener, analyst: Visitor) -> None:
    screen = see(analyst, "sql_lab")
    wish = {"id": uuid4().hex, "sql": "SELECT uuid() AS number", "first_line": 1}
    screen.fire("sql_editor", "run", wish)
    wait_until(lambda: bool(screen.again().app.dataframe), "the statement is over", 60)
    first = shown(screen)
    assert shown(screen.fire("sql_editor", "run", wish)) == first


def test_a_lab_that_is_off_says_why(see: Opener, analyst: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The analytics API runs in this process."""
    monkeypatch.setattr(SqlService, "told", "off: the kernel has no *Landlock*")
    screen = see(analyst, "sql_lab")
    assert "On this machine the SQL lab is off" in screen.words()
    assert "the kernel has no &#42;Landlock&#42;" in screen.words()
    assert not screen.has("sql_editor")


def test_a_replica_that_is_being_copied_is_told_as_one(
    see: Opener, analyst: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_yet(_: Replica) -> State:
        raise NoReplica

    def copying(_: Follower) -> str:
        return "copying the rows of 3 tables"

    screen = see(analyst, "sql_lab")
    monkeypatch.setattr(Replica, "known_state", not_yet)
    monkeypatch.setattr(Follower, "told", property(copying))
    run(screen, "SELECT 1")
    assert "not ready yet&#58; copying the rows of 3 tables&#46; Try again in a few seconds" in screen.words()


def test_a_result_becomes_a_chart(see: Opener, analyst: Visitor) -> None:
    screen = run(see(analyst, "sql_lab"), 'SELECT \'a.b[0]\' AS "x.y", 1.5::DECIMAL(9, 2) AS "n[1]"')
    screen.app.selectbox(key="sql_mark").set_value("Bar").run()
    assert len(screen.checked().app.get("vega_lite_chart")) == 1


def answer(**columns: tuple[str, list[object]]) -> SqlAnswer:
    return SqlAnswer(
        id="x",
        columns=[SqlColumn(name=name, type=type_) for name, (type_, _) in columns.items()],
        rows=[list(row) for row in zip(*(values for _, values in columns.values()), strict=True)],
        truncated=False,
        elapsed_ms=1.0,
        as_of=datetime.now(UTC),
    )


def test_values_have_the_types_of_their_columns() -> None:
    table = tables.as_table(
        answer(
            whole=("BIGINT", [1, "9007199254740993"]),
            huge=("HUGEINT", ["170141183460469231731687303715884105727", None]),
            exact=("DECIMAL(9,2)", ["1.10", None]),
            real=("DOUBLE", [0.5, "nan"]),
            moment=("TIMESTAMP", ["2026-11-30T12:00:00", "infinity"]),
            many=("INTEGER[]", [[1, 2], None]),
            empty=("DATE", [None, None]),
        )
    )
    assert table.column("whole").to_pylist() == [1, 9_007_199_254_740_993]
    assert table.column("huge").to_pylist() == ["170141183460469231731687303715884105727", None]
    assert table.column("exact").to_pylist() == [Decimal("1.10"), None]
    assert table.column("moment").to_pylist() == ["2026-11-30T12:00:00", "infinity"]
    assert table.column("many").to_pylist() == ["[1, 2]", None]
    assert pa.types.is_float64(table.column("real").type)


def test_a_name_that_a_result_has_twice_is_told_apart() -> None:
    one = answer(id=("BIGINT", [1]))
    twice = one.model_copy(update={"columns": one.columns * 2, "rows": [[1, 2]]})
    assert tables.as_table(twice).column_names == ["id", "id (2)"]
    assert unique(["id", "id", "id (2)", "id"]) == ["id", "id (2)", "id (2) (2)", "id (3)"]
