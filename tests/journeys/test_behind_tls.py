"""With passwords behind nginx, as docs/operations.md describes it: the browser knows the https address only."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.window import Window, row, settled
from tests.lodge.desk_process import free_port
from tests.support.api import Api
from tests.support.browser import DESKTOP, PATIENCE_MS, PUBLIC_NAME
from tests.support.nginx import documented, make_certificate, nginx, pages
from tests.support.passwords import PASSWORD, add_person, password_desk, signed_in

pytestmark = pytest.mark.second_try


@dataclass(frozen=True)
class Site:
    origin: str
    desk: Api
    certificate: Path


@pytest.fixture(scope="module")
def site(module_database_url: str) -> Iterator[Site]:
    port, ui_port = free_port(), free_port()
    origin = f"https://{PUBLIC_NAME}:{port}"
    with (
        tempfile.TemporaryDirectory(prefix="lodge-test-") as folder,
        password_desk(module_database_url, LODGE_PUBLIC_URL=origin) as desk,
        pages(desk.url, ui_port, origin, sign_in="password", allowed_hosts=PUBLIC_NAME),
    ):
        certificate, key = make_certificate(Path(folder))
        with nginx(Path(folder), port, documented(certificate, key, port, ui_port)):
            yield Site(origin, desk, certificate)


def test_from_a_deep_link_to_live_updates_and_out(browser: Browser, site: Site) -> None:
    add_person(site.desk, "Ada Okafor", "agent")
    context = browser.new_context(viewport=DESKTOP, timezone_id="UTC", ignore_https_errors=True)
    context.set_default_timeout(PATIENCE_MS)
    window = Window(context, site.origin, DESKTOP)
    page = window.page
    page.goto(window.address("queue", status="open"))
    page.get_by_label("Username").fill("Ada Okafor")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    assert page.url == window.address("queue", status="open")
    settled(page)
    ours = [cookie for cookie in context.cookies() if cookie["name"].startswith("__Host-lodge_")]
    assert len(ours) == 2
    assert all(cookie["secure"] and cookie["httpOnly"] for cookie in ours)
    ticket = signed_in(site.desk, "Mia Rossi").report("The lamp is broken.")["id"]
    expect(row(page, ticket)).to_be_visible()
    page.reload()
    expect(row(page, ticket)).to_be_visible()
    page.get_by_label("sign out").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Username")).to_be_visible()
    window.assert_clean()
    context.close()


@pytest.mark.parametrize(("host", "status"), [(PUBLIC_NAME, 200), ("elsewhere.example", 400)])
def test_other_names_are_refused(site: Site, host: str, status: int) -> None:
    address = site.origin.replace(PUBLIC_NAME, "127.0.0.1")
    with httpx.Client(base_url=address, verify=False, trust_env=False) as client:
        assert client.get("/", headers={"Host": host}).status_code == status
