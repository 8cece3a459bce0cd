"""What the SQL lab keeps: saved queries, their parameters and charts, and the history."""

from typing import Any
from uuid import uuid4

import pyarrow as pa
import pytest

from streamlit_app.sql_lab.saved import CLASH, NOT_THERE
from tests.lodge.waiting import wait_until
from tests.support.analytics import Analytics
from tests.support.api import Api, Visitor, done
from tests.support.screens import Screen
from tests.ui.conftest import Opener

pytestmark = pytest.mark.usefixtures("_figures")

TYPED = "SELECT $n AS n, typeof($n) AS type, $day AS day, $is_open AS is_open, '$no' AS word"


@pytest.fixture(scope="module", autouse=True)
def _replica(analytics: Analytics, analyst: Visitor) -> None:
    analytics.ask(analyst, "active-by-category")


@pytest.fixture
def newcomer(api: Api, request: pytest.FixtureRequest) -> Visitor:
    """Somebody of the data team who has saved and run nothing yet."""
    return api.enter("analyst", f"New {request.node.name}"[:100])


def save(visitor: Visitor, name: str = "Open tickets", **fields: Any) -> dict[str, Any]:
    return done(visitor.post("/queries", json={"name": name, "sql": "FROM ticket", **fields}), 201)


def saved(visitor: Visitor) -> list[dict[str, Any]]:
    return visitor.walk("/queries", whose="mine")


def run(screen: Screen, sql: str) -> Screen:
    """Runs the statement and waits for its end."""
    screen.fire("sql_editor", "run", {"id": uuid4().hex, "sql": sql, "first_line": 1})
    return until_over(screen)


def until_over(screen: Screen) -> Screen:
    wait_until(lambda: "Running for" not in screen.again().words(), "the statement is over", 60)
    return screen


def keep(screen: Screen, text: str, way: str = "same") -> Screen:
    return screen.fire("sql_editor", "save", {"way": way, "text": text})


def opened_list(screen: Screen, name: str) -> Screen:
    screen.app.session_state[f"sql_{name}_open"] = True
    return screen.again()


def entries(screen: Screen, name: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = screen.data("entries", f"entries_sql_{name}")["items"]
    return items


def ways(screen: Screen) -> list[str]:
    return [way["label"] for way in screen.data("sql_editor")["ways"]]


def shown(screen: Screen) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pa.Table.from_pandas(screen.app.dataframe[0].value, preserve_index=False).to_pylist()
    return rows


# -- saving --------------------------------------------------------------------------------------------------------


def test_a_query_is_saved_and_saved_again(see: Opener, newcomer: Visitor) -> None:
    screen = see(newcomer, "sql_lab")
    assert ways(screen) == ["Save…"]
    keep(screen, "SELECT 1", "new")
    screen.app.text_input(key="sql_save_name").set_value("One *row*")
    screen.press("Save")
    (first,) = saved(newcomer)
    assert screen.data("sql_editor")["kept"] == "SELECT 1"
    assert screen.app.query_params["query"] == str(first["id"])
    assert "One &#42;row&#42;" in screen.words()
    assert ways(screen) == ["Save", "Save as…"]
    keep(screen, "SELECT 2")
    (second,) = saved(newcomer)
    assert (second["name"], second["version"]) == ("One *row*", 2)
    assert screen.data("sql_editor")["kept"] == "SELECT 2"


def test_a_query_without_a_name_is_not_saved(see: Opener, newcomer: Visitor) -> None:
    screen = keep(see(newcomer, "sql_lab"), "SELECT 1", "new").press("Save")
    assert "Please write something here" in screen.words()
    assert saved(newcomer) == []


def test_a_link_opens_a_query_and_runs_nothing(see: Opener, newcomer: Visitor) -> None:
    query = save(newcomer, sql="SELECT 6 * 7", description="The answer.")
    screen = see(newcomer, "sql_lab", query=str(query["id"]))
    assert screen.data("sql_editor")["fill"]["text"] == "SELECT 6 * 7"
    assert screen.data("sql_editor")["query"] == query["id"]
    assert "The answer&#46;" in screen.words()
    assert not screen.app.dataframe
    assert newcomer.walk("/queries/history") == []


def test_what_others_share_is_copied_to_be_changed(see: Opener, newcomer: Visitor, manager: Visitor) -> None:
    query = save(manager, "By month", is_shared=True)
    screen = see(newcomer, "sql_lab", query=str(query["id"]))
    assert "Shared by Omar Haddad" in screen.words()
    assert ways(screen) == ["Save a copy…"]
    assert not {"Rename", "Share", "Stop sharing", "Delete"} & set(screen.labels())
    keep(screen, "SELECT 2", "new").press("Save")
    (copy,) = saved(newcomer)
    assert (copy["name"], copy["is_shared"]) == ("Copy of By month", False)
    assert done(manager.get(f"/queries/{query['id']}")) == query


@pytest.mark.parametrize("number", ["private", "999999999", "0", "x", "9" * 30])
def test_a_link_to_a_query_that_is_not_there_says_so(
    see: Opener, newcomer: Visitor, manager: Visitor, number: str
) -> None:
    given = str(save(manager)["id"]) if number == "private" else number
    screen = see(newcomer, "sql_lab", query=given)
    assert NOT_THERE in screen.words()
    assert screen.data("sql_editor")["query"] is None


def test_an_edit_in_another_window_is_not_overwritten_unasked(see: Opener, newcomer: Visitor) -> None:
    query = save(newcomer)
    at = f"/queries/{query['id']}"
    screen = see(newcomer, "sql_lab", query=str(query["id"]))
    done(newcomer.patch(at, json={"version": 1, "sql": "SELECT 'theirs'"}))
    keep(screen, "SELECT 'mine'")
    assert CLASH in screen.words()
    assert done(newcomer.get(at))["sql"] == "SELECT 'theirs'"
    screen.press("Save mine in its place")
    assert done(newcomer.get(at))["sql"] == "SELECT 'mine'"
    assert CLASH not in screen.words()


def test_a_query_is_renamed_shared_and_deleted(see: Opener, newcomer: Visitor) -> None:
    query = save(newcomer, "Before")
    at = f"/queries/{query['id']}"
    screen = see(newcomer, "sql_lab", query=str(query["id"])).press("Rename")
    screen.app.text_input(key="sql_rename_form_name").set_value("After")
    screen.press("Save")
    assert done(newcomer.get(at))["name"] == "After"
    screen.press("Share")
    assert done(newcomer.get(at))["is_shared"]
    screen.press("Stop sharing")
    assert not done(newcomer.get(at))["is_shared"]
    screen.press("Delete")
    assert newcomer.get(at).status_code == 200
    screen.app.button(key="sql_delete_now").click().run()
    assert newcomer.get(at).status_code == 404
    assert screen.checked().data("sql_editor")["query"] is None


def test_the_list_finds_mine_and_those_that_others_share(see: Opener, newcomer: Visitor, manager: Visitor) -> None:
    screen = opened_list(see(newcomer, "sql_lab"), "saved")
    screen.app.text_input(key="sql_saved_q").set_value("wombat").run()
    assert "No saved query fits" in screen.checked().words()
    mine = save(newcomer, "Wombats of mine", sql="SELECT 'w'")
    save(manager, "Wombats of Omar", is_shared=True, description="All of them")
    save(manager, "Wombats of nobody else")
    found = {item["name"]: item for item in entries(screen.again(), "saved")}
    assert set(found) == {"Wombats of mine", "Wombats of Omar"}
    assert found["Wombats of Omar"]["fact"].startswith("Omar Haddad, changed ")
    assert [act["kind"] for act in found["Wombats of Omar"]["acts"]] == ["open"]
    screen.fire("entries", "open", str(mine["id"]), "entries_sql_saved")
    assert screen.data("sql_editor")["fill"]["text"] == "SELECT 'w'"
    assert not screen.has("entries")
    opened_list(screen, "saved").fire("entries", "delete", str(mine["id"]), "entries_sql_saved")
    screen.app.button(key="sql_delete_now").click().run()
    assert "Wombats of mine" not in [item["name"] for item in entries(screen.checked(), "saved")]


def test_the_chart_comes_back_with_its_query(see: Opener, newcomer: Visitor) -> None:
    sql = "SELECT 'a' AS word, 1 AS first, 2 AS second"
    screen = run(see(newcomer, "sql_lab"), sql)
    screen.app.selectbox(key="sql_mark").set_value("Line").run()
    screen.app.selectbox(key="sql_y").set_value("first").run()
    keep(screen, sql, "new")
    screen.app.text_input(key="sql_save_name").set_value("With a chart")
    screen.press("Save")
    (query,) = saved(newcomer)
    chart = {"mark": "line", "x": "word", "y": "first", "colour": None}
    assert done(newcomer.get(f"/queries/{query['id']}"))["chart"] == chart
    screen = run(see(newcomer, "sql_lab", query=str(query["id"])), sql)
    chosen = [screen.app.selectbox(key=f"sql_{name}").value for name in ("mark", "x", "y")]
    assert chosen == ["Line", "word", "first"]


# -- parameters ----------------------------------------------------------------------------------------------------


def test_a_statement_waits_for_its_values_and_gets_them_with_their_types(see: Opener, newcomer: Visitor) -> None:
    screen = run(see(newcomer, "sql_lab"), TYPED)
    assert "asks for values" in screen.words()
    assert not screen.app.dataframe
    for name, kind in (("n", "number"), ("day", "date"), ("is_open", "yes-no")):
        screen.app.selectbox(key=f"sql_kind_0_{name}").set_value(kind).run()
    screen.app.number_input(key="sql_parameter_0_n_number").set_value(30.0)
    screen.app.toggle(key="sql_parameter_0_is_open_yes-no").set_value(True)
    screen.press("Run with these values")
    (row,) = shown(until_over(screen))
    assert row == {"n": 30, "type": "INTEGER", "day": None, "is_open": True, "word": "$no"}
    (row,) = shown(run(screen, "SELECT $n + 1 AS more"))
    assert row == {"more": 31}


def test_a_date_is_compared_as_one(see: Opener, newcomer: Visitor) -> None:
    screen = run(
        see(newcomer, "sql_lab"),
        "-- $since = 2026-01-31\nSELECT year($since) AS year, DATE '2026-02-01' - $since AS days",
    )
    assert shown(screen) == [{"year": 2026, "days": 1}]


def test_declared_defaults_are_values(see: Opener, newcomer: Visitor) -> None:
    screen = run(see(newcomer, "sql_lab"), "-- $n = 2.5\nSELECT $n AS n, -- $word = 'three'\n$word AS word")
    assert "asks for values" not in screen.words()
    assert shown(screen) == [{"n": 2.5, "word": "three"}]
    assert screen.app.number_input(key="sql_parameter_0_n_number").value == 2.5


def test_parameters_are_saved_with_the_values_of_their_widgets(see: Opener, newcomer: Visitor) -> None:
    sql = "-- $n = 2\nSELECT $n AS n, $word AS word"
    screen = run(see(newcomer, "sql_lab"), sql)
    screen.app.text_input(key="sql_parameter_0_word_text").set_value("here").run()
    keep(screen, sql, "new")
    screen.app.text_input(key="sql_save_name").set_value("With parameters")
    screen.press("Save")
    (query,) = saved(newcomer)
    assert done(newcomer.get(f"/queries/{query['id']}"))["parameters"] == [
        {"name": "n", "kind": "number", "default": 2},
        {"name": "word", "kind": "text", "default": "here"},
    ]
    screen = see(newcomer, "sql_lab", query=str(query["id"]))
    assert screen.app.text_input(key="sql_parameter_1_word_text").value == "here"
    assert not screen.app.dataframe
    assert "Run with these values" not in screen.labels()
    assert shown(run(screen, sql)) == [{"n": 2, "word": "here"}]
    screen.app.text_input(key="sql_parameter_1_word_text").set_value("there")
    screen.press("Run with these values")
    assert shown(until_over(screen)) == [{"n": 2, "word": "there"}]


# -- the history ---------------------------------------------------------------------------------------------------


def test_what_was_run_is_noted_and_run_again(see: Opener, newcomer: Visitor) -> None:
    screen = opened_list(see(newcomer, "sql_lab"), "history")
    assert "only you can read it" in screen.words()
    run(screen, "-- $n = 1\nSELECT $n\n  AS one")
    wait_until(lambda: len(newcomer.walk("/queries/history")) == 1, "the statement is noted")
    run(screen, "SELECT nothing")
    wait_until(lambda: len(newcomer.walk("/queries/history")) == 2, "the failure is noted")
    failed, well = entries(screen.again(), "history")
    assert (failed["name"], well["name"]) == ("SELECT nothing", "SELECT $n AS one")
    assert "Failed after " in failed["fact"]
    assert "1 row in " in well["fact"]
    screen.fire("entries", "run", well["slug"], "entries_sql_history")
    assert shown(until_over(screen)) == [{"one": 1}]
    assert screen.data("sql_editor")["fill"]["text"] == "-- $n = 1\nSELECT $n\n  AS one"
    opened_list(screen, "history").fire("entries", "edit", failed["slug"], "entries_sql_history")
    assert screen.data("sql_editor")["fill"]["text"] == "SELECT nothing"
    opened_list(screen, "history").press("Clear the history")
    screen.app.button(key="sql_history_clear_now").click().run()
    wait_until(lambda: "only you can read it" in screen.again().words(), "the history is empty")
    assert newcomer.walk("/queries/history") == []
