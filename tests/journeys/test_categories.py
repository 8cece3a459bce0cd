"""A category is made of phrases, is suggested, and is learned from one click."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Opener
from tests.journeys.window import choose, settled
from tests.support.api import Api, done

pytestmark = pytest.mark.second_try

PHRASES = [
    "The chain of the rental bicycle came off",
    "Somebody stole my bike from the rack",
    "All bicycle racks in front of the gym are full",
    "The air pump for bicycle tyres is broken",
    "A bike without a saddle blocks the bicycle stand",
    "The lock of the campus bike does not open",
    "Mein Fahrrad wurde gestohlen",
    "Die Luftpumpe am Fahrradständer ist kaputt",
    "Le vélo de location a un pneu crevé",
    "La bicicleta del campus no tiene frenos",
]
MORE = [f"Bicycle number {number} of the campus has {fault}" for number in range(5) for fault in ("no light", "a flat")]
REPORT = "Two rental bikes at the rack have flat tyres, and the pump is gone."


def test_a_new_category_is_suggested_corrected_in_one_click_learned_and_deleted(visit: Opener, api: Api) -> None:
    page = visit("admin", "Lia List").open("categories")
    add_bicycles(page)
    expect(page.get_by_text("10 examples; only suggested until it has 20.")).to_be_visible()

    student = api.enter("student", "Bo Biker")
    assert done(student.post("/tickets/suggestions", json={"description": REPORT}))["category"] == "bicycles"
    correct(visit("agent", "Ada Okafor").open("ticket", id=student.report(REPORT)["id"]))

    page.get_by_role("button", name="Examples Bicycles").click()
    learned = page.get_by_role("list", name="Examples of Bicycles")
    expect(learned.get_by_role("listitem").filter(has_text=REPORT)).to_contain_text("put here by Ada Okafor")
    add_phrases(page)
    expect(learned).to_contain_text(MORE[-1])
    assert student.report(REPORT)["category"] == "bicycles", "now it has enough examples to be given by itself"

    page.get_by_role("radio", name="All", exact=True).click()
    delete_bicycles(page)
    assert {ticket["category"] for ticket in done(student.get("/tickets?requester=me"))["items"]} == {"technical-it"}


def add_bicycles(page: Page) -> None:
    page.get_by_role("button", name="Add a category").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("Bicycles")
    dialog.get_by_label("Description").fill("Racks, pumps and the campus's own bicycles.")
    write(page, "\n".join(PHRASES[:7]))
    expect(dialog.get_by_text("7 phrases; at least 3 more.")).to_be_visible()
    write(page, "\n".join(PHRASES))
    expect(dialog.get_by_text("10 phrases.")).to_be_visible()
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog).to_be_hidden()
    settled(page)


def write(page: Page, text: str) -> None:
    page.get_by_label("Phrases, one a line").fill(text)


def correct(page: Page) -> None:
    expect(page.get_by_text(re.compile("The words are not sure; it may also be Bicycles"))).to_be_visible()
    page.get_by_role("button", name="Change to Bicycles").click()
    expect(page.get_by_text("Set by staff.")).to_be_visible()
    expect(page.get_by_text(re.compile("changed the category from .* to Bicycles"))).to_be_visible()
    expect(page.get_by_role("button", name="Change to Bicycles")).to_have_count(0)


def add_phrases(page: Page) -> None:
    page.get_by_role("button", name="Add phrases").click()
    write(page, "\n".join(MORE))
    page.get_by_role("dialog").get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    settled(page)


def delete_bicycles(page: Page) -> None:
    page.get_by_role("button", name="Delete Bicycles").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Its tickets go to")).to_be_visible()
    choose(page, "Its tickets go to", "Technical IT")
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Delete Bicycles")).to_have_count(0)
