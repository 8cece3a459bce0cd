"""An agent mentions a colleague by keyboard; the colleague sees the number, opens the ticket, and the number goes."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Opener
from tests.journeys.window import message
from tests.support.api import Api

pytestmark = pytest.mark.second_try


def test_a_colleague_is_mentioned_and_looks(visit: Opener, api: Api) -> None:
    ticket = api.enter("student", "Mona Mention").report("The projector flickers.")["id"]
    api.enter("agent", "Klementine Colleague")
    ada, cleo = visit("agent", "Ada Okafor"), visit("agent", "Klementine Colleague")
    cleo.open("queue")
    ada.open("ticket", id=ticket)
    ada.page.get_by_label("Internal note: staff only").check()
    field = ada.page.get_by_label("Your answer")
    field.press_sequentially("@klem")
    expect(ada.page.get_by_role("option", name="Klementine Colleague")).to_be_visible()
    field.press("Enter")
    field.press_sequentially("can you look?")
    field.press("Control+Enter")
    expect(message(ada.page, "@Klementine Colleague can you look?")).to_contain_text("Internal note")

    link = cleo.page.get_by_role("link", name=re.compile(r"^Mentions"))
    expect(link).to_have_accessible_name("Mentions 1 unseen")
    link.click()
    cleo.page.get_by_role("link", name="The projector flickers.").click()
    expect(cleo.page.locator("mark", has_text="@Klementine Colleague")).to_be_visible()
    expect(link).to_have_accessible_name("Mentions")
