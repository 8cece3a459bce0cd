"""Every screen that differs from the others, on a phone and on a desktop: nothing overflows, nothing lies on something
else, the console stays silent, and axe finds nothing (WCAG 2.2 AA). The dark colours: tests/components."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Windows
from tests.journeys.window import Window, settled
from tests.support.api import Api, done
from tests.support.browser import DESKTOP, PHONE
from tests.support.looks import WCAG_2_2_AA, expect_theme, found_by_axe, misplaced
from warehouse.catalogue import Analysis, catalogue

pytestmark = pytest.mark.second_try

# A phone's page is loaded; then it grows, as it does when somebody turns a tablet.
SIZES = {"phone": PHONE, "desktop": DESKTOP}
KNOWN = "The beamer shows no picture since this morning"

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
def ticket(api: Api) -> int:
    """With a talk under it, and a history. Two more are of the same problem, one of which its student has confirmed."""
    agent, student = api.enter("agent", "Look agent"), api.enter("student", "Look student")
    for neighbour in ("one", "two"):
        api.enter("student", f"Look neighbour {neighbour}").report(f"{KNOWN}.")
    known = done(student.post("/tickets/suggestions", json={"description": KNOWN}))["similar"]
    done(student.post("/tickets/me-too", json={"ref": known[0]["ref"]}))
    ticket = int(student.report("The beamer shows no picture.\n\nSince this morning.", room="2.14")["id"])
    asked = agent.say(ticket, "Which cable do you use?")
    words = {"description": "The beamer shows no picture.\n\nSince yesterday."}
    agent.edit(ticket, tags=["beamer", "cable"], priority="high", **words)
    agent.move(ticket, "active")
    answer = "@Look agent, the black one. " * 8
    student.say(ticket, answer, reply_to=asked["id"], mentions=[agent.person_id])
    agent.say(ticket, "The spare lies in cupboard four.", is_internal=True)
    return ticket


@pytest.fixture(scope="module", autouse=True)
def _rule(api: Api) -> Iterator[None]:
    """A rule that is off, and fits tickets of the demo campus."""
    admin = api.enter("admin", "Look admin")
    done(admin.post("/teams", json={"name": "Look networks", "slug": "look-networks"}), 201)
    rule = {"name": "Look", "categories": ["technical-it"], "team": "look-networks"}
    made = done(admin.post("/assignment-rules", json=rule), 201)["id"]
    reply = {"title": "Look reply", "text": "Hello {requester}, about {number}.", "shortcut": "look", "language": "en"}
    done(admin.post("/canned-replies", json=reply), 201)
    yield
    done(admin.delete(f"/assignment-rules/{made}"), 204)


def assert_looks_good(window: Window) -> None:
    for size, viewport in SIZES.items():
        window.page.set_viewport_size(viewport)
        settled(window.page)
        # Only there the field to answer in, which stays in view, lies over nothing.
        window.page.get_by_test_id("stMain").evaluate("(one) => one.scrollTo(0, one.scrollHeight)")
        expect_theme(window.page, "light")
        assert misplaced(window.page) + found_by_axe(window.page, WCAG_2_2_AA) == [], size
    window.assert_clean()


def look(page: Page) -> None:
    """As it is when it is opened."""


def open_filters(page: Page) -> None:
    page.get_by_role("button", name="Add filter").click()
    expect(page.get_by_text("Whose turn")).to_be_visible()


def open_form(page: Page) -> None:
    page.get_by_role("button", name="Edit").click()
    expect(page.get_by_label("Title")).to_be_visible()
    expect(page.get_by_text("reported it")).to_be_visible()


def open_all_and_begin_to_answer(page: Page) -> None:
    open_form(page)
    page.get_by_role("button", name="Reply to Look student").first.click()
    page.get_by_label("Your answer").fill("A line that is\nlonger than one.\n" * 8)
    page.get_by_label("Internal note: staff only").check()
    expect(page.get_by_role("button", name="Save note", exact=True)).to_be_visible()


def open_menu(page: Page) -> None:
    page.get_by_role("navigation", name="Main pages").get_by_role("button", name="More").click()
    page.get_by_test_id("stSidebar").get_by_text("Look student").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def choose_a_person(page: Page) -> None:
    page.get_by_label("Who has the problem?").fill("look")
    page.get_by_label("Who has the problem?").press("Enter")
    person = page.get_by_label("Choose the person").and_(page.locator("input"))
    person.press("ArrowDown")
    person.press("Enter")
    expect(page.get_by_label("What is the problem?")).to_be_visible()


def add_nothing(page: Page) -> None:
    page.get_by_role("button", name="Add a category").click()
    page.get_by_role("dialog").get_by_role("button", name="Add").click()
    expect(page.get_by_text("Please write something here.")).to_be_visible()


def change_a_reply(page: Page) -> None:
    page.get_by_role("button", name="Change Look reply").click()
    expect(page.get_by_text("Hello Mia Rossi, about 1042.")).to_be_visible()


def delete_a_category(page: Page) -> None:
    page.get_by_role("button", name="Delete Technical IT").click()
    expect(page.get_by_label("Its tickets go to")).to_be_visible()


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


def change_a_person(page: Page) -> None:
    page.get_by_role("list", name="People").get_by_role("link").first.click()
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_role("dialog").get_by_label("Mail address (optional)")).to_be_visible()


def look_at_several_people(page: Page) -> None:
    page.get_by_role("radio", name="Add several at once").click()
    page.get_by_label("People, one a row").fill("Ada Okafor, ada@campus.edu, agent\nMax, no-address")
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_text("Refused: no valid mail address")).to_be_visible()


def make_a_token(page: Page) -> None:
    page.get_by_role("button", name="Make a token").click()
    page.get_by_role("dialog").get_by_label("What it is for").fill("Room displays")
    page.get_by_role("dialog").get_by_text("Report a problem").click()
    page.get_by_role("dialog").get_by_role("button", name="Make it").click()
    expect(page.get_by_role("button", name="Copy API token")).to_be_visible()


def change_a_role(page: Page) -> None:
    page.get_by_role("button", name="Change Student").click()
    page.get_by_role("dialog").get_by_text("Read analyses").click()
    expect(page.get_by_text("From now on it also permits one to read analyses")).to_be_visible()


def change_a_rule(page: Page) -> None:
    page.get_by_role("button", name="Change rule").last.click()
    expect(page.get_by_role("dialog").get_by_text("If the category is Technical IT → Look networks")).to_be_visible()


def try_the_rules(page: Page) -> None:
    page.get_by_role("button", name="Try them").click()
    expect(page.get_by_role("list", name="Examples")).to_be_visible()


def report(page: Page) -> None:
    page.get_by_label("What is the problem?").fill("The lamp flickers.")
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.get_by_text("Thank you. Your report is")).to_be_visible()


def hesitate(page: Page) -> None:
    page.get_by_label("What is the problem?").fill("The coffee machine in the library is broken")
    page.get_by_role("button", name=re.compile("Something else|Change")).click()
    expect(page.get_by_label("Kind of problem")).to_be_visible()


def report_what_is_known(page: Page) -> None:
    page.get_by_label("What is the problem?").fill(KNOWN)
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


def search_for_a_word(page: Page) -> None:
    page.get_by_role("main").get_by_role("searchbox", name="Search").fill("lift")
    page.keyboard.press("Enter")
    expect(page.get_by_role("list", name="Found")).to_be_visible()


def report_nothing(page: Page) -> None:
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.get_by_text("Please write something first.")).to_be_visible()


def confide(page: Page) -> None:
    page.get_by_text("Confidential: only you").click()
    expect(page.get_by_text("without a password. So anybody")).to_be_visible()


# Each screen once, as far open as it goes. Left out is what is made of the same parts as one of these: the pages of
# managers, administrators and the data team, with menus that "categories" and the analyses show; own tickets, which are
# rows like the open ones; what is empty or not found, a heading and a sentence like "not for this role"; merging a
# category and deleting a building, which ask like deleting a category; buildings, which are a list like the
# categories; and what a student's report is like, a list like the confirmed ones.
SCREENS: dict[str, tuple[str, str, Callable[[Page], None]]] = {
    "the door": ("nobody", "", look),
    "not for this role": ("student", "queue", look),
    "nothing to report": ("student", "report", report_nothing),
    "a confidential report": ("student", "report", confide),
    "an open question": ("student", "report", hesitate),
    "me too": ("student", "report", say_me_too),
    "a report": ("student", "report", report),
    "a profile": ("student", "profile", make_a_token),
    "the menu": ("student", "my_tickets", open_menu),
    "confirmed": ("student", "my_tickets", look_at_what_was_confirmed),
    "open tickets": ("student", "open_tickets", look),
    "a student's ticket": ("student", "ticket", open_form),
    "overview": ("agent", "overview", look),
    "queue": ("agent", "queue", look),
    "board": ("agent", "board", look),
    "my time": ("agent", "my_time", look),
    "the queue's filters": ("agent", "queue", open_filters),
    "search": ("agent", "search", search_for_a_word),
    "mentions": ("agent", "mentions", look),
    "a known problem for somebody": ("agent", "report_for", report_for_somebody_what_is_known),
    "the desk's ticket": ("agent", "ticket", open_all_and_begin_to_answer),
    "categories": ("admin", "categories", look),
    "a new category": ("admin", "categories", add_nothing),
    "deleting a category": ("admin", "categories", delete_a_category),
    "examples": ("admin", "categories", open_examples),
    "accuracy": ("admin", "categories", open_accuracy),
    "versions": ("admin", "categories", open_versions),
    "people": ("admin", "people", look),
    "a person": ("admin", "people", change_a_person),
    "several people": ("admin", "people", look_at_several_people),
    "tags": ("admin", "tags", look),
    "teams": ("admin", "teams", look),
    "canned replies": ("admin", "canned_replies", change_a_reply),
    "team time": ("admin", "team_time", look),
    "rules": ("admin", "assignment_rules", try_the_rules),
    "a rule": ("admin", "assignment_rules", change_a_rule),
    "roles": ("admin", "roles", look),
    "a role": ("admin", "roles", change_a_role),
}


@pytest.mark.parametrize("what", SCREENS)
def test_a_screen(look_as: Looker, ticket: int, what: str) -> None:
    role, page, go = SCREENS[what]
    window = look_as(role)
    window.open(page, **({"id": ticket} if page == "ticket" else {}))
    go(window.page)
    assert_looks_good(window)


def test_who_may_read_a_ticket(look_as: Looker, api: Api) -> None:
    admin, agent = api.enter("admin", "Look admin"), api.enter("agent", "Look agent")
    ticket = api.enter("student", "Look student").report("Somebody follows me.", is_confidential=True)["id"]
    done(admin.put(f"/tickets/{ticket}/followers/{agent.person_id}"), 204)
    window = look_as("admin")
    expect(window.open("ticket", id=ticket).get_by_role("button", name="Remove")).to_be_visible()
    assert_looks_good(window)


def shape(analysis: Analysis) -> tuple[object, ...]:
    """What its screen is made of."""
    chart, parameters = analysis.head.chart, analysis.head.parameters
    return (
        (chart.mark, len(chart.y) > 1, bool(chart.apart)),
        *sorted((parameter.kind, bool(parameter.instead_of)) for parameter in parameters),
    )


# One analysis for each shape: the first of them by its name.
SHAPES = {shape(analysis): slug for slug, analysis in sorted(catalogue().items(), reverse=True)}


@pytest.mark.parametrize("slug", sorted(SHAPES.values()))
def test_an_analysis(look_as: Looker, slug: str) -> None:
    window = look_as("analyst")
    page = window.open("analyses", analysis=slug)
    page.get_by_text("The table behind it").click()
    expect(page.get_by_role("button", name="Download as CSV")).to_be_visible()
    assert_looks_good(window)


def test_a_phones_filters_are_as_wide_as_its_list(look_as: Looker, ticket: int) -> None:
    page = look_as("agent").open("queue")
    column = page.get_by_role("table", name="Tickets").bounding_box()
    assert column is not None
    drawn = page.locator(".st-key-queue_q > div").bounding_box()
    assert drawn is not None
    assert drawn["width"] > column["width"] - 2
    # The other ones stand in one line, up to the same edge.
    buttons = [page.get_by_role("button", name=name).bounding_box() for name in ("Add filter", "Columns")]
    left, right = [box for box in buttons if box]
    assert left["y"] == right["y"]
    assert abs(right["x"] + right["width"] - column["x"] - column["width"]) < 2


def test_the_checks_themselves_see_faults(look_as: Looker) -> None:
    page = look_as("student").open("report")
    button = page.get_by_role("button", name="Report", exact=True)
    button.evaluate("(one) => { one.style.width = '600px'; }")
    assert any("Report" in fault for fault in page.evaluate("looks.overflows()"))
    button.evaluate("(one) => { one.style.transform = 'translateY(-80px)'; }")
    assert any("Report" in fault for fault in page.evaluate("looks.overlaps()"))
    page.get_by_text("What is the problem?").evaluate("(label) => { label.style.color = '#ccc'; }")
    assert any("color-contrast" in fault for fault in found_by_axe(page, WCAG_2_2_AA))
