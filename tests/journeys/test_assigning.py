"""Assigning a ticket from the queue, without the mouse."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Opener
from tests.journeys.window import add_team, row, settled
from tests.support.api import Api

pytestmark = pytest.mark.second_try


def test_a_ticket_is_taken_over_by_keyboard_from_the_queue(visit: Opener, api: Api) -> None:
    owner = api.enter("agent", "Otto Owner")
    add_team(visit("admin", "Lia List").open("teams"), "Sundials")
    ticket = api.enter("agent", "Asa Assign").report("The pendulum stands still", team="sundials")["id"]
    owner.edit(ticket, assignee=owner.person_id)
    page = visit("agent", "Asa Assign").open("queue", q="pendulum")
    expect(row(page, ticket)).to_contain_text("→ Otto Owner")
    settled(page)
    page.keyboard.press("j")
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog", name=f"Assign #{ticket}")
    expect(dialog).to_contain_text("Otto Owner has it. It is in the team Sundials.")
    take = dialog.get_by_role("button", name="Take over from Otto Owner")
    take.focus()
    page.keyboard.press("Enter")
    expect(row(page, ticket)).to_contain_text("→ Asa Assign")
    expect(dialog).to_have_count(0)
    settled(page)
    row(page, ticket).get_by_role("button", name="assign").click()
    expect(dialog).to_contain_text("Asa Assign has it. It is in the team Sundials.")
