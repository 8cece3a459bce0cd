"""A question in SQL, from the keyboard to the row, and such as would never end."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.analytics_api.statements import statements_processes
from tests.journeys.conftest import Opener
from tests.journeys.window import choose, settled
from tests.lodge.desk_process import DeskProcess
from tests.lodge.waiting import wait_until
from tests.support.browser import DESKTOP, PHONE
from tests.support.looks import WCAG_2_2_AA, found_by_axe, misplaced

LABELS_OUTSIDE = """
    (svg) => {
        const { left, right } = svg.getBoundingClientRect();
        const boxes = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
        return boxes.filter(([, box]) => box.left < left || box.right > right).map(([text]) => text);
    }
"""
ENDLESS = "SELECT count(*) FROM range(10000000) a, range(10000000) b"


def write(page: Page, sql: str) -> None:
    page.get_by_role("textbox", name="SQL").press("Control+A")
    page.keyboard.insert_text(sql)


def test_a_question_is_answered_and_an_endless_one_is_cancelled(visit: Opener, running_desk: DeskProcess) -> None:
    page = visit("analyst", "Yuki Tanaka", size=PHONE).open("sql_lab")
    write(page, "SELECT 'no'; SELECT 6 * 7 AS answer, '<b>bold</b>' AS word")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("1 row in ")).to_be_visible()
    # The cells are drawn as a picture; inside it, they stand for screen readers.
    expect(page.locator("canvas [role=gridcell]")).to_have_text(["42", "<b>bold</b>"])
    expect(page.get_by_role("listbox", name="Completions")).to_have_count(0)
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        settled(page)
        assert misplaced(page) + found_by_axe(page, WCAG_2_2_AA) == []

    write(page, ENDLESS)
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled after ")).to_be_visible()
    expect(page.get_by_role("button", name="Run")).to_be_enabled()

    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    desk = running_desk.process.pid
    wait_until(lambda: len(statements_processes(desk)) == 1, "it runs", 20)
    page.goto("about:blank")
    wait_until(lambda: not statements_processes(desk), "it ends with its tab", 20)


def test_a_large_result_is_sorted_drawn_and_saved(visit: Opener, tmp_path: Path) -> None:
    page = visit("analyst", "Yuki Tanaka").open("sql_lab")
    moment = "TIMESTAMP '2025-12-13' + to_hours(i) AS moment"
    write(page, f"SELECT i, '=' || i AS word, {moment} FROM range(10000) AS numbers(i)")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("10,000 rows in ")).to_be_visible()
    first = page.locator("canvas [role=gridcell]").first
    expect(first).to_have_text("0")
    head = page.get_by_test_id("stDataFrame")
    for _ in range(2):  # upwards, then downwards
        head.click(position={"x": 60, "y": 15})
    expect(first).to_have_text("9999")
    expect(page.get_by_role("button", name="Download as CSV")).to_have_count(0)

    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    download.value.save_as(tmp_path / "result.csv")
    lines = (tmp_path / "result.csv").read_text("utf-8-sig").splitlines()
    assert (len(lines), lines[-1]) == (10_001, '9999,"\'=9999",2027-02-02 15:00:00.000000')

    choose(page, "Chart", "Line")
    choose(page, "Across", "moment")
    # The last label stands at the end of its axis, and a saved picture would cut what is outside.
    expect(page.locator(".st-key-sql_picture svg.marks").get_by_text("February").last).to_be_visible()
    assert page.locator(".st-key-sql_picture svg.marks").evaluate(LABELS_OUTSIDE) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as PNG").click()
    assert download.value.suggested_filename == "lodge-chart.png"
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_text("Each step gets its rows from")).to_be_visible()
