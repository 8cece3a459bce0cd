"""The editor of the SQL lab: what it runs, what it offers while somebody types, and where an error stands."""

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from streamlit_app.components.sql_editor import CODEMIRROR, PREVIEW
from tests.components import duckdb_words
from tests.components.bare import DESK, Bare
from tests.components.conftest import Opener
from tests.support.serving import ROOT

pytestmark = pytest.mark.second_try

BUNDLE = ROOT / "streamlit_app" / "static" / "codemirror" / "codemirror.js"
COLUMN = {"name": "opened_day", "type": "DATE", "comment": "The day of opening"}
TICKET = {"name": "ticket", "comment": "A problem", "columns": [COLUMN]}
TWO = "SELECT 1;\n\nSELECT\n  nothing;\n"


def draw(part: Bare, **data: Any) -> None:
    nothing = {"heard": None, "is_running": False, "fill": None, "error": None}
    desk = {"codemirror": CODEMIRROR, "preview": PREVIEW, "zone": "Europe/Berlin"}
    part.draw(**{"label": "SQL", "tables": [TICKET], **desk, **nothing, **data})


def editor(bare: Opener, text: str) -> Bare:
    """With this text in it, and the cursor at its end."""
    part = bare("sql_editor")
    part.page.route(f"{DESK}/app/static/codemirror/codemirror.js*", lambda route: route.fulfill(path=BUNDLE))
    draw(part, fill={"key": "one", "text": text})
    expect(field(part)).to_be_focused()
    return part


def field(part: Bare) -> Locator:
    return part.page.get_by_role("textbox", name="SQL")


def told(part: Bare) -> list[tuple[str, int]]:
    """What was run, and the line in which it begins."""
    return [(one.value["sql"], one.value["first_line"]) for one in part.told()]


def test_the_statement_at_the_cursor_runs(bare: Opener) -> None:
    part = editor(bare, TWO)
    field(part).press("Control+Enter")
    assert told(part) == [("SELECT\n  nothing;", 3)]
    part.page.get_by_role("button", name="Run").click(force=True)
    assert len(told(part)) == 1, "the first one has not been heard yet"
    draw(part, heard=part.told()[0].value["id"])
    field(part).press("Control+Home")
    part.page.get_by_role("button", name="Run").click()
    assert told(part)[1:] == [("SELECT 1;", 1)]


def test_the_comments_before_a_statement_run_with_it(bare: Opener) -> None:
    """They declare the defaults of its parameters."""
    part = editor(bare, "SELECT 1; -- one\n\n-- $n = 2\n  -- $m = 3\n\nSELECT $n, $m")
    field(part).press("Control+Enter")
    assert told(part) == [("-- $n = 2\n  -- $m = 3\n\nSELECT $n, $m", 3)]


def test_the_plan_of_the_statement_at_the_cursor_is_asked_for(bare: Opener) -> None:
    part = editor(bare, TWO)
    part.page.get_by_role("button", name="Explain").click()
    (one,) = part.told()
    assert (one.value["sql"], one.value["first_line"], one.value["explains"]) == ("SELECT\n  nothing;", 3, True)
    expect(part.page.get_by_role("button", name="Run")).to_be_disabled()


def test_a_selection_runs_alone(bare: Opener) -> None:
    part = editor(bare, "SELECT 1\n, 2")
    field(part).press("Shift+Home")
    field(part).press("Control+Enter")
    assert told(part) == [(", 2", 2)]


def test_a_statement_that_is_not_heard_is_sent_again_under_its_id(bare: Opener) -> None:
    part = editor(bare, "SELECT 1")
    part.lose()
    field(part).press("Control+Enter")
    part.pass_time(20_000)
    assert len({one.value["id"] for one in part.told()}) == 1
    assert len(part.told()) == 4
    expect(part.page.get_by_role("status")).to_have_text("The statement could not be sent. Please try again.")
    expect(part.page.get_by_role("button", name="Run")).to_be_enabled()


def test_nothing_runs_while_a_statement_runs(bare: Opener) -> None:
    part = editor(bare, "SELECT 1")
    draw(part, is_running=True)
    field(part).press("Control+Enter")
    expect(part.page.get_by_role("button", name="Run")).to_be_disabled()
    assert told(part) == []


def test_an_error_is_marked_at_its_line_until_the_text_changes(bare: Opener) -> None:
    part = editor(bare, TWO)
    field(part).press("Control+Enter")
    wish = part.told()[0].value["id"]
    draw(part, heard=wish, error={"id": wish, "line": 4})
    marked = part.page.locator(".cm-line.wrong")
    expect(marked).to_have_text("  nothing;")
    field(part).press("x")
    expect(marked).to_have_count(0)
    draw(part, heard=wish, error={"id": wish, "line": 4})
    expect(marked).to_have_count(0)


def test_tables_and_columns_are_offered(bare: Opener) -> None:
    part = editor(bare, "SELECT * FROM ")
    part.page.keyboard.type("tick")
    part.pass_time(500)
    expect(part.page.get_by_role("option", name="ticket")).to_be_visible()
    part.pass_time(500)
    part.page.keyboard.press("Enter")
    part.page.keyboard.type(" WHERE ticket.op")
    part.pass_time(500)
    offered = part.page.get_by_role("option", name="opened_day")
    expect(offered).to_contain_text("DATE")
    expect(part.page.get_by_text("The day of opening")).to_be_visible()


def test_the_words_are_those_of_the_installed_duckdb() -> None:
    assert duckdb_words.FILE.read_text("utf-8") == duckdb_words.text()


def test_keywords_types_and_functions_of_duckdb_are_offered(bare: Opener) -> None:
    part = editor(bare, "")
    for typed, offered in {"QUAL": "QUALIFY", "quantile_c": "quantile_cont", "x::HUGE": "HUGEINT"}.items():
        write(part, typed)
        part.pass_time(500)
        expect(part.page.get_by_role("option", name=offered, exact=True)).to_be_visible()


def test_columns_of_the_tables_in_the_statement_are_offered(bare: Opener) -> None:
    """Under the table's alias, and by themselves."""
    part = editor(bare, "")
    for typed in ("FROM ticket AS t WHERE t.op", "FROM ticket WHERE op", "FROM ticket t ORDER BY op"):
        write(part, typed)
        part.pass_time(500)
        expect(part.page.get_by_role("option", name="opened_day")).to_be_visible()
    write(part, "SELECT 1; FROM other WHERE opened_d")
    part.pass_time(500)
    expect(part.page.get_by_role("option", name="opened_day")).to_have_count(0)


def write(part: Bare, text: str) -> None:
    field(part).press("Escape")
    field(part).press("Control+A")
    part.page.keyboard.type(text)


def test_tab_takes_what_is_offered_and_otherwise_leaves(bare: Opener) -> None:
    part = editor(bare, "SELECT * FROM ")
    part.page.keyboard.type("tick")
    part.pass_time(500)
    expect(part.page.get_by_role("option", name="ticket")).to_be_visible()
    part.pass_time(500)
    part.page.keyboard.press("Tab")
    expect(field(part)).to_have_text("SELECT * FROM ticket")
    part.page.keyboard.type(" tick")
    part.pass_time(500)
    expect(part.page.get_by_role("option", name="ticket")).to_be_visible()
    part.page.keyboard.press("Escape")
    part.page.keyboard.press("Tab")
    expect(part.page.get_by_role("button", name="Run")).to_be_focused()
    expect(field(part)).to_have_text("SELECT * FROM ticket tick")


def test_a_name_from_elsewhere_comes_in_at_the_cursor(bare: Opener) -> None:
    part = editor(bare, "SELECT FROM ticket")
    field(part).press("Home")
    for _ in "SELECT":
        field(part).press("ArrowRight")
    part.page.evaluate("dispatchEvent(new CustomEvent('lodge-sql-insert', { detail: 'opened_day' }))")
    expect(field(part)).to_have_text("SELECT opened_day FROM ticket")
    expect(field(part)).to_be_focused()
    part.remove()
    part.page.evaluate("dispatchEvent(new CustomEvent('lodge-sql-insert', { detail: 'opened_day' }))")


def test_what_is_written_stays_when_the_page_is_loaded_again(bare: Opener) -> None:
    """An example that was chosen before does not come back over it."""
    part = editor(bare, "SELECT 1")
    part.page.keyboard.type(" + 1")
    part.open()
    draw(part, fill={"key": "one", "text": "SELECT 1"})
    expect(field(part)).to_have_text("SELECT 1 + 1")


def test_without_its_file_it_is_a_plain_text_field(bare: Opener) -> None:
    part = bare("sql_editor")
    draw(part, fill={"key": "one", "text": "SELECT 1\n, 2"})
    expect(field(part)).to_have_value("SELECT 1\n, 2")
    field(part).press("Control+Enter")
    assert told(part) == [("SELECT 1\n, 2", 1)]


WAYS = [{"name": "same", "label": "Save"}, {"name": "new", "label": "Save as…"}]


def saves(part: Bare) -> list[tuple[str, str]]:
    return [(one.value["way"], one.value["text"]) for one in part.told() if one.name == "save"]


@pytest.mark.parametrize("has_file", [True, False])
def test_the_whole_text_is_saved_by_key_or_button(bare: Opener, *, has_file: bool) -> None:
    part = editor(bare, TWO) if has_file else bare("sql_editor")
    draw(part, fill={"key": "one", "text": TWO}, ways=WAYS)
    field(part).press("Control+s")
    part.page.get_by_role("button", name="Save as…").click()
    assert saves(part) == [("same", TWO), ("new", TWO)]
    field(part).press("Control+a")
    field(part).press("Delete")
    field(part).press("Control+s")
    expect(part.page.get_by_role("status")).to_have_text("Write a query first.")
    assert len(saves(part)) == 2


def test_unsaved_changes_are_told_until_they_are_saved(bare: Opener) -> None:
    part = editor(bare, "SELECT 1\n")
    told_so = part.page.get_by_text("Unsaved changes")
    expect(told_so).to_be_hidden()
    opened = {"query": 7, "ways": WAYS}
    draw(part, kept="SELECT 1\r\n", **opened)
    expect(told_so).to_be_hidden()
    field(part).press("x")
    expect(told_so).to_be_visible()
    draw(part, kept="SELECT 1\nx", **opened)
    expect(told_so).to_be_hidden()


def test_unsaved_changes_stay_when_the_link_of_their_query_is_loaded_again(bare: Opener) -> None:
    part = editor(bare, "SELECT 1")
    seven = {"query": 7, "kept": "SELECT 1", "ways": WAYS}
    draw(part, **seven)
    part.page.keyboard.type(" + 1")
    part.open()
    draw(part, fill={"key": "two", "text": "SELECT 1"}, **seven)
    expect(field(part)).to_have_text("SELECT 1 + 1")
    expect(part.page.get_by_text("Unsaved changes")).to_be_visible()
    part.open()
    draw(part, fill={"key": "three", "text": "SELECT 8"}, query=8, kept="SELECT 8", ways=WAYS)
    expect(field(part)).to_have_text("SELECT 8")
