"""Forms: the next one begins empty, and what stands in the way is read in time."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Opener
from tests.journeys.window import choose, message, row, settled
from tests.support.api import Api, Visitor

DESCRIPTION = "What is the problem?"


def fill_in(page: Page) -> None:
    page.get_by_label("Room").fill("2.14")
    choose(page, "How urgent?", "High")


def latest(staff: Visitor, title: str) -> dict[str, Any]:
    return staff.read(staff.list_ids(q=title, sort="-opened_at")[0])


def test_after_a_report_for_someone_everything_is_empty(visit: Opener, api: Api) -> None:
    staff = api.enter("agent", "Ada Okafor")
    cleo, dara = (api.enter("student", name) for name in ("Cleo Caller", "Dara Caller"))
    page = visit("agent", "Ada Okafor").open("report_for")
    who = page.get_by_label("Who has the problem?")
    look_for(page, cleo)
    fill_in(page)
    page.get_by_label(DESCRIPTION).fill("The orange umbrella leaks.")
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.get_by_text("For Cleo Caller.")).to_be_visible()
    expect(who).to_have_value("")
    settled(page)
    look_for(page, dara)
    expect(page.get_by_label(DESCRIPTION)).to_have_value("")
    expect(page.get_by_label("Room")).to_have_value("")
    page.get_by_label(DESCRIPTION).fill("The silver umbrella leaks.")
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.get_by_text("For Dara Caller.")).to_be_visible()

    second = latest(staff, "silver umbrella")
    assert (second["requester"]["name"], second["room"], second["priority"]) == ("Dara Caller", None, "normal")


def look_for(page: Page, caller: Visitor) -> None:
    page.get_by_label("Who has the problem?").fill(caller.name)
    page.get_by_label("Who has the problem?").press("Enter")
    expect(page.get_by_label("Choose the person")).to_have_value("")
    choose(page, "Choose the person", f"{caller.name} (no. {caller.person_id})")
    expect(page.get_by_label(DESCRIPTION)).to_be_visible()
    settled(page)


def test_a_clash_is_read_as_long_as_one_wants_and_nothing_changes_under_ones_hand(visit: Opener, api: Api) -> None:
    student, maja = api.enter("student", "Cora Clash"), api.enter("agent", "Maja Weber")
    ticket = student.report("One title for two.")["id"]
    page = visit("agent", "Hal Hold").open("ticket", id=ticket)
    edit_at_the_same_time(page, maja, ticket)
    take_at_the_same_time(page, maja, ticket)
    choose_while_it_changes(page, maja, student, ticket)


def edit_at_the_same_time(page: Page, maja: Visitor, ticket: int) -> None:
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Title").fill("Mine")
    maja.edit(ticket, title="Theirs")
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


PRESS_WHEN_IT_CHANGES = """(button) => new MutationObserver((_, watch) => {
  watch.disconnect();
  button.click();
}).observe(button, { childList: true })"""


def take_at_the_same_time(page: Page, maja: Visitor, ticket: int) -> None:
    """The press comes at the moment when the button gets another label, which nobody can have read yet."""
    settled(page)
    page.get_by_role("button", name="Assign to me").evaluate(PRESS_WHEN_IT_CHANGES)
    maja.edit(ticket, assignee=maja.person_id)
    notice = page.get_by_role("alert").filter(has_text="Maja Weber took it a moment ago")
    expect(notice).to_be_visible()
    assert maja.read(ticket)["assignee"]["name"] == "Maja Weber"
    for number in range(3):
        maja.say(ticket, f"I am on my way, {number}.")
        expect(message(page, f"I am on my way, {number}.")).to_be_visible()
        expect(notice).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Take over from Maja Weber").first.click()
    expect(notice).to_have_count(0)
    expect(page.get_by_role("button", name="Take over")).to_have_count(0)
    assert maja.read(ticket)["assignee"]["name"] == "Hal Hold"


def choose_while_it_changes(page: Page, maja: Visitor, student: Visitor, ticket: int) -> None:
    # A new page has had no news yet, after which the next ones would come later.
    page.reload()
    settled(page)
    option = page.get_by_role("option", name="In progress", exact=True)
    page.get_by_label("Stage").and_(page.locator("input")).click()
    expect(option).to_be_visible()
    maja.edit(ticket, title="Theirs again", stage="blocked")
    student.say(ticket, "Is anybody there?")
    # It would be read, and not counted, if it were drawn.
    expect(page).to_have_title(f"(1) #{ticket} Mine · Lodge")
    expect(page.locator("h1", has_text="Mine")).to_be_visible()
    option.click()
    expect(page.get_by_role("alert").filter(has_text="Maja Weber moved it from To do to Blocked")).to_be_visible()
    expect(page.get_by_role("heading", name="Theirs again")).to_be_visible()
    expect(message(page, "Is anybody there?")).to_be_visible()
    expect(page).to_have_title(f"#{ticket} Theirs again · Lodge")
    page.get_by_role("button", name="Dismiss").click()
    expect(page.get_by_role("alert").filter(has_text="Maja Weber")).to_have_count(0)
    assert maja.read(ticket)["stage"] == "blocked"


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
        expect(page.get_by_role("button", name="Close as solved")).to_have_class("primary")
        expect(page.get_by_role("button", name="Assign to me")).to_have_count(0)
        settled(page)
        expect(page.get_by_role("button", name="Dismiss")).to_have_count(0)
        page.get_by_role("link", name="← Back to the queue").click()
