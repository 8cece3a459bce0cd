"""Through a real identity provider, on a desk of its own: a deep link before signing in, reloading, new keys at the
provider, signing out of both in one of three tabs."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.window import Window, settled, show
from tests.lodge.desk_process import DeskProcess, free_port
from tests.support import rows
from tests.support.api import Api
from tests.support.browser import DESKTOP, PATIENCE_MS, PHONE
from tests.support.homes import copy_home
from tests.support.looks import WCAG_2_2_AA, found_by_axe, misplaced
from tests.support.real_provider import CLIENT, SECRET, running_provider

pytestmark = pytest.mark.second_try
BUTTON = "Sign in with your campus account"


@pytest.fixture(scope="module")
def ports() -> tuple[int, int]:
    return free_port(), free_port()


@pytest.fixture(scope="module")
def issuer(ports: tuple[int, int]) -> Iterator[str]:
    with running_provider(free_port(), f"http://127.0.0.1:{ports[0]}") as issuer:
        yield issuer


@pytest.fixture(scope="module")
def process(home_template: Path, ports: tuple[int, int], issuer: str) -> Iterator[DeskProcess]:
    with tempfile.TemporaryDirectory(prefix="lodge-test-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        home = copy_home(home_template, Path(folder) / "home")
        settings = {
            "LODGE_SIGN_IN": "password,oidc",
            "LODGE_OIDC_ISSUER": issuer,
            "LODGE_OIDC_CLIENT_ID": CLIENT,
            "LODGE_OIDC_CLIENT_SECRET": SECRET,
            "LODGE_OIDC_ROLES": "helpdesk-staff:agent",
        }
        with DeskProcess(home, command=("-m", "lodge.main", "up"), ports=ports, **settings) as desk:
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


def sign_in(page: Page, address: str) -> None:
    page.get_by_role("button", name=BUTTON).click()
    page.get_by_label("Address").fill(address)
    page.get_by_role("button", name="Go").click()


def test_from_a_deep_link_to_signing_out_of_both(
    browser: Browser, process: DeskProcess, desk: Api, issuer: str
) -> None:
    imported = rows.person(desk, "Ada Okafor", email="agent.ada@example.edu")
    window = window_of(browser, process)
    page = window.page
    page.goto(window.address("queue", status="open"))
    expect(page.get_by_role("button", name=BUTTON)).to_be_visible()
    expect(page.get_by_label("Username")).to_be_visible()
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        settled(page)
        assert misplaced(page) + found_by_axe(page, WCAG_2_2_AA) == []
    sign_in(page, "agent.ada@example.edu")
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    assert page.url == window.address("queue", status="open")
    page.reload()
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    assert desk.sql("SELECT person_id FROM session_token WHERE signed_in_by = 'oidc'") == [(imported,)]
    cookie = next(one for one in window.context.cookies() if one["name"].startswith("lodge_session"))
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert not window.record.has_received(cookie["value"])

    others = [show(window.context.new_page(), window.address(path)) for path in ("overview", "my_tickets")]
    page.get_by_label("sign out").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign out of the campus")).to_be_visible()
    page.get_by_role("button", name="Yes").click()
    for tab in (page, *others):
        expect(tab.get_by_role("button", name=BUTTON)).to_be_visible()
    assert page.url == f"{window.url}/"
    thief = window_of(browser, process)
    thief.context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": thief.url}])
    thief.page.goto(thief.address("queue"))
    expect(thief.page.get_by_role("button", name=BUTTON)).to_be_visible()
    assert desk.get("/me", headers={"Authorization": f"Bearer {cookie['value']}"}).status_code == 401
    thief.context.close()

    httpx.post(f"{issuer}/rotate-keys").raise_for_status()
    page.get_by_role("button", name=BUTTON).click()
    # The provider has forgotten Ada, so it asks again; and its new keys are fetched.
    page.get_by_label("Address").fill("new@example.edu")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_role("heading", name="Report a problem")).to_be_visible()

    page.goto(window.address("oidc/callback", error="access_denied"))
    expect(page.get_by_role("link", name="Back to the sign-in page")).to_be_visible()
    assert found_by_axe(page, WCAG_2_2_AA) == []
    window.context.close()
