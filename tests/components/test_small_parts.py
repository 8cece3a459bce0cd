"""The door, the person's menu, and what says a line: each does its work and keeps the focus."""

import pytest
from playwright.sync_api import Route, expect

from tests.components.bare import DESK, Bare, Told
from tests.components.conftest import Opener
from tests.support.browser import PHONE

pytestmark = pytest.mark.second_try

ROLES = [{"slug": "agent", "name": "Helpdesk staff", "what": "Solve it."}]
DOES = "switch role or sign out"
BUTTONS = (("start", "Start work"), ("take", "Assign to me"))
SECOND = 1_000


def test_entering_sends_the_role_and_the_name_and_keeps_the_address(bare: Opener) -> None:
    part = bare("role_cards")
    wishes: list[object] = []

    def enter(route: Route) -> None:
        wishes.append(route.request.post_data_json)
        route.fulfill(status=204)

    part.page.route(f"{DESK}/enter", enter)
    part.page.goto(f"{DESK}/queue?status=open")
    part.load()
    part.draw(large=ROLES, small=[])
    part.page.get_by_label("Your name").fill("  Kim Keys ")
    with part.page.expect_event("load"):
        part.page.get_by_role("button", name="Helpdesk staff").click()
    assert wishes == [{"role": "agent", "name": "Kim Keys"}]
    assert part.page.url == f"{DESK}/queue?status=open"


def test_enter_signs_in_as_last_time(bare: Opener) -> None:
    """The first time, as the first role."""
    part = bare("role_cards")
    wishes: list[object] = []

    def enter(route: Route) -> None:
        wishes.append(route.request.post_data_json)
        route.fulfill(status=204)

    part.page.route(f"{DESK}/enter", enter)
    student = [{"slug": "student", "name": "Student", "what": "Report it."}]
    part.draw(large=[*student, *ROLES], small=[])
    field = part.page.get_by_label("Your name")
    with part.page.expect_event("load"):
        field.press("Enter")
    part.load()
    part.draw(large=[*student, *ROLES], small=[])
    field.fill("Kim Keys")
    with part.page.expect_event("load"):
        part.page.get_by_role("button", name="Helpdesk staff").click()
    part.load()
    part.draw(large=[*student, *ROLES], small=[])
    expect(part.page.get_by_text("Enter signs you in as Helpdesk staff, as last time.")).to_be_visible()
    expect(field).to_be_focused()
    with part.page.expect_event("load"):
        part.page.keyboard.press("Enter")
    agent = {"role": "agent", "name": "Kim Keys"}
    assert wishes == [{"role": "student"}, agent, agent]


def test_a_closed_door_says_why(bare: Opener) -> None:
    part = bare("role_cards")
    part.draw(large=ROLES, small=ROLES)
    for button in part.page.get_by_role("button").all():
        button.click()
        expect(part.page.get_by_role("alert")).to_have_text("There is no such thing.")
        expect(button).to_be_enabled()


def menu(bare: Opener) -> Bare:
    part = bare("person_menu", size=PHONE)
    part.draw(name="Kim Keys", role="Student", roles=[{"slug": "agent", "name": "helpdesk staff"}], does=DOES)
    part.page.get_by_text("Kim Keys").click()
    return part


def test_escape_closes_the_menu_and_leads_back_to_it(bare: Opener) -> None:
    part = menu(bare)
    expect(part.page.get_by_role("link", name="Profile")).to_be_visible()
    part.page.keyboard.press("Tab")
    expect(part.page.get_by_role("link", name="Profile")).to_be_focused()
    part.page.keyboard.press("Tab")
    expect(part.page.get_by_role("button", name="Sign in as helpdesk staff")).to_be_focused()
    part.page.keyboard.press("Escape")
    expect(part.page.get_by_role("button", name="Sign out")).to_be_hidden()
    assert part.page.evaluate("document.activeElement.shadowRoot.activeElement.localName") == "summary"


def test_the_menu_leads_to_the_profile_and_closes(bare: Opener) -> None:
    part = menu(bare)
    part.page.get_by_role("link", name="Profile").click()
    expect(part.page).to_have_url(f"{DESK}/profile")
    expect(part.page.get_by_role("link", name="Profile")).to_be_hidden()


def test_whoever_switches_back_has_the_name_that_they_had_in_that_role(bare: Opener) -> None:
    """It is kept by the browser, until somebody leaves. What they wrote stays theirs."""
    door = bare("role_cards")
    wishes: list[object] = []

    def enter(route: Route) -> None:
        wishes.append(route.request.post_data_json)
        route.fulfill(status=204)

    door.page.context.route(f"{DESK}/enter", enter)
    door.page.context.route(f"{DESK}/leave", lambda route: route.fulfill(status=204))
    door.draw(large=ROLES, small=[])
    door.page.get_by_label("Your name").fill("Kim Keys")
    with door.page.expect_event("load"):
        door.page.get_by_role("button", name="Helpdesk staff").click()
    part = door.turn_into("person_menu")
    part.page.evaluate("sessionStorage.setItem('lodge-draft:1:answer_1', '{}')")
    roles = [{"slug": "agent", "name": "helpdesk staff"}, {"slug": "admin", "name": "administrator"}]
    for label in ("Sign in as administrator", "Sign in as helpdesk staff: Kim Keys", "Sign out"):
        part.draw(name="Somebody", role="Student", roles=roles, does=DOES)
        part.page.get_by_text("Somebody").click()
        with part.page.expect_event("load"):
            part.page.get_by_role("button", name=label, exact=True).click()
        part.open()
    assert wishes[1:] == [{"role": "admin"}, {"role": "agent", "name": "Kim Keys"}]
    assert part.page.evaluate("[Object.keys(localStorage), sessionStorage.length]") == [["lodge-last-role"], 0]


def test_a_door_with_a_token_that_is_refused_looks_once_whether_there_is_another(bare: Opener) -> None:
    part = bare("role_cards")
    with part.page.expect_event("load"):
        part.draw(large=ROLES, small=[], refused="a")
    part.load()
    part.draw(large=ROLES, small=[], refused="a")
    expect(part.page.get_by_role("button", name="Helpdesk staff")).to_be_visible()


def test_a_code_is_exchanged_once_and_the_page_is_loaded_again(bare: Opener) -> None:
    part = bare("hand_off")
    asked: list[Route] = []
    part.page.route(f"{DESK}/redeem", lambda route: asked.append(route))
    part.page.goto(f"{DESK}/queue?status=open")
    part.load()
    part.draw(code="", to="", refused="")
    with part.page.expect_request(f"{DESK}/redeem"):
        for _ in range(2):
            part.draw(code="a code", to="", refused="")
    with part.page.expect_event("load"):
        asked[0].fulfill(status=204)
    assert [route.request.post_data_json for route in asked] == [{"code": "a code"}]
    assert part.page.url == f"{DESK}/queue?status=open"


def test_a_code_that_is_refused_says_why(bare: Opener) -> None:
    part = bare("hand_off")
    part.draw(code="a code", to="", refused="")
    expect(part.page.get_by_role("alert")).to_have_text("There is no such thing.")


def test_who_leaves_takes_no_draft_along(bare: Opener) -> None:
    part = menu(bare)
    part.page.evaluate("sessionStorage.setItem('lodge-draft:answer_1', '{}'); sessionStorage.setItem('other', '1')")
    part.page.get_by_role("button", name="Sign out").click()
    expect(part.page.get_by_role("alert")).to_have_text("There is no such thing.")
    assert part.page.evaluate("sessionStorage.length") == 2
    part.page.route(f"{DESK}/leave", lambda route: route.fulfill(status=204))
    part.page.get_by_role("button", name="Sign out").click()
    expect(part.page).to_have_url(f"{DESK}/")
    assert part.page.evaluate("Object.keys(sessionStorage)") == ["other"]


def test_the_age_counts_on_until_it_is_told_anew(bare: Opener) -> None:
    part = bare("freshness")
    told = {"title": "As of noon", "renewed": 3, "follows": True}
    line = part.page.get_by_title("As of noon")
    aloud = part.page.get_by_role("status")
    part.draw(age=0.2, drawn=1, **told)
    expect(line).to_have_text("live, 0.2 s behind")
    part.pass_time(2 * SECOND)
    expect(line).to_have_text("live, 2 s behind")
    part.draw(age=0.2, drawn=1, **told)
    expect(line).to_have_text("live, 2 s behind")
    part.draw(age=0.4, drawn=2, **told)
    expect(line).to_have_text("live, 0.4 s behind")
    expect(aloud).to_have_text("live")
    part.pass_time(90 * SECOND)
    expect(line).to_have_text("not following, 2 minutes behind")
    expect(aloud).to_have_text("not following")
    part.draw(age=0.4, drawn=3, **(told | {"follows": False}))
    expect(line).to_have_text("not following, 0.4 s behind")


def test_an_answer_that_is_old_when_it_comes_is_no_live_one(bare: Opener) -> None:
    """Nor is it called late before the next one is due."""
    part = bare("freshness")
    part.draw(age=4.0, drawn=1, title="As of noon", renewed=15, follows=True)
    for seconds, text in ((2, "6 s behind"), (10, "16 s behind"), (10, "not following, 26 s behind")):
        part.pass_time(seconds * SECOND)
        expect(part.page.get_by_title("As of noon")).to_have_text(text)


def test_a_press_tells_what_its_label_was_read_on(bare: Opener) -> None:
    part = bare("buttons")
    start, take = ({"name": name, "label": label, "is_primary": False} for name, label in BUTTONS)
    part.draw(shown=1, buttons=[start, take])
    button = part.page.get_by_role("button")
    button.nth(1).click()
    # Nothing that can be read has changed.
    part.draw(shown=2, buttons=[start, take])
    button.nth(1).focus()
    button.nth(1).press("Enter")
    part.draw(shown=3, buttons=[take | {"label": "Take over from Maja"}])
    expect(button).to_be_focused()
    button.click()
    part.pass_time(SECOND)
    button.click()
    assert [told.value for told in part.told()] == [{"name": "take", "shown": shown} for shown in (1, 2, 2, 3)]
    part.draw(shown=4, buttons=[start])
    button.click()
    assert part.told()[-1].value == {"name": "start", "shown": 4}


def test_one_event_of_a_page_is_on_its_way_at_a_time(bare: Opener) -> None:
    """Also of two components: what is sent together would reach Python in another order, or in part."""
    part = bare("buttons")
    for name, label in BUTTONS:
        part.draw(name, shown=1, buttons=[{"name": name, "label": label}])
    part.lose()
    for _, label in BUTTONS:
        part.page.get_by_role("button", name=label).click()
    first, second = (name for name, _ in BUTTONS)
    assert [told.key for told in part.told()] == [first]
    part.pass_time(3 * SECOND)
    assert [told.key for told in part.told()] == [first, first], "it is sent again"
    part.lose(False)
    part.pass_time(3 * SECOND)
    assert [told.key for told in part.told()] == [first, first, first, second]
    part.pass_time(30 * SECOND)
    assert len(part.told()) == 4


def test_what_is_left_with_its_page_holds_nothing_up(bare: Opener) -> None:
    part = bare("buttons")
    for name, label in BUTTONS:
        part.draw(name, shown=1, buttons=[{"name": name, "label": label}])
    part.lose()
    (first, label), (second, other_label) = BUTTONS
    part.page.get_by_role("button", name=label).click()
    part.remove(first)
    part.page.get_by_role("button", name=other_label).click()
    assert [told.key for told in part.told()] == [first, second]


def test_another_page_waits_until_a_press_has_arrived(bare: Opener) -> None:
    part = bare("entries")
    entry = {"slug": "one", "name": "One", "acts": [{"kind": "change", "label": "Change"}], "ticket": 5}
    part.draw(label="Entries", items=[entry], page=1)
    part.lose()
    part.page.get_by_role("button", name="Change One").click()
    part.page.get_by_role("link", name="#5").click()
    assert part.page.url.endswith("/page")
    part.pass_time(2 * SECOND)
    assert part.page.url.endswith("/ticket?id=5"), "not for ever"
    part.lose(False)
    part.pass_time(2 * SECOND)
    before = part.page.evaluate("history.length")
    part.page.get_by_role("link", name="#5").click()
    assert part.page.evaluate("history.length") == before + 1, "at once"


def test_a_choice_says_which_value_is_pressed_and_by_which_key(bare: Opener) -> None:
    part = bare("buttons")
    levels = [
        {"name": name, "label": name.title(), "is_pressed": name == "high", "key": key}
        for key, name in (("3", "high"), ("4", "urgent"))
    ]
    part.draw(shown=1, label="Priority", buttons=levels)
    group = part.page.get_by_role("group", name="Priority")
    expect(group.get_by_role("button", pressed=True)).to_have_text("High")
    urgent = group.get_by_role("button", name="Urgent")
    expect(urgent).to_have_attribute("data-key", "4")
    urgent.click()
    assert part.told()[-1].value == {"name": "urgent", "shown": 1}


def test_what_is_suggested_keeps_the_focus(bare: Opener) -> None:
    part = bare("suggestion")
    two = [{"slug": "it", "name": "Technical IT"}, {"slug": "fm", "name": "Facility management"}]
    shown = {"line": "Which is it?", "aside": "", "options": two, "others": "Something else", "open": False}
    part.draw(**shown)
    expect(part.page.get_by_role("group", name="Which is it?").get_by_role("button")).to_have_count(2)
    other = part.page.get_by_role("button", name="Something else")
    other.press("Enter")
    part.draw(**(shown | {"open": True}))
    expect(other).to_be_focused()
    expect(other).to_have_attribute("aria-expanded", "true")
    part.page.get_by_role("button", name="Technical IT").press("Enter")
    part.draw(**(shown | {"line": "For: Technical IT, as you chose", "options": [], "others": "Change"}))
    expect(part.page.get_by_role("button", name="Change")).to_be_focused()
    assert part.told() == [Told("trigger", "list", True), Told("trigger", "choose", "it")]


def test_phrases_are_counted_while_they_are_written(bare: Opener) -> None:
    part = bare("phrase_input")
    part.draw(label="Phrases, one a line", at_least=3)
    field = part.page.get_by_label("Phrases, one a line")
    for text, said in (
        ("", "0 phrases; at least 3 more."),
        ("The pump\n\n  the  PUMP ", "1 phrase; at least 2 more."),
        ("one\ntwo\nthree", "3 phrases."),
    ):
        field.fill(text)
        expect(part.page.get_by_text(said, exact=True)).to_be_visible()
    assert part.told() == []
    field.blur()
    assert part.told() == [Told("state", "text", "one\ntwo\nthree")]


def test_a_new_warning_comes_into_view_and_an_old_one_does_not(bare: Opener) -> None:
    part = bare("warning")
    part.page.evaluate("document.getElementById('root').style.paddingTop = '3000px'")
    warning = part.page.get_by_role("alert")
    part.draw(text="Somebody else changed this.", number=1)
    expect(warning).to_be_in_viewport()
    part.page.evaluate("scrollTo(0, 0)")
    part.draw(text="Somebody else changed this.", number=1)
    expect(warning).not_to_be_in_viewport()
    part.draw(text="Somebody else changed this.", number=2)
    expect(warning).to_be_in_viewport()


def test_a_long_table_stays_where_it_was_scrolled_to(bare: Opener) -> None:
    part = bare("table")
    columns = [{"title": "Month", "is_number": False}, {"title": "Tickets", "is_number": True}]
    rows = [[f"Month {number}", str(number)] for number in range(60)]
    part.draw(label="By month", columns=columns, rows=rows)
    frame = part.page.get_by_role("region", name="By month")
    frame.evaluate("(one) => one.scrollTo({ top: 500 })")
    part.draw(label="By month", columns=columns, rows=[*rows, ["Month 60", "60"]])
    expect(frame.get_by_role("row")).to_have_count(62)
    assert frame.evaluate("(one) => one.scrollTop") == 500
