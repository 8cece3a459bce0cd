"""Forms: the next one begins empty, nothing is cut in silence, and what stands in the way is read in time."""

from typing import Any

from playwright.sync_api import Page, expect

from streamlit_app.components.composer import FULL, LONGEST
from tests.journeys.conftest import Opener
from tests.journeys.window import PHONE, choose, row, settled
from tests.support.api import Api, Visitor

DESCRIPTION = "What is the problem?"


def report(page: Page, text: str) -> None:
    page.get_by_label(DESCRIPTION).fill(text)
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.get_by_label(DESCRIPTION)).not_to_have_value(text)
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    settled(page)


def fill_in(page: Page) -> None:
    page.get_by_label("Room").fill("2.14")
    choose(page, "How urgent?", "High")


def latest(staff: Visitor, title: str) -> dict[str, Any]:
    return staff.read(staff.list_ids(q=title, sort="-opened_at")[0])


def test_after_a_report_the_form_is_empty(visit: Opener, api: Api) -> None:
    staff = api.enter("agent", "Ada Okafor")
    page = visit("student", "Nia Next").open("report")
    fill_in(page)
    report(page, "The yellow umbrella leaks.")
    expect(page.get_by_label(DESCRIPTION)).to_have_value("")
    expect(page.get_by_label("Room")).to_have_value("")
    expect(page.get_by_text("High", exact=True)).to_have_count(0)
    report(page, "The purple umbrella leaks.")

    first, second = latest(staff, "yellow umbrella"), latest(staff, "purple umbrella")
    assert (first["room"], first["priority"]) == ("2.14", "high")
    assert (second["room"], second["priority"]) == (None, "normal")


def test_after_a_report_for_someone_everything_is_empty(visit: Opener, api: Api) -> None:
    staff = api.enter("agent", "Ada Okafor")
    for name in ("Cleo Caller", "Dara Caller"):
        api.enter("student", name)
    page = visit("agent", "Ada Okafor").open("report_for")
    who = page.get_by_label("Who has the problem?")
    look_for(page, "Cleo Caller")
    fill_in(page)
    page.get_by_label(DESCRIPTION).fill("The orange umbrella leaks.")
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.get_by_text("For Cleo Caller.")).to_be_visible()
    expect(who).to_have_value("")
    settled(page)
    look_for(page, "Dara Caller")
    expect(page.get_by_label(DESCRIPTION)).to_have_value("")
    expect(page.get_by_label("Room")).to_have_value("")
    page.get_by_label(DESCRIPTION).fill("The silver umbrella leaks.")
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.get_by_text("For Dara Caller.")).to_be_visible()

    second = latest(staff, "silver umbrella")
    assert (second["requester"]["name"], second["room"], second["priority"]) == ("Dara Caller", None, "normal")


def look_for(page: Page, name: str) -> None:
    page.get_by_label("Who has the problem?").fill(name)
    page.get_by_label("Who has the problem?").press("Enter")
    expect(page.get_by_label(DESCRIPTION)).to_be_visible()
    settled(page)


def test_what_is_cut_is_told(visit: Opener, api: Api) -> None:
    ticket = api.enter("student", "Lou Long").report("A long story.")["id"]
    window = visit("student", "Lou Long", size=PHONE)
    for place, query, label in (("report", {}, DESCRIPTION), ("ticket", {"id": ticket}, "Write to the helpdesk")):
        page = window.open(place, **query)
        field = page.get_by_label(label)
        expect(page.get_by_text(FULL)).to_be_hidden()
        field.focus()
        page.keyboard.insert_text("a" * (LONGEST + 1))
        expect(page.get_by_text(FULL)).to_be_visible()
        assert len(field.input_value()) == LONGEST
        field.press("Backspace")
        expect(page.get_by_text(FULL)).to_be_hidden()
        field.fill("")


def test_a_clash_is_read_before_saving_again(visit: Opener, api: Api) -> None:
    student, agent = api.enter("student", "Cora Clash"), api.enter("agent", "Ada Okafor")
    ticket = student.report("One title for two.")["id"]
    page = visit("agent", "Ada Okafor").open("ticket", id=ticket)
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Title").fill("Mine")
    agent.edit(ticket, title="Theirs")
    save = page.get_by_role("button", name="Save")
    save.click()
    warning = page.get_by_text("Somebody else changed this meanwhile")
    expect(warning).to_be_in_viewport(ratio=1)
    expect(save).to_be_in_viewport(ratio=1)
    # At one moment: the page may still be scrolling.
    lies_above = "(one, other) => one.getBoundingClientRect().bottom <= other.getBoundingClientRect().top"
    assert warning.evaluate(lies_above, save.element_handle())
    save.click()
    expect(page.get_by_role("heading", name="Mine")).to_be_visible()


def test_pressing_two_buttons_quickly_is_no_conflict_with_oneself(visit: Opener, api: Api) -> None:
    """The second meets the first one's redraw at different moments."""
    student, pauses = api.enter("student", "Quinn Quick"), (0, 100, 200, 350, 500)
    tickets = [student.report("Two buttons.")["id"] for _ in pauses]
    page = visit("agent", "Ada Okafor").open("queue")
    for ticket, pause_ms in zip(tickets, pauses, strict=True):
        row(page, ticket).get_by_role("link").click()
        expect(page.get_by_role("button", name="Assign to me")).to_be_visible()
        settled(page)
        page.get_by_role("button", name="Assign to me").click()
        page.wait_for_timeout(pause_ms)
        page.get_by_role("button", name="Start work").click()
        expect(page.get_by_role("button", name="Solved")).to_have_attribute("kind", "primary")
        expect(page.get_by_role("button", name="Assign to me")).to_have_count(0)
        settled(page)
        expect(page.get_by_text("Somebody else")).to_have_count(0)
        page.get_by_role("link", name="← Back to the queue").click()


def test_phones_have_room_and_no_control_key(visit: Opener, api: Api) -> None:
    ticket = api.enter("student", "Pia Phone").report("The handle is loose.")["id"]
    window = visit("agent", "Ada Okafor", size=PHONE)
    page = window.open("ticket", id=ticket)
    expect(page.get_by_text("Ctrl+Enter sends")).to_be_hidden()
    page = window.open("queue")
    column = page.get_by_role("list", name="Tickets").bounding_box()
    assert column is not None
    for field in ("queue_q", "queue_sort"):
        drawn = page.locator(f".st-key-{field} > div").bounding_box()
        assert drawn is not None
        assert drawn["width"] > column["width"] - 2, field
