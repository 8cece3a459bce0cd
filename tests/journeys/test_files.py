"""A photo on its way: from the report to the staff's page, and what staff attach to a note stays with staff."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Opener
from tests.journeys.window import message, settled
from tests.support.api import Api
from tests.support.browser import PHONE
from tests.support.hostile_files import pdf, picture

pytestmark = pytest.mark.second_try

TEXT = "Water runs down the wall beside the stairs of the old wing."
NOTE = "The offer of the plumber."


def test_a_photo_reaches_staff_and_the_file_of_a_note_stays_there(visit: Opener, api: Api) -> None:
    student, staff = visit("student", "Nia Lund", size=PHONE), visit("agent", "Ada Okafor")
    page = student.open("report")
    page.get_by_label("What is the problem?").fill(TEXT)
    add(page, "wall.jpg", picture("JPEG", (900, 600)))
    # The draft outlives a reload, and with it the file.
    page.reload()
    settled(page)
    expect(page.get_by_role("list", name="Files to send")).to_contain_text("wall.jpg")
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.get_by_text(re.compile(r"Your report is #\d+"))).to_be_visible()
    ticket = api.enter("student", "Nia Lund").list_ids(requester="me")[0]

    page = staff.open("ticket", id=ticket)
    shown = page.get_by_role("button", name="Show wall.jpg")
    expect(shown.locator("img")).to_have_js_property("naturalWidth", 480)
    shown.click()
    dialog = page.get_by_role("dialog", name="wall.jpg")
    with page.expect_download() as download:
        dialog.get_by_role("link", name="Save the original").click()
    assert download.value.suggested_filename == "wall.jpg"
    page.keyboard.press("Escape")
    expect(shown).to_be_focused()

    page.get_by_label("Your answer").fill(NOTE)
    page.get_by_label("Internal note: staff only").check()
    add(page, "offer.pdf", pdf())
    page.get_by_role("button", name="Save note").click()
    expect(message(page, NOTE).get_by_role("link", name="offer.pdf")).to_be_visible()

    page = student.open("ticket", id=ticket)
    expect(page.get_by_role("link", name="wall.jpg")).to_be_visible()
    expect(page.get_by_role("link", name="offer.pdf")).to_have_count(0)
    assert not student.record.has_received("offer.pdf")


def add(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").first.set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    expect(page.get_by_role("button", name=f"Remove {name}")).to_be_visible()
