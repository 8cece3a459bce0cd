"""With passwords, on a desk of its own: signing in, reloading, a deep link, signing out in one of three tabs, a link to
choose a password, an API token."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.window import Window, settled, show
from tests.lodge.desk_process import DeskProcess
from tests.support import rows
from tests.support.api import Api, done
from tests.support.browser import DESKTOP, PATIENCE_MS, PHONE
from tests.support.homes import copy_home
from tests.support.looks import WCAG_2_2_AA, found_by_axe, misplaced
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


def window_of(browser: Browser, process: DeskProcess) -> Window:
    context = browser.new_context(viewport=DESKTOP, timezone_id="UTC")
    context.set_default_timeout(PATIENCE_MS)
    return Window(context, f"http://127.0.0.1:{process.ui_port}", DESKTOP)


def sign_in(page: Page, username: str, password: str) -> None:
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.keyboard.press("Enter")


def assert_looks_good(page: Page) -> None:
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        settled(page)
        assert misplaced(page) + found_by_axe(page, WCAG_2_2_AA) == []


def expect_form(page: Page) -> None:
    expect(page.get_by_label("Username")).to_be_visible()


def test_the_desk_says_how_to_begin(process: DeskProcess) -> None:
    assert any("lodge admin create --username NAME" in line for line in process.lines)


def test_a_sign_in_from_a_deep_link_to_signing_out(browser: Browser, process: DeskProcess, desk: Api) -> None:
    add_person(desk, "Ada Okafor", "agent")
    window = window_of(browser, process)
    page = window.page
    page.goto(window.address("queue", status="open"))
    expect_form(page)
    assert_looks_good(page)
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
    page.get_by_label("sign out").click()
    page.get_by_role("button", name="Sign out").click()
    for tab in (page, *others):
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
    settled(page)
    assert misplaced(page) + found_by_axe(page, WCAG_2_2_AA) == []
    page.get_by_label("Username").fill("rae")
    page.get_by_label("New password").fill(OTHER)
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_role("heading", name="Report a problem")).to_be_visible()
    assert "#" not in page.url
    window.assert_clean()
    page.goto(link)
    expect(page.get_by_text("This link is not valid")).to_be_visible()
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
