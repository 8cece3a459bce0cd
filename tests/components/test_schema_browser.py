"""The tables beside the SQL lab's editor: what they tell, how they are searched, and where a pressed name goes."""

from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.components.bare import DESK, Bare
from tests.components.conftest import Opener
from tests.support.browser import PHONE

pytestmark = pytest.mark.second_try


def column(name: str, type_: str, comment: str = "What it holds") -> dict[str, str]:
    return {"name": name, "type": type_, "comment": comment}


TABLES = [
    {
        "name": "ticket",
        "comment": "A problem that someone reported",
        "rows": 1200,
        "columns": [column("id", "BIGINT"), column("status", "VARCHAR"), column("room", "VARCHAR")],
    },
    {"name": "message", "comment": "What someone said", "rows": 1, "columns": [column("ticket_id", "BIGINT")]},
]
NOTHING: dict[str, Any] = {"nulls": 0, "distinct": 0, "minimum": None, "maximum": None, "values": [], "histogram": []}
SUMMARY = {
    "name": "ticket",
    "rows": 1200,
    "read": 1000,
    "as_of": "2026-11-30T13:02:03+00:00",
    "columns": [
        {
            **column("id", "BIGINT"),
            **NOTHING,
            "distinct": 1190,
            "minimum": "1",
            "maximum": "1200",
            "values": [{"value": "1", "rows": None}, {"value": "2", "rows": None}],
            "histogram": [80] * 11 + [0],
        },
        {
            **column("status", "VARCHAR"),
            **NOTHING,
            "nulls": 15,
            "distinct": 2,
            "values": [{"value": "<i>open</i>", "rows": 700}, {"value": "closed", "rows": 285}],
        },
        {**column("room", "VARCHAR"), **NOTHING, "nulls": 1000},
    ],
}


def browser(bare: Opener, **size: Any) -> tuple[Bare, list[str]]:
    """With the tables, and the list of those whose summaries were asked for."""
    part = bare("schema_browser", **size)
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url.rpartition("/")[2])
        route.fulfill(json=SUMMARY) if asked[-1] == "ticket" else route.fulfill(status=503, json={"detail": "Away."})

    part.page.route(f"{DESK}/sql/schema/*", answer)
    part.draw(tables=TABLES, summary="sql/schema/", zone="Europe/Berlin")
    return part, asked


def open_table(part: Bare, says: str) -> None:
    part.page.get_by_text(says).click()


def test_an_opened_table_says_what_its_columns_hold(bare: Opener) -> None:
    part, asked = browser(bare)
    expect(part.page.get_by_text("1,200 rows. A problem that someone reported.")).to_be_visible()
    open_table(part, "A problem that someone reported")
    expect(part.page.get_by_text("As of 14:02:03. Figures from 1,000 rows drawn at random.")).to_be_visible()
    lines = part.page.get_by_role("listitem")
    expect(lines.nth(0)).to_contain_text("never emptyabout 1,190 values1 to 1200such as 1, 2")
    expect(lines.nth(1)).to_contain_text("2 % empty2 values<i>open</i> (700), closed (285)")
    expect(lines.nth(2)).to_contain_text("always empty")
    histogram = part.page.get_by_role("img")
    expect(histogram).to_have_accessible_name(f"Rows in 12 equal parts from 1 to 1200: {'80, ' * 11}0")
    expect(histogram.locator("span")).to_have_count(12)
    open_table(part, "A problem that someone reported")
    open_table(part, "A problem that someone reported")
    assert asked == ["ticket"]


def test_figures_that_cannot_be_had_leave_the_names(bare: Opener) -> None:
    part, _ = browser(bare)
    open_table(part, "What someone said")
    expect(part.page.get_by_text("What the columns hold cannot be said at the moment.")).to_be_visible()
    expect(part.page.get_by_role("button", name="ticket_id")).to_be_visible()


def test_a_pressed_name_goes_to_the_editor(bare: Opener) -> None:
    part, _ = browser(bare)
    part.page.evaluate(
        "window.put = []; addEventListener('lodge-sql-insert', (event) => window.put.push(event.detail))"
    )
    open_table(part, "A problem that someone reported")
    part.page.get_by_role("button", name="ticket", exact=True).click()
    part.page.get_by_role("button", name="room", exact=True).press("Enter")
    assert part.page.evaluate("window.put") == ["ticket", "room"]


def test_names_of_tables_and_columns_are_found(bare: Opener) -> None:
    part, _ = browser(bare)
    part.page.get_by_role("searchbox", name="Search tables and columns").fill("Room")
    expect(part.page.get_by_role("button", name="room", exact=True)).to_be_visible()
    expect(part.page.get_by_role("button", name="status", exact=True)).to_be_hidden()
    expect(part.page.get_by_text("What someone said")).to_be_hidden()
    part.page.get_by_role("searchbox").fill("nowhere")
    expect(part.page.get_by_text("No table and no column is called so.")).to_be_visible()
    part.page.get_by_role("searchbox").fill("")
    expect(part.page.get_by_text("What someone said")).to_be_visible()


def test_a_redraw_leaves_it_open(bare: Opener) -> None:
    """Every statement that runs draws the page again, with other numbers of rows."""
    part, _ = browser(bare)
    open_table(part, "A problem that someone reported")
    part.draw(tables=[{**each, "rows": 5000} for each in TABLES], summary="sql/schema/", zone="UTC")
    expect(part.page.get_by_role("button", name="room", exact=True)).to_be_visible()


def test_it_fits_a_phone(bare: Opener) -> None:
    part, _ = browser(bare, size=PHONE)
    open_table(part, "A problem that someone reported")
    expect(part.page.get_by_role("img")).to_be_visible()
    assert part.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
