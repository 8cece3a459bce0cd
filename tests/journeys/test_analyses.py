"""The numbers follow the desk, say how old they are, and stand aside when the service that counts them is away."""

import re
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Locator, Page, expect

from streamlit_app.analyses.figures import AWAY, LAST_ONES
from tests.journeys.conftest import BACK_MS, Opener
from tests.journeys.window import row, settled, tab_to
from tests.lodge.desk_process import DeskProcess
from tests.support.api import Api
from tests.support.browser import PHONE

DESK_AWAY = "The desk cannot be reached"
LIVE, BEHIND, NOT_FOLLOWING = re.compile("^live, "), re.compile(" behind$"), re.compile("^not following, ")


def age(page: Page) -> Locator:
    return page.get_by_role("main").get_by_text(BEHIND)


def number(page: Page) -> int:
    return int(page.get_by_test_id("stMetricValue").inner_text().replace(",", ""))


def test_a_report_stands_in_the_number(visit: Opener, api: Api) -> None:
    """Over so many days that no ticket grows too old meanwhile."""
    student = api.enter("student", "Nora Number")
    page = visit("agent", "Ada Okafor", size=PHONE).open("analyses", analysis="open-in-period", days=1000)
    for _ in range(2):
        more = number(page) + 1
        student.report("The tap drips.")
        expect(page.get_by_text(f"{more} tickets opened in the last 1,000 days are not closed yet.")).to_be_visible()
        settled(page)


def test_without_a_pointer(visit: Opener, tmp_path: Path) -> None:
    """From the overview's figure to another analysis, its slider, its table, the table as a file, and back."""
    page = visit("agent", "Kim Keys").open("overview")
    tab_to(page, "Created and closed by day")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("days=28"))
    settled(page)
    tab_to(page, "Analysis")
    page.keyboard.type("Resolution")
    expect(page.get_by_role("option", name="Resolution time by month")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("analysis=resolution-time-by-month$"))
    settled(page)
    page.get_by_role("slider", name="Months with at least").focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("at_least=2$"))
    settled(page)
    tab_to(page, "keyboard_arrow_right")  # the icon's letters begin the name of what opens the table
    page.keyboard.press("Enter")
    table = page.get_by_role("region", name="Resolution time by month")
    expect(table).to_be_visible()
    tab_to(page, "Download as CSV")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    download.value.save_as(tmp_path / "table.csv")
    lines = (tmp_path / "table.csv").read_text("utf-8-sig").splitlines()
    assert lines[0] == "Month of opening,Closed tickets,Mean time to close (hours),Provisional"
    expect(table.get_by_role("row")).to_have_count(len(lines))
    page.go_back()
    expect(page.get_by_role("slider", name="Months with at least")).to_have_value("1")


def test_no_key_on_a_slider_is_lost(visit: Opener) -> None:
    """Keys come faster than the browser learns of the URLs that they lead to."""
    page = visit("agent", "Kim Keys").open("analyses", analysis="open-in-period", days=100)
    slider = page.get_by_role("slider", name="Days")
    slider.focus()
    for days in (120, 140, 160):
        for _ in range(20):
            page.keyboard.press("ArrowRight", delay=33)
        expect(page.get_by_text(f"opened in the last {days} days")).to_be_visible()
        settled(page)
        expect(slider).to_have_value(str(days))
        expect(page).to_have_url(re.compile(f"days={days}$"))


@pytest.fixture
def uncounted(running_desk: DeskProcess) -> Iterator[psutil.Process]:
    """The analytics API, killed; the launcher, whoever resumes it lets it come back."""
    launcher = psutil.Process(running_desk.process.pid)
    launcher.suspend()
    running_desk.application("analytics_api.main:app_from_environment").kill()
    yield launcher
    launcher.resume()


def test_the_desk_works_on_without_numbers(visit: Opener, api: Api, request: pytest.FixtureRequest) -> None:
    window = visit("agent", "Ada Okafor", is_drawn_by_time=True)
    overview, analysis = window.open("overview"), window.open_tab("analyses", analysis="open-in-period")
    expect(age(analysis)).to_have_text(LIVE)
    launcher: psutil.Process = request.getfixturevalue("uncounted")

    expect(analysis.get_by_text(LAST_ONES)).to_be_visible()
    expect(age(analysis)).to_have_text(NOT_FOLLOWING)
    ticket = api.enter("student", "Nora Number").report("The tap drips again.")["id"]
    latest = overview.get_by_role("list", name="Recent activity")
    expect(latest.get_by_text("The tap drips again.")).to_be_visible()
    expect(overview.get_by_text(LAST_ONES)).to_be_visible()
    expect(age(overview)).to_have_text(NOT_FOLLOWING)
    queue = window.open_tab("queue")
    expect(row(queue, ticket)).to_be_visible()
    late = visit("manager", "Omar Haddad", is_drawn_by_time=True).open("overview")
    expect(late.get_by_text(AWAY)).to_be_visible()
    for page in (overview, analysis, queue, late):
        expect(page.get_by_text(DESK_AWAY)).to_have_count(0)

    launcher.resume()
    for page in (overview, analysis, late):
        expect(age(page)).to_have_text(LIVE, timeout=BACK_MS)
        expect(page.get_by_text("cannot be reached")).to_have_count(0)
