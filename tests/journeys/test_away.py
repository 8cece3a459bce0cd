"""The data API goes away for a while: the pages say so, keep what is typed, and come back by themselves."""

from collections.abc import Iterator

import httpx
import psutil
import pytest
from playwright.sync_api import expect

from service_kit.desk_key import read_secret
from service_kit.metrics_token import metrics_token_file
from streamlit_app.components.composer import AWAY as KEPT
from streamlit_app.components.composer import BACK
from tests.journeys.conftest import BACK_MS, Opener
from tests.journeys.window import message, row
from tests.lodge.desk_process import DeskProcess
from tests.support.api import Api
from tests.support.browser import PHONE
from tests.support.figures import figures_of

AWAY = "The desk cannot be reached; trying again."


@pytest.fixture
def launcher(running_desk: DeskProcess) -> Iterator[psutil.Process]:
    """Whoever suspends it keeps what ended from coming back."""
    launcher = psutil.Process(running_desk.process.pid)
    yield launcher
    launcher.resume()


def test_what_is_typed_while_the_desk_is_away_is_kept_and_sent_once(
    visit: Opener, api: Api, running_desk: DeskProcess, launcher: psutil.Process
) -> None:
    student = api.enter("student", "Wanda Wait")
    ticket = student.report("The socket sparks.")["id"]
    page = visit("student", "Wanda Wait", size=PHONE, is_drawn_by_time=True).open("ticket", id=ticket)
    queue = visit("agent", "Ada Okafor", is_drawn_by_time=True).open("queue")
    draft, send = page.get_by_label("Write to the helpdesk"), page.get_by_role("button", name="Send")
    draft.fill("Half of an answ")

    launcher.suspend()
    running_desk.application("data_api.main:app_from_environment").kill()
    for waiting in (page, queue):
        expect(waiting.get_by_text(AWAY)).to_be_visible()
    expect(page.get_by_role("heading", name="The socket sparks.")).to_be_visible()
    expect(draft).to_have_value("Half of an answ")
    draft.press("End")
    draft.press_sequentially("er.")
    send.click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    pages = f"http://127.0.0.1:{running_desk.ui_port}"
    health = httpx.get(f"{pages}/health", timeout=60)
    assert (health.status_code, health.json()["checks"]["data_api"]) == (503, "the data API does not answer")
    token = read_secret(metrics_token_file(running_desk.home)) or ""
    with httpx.Client(base_url=pages, timeout=60) as monitor:
        figures = figures_of(monitor, token)
        assert monitor.get("/metrics").status_code == monitor.get("/_stcore/metrics").status_code == 404
    assert figures("lodge_ui_sessions") >= 2
    assert figures("lodge_http_requests_total", route="/health", status="503") == 1

    launcher.resume()
    for waiting in (page, queue):
        expect(waiting.get_by_text(AWAY)).to_be_hidden(timeout=BACK_MS)
    expect(draft).to_have_value("Half of an answer.")
    expect(page.get_by_text(KEPT)).to_be_hidden()
    expect(page.get_by_text(BACK)).to_be_visible()

    send.click()
    expect(message(page, "Half of an answer.")).to_be_visible()
    expect(draft).to_have_value("")
    expect(page.get_by_text(BACK)).to_be_hidden()
    expect(row(queue, ticket)).to_be_visible()
    assert not any(line.startswith("UI") and "starting it again" in line for line in running_desk.lines)
    assert [one["body"] for one in student.walk(f"/tickets/{ticket}/messages")] == ["Half of an answer."]
