"""All our components in the dark, on one page that shows each: axe finds no text that is too faint. Who adds one and
forgets that page fails here."""

import ast
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from streamlit.testing.v1 import AppTest

from streamlit_app.components.component_files import FOLDER, PARTS
from streamlit_app.components.composer import LONGEST
from streamlit_app.state.navigation import PAGES
from tests.lodge.waiting import wait_until
from tests.support.browser import DESKTOP, PATIENCE_MS
from tests.support.looks import CONTRAST, SCREEN, expect_theme, found_by_axe
from tests.support.serving import ROOT

SHOWN = Path(__file__).with_name("every_component.py")
DRAWS_NOTHING = {"first_field", "go_to", "link_secret", "live", "reload_dead_page"}
# What is drawn by others of ours on that page, is no element, or stands for a moment only.
NOT_BY_ITSELF = {
    *("vega_lite_chart", "html", "columns", "fragment", "rerun", "stop"),
    *("spinner", "toast"),
}
START_SECONDS, LONGEST_RUN_SECONDS = 120.0, 120.0


def test_every_component_is_on_the_page() -> None:
    shown = AppTest.from_file(str(SHOWN), default_timeout=LONGEST_RUN_SECONDS).run()
    next(button for button in shown.button if button.label == "Add a category").click().run()
    assert not shown.exception
    protos = [element.proto for element in shown.get("bidi_component")]
    drawn = {proto.component_name.removeprefix("lodge_") for proto in protos}
    assert drawn | DRAWS_NOTHING == {file.stem for file in FOLDER.glob("*.js")} - {"base", *chain(*PARTS.values())}
    tones = set(re.findall(r'data-tone="(\w+)"', (FOLDER / "base.css").read_text("utf-8")))
    assert {tone for tone in tones if any(f'"tone": "{tone}"' in proto.json for proto in protos)} == tones


def test_every_element_that_our_pages_use_is_on_the_page() -> None:
    """Streamlit's own colours may be too faint too."""
    sources = [*PAGES.glob("*.py"), *(ROOT / "streamlit_app").rglob("*.py")]
    used = set().union(*map(elements, sources))
    assert len(used) > 20
    assert used - NOT_BY_ITSELF - elements(SHOWN) == set()


def elements(file: Path) -> set[str]:
    """Of Streamlit, called by its own name; what is written large is none."""
    calls = [node.func for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call)]
    attributes = [call for call in calls if isinstance(call, ast.Attribute)]
    called = {one.attr for one in attributes if isinstance(one.value, ast.Name) and one.value.id == "st"}
    return {name for name in called if name.islower()}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    # From the project's folder, whose theme it has.
    command = [sys.executable, "-m", "streamlit", "run", str(SHOWN), "--server.address=127.0.0.1"]
    options = [f"--server.port={port}", "--server.enableStaticServing=false"]
    process = subprocess.Popen([*command, *options], cwd=ROOT)
    try:
        wait_until(lambda: process.poll() is not None or is_there(url), "a page of every component", START_SECONDS)
        assert process.poll() is None
        yield url
    finally:
        process.kill()
        process.wait()


def is_there(url: str) -> bool:
    try:
        return httpx.get(f"{url}/_stcore/health", trust_env=False).is_success
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Iterator[Page]:
    with browser.new_context(viewport=DESKTOP, color_scheme="dark") as context:
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(path=SCREEN)
        page = context.new_page()
        page.goto(address)
        # The first visitor waits until everything is imported.
        expect(page.get_by_role("button", name="Data team")).to_be_visible(timeout=START_SECONDS * 1000)
        expect_theme(page, "dark")
        yield page


def settle(page: Page) -> None:
    wait_until(lambda: bool(page.evaluate("looks.isSettled()")), "a page that is drawn and moves no more", 30)


def test_the_check_itself_sees_a_faint_text(page: Page) -> None:
    """In one of our components, and in one of Streamlit's elements."""
    for text in ("not following, 2 minutes behind", "What a problem is about."):
        shown = page.get_by_text(text)
        shown.evaluate("(one) => { one.style.color = '#333'; }")
        assert any("color-contrast" in fault for fault in found_by_axe(page, CONTRAST)), text
        shown.evaluate("(one) => { one.style.color = ''; }")


def test_nothing_is_too_faint_in_the_dark(page: Page) -> None:
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert found_by_axe(page, CONTRAST) == []
    page.get_by_role("dialog", name="Keys").get_by_role("button", name="Close").click()
    open_everything(page)
    settle(page)
    assert found_by_axe(page, CONTRAST) == []

    page.get_by_role("button", name="Add a category").click()
    expect(page.get_by_text("0 phrases; at least 10 more.")).to_be_visible()
    settle(page)
    assert found_by_axe(page, CONTRAST) == []


def open_everything(page: Page) -> None:
    """What is seen only when something is pressed."""
    page.get_by_role("button", name="Reply to Mia Rossi").click()
    page.get_by_label("Your answer").fill("a" * LONGEST)
    expect(page.get_by_text("Replying to").first).to_be_visible()
    page.get_by_role("button", name="More options").first.click()
    expect(page.get_by_role("button", name="Send and close as solved")).to_be_visible()
    page.get_by_role("button", name="Remove it,").click()
    expect(page.get_by_role("button", name="Remove it for good")).to_be_visible()
    page.get_by_text("What was changed").click()
    page.get_by_test_id("stSidebar").get_by_text("Ada Okafor").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Data team Explore the analyses").click()
    expect(page.get_by_text("The desk cannot be reached. Please try again in a moment.")).to_have_count(2)
