"""While somebody writes: the desk says where it will go and whether it is known, and takes no letter and no focus."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Opener
from tests.journeys.window import choose, settled, tab_to
from tests.support.api import Api, Visitor, done
from tests.support.browser import PHONE

pytestmark = pytest.mark.second_try

DESCRIPTION = "What is the problem?"
# What was learned decides which of them are clear.
MIXED = (
    "The coffee machine in the library is broken",
    "The elevator display shows an error message",
    "Please call me back",
    "The card reader at the canteen till is dead",
)


def write(page: Page, text: str) -> Locator:
    """Letter by letter, in place of what stands there."""
    field = page.get_by_label(DESCRIPTION)
    field.press("ControlOrMeta+a")
    page.keyboard.type(text, delay=10)
    return field


def unclear(student: Visitor) -> str:
    for text in MIXED:
        if done(student.post("/tickets/suggestions", json={"description": text}))["sureness"] == "unsure":
            return text
    raise AssertionError("every text is clear to the desk")


def test_the_category_follows_the_words_and_nothing_typed_is_lost(visit: Opener) -> None:
    """Also for who goes on typing in the middle of the text while it is suggested."""
    page = visit("student", "Tia Types").open("report")
    field = write(page, "The soup in the canteen was sour and the staff were rude")
    expect(page.get_by_text("For: Services complaints")).to_be_visible()
    expect(field).to_be_focused()
    field = write(page, "The WiFi drops in the hall")
    for _ in range(11):
        field.press("ArrowLeft")
    for letter in "every hour ":
        page.keyboard.type(letter)
        # Slower and faster than the pause: redraws come between the letters.
        page.wait_for_timeout(340 if letter == " " else 60)
    expect(page.get_by_text("For: Technical IT")).to_be_visible()
    expect(field).to_be_focused()
    expect(field).to_have_value("The WiFi drops every hour in the hall")


def test_where_the_words_leave_it_open_its_writer_chooses(visit: Opener, api: Api) -> None:
    student = api.enter("student", "Uma Unsure")
    page = visit("student", "Uma Unsure", size=PHONE).open("report")
    page.get_by_label(DESCRIPTION).fill(unclear(student))
    pair = page.get_by_role("group", name="Which is it?").get_by_role("button")
    expect(pair).to_have_count(2)
    chosen = pair.nth(1).inner_text()
    tab_to(page, chosen)
    expect(pair.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"For: {chosen}, as you chose")).to_be_visible()
    expect(page.get_by_role("button", name="Change")).to_be_focused()
    page.get_by_label(DESCRIPTION).press("End")
    page.keyboard.type(", and it smells of burnt milk.")
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.get_by_text(f"It goes to {chosen}.")).to_be_visible()


def test_a_second_student_says_me_too_and_hears_what_becomes_of_it(visit: Opener, api: Api) -> None:
    """What is new is counted in the tab until it is seen. Who may read the ticket sees its title, and nothing more of
    it, before they open it."""
    text, agent = "The projector in the big hall flickers all the time", api.enter("agent", "Ada Okafor")
    first = api.enter("student", "Fia First")
    ticket = first.report(f"{text}, says Fia.", title="Projector flickers", building="law-faculty")["id"]
    window = visit("student", "Sol Second")
    page = window.open("report")
    choose(page, "Building", "Law Faculty")
    settled(page)
    field = write(page, text)
    expect(page.get_by_text("This may be known already. Is it the same problem?")).to_be_visible()
    entry = page.get_by_role("listitem").filter(has_text="Projector flickers")
    expect(entry.get_by_role("link", name=f"#{ticket}")).to_be_visible()
    expect(entry).to_contain_text("Law Faculty. One person reported this")
    entry.get_by_role("button", name="Me too").click()
    expect(page.get_by_text("Thank you. You are counted")).to_be_visible()
    expect(page.get_by_text("2 people have reported this, you among them.")).to_be_visible()
    expect(field).to_have_value(text)
    assert agent.read(ticket)["reports"] == 2

    agent.move(ticket, "active")
    expect(page).to_have_title("(1) Report a problem · Lodge")
    expect(page.get_by_role("button", name="Report", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", name="Your confirmation is counted.")).to_be_visible()
    expect(field).to_have_value("")
    page.get_by_role("link", name="See what you confirmed").click()
    expect(page.get_by_text("New: the helpdesk is working on it.")).to_be_visible()
    expect(page).to_have_title("My tickets · Lodge")
    agent.move(ticket, "closed")
    expect(page.get_by_text("New: it has been closed.")).to_be_visible()
    # Without its title: students do not read the closed tickets of others.
    entry = page.get_by_role("listitem").filter(has_text="Law Faculty")
    expect(entry).to_contain_text("Closed")

    entry.get_by_role("button", name="It was another problem").click()
    expect(page.get_by_text("No confirmed reports to show.")).to_be_visible()
    assert agent.read(ticket)["reports"] == 1
    assert not window.record.has_received("says Fia"), "another student's words came along"
