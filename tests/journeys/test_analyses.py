"""The numbers follow the desk, say how old they are, and stand aside when the service that counts them is away."""

import re
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Locator, Page, expect

from streamlit_app.figures import AWAY, LAST_ONES
from tests.journeys.conftest import BACK_MS, Opener
from tests.journeys.seen import median_told, now, seen_after, watch
from tests.journeys.test_keyboard import tab_to
from tests.journeys.window import ONLY_WHAT_HAPPENS, PHONE, row, settled, show
from tests.lodge.desk_process import DeskProcess
from tests.lodge.waiting import wait_until
from tests.support.api import Api

DESK_AWAY = "The desk cannot be reached"
# What people are promised is one second; a busy machine must not fail the run.
LIVE_MS = 10_000
LIVE, BEHIND, NOT_FOLLOWING = re.compile("^live, "), re.compile(" behind$"), re.compile("^not following, ")


def age(page: Page) -> Locator:
    return page.get_by_role("main").get_by_text(BEHIND)


def number(page: Page) -> int:
    return int(page.get_by_test_id("stMetricValue").inner_text().replace(",", ""))


def test_a_report_stands_in_the_number_at_once(visit: Opener, api: Api) -> None:
    """Over so many days that no ticket grows too old meanwhile."""
    student, window = api.enter("student", "Nora Number"), visit("agent", "Ada Okafor", size=PHONE)
    with window.page.add_init_script(ONLY_WHAT_HAPPENS):
        page = window.open("analyses", analysis="open-in-period", days=1000)
    expect(age(page)).to_have_text(LIVE)
    times = []
    for _ in range(5):
        watch(page, f"{number(page) + 1} tickets opened in the last 1000 days are not closed yet.")
        student.report("The tap drips.")
        reported = now()
        times.append(seen_after(page, reported))
        settled(page)
    assert median_told("a report in the number", times) < LIVE_MS


def test_the_age_counts_on_by_itself_and_is_told_anew(visit: Opener) -> None:
    page = visit("analyst", "Yuki Tanaka").open("analyses", analysis="open-in-period")
    for _ in range(2):
        expect(age(page)).to_have_text(LIVE)
        tell_anew(page)
        count_on(page)


def seconds_behind(page: Page) -> float:
    found = re.search(r"([\d.]+) s behind$", age(page).inner_text())
    assert found is not None
    return float(found[1])


def tell_anew(page: Page) -> None:
    """Until it says less than before."""
    told = [seconds_behind(page)]

    def is_less() -> bool:
        told.append(seconds_behind(page))
        return told[-1] < told[-2]

    wait_until(is_less, "an age that is told anew")


def count_on(page: Page) -> None:
    """Until it says a second more than now."""
    now_behind = seconds_behind(page)
    wait_until(lambda: seconds_behind(page) >= now_behind + 1, "an age that counts on")


def test_a_view_is_a_link(visit: Opener) -> None:
    window = visit("agent", "Ada Okafor")
    page = window.open("analyses", analysis="open-in-period")
    page.get_by_role("radiogroup").get_by_text("The last days").click()
    expect(page).to_have_url(re.compile("days=1$"))
    settled(page)
    page.get_by_role("slider", name="The last days").press("End")
    expect(page).to_have_url(re.compile("days=1095$"))
    settled(page)

    other = show(visit("manager", "Omar Haddad").page, page.url)
    expect(other.get_by_role("slider", name="The last days")).to_have_value("1095")
    expect(other.get_by_test_id("stMetricValue")).to_have_text(page.get_by_test_id("stMetricValue").inner_text())
    page.go_back()
    expect(page.get_by_role("slider")).to_have_value("1")


def test_without_a_pointer(visit: Opener, tmp_path: Path) -> None:
    """From the overview's figure to another analysis, its slider, its table, and the table as a file."""
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
    assert lines[0] == "Month of opening,Closed tickets,Mean time to close (hours)"
    expect(table.get_by_role("row")).to_have_count(len(lines))


@pytest.fixture
def uncounted(running_desk: DeskProcess) -> Iterator[psutil.Process]:
    """The analytics API, killed; the launcher, whoever resumes it lets it come back."""
    launcher = psutil.Process(running_desk.process.pid)
    launcher.suspend()
    running_desk.application("analytics_api.main:app_from_environment").kill()
    yield launcher
    launcher.resume()


def test_the_desk_works_on_without_numbers(visit: Opener, api: Api, request: pytest.FixtureRequest) -> None:
    window = visit("agent", "Ada Okafor")
    overview, analysis = window.open("overview"), window.open_tab("analyses", analysis="open-in-period")
    expect(age(analysis)).to_have_text(LIVE)
    launcher: psutil.Process = request.getfixturevalue("uncounted")

    expect(analysis.get_by_text(LAST_ONES)).to_be_visible()
    expect(age(analysis)).to_have_text(NOT_FOLLOWING)
    ticket = api.enter("student", "Nora Number").report("The tap drips again.")["id"]
    expect(overview.get_by_text("The tap drips again.")).to_be_visible()
    expect(overview.get_by_text(LAST_ONES)).to_be_visible()
    expect(age(overview)).to_have_text(NOT_FOLLOWING)
    queue = window.open_tab("queue")
    expect(row(queue, ticket)).to_be_visible()
    late = visit("manager", "Omar Haddad").open("overview")
    expect(late.get_by_text(AWAY)).to_be_visible()
    for page in (overview, analysis, queue, late):
        expect(page.get_by_text(DESK_AWAY)).to_have_count(0)

    launcher.resume()
    for page in (overview, analysis, late):
        expect(age(page)).to_have_text(LIVE, timeout=BACK_MS)
        expect(page.get_by_text("cannot be reached")).to_have_count(0)
