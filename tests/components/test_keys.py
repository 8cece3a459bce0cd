"""The keys: each does what it says, on any keyboard, and none does anything while somebody types."""

import pytest
from playwright.sync_api import Page, expect

from tests.components.bare import DESK, Bare
from tests.components.conftest import Opener

pytestmark = pytest.mark.second_try

GROUPS = [
    {
        "title": "Everywhere",
        "keys": [
            {"keys": "?", "does": "Show these keys", "href": "", "names": [], "is_only_told": True},
            {"keys": "/", "does": "Search", "href": "search", "names": [], "is_only_told": False},
            {"keys": "c", "does": "New ticket", "href": "report_for", "names": [], "is_only_told": False},
            {"keys": "g q", "does": "Queue", "href": "queue", "names": [], "is_only_told": False},
            {"keys": "a", "does": "Assign", "href": "", "names": ["Assign to me"], "is_only_told": False},
            {"keys": "s", "does": "Status", "href": "", "names": ["Close"], "is_only_told": False, "asks": ["Close"]},
            {"keys": "r", "does": "Reply", "href": "", "names": ["Your answer"], "is_only_told": False},
            {"keys": "n", "does": "Note", "href": "", "names": ["Internal note"], "is_only_told": False},
            {"keys": "Escape", "does": "Go back", "href": "", "names": ["←"], "is_only_told": False},
        ],
    }
]
# Beside the component, as the rest of a page is: a part of it in a shadow root of its own.
REST = """() => {
  const host = document.getElementById('root').appendChild(document.createElement('div'));
  host.attachShadow({ mode: 'open' }).innerHTML = `
    <button id="take">Assign to me</button><button id="close">Close as solved</button>
    <label for="area">Your answer</label><textarea id="area"></textarea>
    <label><input type="checkbox" id="note">Internal note: staff only</label>`;
  const back = document.body.appendChild(document.createElement('a'));
  Object.assign(back, { href: '#back', textContent: '← Back to the queue' });
  window.pressed = [];
  host.shadowRoot.getElementById('take').onclick = () => pressed.push('take');
  host.shadowRoot.getElementById('close').onclick = () => pressed.push('close');
  back.onclick = () => pressed.push('back');
  window.heard = [];
  document.addEventListener('keydown', ({ key }) => heard.push(key));
}"""


@pytest.fixture
def part(bare: Opener) -> Bare:
    drawn = bare("keys")
    drawn.page.evaluate(REST)
    drawn.draw(groups=GROUPS)
    return drawn


def typed(page: Page, *, key: str, code: str = "", **more: bool) -> None:
    """As a keyboard sends it that has `key` where a US keyboard has `code`."""
    given = {"key": key, "code": code, "bubbles": True, "cancelable": True, **more}
    page.evaluate("(given) => document.body.dispatchEvent(new KeyboardEvent('keydown', given))", given)


def test_a_key_leads_to_a_page_or_presses_what_bears_its_name(part: Bare) -> None:
    page = part.page
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    assert page.evaluate("pressed") == ["take", "back"]
    page.keyboard.press("g")
    page.keyboard.press("q")
    expect(page).to_have_url(f"{DESK}/queue")
    page.keyboard.press("c")
    expect(page).to_have_url(f"{DESK}/report_for")
    page.keyboard.press("/")
    expect(page).to_have_url(f"{DESK}/search")


def test_a_key_only_leads_to_what_is_asked_about(part: Bare) -> None:
    part.page.keyboard.press("s")
    expect(part.page.get_by_role("button", name="Close as solved")).to_be_focused()
    assert part.page.evaluate("pressed") == []
    part.page.keyboard.press("Enter")
    assert part.page.evaluate("pressed") == ["close"]


def test_a_marked_element_comes_before_one_of_that_name(part: Bare) -> None:
    part.page.evaluate("document.querySelector('a').dataset.key = 'a'")
    part.page.keyboard.press("a")
    assert part.page.evaluate("pressed") == ["back"]


def test_a_field_gets_the_focus_and_escape_leaves_it_first(part: Bare) -> None:
    page = part.page
    page.keyboard.press("r")
    page.keyboard.type("a car, g q?")
    expect(page.get_by_label("Your answer")).to_have_value("a car, g q?")
    assert page.evaluate("[pressed.length, location.pathname]") == [0, "/page"]
    page.keyboard.press("Escape")
    expect(page.get_by_label("Your answer")).not_to_be_focused()
    assert page.evaluate("pressed") == []
    page.keyboard.press("Escape")
    assert page.evaluate("pressed") == ["back"]


def test_a_note_is_ticked_and_written(part: Bare) -> None:
    part.page.keyboard.press("n")
    part.page.keyboard.type("n")
    expect(part.page.get_by_label("Internal note")).to_be_checked()
    expect(part.page.get_by_label("Your answer")).to_have_value("n")


@pytest.mark.parametrize("modifier", ["Control", "Alt", "Meta", "Shift"])
def test_with_another_key_held_nothing_happens(part: Bare, modifier: str) -> None:
    part.page.keyboard.press(f"{modifier}+a")
    part.page.keyboard.press(f"{modifier}+Escape")
    assert part.page.evaluate("pressed") in ([], ["back"] if modifier == "Shift" else [])


@pytest.mark.parametrize(
    ("key", "code", "does"),
    [
        ("ф", "KeyA", "take"),  # Russian
        ("α", "KeyA", "take"),  # Greek
        ("a", "KeyQ", "take"),  # French: what the key says counts, not its place
        ("q", "KeyA", ""),
        ("A", "KeyA", "take"),  # Caps Lock
    ],
)
def test_other_keyboards(part: Bare, key: str, code: str, does: str) -> None:
    typed(part.page, key=key, code=code)
    assert part.page.evaluate("pressed") == ([does] if does else [])


def test_a_slash_may_need_shift_or_altgr(part: Bare) -> None:
    typed(part.page, key="/", code="Digit7", shiftKey=True)
    expect(part.page).to_have_url(f"{DESK}/search")
    typed(part.page, key="?", code="KeyW", ctrlKey=True, altKey=True, modifierAltGraph=True)
    expect(part.page.get_by_role("dialog")).to_be_visible()


def test_g_waits_for_one_letter_and_not_for_long(part: Bare) -> None:
    page = part.page
    for keys in ("gxq", "qg"):
        page.keyboard.type(keys)
    page.keyboard.press("a")
    assert page.evaluate("[location.pathname, pressed.length]") == ["/page", 0], "the last g took the a along"
    page.keyboard.press("a")
    assert page.evaluate("pressed") == ["take"]


def test_nothing_happens_behind_a_dialog_or_a_list_of_choices(part: Bare) -> None:
    for role in ("dialog", "menu", "listbox"):
        part.page.evaluate(
            "(role) => { const one = document.body.appendChild(document.createElement('p'));"
            " one.setAttribute('role', role); one.textContent = role; one.id = 'open'; }",
            role,
        )
        part.page.keyboard.press("a")
        part.page.evaluate("document.getElementById('open').remove()")
    assert part.page.evaluate("pressed") == []


def test_the_dialog_lists_the_keys_and_switches_them_off(part: Bare) -> None:
    page = part.page
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog.get_by_text("New ticket")).to_be_visible()
    page.keyboard.press("a")
    dialog.get_by_label("Use these keys").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("a")
    page.keyboard.press("c")
    page.keyboard.press("?")
    assert page.evaluate("[pressed.length, location.pathname]") == [0, "/page"]
    part.open()
    page.evaluate(REST)
    part.draw(groups=GROUPS)
    page.keyboard.press("a")
    assert page.evaluate("pressed") == [], "the browser remembers it"
    page.evaluate("dispatchEvent(new CustomEvent('lodge-keys'))")
    dialog.get_by_label("Use these keys").check()
    dialog.get_by_role("button", name="Close").click()
    page.keyboard.press("a")
    assert page.evaluate("pressed") == ["take"]


def test_streamlits_own_keys_never_act(part: Bare) -> None:
    """It draws the page anew at r, also when ours are switched off."""
    part.page.keyboard.press("c")
    part.page.evaluate("localStorage.setItem('lodge-keys-off', 'yes')")
    part.page.keyboard.press("r")
    part.page.keyboard.press("k")
    assert part.page.evaluate("heard") == ["k"]
