"""The data API goes away for a while: the pages say so, keep what is typed, and come back by themselves."""

from collections.abc import Iterator

import psutil
import pytest
from playwright.sync_api import expect

from streamlit_app.components.composer import AWAY as KEPT
from tests.journeys.conftest import BACK_MS, Opener
from tests.journeys.window import PHONE, message, row
from tests.lodge.desk_process import DeskProcess
from tests.support.api import Api

AWAY = "The desk cannot be reached; trying again."


@pytest.fixture
def killed(running_desk: DeskProcess) -> psutil.Process:
    return running_desk.application("data_api.main:app_from_environment")


def test_a_killed_service_comes_back_and_nothing_typed_is_lost(visit: Opener, api: Api, killed: psutil.Process) -> None:
    student = api.enter("student", "Wanda Wait")
    ticket = student.report("The socket sparks.")["id"]
    window, staff = visit("student", "Wanda Wait", size=PHONE), visit("agent", "Ada Okafor")
    page, queue = window.open("ticket", id=ticket), staff.open("queue")
    draft = page.get_by_label("Write to the helpdesk")
    draft.fill("Half of an answ")

    killed.kill()
    expect(page.get_by_text(AWAY)).to_be_visible()
    expect(page.get_by_role("heading", name="The socket sparks.")).to_be_visible()
    expect(draft).to_have_value("Half of an answ")
    draft.press("End")
    draft.press_sequentially("er.")
    for waiting in (page, queue):
        expect(waiting.get_by_text(AWAY)).to_be_hidden(timeout=BACK_MS)
    expect(draft).to_have_value("Half of an answer.")

    page.get_by_role("button", name="Send").click()
    expect(message(page, "Half of an answer.")).to_be_visible()
    expect(row(queue, ticket)).to_be_visible()
    assert [one["body"] for one in student.walk(f"/tickets/{ticket}/messages")] == ["Half of an answer."]


@pytest.fixture
def launcher(running_desk: DeskProcess) -> Iterator[psutil.Process]:
    """Whoever suspends it keeps what ended from coming back."""
    launcher = psutil.Process(running_desk.process.pid)
    yield launcher
    launcher.resume()


def test_an_answer_that_could_not_be_sent_says_so_until_it_was_sent(
    visit: Opener, api: Api, killed: psutil.Process, launcher: psutil.Process
) -> None:
    student = api.enter("student", "Wanda Wait")
    ticket = student.report("The socket smokes.")["id"]
    page = visit("student", "Wanda Wait", size=PHONE).open("ticket", id=ticket)
    draft, send = page.get_by_label("Write to the helpdesk"), page.get_by_role("button", name="Send")
    draft.fill("Now it burns.")

    launcher.suspend()
    killed.kill()
    send.click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    expect(page.get_by_text(AWAY)).to_be_visible()
    launcher.resume()
    expect(page.get_by_text(AWAY)).to_be_hidden(timeout=BACK_MS)
    expect(draft).to_have_value("Now it burns.")
    expect(page.get_by_text(KEPT)).to_be_visible()

    send.click()
    expect(message(page, "Now it burns.")).to_be_visible()
    expect(draft).to_have_value("")
    expect(page.get_by_text(KEPT)).to_be_hidden()
    assert [one["body"] for one in student.walk(f"/tickets/{ticket}/messages")] == ["Now it burns."]
