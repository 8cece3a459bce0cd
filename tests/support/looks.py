"""Finds visual defects of a page: with axe (contrast, names, roles) and by measuring (overlaps, overflows)."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, expect

from tests.support.serving import ROOT

Scheme = Literal["light", "dark"]
SCREEN = Path(__file__).with_name("screen.js")
WCAG_2_2_AA: dict[str, object] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}
CONTRAST: dict[str, object] = {
    "runOnly": {"type": "rule", "values": ["color-contrast"]},
    "resultTypes": ["violations"],
}
THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def found_by_axe(page: Page, rules: dict[str, object]) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    violations = page.evaluate("(options) => axe.run(document, options)", rules)["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in violations for node in one["nodes"]]


def misplaced(page: Page) -> list[str]:
    """Returns elements that overlap others or are outside the page. The page must have loaded the script SCREEN."""
    found: list[str] = page.evaluate("[...looks.overflows(), ...looks.overlaps()]")
    return found


def expect_theme(page: Page, scheme: Scheme) -> None:
    """Waits until the page has this theme; otherwise the colours of the other theme would be checked."""
    red, green, blue = bytes.fromhex(THEME[scheme]["backgroundColor"].removeprefix("#"))
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", f"rgb({red}, {green}, {blue})")
