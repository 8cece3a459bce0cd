"""A role is made on its page and given on the page of people: what it permits holds at the next request, and is in the
menu of a page that is open."""

from playwright.sync_api import expect

from contracts.people import Permission
from tests.journeys.conftest import Opener
from tests.journeys.window import choose, settled
from tests.support.api import Api, done

NAME = "Rosa Reception"


def test_a_role_is_made_given_and_holds_at_the_next_request(visit: Opener, api: Api) -> None:
    rosa = api.enter("student", NAME)
    assert rosa.get("/roles").status_code == 403
    theirs = visit("student", NAME).open("my_tickets")
    menu = theirs.get_by_role("link", name="People", exact=True)
    expect(menu).to_have_count(0)
    page = visit("admin", "Lia List").open("roles")
    page.get_by_role("button", name="Make a role").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("Front office")
    dialog.get_by_text("Add, change and deactivate people").click()
    expect(dialog.get_by_role("checkbox", name="Look people and teams up")).to_be_checked()
    dialog.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("list", name="Roles")).to_contain_text("Front office")
    settled(page)

    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_placeholder("Name or mail address").fill(NAME)
    page.get_by_placeholder("Name or mail address").press("Enter")
    people = page.get_by_role("list", name="People").get_by_role("link")
    expect(people).to_have_count(1)
    settled(page)
    people.click()
    page.get_by_role("button", name="Change").click()
    settled(page)
    choose(page, "Roles", "Front office")
    page.keyboard.press("Tab")  # the list of choices stays open until it is left
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("Student, Front office")).to_be_visible()

    assert rosa.get("/roles").status_code == 200, "at the next request"
    assert Permission.PEOPLE_MANAGE in done(rosa.get("/me"))["permissions"]
    expect(menu).to_be_visible()
    menu.click()
    expect(theirs.get_by_role("heading", name="People")).to_be_visible()

    page.get_by_role("button", name="Back to the list").click()
    expect(page.get_by_placeholder("Name or mail address")).to_have_value(NAME)
