"""What staff write for staff stays with them: not on the student's page, nor in what their browser receives."""

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Opener
from tests.journeys.window import message, text_of
from tests.support.api import Api
from tests.support.browser import PHONE

SECRET = "quarrelsome-caller-17"
PUBLIC = "A colleague comes tomorrow."


def test_an_internal_note_never_reaches_the_student(visit: Opener, api: Api) -> None:
    ticket = api.enter("student", "Iris Blum").report("The radiator whistles.")["id"]
    staff, student = visit("agent", "Ada Okafor"), visit("student", "Iris Blum", size=PHONE)
    staff.open("ticket", id=ticket)
    student.open("ticket", id=ticket)

    note(staff.page)
    staff.page.get_by_label("Your answer").fill(PUBLIC)
    staff.page.get_by_role("button", name="Send").click()
    expect(message(student.page, PUBLIC)).to_be_visible()
    expect(message(student.page, SECRET)).to_have_count(0)
    expect(student.page).to_have_title(f"#{ticket} The radiator whistles. · Lodge")

    for page in ("ticket", "my_tickets", "open_tickets", "overview", "queue"):
        student.open(page, id=ticket)
        assert SECRET not in text_of(student.page), page
    assert student.record.has_received(PUBLIC)
    assert not student.record.has_received(SECRET)
    assert staff.record.has_received(SECRET)


def note(page: Page) -> None:
    """A note, and after it the field is for answers again."""
    page.get_by_label("Your answer").fill(SECRET)
    page.get_by_label("Internal note: staff only").check()
    page.get_by_role("button", name="Save note").click()
    expect(message(page, SECRET)).to_contain_text("Internal note")
    expect(page.get_by_label("Internal note: staff only")).not_to_be_checked()


def test_notes_under_a_closed_ticket_are_internal(visit: Opener, api: Api) -> None:
    student, agent = api.enter("student", "Iris Blum"), api.enter("agent", "Ada Okafor")
    ticket = student.report("The door handle is loose.")["id"]
    agent.move(ticket, "active", "closed")
    window = visit("agent", "Ada Okafor")
    page = window.open("ticket", id=ticket)
    page.get_by_label("Internal note", exact=True).fill(SECRET)
    page.get_by_role("button", name="Save note").click()
    expect(message(page, SECRET)).to_contain_text("Internal note")
    assert student.walk(f"/tickets/{ticket}/messages") == []
