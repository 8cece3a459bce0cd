"""Every page as every role sees it, on a phone and on a desktop, in light and in dark: nothing overflows, nothing lies
on something else, the console stays silent, and axe finds nothing (WCAG 2.2 AA)."""

import re
import time
import tomllib
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Windows
from tests.journeys.window import DESKTOP, PHONE, Window, settled
from tests.support.api import Api
from tests.support.serving import ROOT
from warehouse.catalogue import catalogue

pytestmark = pytest.mark.second_try

Scheme = Literal["light", "dark"]
# A phone's page is loaded; then it grows, as it does when somebody turns a tablet.
SIZES = {"phone": PHONE, "desktop": DESKTOP}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
STUDENT = ("report", "my_tickets", "open_tickets", "ticket")
STAFF = ("overview", "queue", "report_for", "ticket")
SEEN = {
    "nobody": ("door",),
    "student": (*STUDENT, "queue"),
    "agent": (*STAFF, "my_tickets", "analyses"),
    "analyst": ("analyses", *STUDENT, "overview"),
    "manager": STAFF,
    "admin": (*STAFF, "categories", "lists"),
}
# In the dark only the colours are others.
RULES: dict[Scheme, dict[str, object]] = {
    "light": {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]},
    "dark": {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]},
}
THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
STAYS_SECONDS = 15.0

Looker = Callable[[str], Window]


@pytest.fixture(scope="module")
def look_as(windows: Windows) -> Iterator[Looker]:
    """A phone's window of this role, which the next test finds again. Nothing is shown in the others meanwhile."""
    kept: dict[str, Window] = {}
    with windows.opener() as visit:

        def window(role: str) -> Window:
            for left in kept.values():
                if left.page.url != "about:blank":
                    # As wide as it was first: a page tidies up for the next one of that size.
                    left.page.set_viewport_size(PHONE)
                    left.page.goto("about:blank")
            if role not in kept:
                kept[role] = visit(*(() if role == "nobody" else (role, f"Look {role}")), size=PHONE)
            return kept[role]

        yield window


@pytest.fixture(scope="module")
def tickets(api: Api) -> dict[str, int]:
    """For each role one that it may read, with a talk under it."""
    agent = api.enter("agent", "Look agent")
    made = {}
    for role in ("student", "analyst", "manager"):
        reporter = api.enter(role, f"Look {role}")
        ticket = reporter.report("The beamer shows no picture.\n\nSince this morning.", room="2.14")["id"]
        asked = agent.say(ticket, "Which cable do you use?")
        words = {"description": "The beamer shows no picture.\n\nSince yesterday."}
        agent.edit(ticket, tags=["beamer", "cable"], priority="high", **words)
        agent.move(ticket, "active")
        reporter.say(ticket, "The black one. " * 12, reply_to=asked["id"])
        agent.say(ticket, "The spare lies in cupboard four.", is_internal=True)
        made[role] = ticket
    return made


def assert_looks_good(window: Window) -> None:
    for size, viewport in SIZES.items():
        window.page.set_viewport_size(viewport)
        settled(window.page)
        for scheme in SCHEMES:
            window.page.emulate_media(color_scheme=scheme)
            expect(window.page.get_by_test_id("stApp")).to_have_css("background-color", background(scheme))
            assert lasting_faults(window.page, scheme) == [], f"{size}, {scheme}"
    window.assert_clean()


def lasting_faults(page: Page, scheme: Scheme) -> list[str]:
    """What is drawn anew meanwhile, as an analysis is every three seconds, may be faint or half there: not a fault."""
    deadline = time.monotonic() + STAYS_SECONDS
    while (found := faults(page, scheme)) and time.monotonic() < deadline:
        settled(page)
    return found


def faults(page: Page, scheme: Scheme) -> list[str]:
    found: list[str] = page.evaluate("[...journey.overflows(), ...journey.overlaps()]")
    return found + found_by_axe(page, scheme)


def background(scheme: Scheme) -> str:
    red, green, blue = bytes.fromhex(THEME[scheme]["backgroundColor"].removeprefix("#"))
    return f"rgb({red}, {green}, {blue})"


def found_by_axe(page: Page, scheme: Scheme) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    violations = page.evaluate("(options) => axe.run(document, options)", RULES[scheme])["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in violations for node in one["nodes"]]


@pytest.mark.parametrize(("role", "page"), [(role, page) for role, pages in SEEN.items() for page in pages])
def test_a_page(look_as: Looker, tickets: dict[str, int], role: str, page: str) -> None:
    window = look_as(role)
    query = {"id": tickets.get(role, tickets["student"])} if page == "ticket" else {}
    window.open("" if page == "door" else page, **query)
    assert_looks_good(window)


@pytest.mark.parametrize("slug", sorted(catalogue()))
def test_an_analysis(look_as: Looker, slug: str) -> None:
    window = look_as("agent")
    page = window.open("analyses", analysis=slug)
    page.get_by_text("The table behind it").click()
    expect(page.get_by_role("button", name="Download as CSV")).to_be_visible()
    assert_looks_good(window)


def open_filters(page: Page) -> None:
    page.get_by_text("More filters").click()
    expect(page.get_by_label("Whose turn")).to_be_visible()


def open_form(page: Page) -> None:
    page.get_by_role("button", name="Edit").click()
    expect(page.get_by_label("Title")).to_be_visible()


def open_form_and_history(page: Page) -> None:
    open_form(page)
    settled(page)
    page.get_by_text("History").click()
    expect(page.get_by_text("reported it")).to_be_visible()


def begin_to_answer(page: Page) -> None:
    page.get_by_role("button", name="Reply to Look student").first.click()
    page.get_by_label("Your answer").fill("A line that is\nlonger than one.\n" * 8)
    page.get_by_label("Internal note: staff only").check()
    expect(page.get_by_role("button", name="Save note")).to_be_visible()


def open_menu(page: Page) -> None:
    page.get_by_role("button", name="Expand sidebar").click()
    page.get_by_test_id("stSidebar").get_by_text("Look student").click()
    expect(page.get_by_role("button", name="Leave")).to_be_visible()


def choose_a_person(page: Page) -> None:
    page.get_by_label("Who has the problem?").fill("look")
    page.get_by_label("Who has the problem?").press("Enter")
    expect(page.get_by_label("What is the problem?")).to_be_visible()


def add_nothing(page: Page) -> None:
    page.get_by_role("button", name="Add a category").click()
    page.get_by_role("dialog").get_by_role("button", name="Add").click()
    expect(page.get_by_text("Please write something here.")).to_be_visible()


def delete_a_category(page: Page) -> None:
    page.get_by_role("button", name="Delete Technical IT").click()
    expect(page.get_by_label("Its tickets go to")).to_be_visible()


def merge_a_category(page: Page) -> None:
    page.get_by_role("button", name="Merge Technical IT").click()
    expect(page.get_by_label("Merge into")).to_be_visible()


def open_examples(page: Page) -> None:
    page.get_by_role("button", name="Examples Technical IT").click()
    expect(page.get_by_role("list", name="Examples of Technical IT")).to_be_visible()


def open_accuracy(page: Page) -> None:
    page.get_by_role("radio", name="How often right").click()
    page.get_by_text("The table behind it").click()
    expect(page.get_by_role("region", name="Accuracy by month")).to_be_visible()


def open_versions(page: Page) -> None:
    page.get_by_role("radio", name="Versions").click()
    expect(page.get_by_text("In use")).to_be_visible()


def delete_a_building(page: Page) -> None:
    page.get_by_role("button", name="Delete Main Library").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Tickets stand on Main Library")).to_be_visible()


def report(page: Page) -> None:
    page.get_by_label("What is the problem?").fill("The lamp flickers.")
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.get_by_text("Thank you. Your report is")).to_be_visible()


def hesitate(page: Page) -> None:
    page.get_by_label("What is the problem?").fill("The coffee machine in the library is broken")
    page.get_by_role("button", name=re.compile("Something else|Change")).click()
    expect(page.get_by_label("Kind of problem")).to_be_visible()


def report_what_is_known(page: Page) -> None:
    page.get_by_label("What is the problem?").fill("The beamer shows no picture since this morning")
    expect(page.get_by_text("This may be known already.")).to_be_visible()


def say_me_too(page: Page) -> None:
    report_what_is_known(page)
    page.get_by_role("button", name="Me too").first.click()
    expect(page.get_by_text("Thank you. You are counted")).to_be_visible()


def look_at_what_was_confirmed(page: Page) -> None:
    page.get_by_role("radio", name="Confirmed").click()
    expect(page.get_by_role("button", name="It was another problem").first).to_be_visible()


def report_for_somebody_what_is_known(page: Page) -> None:
    choose_a_person(page)
    report_what_is_known(page)


def report_nothing(page: Page) -> None:
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.get_by_text("Please write something first.")).to_be_visible()


OPENED: dict[str, tuple[str, str, Callable[[Page], None]]] = {
    "filters": ("agent", "queue", open_filters),
    "forms": ("agent", "ticket", open_form_and_history),
    "a student's form": ("student", "ticket", open_form),
    "an answer": ("agent", "ticket", begin_to_answer),
    "the menu": ("student", "my_tickets", open_menu),
    "a person": ("agent", "report_for", choose_a_person),
    "a new category": ("admin", "categories", add_nothing),
    "deleting a category": ("admin", "categories", delete_a_category),
    "merging a category": ("admin", "categories", merge_a_category),
    "examples": ("admin", "categories", open_examples),
    "accuracy": ("admin", "categories", open_accuracy),
    "versions": ("admin", "categories", open_versions),
    "a building in use": ("admin", "lists", delete_a_building),
    "a report": ("student", "report", report),
    "an open question": ("student", "report", hesitate),
    "a known problem": ("student", "report", report_what_is_known),
    "a known problem for somebody": ("agent", "report_for", report_for_somebody_what_is_known),
    "me too": ("student", "report", say_me_too),
    "confirmed": ("student", "my_tickets", look_at_what_was_confirmed),
    "nothing to report": ("analyst", "report", report_nothing),
}


@pytest.mark.parametrize("what", OPENED)
def test_what_opens_on_a_page(look_as: Looker, tickets: dict[str, int], what: str) -> None:
    role, page, go = OPENED[what]
    window = look_as(role)
    window.open(page, **({"id": tickets["student"]} if page == "ticket" else {}))
    go(window.page)
    assert_looks_good(window)


@pytest.mark.parametrize("page", ["ticket?id=999999", "ticket", "queue?q=nothingofthekind", "my_tickets"])
def test_empty_pages_say_something(look_as: Looker, page: str) -> None:
    window = look_as("admin")
    window.open(page)
    expect(
        window.page.get_by_role("main").get_by_text(re.compile("There is nothing|names no|No ticket|Nothing is"))
    ).to_be_visible()
    assert_looks_good(window)


def test_the_checks_themselves_see_faults(look_as: Looker) -> None:
    page = look_as("student").open("report")
    page.emulate_media(color_scheme="light")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", background("light"))
    button = page.get_by_role("button", name="Report", exact=True)
    button.evaluate("(one) => { one.style.width = '600px'; }")
    assert any("Report" in fault for fault in page.evaluate("journey.overflows()"))
    button.evaluate("(one) => { one.style.transform = 'translateY(-80px)'; }")
    assert any("Report" in fault for fault in page.evaluate("journey.overlaps()"))
    page.get_by_text("What is the problem?").evaluate("(label) => { label.style.color = '#ccc'; }")
    assert any("color-contrast" in fault for fault in found_by_axe(page, "light"))
