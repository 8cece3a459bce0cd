"""The documentation page of each API works under its own security policy, without another host."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.lodge.desk_process import DeskProcess


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        yield context.new_page()


# Of a long list, the page draws only what is in view: a route near its top.
@pytest.mark.parametrize(("service", "route"), [("data", "/me/unread"), ("analytics", "/sql/schema")])
def test_it_is_drawn_and_sends_a_request(running_desk: DeskProcess, page: Page, service: str, route: str) -> None:
    port = running_desk.data_api_port if service == "data" else running_desk.analytics_api_port
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type in {"error", "warning"} else None)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"http://127.0.0.1:{port}/docs")
    expect(page.locator(f'.opblock-summary-path[data-path="{route}"]')).to_be_visible()
    block = page.locator(".opblock", has=page.locator('[data-path="/health"]'))
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    block.get_by_role("button", name="Execute").click()
    expect(block.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    assert problems == []
    assert {url.split("/")[2] for url in asked if not url.startswith("data:")} == {f"127.0.0.1:{port}"}
