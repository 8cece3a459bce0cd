"""What the SQL lab's page makes of a result: filters, files, charts and plans."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pytest

from contracts.sql_charts import SqlChart, SqlMark
from contracts.sql_files import FileFormat, SqlFileRead
from streamlit_app.sql_lab import chart, files, plan
from streamlit_app.sql_lab.filters import Filter, How, NotAValue, filtered
from tests.lodge.waiting import wait_until
from tests.support.analytics import Analytics
from tests.support.api import Api, Visitor
from tests.support.screens import Screen
from tests.ui.conftest import Opener

pytestmark = pytest.mark.usefixtures("_figures")

ROWS = pa.table(
    {
        "whole": [1, 2, None],
        "exact": [Decimal("1.10"), Decimal("2.50"), None],
        "word": ["Lift", "the lift.", ""],
        "moment": [datetime(2026, 11, 30, 12), datetime(2026, 12, 1), None],  # noqa: DTZ001
        "zoned": [datetime(2026, 11, 30, 12, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC), None],
        "truth": [True, False, None],
    }
)


@pytest.fixture(scope="module", autouse=True)
def _tickets(api: Api, analytics: Analytics, analyst: Visitor) -> None:
    api.enter("student", "Maja Novak").report("The projector shows no picture.")
    analytics.ask(analyst, "active-by-category")


def run(screen: Screen, sql: str, **beside: Any) -> Screen:
    """Runs the statement and waits for its end."""
    screen.fire("sql_editor", "run", {"id": uuid4().hex, "sql": sql, "first_line": 1, **beside})
    wait_until(lambda: "Running for" not in screen.again().words(), "the statement is over", 60)
    return screen


@pytest.mark.parametrize(
    ("column", "how", "value", "passes"),
    [
        ("whole", How.IS, "2", [1]),
        ("whole", How.AT_LEAST, "1.5", [1]),
        ("whole", How.CONTAINS, "1", [0]),
        ("whole", How.IS_EMPTY, "", [2]),
        ("exact", How.IS, "1.1", [0]),
        ("exact", How.AT_MOST, "2.5", [0, 1]),
        ("word", How.CONTAINS, "LIFT", [0, 1]),
        ("word", How.CONTAINS, ".", [1]),
        ("word", How.IS, "Lift", [0]),
        ("word", How.IS_EMPTY, "", [2]),
        ("moment", How.AT_LEAST, "2026-12-01", [1]),
        ("moment", How.AT_MOST, "2026-11-30 12:00", [0]),
        ("zoned", How.AT_LEAST, "2026-12-01", [1]),
        ("truth", How.IS, "True", [0]),
    ],
)
def test_a_filter(column: str, how: How, value: str, passes: list[int]) -> None:
    assert filtered(ROWS, Filter(column, how, value)).to_pylist() == ROWS.take(passes).to_pylist()


@pytest.mark.parametrize(("column", "value"), [("whole", "x"), ("exact", "x"), ("moment", "soon"), ("truth", "maybe")])
def test_a_value_that_the_column_cannot_have_is_told(column: str, value: str) -> None:
    with pytest.raises(NotAValue, match=f"The column {column} has no value such as '{value}'"):
        filtered(ROWS, Filter(column, How.IS, value))


def test_filters_work_on_the_whole_result(see: Opener, analyst: Visitor) -> None:
    screen = run(see(analyst, "sql_lab"), "SELECT i, 'w' || i AS word FROM range(10001) AS numbers(i)")
    assert "These are the first 10,000 rows, as many as the page shows; there are more." in screen.words()
    app = screen.app
    app.selectbox(key="sql_filter_column_0").set_value("i").run()
    app.selectbox(key="sql_filter_how_0").set_value("≥").run()
    app.text_input(key="sql_filter_value_0").set_value("9990").run()
    app.selectbox(key="sql_filter_column_1").set_value("word").run()
    app.text_input(key="sql_filter_value_1").set_value("w999").run()
    assert app.dataframe[0].value["i"].tolist() == list(range(9_990, 10_000))
    assert "10 of 10,000 rows pass the filters." in screen.checked().words()
    app.text_input(key="sql_filter_value_0").set_value("x").run()
    assert "has no value such as" in app.error[0].value
    run(screen, "SELECT 1 AS other")
    assert len(app.dataframe[0].value) == 1, "a filter of another result's column is forgotten"


def test_all_rows_become_a_file_that_the_browser_fetches(see: Opener, analyst: Visitor, analytics: Analytics) -> None:
    screen = run(see(analyst, "sql_lab"), "FROM range(20000)")
    screen.press("CSV")
    wait_until(lambda: screen.again().has("download"), "the file is ready", 60)
    told = screen.data("download")
    assert told["href"] == f"sql-files/{told['id']}"
    assert "20,000 rows, " in screen.words()
    own = {"Authorization": f"Bearer {analyst.token}"}
    assert analytics.get(f"/sql/files/{told['id']}", headers=own).text.count("\n") == 20_001
    run(screen, "SELECT 1")
    assert not screen.has("download"), "it belongs to the result before"


def test_why_there_is_no_file_is_told(see: Opener, analyst: Visitor) -> None:
    screen = run(see(analyst, "sql_lab"), "SELECT 1")
    export = files.Export(screen.data("sql_editor")["heard"], None)  # type: ignore[arg-type]
    export.file.set_result(made(format=FileFormat.XLSX, rows=1_048_575, truncated=True, shortened=2))
    screen.app.session_state[files.FILE] = export
    told = screen.again().words()
    assert "There are more rows than the 1,048,575 that a sheet holds; another format has them." in told
    assert "2 texts were cut to the 32,767 characters that a cell holds" in told


def made(**what: Any) -> SqlFileRead:
    usual = {"id": "x", "name": "x.csv", "format": FileFormat.CSV, "size": 9, "rows": 1, "truncated": False}
    return SqlFileRead.model_validate({**usual, "shortened": 0, "elapsed_ms": 1.0, "as_of": datetime.now(UTC), **what})


def test_limits_say_what_to_do(see: Opener, analyst: Visitor) -> None:
    screen = run(see(analyst, "sql_lab"), "SELECT repeat('x', 2000000000)")
    assert "Ask for less&#58; filter with WHERE" in screen.app.error[0].value
    screen = run(screen, "SELECT repeat('x', 10000) AS wide FROM range(2000)")
    assert "fit into the 8 MB that the page shows" in screen.words()


def test_a_plan_is_readable_text(see: Opener, analyst: Visitor) -> None:
    screen = run(see(analyst, "sql_lab"), "SELECT status, count(*) FROM ticket GROUP BY status", explains=True)
    (code,) = screen.app.code
    assert "scan" in code.value
    assert code.value.splitlines()[1].startswith("  ")
    assert not screen.app.dataframe
    screen = run(screen, "SELECT nothing", explains=True)
    assert "Line 1" in screen.app.error[0].value
    assert plan.as_text("not JSON") == "not JSON"


@pytest.mark.parametrize(
    "value", ["NULL", "5", "'null'", "'[1]'", "'[{}]'", "repeat('[', 90000)", """'[{"name": 1, "children": 2}]'"""]
)
def test_columns_may_be_called_as_those_of_a_plan(see: Opener, analyst: Visitor, value: str) -> None:
    screen = run(see(analyst, "sql_lab"), f"SELECT 1 AS explain_key, {value} AS explain_value")
    assert len(screen.app.code) == 1
    assert not screen.app.exception


def test_a_chart_is_a_small_value(see: Opener, analyst: Visitor) -> None:
    screen = run(see(analyst, "sql_lab"), "SELECT 'a' AS x, 1 AS y, 2 AS z")
    screen.app.session_state[chart.MARK] = "Heatmap"
    screen.again().app.selectbox(key=chart.COLOUR).set_value("z").run()
    assert len(screen.checked().app.get("vega_lite_chart")) == 1
    assert screen.has("chart_files")
    run(screen, "SELECT 1 AS other")
    assert len(screen.app.get("vega_lite_chart")) == 1, "what does not exist here is chosen anew"


@pytest.mark.parametrize("mark", list(SqlMark))
def test_every_mark(mark: SqlMark) -> None:
    told = chart.spec(SqlChart(mark=mark, x="x", y="y", colour="z"), {"x": "VARCHAR", "y": "BIGINT", "z": "DOUBLE"})
    assert told["mark"]["type"] == ("rect" if mark is SqlMark.HEATMAP else mark.value)
    assert told["encoding"]["y"]["type"] == ("nominal" if mark is SqlMark.HEATMAP else "quantitative")
    assert told["encoding"]["x"]["sort"] is None
