"""A view is a link, and a link leads to its view, also through the door."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Opener
from tests.journeys.window import choose, row, settled
from tests.lodge.waiting import wait_until
from tests.support.api import Api

pytestmark = pytest.mark.second_try

UNDERLINED = ("text-decoration-line", "underline")


def test_a_filtered_queue_is_a_link(visit: Opener) -> None:
    window = visit("agent", "Ada Okafor")
    page = window.open("queue")
    choose(page, "Order", "Most urgent first")
    expect(page).to_have_url(re.compile("sort=-priority"))
    settled(page)
    page.get_by_role("button", name="Remove Status: Open, Active").click()
    expect(page).to_have_url(re.compile("status=any"))
    settled(page)
    page.get_by_role("button", name="Add filter").click()
    page.get_by_role("button", name="Closed", exact=True).click()
    expect(page).to_have_url(re.compile("status=closed"))
    settled(page)
    choose(page, "Category", "Technical IT")
    expect(page).to_have_url(re.compile("category=technical-it"))
    settled(page)
    page.keyboard.press("Escape")
    first = page.get_by_role("table", name="Tickets").get_by_role("row").nth(1)
    expect(first).to_contain_text("Closed")
    expect(first).to_contain_text("Technical IT")

    other = visit()
    other.page.goto(page.url)
    other.page.get_by_role("button", name="Helpdesk staff").click()
    expect(other.page.get_by_role("button", name="Remove Category: Technical IT")).to_be_visible()
    expect(other.page.get_by_role("button", name="Remove Status: Closed")).to_be_visible()
    same = other.page.get_by_role("table", name="Tickets").get_by_role("row").nth(1)
    expect(same.get_by_role("link")).to_have_text(first.get_by_role("link").inner_text(), use_inner_text=True)


def test_a_number_on_the_overview_leads_to_its_tickets_and_back(visit: Opener, api: Api) -> None:
    """And from a ticket the way back is to the queue as it was."""
    ticket = api.enter("student", "Rosa Link").report("The mirror is cracked.")["id"]
    page = visit("agent", "Ada Okafor").open("overview")
    page.get_by_role("main").get_by_role("link", name="Unassigned").click()
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    expect(page).to_have_url(re.compile("assignee=none"))
    settled(page)
    queue = page.url
    row(page, ticket).get_by_role("link").click()
    expect(page.get_by_role("heading", name="The mirror is cracked.")).to_be_visible()
    page.get_by_role("link", name="Back to the queue").click()
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    expect(row(page, ticket)).to_be_visible()
    wait_until(lambda: filters(page.url) == filters(queue), "the same filters in the address")
    page.get_by_role("button", name="Clear all").click()
    # The order stays.
    expect(page).to_have_url(re.compile(r"/queue\?sort=-modified_at$"))


def filters(url: str) -> list[str]:
    return sorted(url.partition("?")[2].split("&"))


def test_back_leads_to_the_row_that_was_opened_in_the_list_as_it_was(visit: Opener) -> None:
    """Also the link to the queue leads to this list; and each page begins at its top."""
    page = visit("agent", "Ada Okafor").open("queue", status="closed", sort="opened_at")
    tickets = page.get_by_role("table", name="Tickets").get_by_role("row")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("showing 51 to")).to_be_visible()
    settled(page)
    expect(page.get_by_text("showing 51 to")).to_be_in_viewport()
    expect(tickets.first).to_be_in_viewport()
    queue, link = page.url, tickets.nth(30).get_by_role("link")
    assert filters(queue) == ["page=2", "sort=opened_at", "status=closed"]
    opened = link.inner_text()
    link.click()
    expect(page.get_by_role("link", name="Back to the queue")).to_be_visible()
    settled(page)

    page.go_back()
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    settled(page)
    assert page.url == queue
    expect(page.get_by_text("showing 51 to")).to_be_visible()
    expect(link).to_have_text(opened, use_inner_text=True)
    expect(link).to_be_in_viewport()
    expect(link).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("button", name="Remove Status: Closed")).to_be_visible()

    page.go_forward()
    page.get_by_role("link", name="Back to the queue").click()
    expect(link).to_have_text(opened, use_inner_text=True)
    wait_until(lambda: filters(page.url) == filters(queue), "the same filters in the address")


def test_links_look_like_links_and_the_first_one_like_a_button(visit: Opener) -> None:
    window = visit("student", "Rosa Link")
    page = window.open("report")
    main = page.get_by_role("main")
    page.get_by_label("What is the problem?").fill("The gate squeaks.")
    page.get_by_role("button", name="Report", exact=True).click()
    expect(main.get_by_role("link", name="My tickets").locator("p")).to_have_css(*UNDERLINED)
    button = page.get_by_role("button", name="Report", exact=True)
    page.mouse.move(0, 0)  # what lies under the pointer has another colour
    settled(page)
    colour = button.evaluate("(one) => getComputedStyle(one).backgroundColor")
    expect(main.get_by_role("link", name="Open #")).to_have_css("background-color", colour)
    main.get_by_role("link", name="Open #").click()
    expect(page.get_by_role("heading", name="The gate squeaks.")).to_be_visible()
    expect(page.get_by_role("button", name="Edit").locator("p")).to_have_css(*UNDERLINED)
