"""A ticket that waits for another one: linked by keyboard, seen on the board, and closed there after a question."""

import pytest
from playwright.sync_api import expect

from tests.data_api.links.linking import links_of
from tests.journeys.conftest import Opener
from tests.support.api import Api

pytestmark = pytest.mark.second_try


def test_a_blocked_ticket(visit: Opener, api: Api) -> None:
    agent, reporter = api.enter("agent", "Lena Links"), api.enter("student", "Rob Reports")
    blocker = reporter.report("Order a new pump for the fountain of the botanical garden")["id"]
    blocked = reporter.report("The fountain of the botanical garden is dry", category="facility-management")["id"]
    agent.move(blocked, "active")

    page = visit("agent", "Lena Links").open("ticket", id=str(blocked))
    page.get_by_role("button", name="Link a ticket").press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox").first.press("ArrowDown")
    page.get_by_role("option", name="is blocked by").click()
    dialog.get_by_role("searchbox").or_(dialog.get_by_label("Which ticket")).first.fill("pump fountain")
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name=f"Link to #{blocker}").press("Enter")
    shown = page.get_by_role("list", name="Blocked by")
    expect(shown.get_by_role("link", name=f"#{blocker}")).to_be_visible()
    expect(page.get_by_text(f"linked it: it is blocked by #{blocker}")).to_be_visible()
    assert links_of(agent, blocked) == {("blocked-by", blocker)}

    page = visit("agent", "Lena Links").open("board", q="fountain botanical dry")
    card = page.get_by_role("listitem").filter(has_text=f"#{blocked}").first
    expect(card.get_by_text(f"Blocked by #{blocker}")).to_be_visible()
    card.get_by_role("button", name=f"Move or assign #{blocked}").click()
    page.get_by_role("menuitemradio", name="Completed").click()
    expect(page.get_by_text(f"is blocked by #{blocker}, which is not closed")).to_be_visible()
    page.get_by_role("button", name="Close it all the same").click()
    expect(page.get_by_text(f"#{blocked} moved to Completed.").first).to_be_visible()
    assert agent.read(blocked)["status"] == "closed"
