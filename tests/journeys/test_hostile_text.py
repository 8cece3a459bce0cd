"""Whatever people type is shown as they typed it: it never runs, loads or formats anything. The only links that it
becomes are whole addresses in the text of a ticket or message, which open in a new window and tell it nothing.

That nothing was fetched from elsewhere, and that the console stayed silent, every window checks when it closes.
"""

import re
from unicodedata import normalize

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.journeys.conftest import Opener
from tests.journeys.window import choose, message, row, settled
from tests.support.api import Api, Visitor
from tests.support.browser import DESKTOP, PHONE

TEXTS = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "markdown": "![pixel](https://example.com/p.png) [here](https://example.com/) **bold**",
    "links": "https://example.com/?q=1 <https://example.com> www.example.com",
    "formulas": r"$\frac{1}{2}$ $$x^2$$ :red[warning] :material/home: :smile: # Head",
    "quotes": "\"'`;{{7*7}}${7*7}&lt;b&gt;&#60;%0A<!--",
    "long": "W" * 88,
    "right to left": "\u202eمرحبا بالعالم\u202c שלום",
    "left open": "a\u202eb\u2067c שלום",
    "lines": "one\n\n\ntwo\u2028three",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 ☺️ e\u0301",
}
# A title is one line, and its letters turn nothing around it.
TITLES = [" ".join(re.sub("[\u202a-\u202e\u2066-\u2069]", "", text).split()) for text in TEXTS.values()]
NAME = "<b>Bo</b> [x](https://example.com) $1$ ![](https://example.com/n.png)"
# What the texts would have become.
MADE = (
    "[src*='example.com'], [onerror], img[src=x], b, .katex, [data-testid=stIconMaterial][title], "
    "[href*='example.com']:not(.words > [target=_blank][rel='noopener noreferrer'])"
)

# Whether the first line's last letter, a "!" or a bracket, is drawn before its first one.
RUNS_TO_THE_LEFT = """element => {
    const letters = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode();
    const line = letters.data.split("\\n")[0];
    const place = (letter) => {
        const range = document.createRange();
        range.setStart(letters, letter);
        range.setEnd(letters, letter + 1);
        return range.getBoundingClientRect().x;
    };
    return place(line.length - 1) < place(0);
}"""


def assert_plain(page: Page, *texts: str) -> None:
    """Each is there letter by letter, in its one form, and nothing is there that it would have become."""
    settled(page)
    for text in texts:
        expect(page.get_by_role("main").get_by_text(normalize("NFC", text)).first).to_be_visible()
    assert page.evaluate("(selector) => looks.matching(selector)", MADE) == []
    assert page.evaluate("looks.overflows()") == []


@pytest.fixture(scope="module")
def bo(api: Api) -> Visitor:
    return api.enter("student", NAME)


@pytest.fixture(scope="module")
def tickets(api: Api, bo: Visitor) -> list[int]:
    """One for each text, which is its title, its description, its room, and what is written under it."""
    agent = api.enter("agent", "Ada Okafor")
    made = []
    for text in TEXTS.values():
        ticket = bo.report(f"Something\n\n# {text}", room=text[:60])["id"]
        agent.edit(ticket, title=text, tags=[text[:40].replace(",", " ")])
        bo.say(ticket, text)
        agent.say(ticket, f"{text}\n- {text}", is_internal=True)
        made.append(ticket)
    return made


@pytest.mark.parametrize("page", ["my_tickets", "open_tickets"])
def test_a_students_lists(visit: Opener, tickets: list[int], page: str) -> None:
    assert_plain(visit("student", NAME, size=PHONE).open(page), *TITLES)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_queue_and_the_overview(visit: Opener, tickets: list[int], size: ViewportSize) -> None:
    window = visit("agent", "Ada Okafor", size=size)
    assert_plain(window.open("queue"), *TITLES, NAME)
    assert_plain(window.open("overview"), NAME)


def test_each_ticket(visit: Opener, tickets: list[int]) -> None:
    student, staff = visit("student", NAME, size=PHONE).open("my_tickets"), visit("agent", "Ada Okafor").open("queue")
    for number, text in zip(tickets, TEXTS.values(), strict=True):
        for page in (student, staff):
            row(page, number).get_by_role("link").click()
            expect(page).to_have_url(re.compile(f"id={number}$"))
            assert_plain(page, text, NAME)
            expect(page).to_have_title(re.compile(rf"^(\(\d+\) )?#{number} .*· Lodge$"))
        expect(staff.get_by_text("changed the title")).to_be_visible()
        assert_plain(staff, text)
        for page, back in ((student, "← My tickets"), (staff, "← Back to the queue")):
            page.get_by_role("link", name=back).click()


def test_typed_at_the_door_and_into_the_forms(visit: Opener) -> None:
    """The same as above by keyboard and pointer, from the door on."""
    name, text = f"{NAME[:40]} Typed", f"{TEXTS['script']} {TEXTS['markdown']}"
    window = visit(size=PHONE)
    page = window.page
    page.goto(window.url)
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Student").click()
    page.get_by_label("What is the problem?").fill(text)
    page.get_by_label("Room").fill(TEXTS["script"])
    page.get_by_role("button", name="Report", exact=True).click()
    page.get_by_role("link", name="Open #").click()
    expect(page.get_by_role("heading", name=TEXTS["script"])).to_be_visible()
    page.get_by_label("Write to the helpdesk").fill(TEXTS["formulas"])
    page.get_by_role("button", name="Send").click()
    expect(message(page, TEXTS["formulas"])).to_be_visible()
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Title").fill(TEXTS["formulas"])
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name=TEXTS["formulas"])).to_be_visible()
    assert_plain(page, TEXTS["formulas"], TEXTS["script"], name)


def test_searched_for(visit: Opener, tickets: list[int]) -> None:
    page = visit("agent", "Ada Okafor").open("queue")
    for text in (TEXTS["script"], TEXTS["formulas"], TEXTS["quotes"]):
        search(page, text)
        assert_plain(page)


def search(page: Page, text: str) -> None:
    page.get_by_role("searchbox", name="Search the queue").fill(text)
    before = page.url
    page.get_by_role("searchbox", name="Search the queue").press("Enter")
    expect(page).not_to_have_url(before)
    expect(page).to_have_url(re.compile(r"\?q="))


def test_looked_up_as_a_person(visit: Opener, bo: Visitor) -> None:
    page = visit("agent", "Ada Okafor").open("report_for")
    page.get_by_label("Who has the problem?").fill("Bo")
    page.get_by_label("Who has the problem?").press("Enter")
    expect(page.get_by_label("Choose the person")).to_be_visible()
    him = f"{NAME} (no. {bo.person_id})"
    choose(page, "Choose the person", him)
    expect(page.get_by_label("Choose the person")).to_have_value(him)
    assert_plain(page)


def test_a_category_and_a_building_named_like_links(visit: Opener) -> None:
    """Their names stand in the titles of dialogs, which Streamlit reads as markdown. Renamed on the page, which then
    asks for its list anew."""
    hostile = "http://example.com/e www.example.com a@example.com :smile: :material_home:"
    for screen, usual in (("categories", "Services complaints"), ("lists", "Language Centre")):
        page = visit("admin", "Lia List").open(screen)
        rename(page, usual, hostile)
        dialog = rename(page, hostile, usual)
        expect(dialog).to_have_count(0)


def rename(page: Page, name: str, to: str) -> Locator:
    """What is made of the name in the dialog is nothing but text."""
    page.get_by_role("button", name=f"Change {name}"[:40]).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(name.split()[0].removeprefix("http://"))
    settled(page)
    assert page.evaluate("(selector) => looks.matching(selector)", MADE) == []
    dialog.get_by_label("Name").fill(to)
    dialog.get_by_role("button", name="Save").click()
    return dialog


def test_words_from_right_to_left_run_so_wherever_they_stand(visit: Opener, api: Api) -> None:
    """What ends a sentence stands at its left end, and the number of a ticket stays at the left of its title."""
    words, name = "المصعد معطل في الطابق 2!", "محمد علي!"
    student = api.enter("student", name)
    ticket = student.report(f"{words}\n\nThe lift.")["id"]
    student.say(ticket, f"{words} (2)")
    window = visit("student", name, size=PHONE)
    page = window.open("my_tickets")
    assert row(page, ticket).get_by_text(words).evaluate(RUNS_TO_THE_LEFT)
    number, title = (row(page, ticket).get_by_text(text).bounding_box() for text in (f"#{ticket}", words))
    assert number is not None
    assert title is not None
    assert number["x"] < title["x"]
    page = window.open("ticket", id=ticket)
    settled(page)
    for place in (page.get_by_role("heading", name=words), message(page, f"{words} (2)").get_by_text(words)):
        assert place.evaluate(RUNS_TO_THE_LEFT)
    assert page.get_by_text(f"{words}\n\nThe lift.").evaluate(RUNS_TO_THE_LEFT)
    assert message(page, f"{words} (2)").get_by_text(name).evaluate(RUNS_TO_THE_LEFT)
    page.get_by_role("button", name="Edit").click()
    for field in (page.get_by_label("Title"), page.get_by_label("Description"), page.get_by_label("Write to")):
        expect(field).to_have_css("unicode-bidi", "plaintext")


def test_a_null_character_is_refused_in_words(visit: Opener, api: Api) -> None:
    page = visit("student", "Nils Null", size=PHONE).open("report")
    field = page.get_by_label("What is the problem?")
    field.fill("broken\0words")
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="NUL")).to_be_visible()
    expect(field).to_have_value("broken\0words")
    assert api.enter("student", "Nils Null").list_ids(requester="me") == []
