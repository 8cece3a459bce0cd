"""A rule is written by keyboard, tried, and switched on; then a report lands with the right person, and says why."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Opener
from tests.journeys.window import add_team, settled, tab_to
from tests.support.api import Api, done

pytestmark = pytest.mark.second_try

WORD = "zeppelin"
EARLIER = f"The {WORD} over the lawn hums."


@pytest.fixture
def zora(visit: Opener, api: Api) -> Iterator[int]:
    """Alone in her team. Afterwards no rule gives her anything."""
    admin = api.enter("admin", "Lia List")
    add_team(visit("admin", "Lia List").open("teams"), "Airships")
    person = {"name": "Zora Zeppelin", "roles": ["agent"], "team": "airships"}
    yield int(done(admin.post("/people", json=person), 201)["id"])
    for rule in done(admin.get("/assignment-rules"))["items"]:
        if rule["team"]["slug"] == "airships":
            done(admin.delete(f"/assignment-rules/{rule['id']}"), 204)


def test_a_rule_written_by_keyboard_is_tried_switched_on_and_gives_a_report_to_the_right_person(
    visit: Opener, api: Api, zora: int
) -> None:
    student = api.enter("student", "Sam Student")
    earlier = student.report(EARLIER)["id"]
    page = visit("admin", "Lia List").open("assignment_rules")
    write_rule(page)
    try_rule(page, earlier)

    tab_to(page, "Switch on rule 1, ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Switch off rule 1, Airships")).to_be_focused()
    ticket = student.report(f"A {WORD} drips oil.")["id"]
    seen = visit("agent", "Ada Okafor").open("ticket", id=ticket)
    expect(seen.get_by_text("Assigned by rule 1, Airships: the only one who was free.")).to_be_visible()
    expect(seen.get_by_text("Lodge put it into the team Airships, and assigned it to Zora Zeppelin")).to_be_visible()
    assert student.read(earlier)["assignee"] is None, "trying has changed nothing"


def write_rule(page: Page) -> None:
    """And moves it to the top."""
    tab_to(page, "Add ")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("What is left empty")).to_be_visible()
    settled(page)
    tab_to(page, "Words of the report")
    page.keyboard.type(WORD)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    # A redraw makes a list that was just opened forget which of its entries Enter is for.
    settled(page)
    tab_to(page, "Team that gets it")
    page.keyboard.type("Airships")
    expect(page.get_by_role("option", name="Airships")).to_be_visible()
    page.keyboard.press("Enter")
    expect(dialog.get_by_text(f"If it says “{WORD}” → Airships")).to_be_visible()
    tab_to(page, "Add")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    move_up = page.get_by_role("button", name=re.compile("^Move up rule [0-9]+, Airships"))
    rule = page.get_by_role("list", name="Rules in their order").get_by_role("listitem").filter(has_text="Airships")
    settled(page)
    while move_up.count():
        number = int(str(rule.inner_text()).split(".")[0])
        move_up.press("Enter")
        expect(rule).to_contain_text(f"{number - 1}. Airships")
    settled(page)


def try_rule(page: Page, earlier: int) -> None:
    tab_to(page, "Try them")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Tickets by person")).to_contain_text("Zora Zeppelin")
    example = page.get_by_role("list", name="Examples").get_by_role("listitem").filter(has_text=EARLIER)
    expect(example).to_contain_text("→ Zora Zeppelin")
    expect(example.get_by_role("link")).to_have_attribute("href", re.compile(f"ticket\\?id={earlier}$"))
