"""With passwords, on a desk of its own: signing in, reloading, a deep link, signing out in one of three tabs, a link to
choose a password; two people side by side and one after the other; somebody who is deactivated; an API token."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.journeys.window import Window, resume, row, settled, show, streamlit_session, tab_to, text_of
from tests.lodge.desk_process import DeskProcess
from tests.support import rows
from tests.support.api import Api, done
from tests.support.browser import DESKTOP, PATIENCE_MS, PHONE
from tests.support.homes import copy_home
from tests.support.looks import WCAG_2_2_AA, Scheme, expect_theme, found_by_axe, misplaced
from tests.support.passwords import OTHER, PASSWORD, add_person, signed_in

pytestmark = pytest.mark.second_try


@pytest.fixture(scope="module")
def process(home_template: Path) -> Iterator[DeskProcess]:
    with tempfile.TemporaryDirectory(prefix="lodge-test-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        home = copy_home(home_template, Path(folder) / "home")
        with DeskProcess(home, command=("-m", "lodge.main", "up"), LODGE_SIGN_IN="password") as desk:
            desk.wait_for("ready")
            yield desk


@pytest.fixture(scope="module")
def desk(process: DeskProcess) -> Iterator[Api]:
    with Api(f"http://127.0.0.1:{process.data_api_port}", process.database_url()) as running:
        yield running


def window_of(browser: Browser, process: DeskProcess, size: ViewportSize = DESKTOP, scheme: Scheme = "light") -> Window:
    context = browser.new_context(viewport=size, timezone_id="UTC", color_scheme=scheme)
    context.set_default_timeout(PATIENCE_MS)
    return Window(context, f"http://127.0.0.1:{process.ui_port}", size)


def window_of_somebody(browser: Browser, process: DeskProcess, username: str, first_page: str) -> Window:
    """Signs somebody in; `first_page` is the heading of the page that they come to."""
    window = window_of(browser, process)
    window.page.goto(window.url)
    sign_in(window.page, username, PASSWORD)
    expect(window.page.get_by_role("heading", name=first_page)).to_be_visible()
    settled(window.page)
    return window


def session_cookie(window: Window) -> str:
    return next(one["value"] for one in window.context.cookies() if one["name"].startswith("lodge_session"))


def sign_in(page: Page, username: str, password: str) -> None:
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.keyboard.press("Enter")


def expect_form(page: Page) -> None:
    expect(page.get_by_label("Username")).to_be_visible()


def sign_out(page: Page) -> None:
    page.get_by_label("sign out").click()
    page.get_by_role("button", name="Sign out").click()
    expect_form(page)


def assert_looks_good(page: Page, scheme: Scheme = "light") -> None:
    """On a phone and on a desktop."""
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        settled(page)
        expect_theme(page, scheme)
        assert misplaced(page) + found_by_axe(page, WCAG_2_2_AA) == [], size


def test_the_desk_says_how_to_begin(process: DeskProcess) -> None:
    assert any("lodge admin create --username NAME" in line for line in process.lines)


def test_a_sign_in_from_a_deep_link_to_signing_out(browser: Browser, process: DeskProcess, desk: Api) -> None:
    add_person(desk, "Ada Okafor", "agent")
    window = window_of(browser, process)
    page = window.page
    page.goto(window.address("queue", status="open"))
    expect_form(page)
    assert_looks_good(page)
    page.set_viewport_size(DESKTOP)
    sign_in(page, "ada okafor", "a wrong guess")
    expect(page.get_by_text("The username or the password is wrong.")).to_be_visible()
    sign_in(page, "ada okafor", PASSWORD)
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    assert page.url == window.address("queue", status="open")
    page.reload()
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    cookie = next(one for one in window.context.cookies() if one["name"].startswith("lodge_session"))
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert not window.record.has_received(cookie["value"])
    assert not window.record.has_received(PASSWORD)

    others = [show(window.context.new_page(), window.address(path)) for path in ("overview", "my_tickets")]
    sign_out(page)
    for tab in others:
        expect_form(tab)
    thief = window_of(browser, process)
    thief.context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": thief.url}])
    thief.page.goto(thief.address("queue"))
    expect_form(thief.page)
    assert desk.get("/me", headers={"Authorization": f"Bearer {cookie['value']}"}).status_code == 401
    for one in (window, thief):
        one.context.close()


def test_a_link_leads_to_a_password_and_inside(browser: Browser, process: DeskProcess, desk: Api) -> None:
    admin = signed_in(desk, "ines", "admin")
    person = rows.person(desk, "Rae First")
    link = done(admin.post(f"/people/{person}/invitation"), 201)["link"]
    window = window_of(browser, process)
    page = window.page
    page.goto(link)
    expect(page.get_by_text("For Rae First.")).to_be_visible()
    assert_looks_good(page)
    page.get_by_label("Username").fill("rae")
    page.get_by_label("New password").fill(OTHER)
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_role("heading", name="Report a problem")).to_be_visible()
    assert "#" not in page.url
    window.assert_clean()
    page.goto(link)
    expect(page.get_by_text("This link is not valid")).to_be_visible()
    window.context.close()


def test_on_a_dark_phone_by_keyboard_alone(browser: Browser, process: DeskProcess, desk: Api) -> None:
    """A password is chosen with a link, and its owner signs out and in."""
    admin = signed_in(desk, "kay", "admin")
    link = done(admin.post(f"/people/{rows.person(desk, 'Kim Keys')}/invitation"), 201)["link"]
    window = window_of(browser, process, PHONE, "dark")
    page = window.page
    page.goto(link)
    expect(page.get_by_text("For Kim Keys.")).to_be_visible()
    assert_looks_good(page, "dark")
    for field, typed in {"Username": "kim", "New password": OTHER}.items():
        tab_to(page, field)
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Report a problem")).to_be_visible()
    settled(page)
    for button in ("More", "Kim Keys, Student: sign out", "Sign out"):
        tab_to(page, button)
        page.keyboard.press("Enter")
    expect_form(page)
    assert_looks_good(page, "dark")
    for field, typed in {"Username": "kim", "Password": OTHER}.items():
        tab_to(page, field)
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Report a problem")).to_be_visible()
    window.assert_clean()
    window.context.close()


def test_two_roles_side_by_side_see_their_own(browser: Browser, process: DeskProcess, desk: Api) -> None:
    add_person(desk, "Anna One")
    add_person(desk, "Aldo Agent", "agent")
    other = signed_in(desk, "Ben Two").report("The problem of somebody else.")["id"]
    student = window_of_somebody(browser, process, "Anna One", "Report a problem")
    agent = window_of_somebody(browser, process, "Aldo Agent", "Overview")
    agent.open("queue")
    own = desk.sign_in("Anna One", PASSWORD).report("The problem of the first one.")["id"]
    expect(row(agent.page, own)).to_be_visible()
    expect(row(agent.page, other)).to_be_visible()
    expect(row(student.open("my_tickets"), own)).to_be_visible()
    for page, query in {"queue": {}, "ticket": {"id": other}, "people": {}}.items():
        student.open(page, **query)
    assert not student.record.has_received("Aldo Agent")
    assert not student.record.has_received("The problem of somebody else.")

    number = streamlit_session(agent)
    agent.page.goto("about:blank")
    nobody = window_of(browser, process)
    for thief in (nobody, student):
        resume(thief, number)
        assert not thief.record.has_received("Aldo Agent")
    expect(student.page.get_by_text("Anna One")).to_be_visible()
    expect_form(nobody.page)
    for window in (student, agent, nobody):
        window.context.close()


def test_one_after_the_other_in_one_browser(browser: Browser, process: DeskProcess, desk: Api) -> None:
    for name, role in {"Otto Out": "agent", "Nina Next": "student"}.items():
        add_person(desk, name, role)
    window = window_of_somebody(browser, process, "Otto Out", "Overview")
    page, other = window.page, window.open_tab("queue")
    sign_out(page)
    expect_form(other)
    window.record.frames.clear()
    sign_in(page, "Nina Next", PASSWORD)
    expect(page.get_by_role("heading", name="Report a problem")).to_be_visible()
    assert not window.record.has_received("Otto Out")
    assert "Otto Out" not in text_of(page) + text_of(other)

    hers = session_cookie(window)
    sign_in(other, "Otto Out", PASSWORD)  # the form was left there
    expect(other.get_by_role("heading", name="Queue")).to_be_visible()
    expect(page.get_by_text("You are Otto Out now")).to_be_visible()
    assert desk.get("/me", headers={"Authorization": f"Bearer {hers}"}).status_code == 401
    window.context.close()


def test_whoever_is_deactivated_is_out_in_every_tab(browser: Browser, process: DeskProcess, desk: Api) -> None:
    admin = signed_in(desk, "dora", "admin")
    person = add_person(desk, "Lena Leaves", "agent")
    window = window_of_somebody(browser, process, "Lena Leaves", "Overview")
    tabs = [window.page, window.open_tab("queue")]
    done(admin.post(f"/people/{person}/deactivate"))
    began = time.monotonic()
    for tab in tabs:
        expect_form(tab)
    print(f"open pages: out after {1000 * (time.monotonic() - began):.0f} ms")  # noqa: T201 (shown with -s)
    for tab in tabs:
        assert "Lena Leaves" not in text_of(tab)
    sign_in(window.page, "Lena Leaves", PASSWORD)
    expect(window.page.get_by_text("The username or the password is wrong.")).to_be_visible()
    window.context.close()


def test_a_token_is_copied_once_and_a_link_from_the_page_leads_inside(
    browser: Browser, process: DeskProcess, desk: Api
) -> None:
    add_person(desk, "noor", "admin")
    invited = rows.person(desk, "Kai Second")
    window = window_of(browser, process)
    page = window.page
    window.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=window.url)
    page.goto(window.address("queue"))
    sign_in(page, "noor", PASSWORD)
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    page.get_by_label("sign out").click()
    page.get_by_role("link", name="Profile").click()
    page.get_by_role("button", name="Make a token").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What it is for").fill("Room displays")
    dialog.get_by_text("Report a problem").click()
    dialog.get_by_role("button", name="Make it").click()
    page.get_by_role("button", name="Copy API token").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert_looks_good(page)
    token = page.evaluate("navigator.clipboard.readText()")
    assert desk.get("/me", headers={"Authorization": f"Bearer {token}"}).json()["permissions"] == ["tickets:report"]
    page.reload()
    expect(page.get_by_text("Room displays")).to_be_visible()
    expect(page.get_by_role("button", name="Copy API token")).to_have_count(0)

    page.goto(window.address("people", person=invited))
    page.get_by_role("button", name="Invite").click()
    page.get_by_role("button", name="Copy Kai Second").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert_looks_good(page)
    link = page.evaluate("navigator.clipboard.readText()")
    window.assert_clean()
    guest = window_of(browser, process)
    guest.page.goto(link)
    expect(guest.page.get_by_text("For Kai Second.")).to_be_visible()
    for one in (window, guest):
        one.context.close()
