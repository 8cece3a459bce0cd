"""Texts to be copied: by a button, where the browser lets scripts at the clipboard and where it does not."""

import pytest
from playwright.sync_api import Page, expect

from tests.components.conftest import Opener

pytestmark = pytest.mark.second_try

FIELDS = [
    {"label": "Mia", "text": "https://desk.test/join#one"},
    {"label": "Ada", "text": "https://desk.test/join#two"},
]


def pasted(page: Page) -> str:
    """Returns what somebody gets who pastes."""
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<textarea id=here></textarea>')")
    page.locator("#here").press("ControlOrMeta+v")
    text = page.locator("#here").input_value()
    page.evaluate("here.remove()")
    return text


def test_each_text_and_all_of_them_are_copied_without_https(bare: Opener) -> None:
    part = bare("copy_fields")
    assert not part.page.evaluate("'clipboard' in navigator")
    part.draw(label="To copy", fields=FIELDS, together="one\ntwo")
    for button, text in (("Copy Ada", FIELDS[1]["text"]), ("Copy Mia", FIELDS[0]["text"]), ("Copy all", "one\ntwo")):
        part.page.get_by_role("button", name=button).click()
        expect(part.page.get_by_role("status")).to_have_text("Copied.")
        assert pasted(part.page) == text


def test_where_nothing_can_be_copied_the_page_says_how_to(bare: Opener) -> None:
    part = bare("copy_fields")
    part.page.evaluate("document.execCommand = () => false")
    part.draw(label="To copy", fields=FIELDS[:1], together="")
    part.page.get_by_role("button", name="Copy Mia").click()
    expect(part.page.get_by_role("status")).to_have_text("This browser copies nothing: select it, and press Ctrl+C.")
    field = part.page.get_by_label("Mia", exact=True)
    field.focus()
    assert field.evaluate("(one) => one.value.slice(one.selectionStart, one.selectionEnd)") == FIELDS[0]["text"]
