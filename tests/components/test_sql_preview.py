"""The preview under the SQL lab's editor: when it is asked for, what it shows, and that it can be switched off."""

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.components.bare import DESK, Bare
from tests.components.conftest import Opener
from tests.components.test_sql_editor import TWO, draw, editor, field

pytestmark = pytest.mark.second_try

ROWS = {
    "columns": [{"name": "<b>name</b>", "type": "VARCHAR"}, {"name": "n", "type": "BIGINT"}],
    "rows": [["<img src=x onerror=alert(1)>", 1], [None, 2], [{"a": [1]}, 3]],
    "truncated": True,
    "as_of": "2026-11-30T13:02:03+00:00",
}


class Server:
    """Answers in place of the pages' server, and notes what was asked."""

    def __init__(self, part: Bare) -> None:
        self.asked: list[str] = []
        self.answer: dict[str, Any] | None = ROWS
        self.status = 200
        part.page.route(f"{DESK}/sql/preview", self._fulfill)

    def _fulfill(self, route: Route) -> None:
        assert route.request.headers["content-type"] == "application/json"
        self.asked.append(json.loads(route.request.post_data or "")["sql"])
        if self.answer is None:
            route.fulfill(status=204)
        else:
            route.fulfill(status=self.status, json=self.answer)


def shown(part: Bare) -> Locator:
    return part.page.get_by_role("region", name="Preview", exact=True)


def write(part: Bare, text: str) -> None:
    part.page.keyboard.type(text)
    part.pass_time(500)


def test_a_wide_result_is_shown_in_part(bare: Opener) -> None:
    part = editor(bare, TWO)
    columns = [{"name": "x" * 300, "type": "BIGINT"}] * 10_000
    Server(part).answer = ROWS | {"columns": columns, "rows": [[1] * 10_000], "truncated": False}
    write(part, "-- a")
    expect(shown(part).get_by_text("Preview: 1 row with 50 of 10,000 columns, as of 14:02:03.")).to_be_visible()
    expect(shown(part).get_by_role("columnheader")).to_have_text(["x" * 200 + "…"] * 50)
    expect(shown(part).get_by_role("cell")).to_have_count(50)


def test_the_first_rows_of_what_would_run_are_shown_as_text(bare: Opener) -> None:
    part = editor(bare, TWO)
    server = Server(part)
    part.page.keyboard.type("-- a")
    part.pass_time(150)
    part.page.keyboard.type("b")
    part.pass_time(500)
    expect(shown(part).get_by_text("Preview: the first 3 rows, as of 14:02:03.")).to_be_visible()
    assert server.asked == ["SELECT\n  nothing;"], "once, after the pause"
    expect(shown(part).get_by_role("columnheader")).to_have_text(["<b>name</b>", "n"])
    expect(shown(part).get_by_role("cell")).to_have_text(
        ["<img src=x onerror=alert(1)>", "1", "NULL", "2", '{"a":[1]}', "3"]
    )
    expect(shown(part).locator("img, b")).to_have_count(0)
    with part.page.expect_response("**/sql/preview"):
        field(part).press("Control+Home")
        part.pass_time(500)
    assert server.asked[1:] == ["SELECT 1;"], "the cursor is in another statement"


def test_what_is_not_ready_leaves_the_former_rows_and_says_so(bare: Opener) -> None:
    part = editor(bare, "SELECT 1")
    server = Server(part)
    write(part, " ")
    former = shown(part).get_by_text("Of what was written before.")
    expect(shown(part)).to_be_visible()
    expect(former).to_be_hidden()
    server.answer = None
    write(part, ", ")
    expect(former).to_be_visible()
    expect(shown(part).get_by_role("cell")).to_have_count(6)
    server.answer = ROWS
    write(part, "2")
    expect(former).to_be_hidden()


def test_a_statement_that_runs_has_no_preview(bare: Opener) -> None:
    part = editor(bare, "SELECT 1")
    server = Server(part)
    write(part, " ")
    expect(shown(part)).to_be_visible()
    field(part).press("Control+Enter")
    expect(shown(part)).to_be_hidden()
    draw(part, heard=part.told()[0].value["id"])
    field(part).press("Home")
    part.pass_time(500)
    draw(part, heard=part.told()[0].value["id"], is_running=True)
    field(part).press("End")
    write(part, ", 2")
    assert server.asked == ["SELECT 1"], "its rows stand below"


def test_it_is_switched_off_and_stays_so(bare: Opener) -> None:
    part = editor(bare, "SELECT 1")
    server = Server(part)
    write(part, " ")
    expect(shown(part)).to_be_visible()
    part.page.get_by_role("checkbox", name="Preview while typing").uncheck()
    expect(shown(part)).to_be_hidden()
    part.open()
    draw(part)
    choice = part.page.get_by_role("checkbox", name="Preview while typing")
    expect(choice).not_to_be_checked()
    field(part).click()
    write(part, ", 2")
    assert server.asked == ["SELECT 1"]
    choice.check()
    part.pass_time(500)
    expect(shown(part)).to_be_visible()


def test_who_may_not_ask_is_not_asked_for_again(bare: Opener) -> None:
    part = editor(bare, "SELECT 1")
    server = Server(part)
    server.status = 401
    write(part, " ")
    # It has read the refusal.
    expect(part.page.locator("section[aria-label=Preview]")).to_have_class("former")
    expect(shown(part)).to_be_hidden()
    write(part, ", 2")
    assert server.asked == ["SELECT 1"]
