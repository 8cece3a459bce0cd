"""Beside a ticket: the way to the next one, and who else is looking at it."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.components.bare import Bare
from tests.components.conftest import Opener

pytestmark = pytest.mark.second_try

AGAIN_AFTER_MS, PAUSE_MS, STOPS_WRITING_MS = 5_000, 1_100, 6_000


def test_links_lead_to_the_next_and_the_previous_ticket(bare: Opener) -> None:
    """They are marked with the keys that press them (test_keys.py)."""
    part = bare("steps")
    entries = part.page.evaluate("history.length")
    part.draw(previous=None, next="ticket?id=9")
    following = part.page.get_by_role("link", name="Next ticket")
    expect(following).to_have_attribute("data-key", "j")
    following.click()
    assert part.page.url.endswith("/ticket?id=9")
    part.draw(previous="ticket?id=8", next=None)
    expect(following).to_have_count(0)
    before = part.page.get_by_role("link", name="Previous ticket")
    expect(before).to_have_attribute("data-key", "k")
    before.click()
    assert part.page.url.endswith("/ticket?id=8")
    assert part.page.evaluate("history.length") == entries, "Back leads to the list"
    part.draw(previous=None, next=None)
    expect(part.page.get_by_role("navigation")).to_be_hidden()


def heard(part: Bare) -> list[Any]:
    """What was told since the last call."""
    found: list[Any] = part.page.evaluate("window.heard.splice(0)")
    return found


def test_who_looks_and_writes_is_told_again_and_again_and_ends_with_the_page(bare: Opener) -> None:
    part = bare("presence")
    part.page.evaluate("window.heard = []; addEventListener('lodge-looking', () => heard.push(window.lodgeLooking))")
    part.draw(ticket=5)
    part.pass_time(PAUSE_MS)
    assert heard(part) == [{"looking": 5, "is_writing": False}]
    part.draw(ticket=5)
    part.pass_time(AGAIN_AFTER_MS)
    assert heard(part) == [{"looking": 5, "is_writing": False}]
    for _ in range(3):
        part.page.evaluate("dispatchEvent(new Event('lodge-typed'))")
    part.pass_time(PAUSE_MS)
    assert heard(part) == [{"looking": 5, "is_writing": True}]
    part.pass_time(STOPS_WRITING_MS + AGAIN_AFTER_MS)
    assert heard(part)[-1] == {"looking": 5, "is_writing": False}
    part.remove()
    assert heard(part) == [{"looking": None, "is_writing": False}]
    part.pass_time(3 * AGAIN_AFTER_MS)
    assert heard(part) == []


def test_others_are_named_and_only_at_this_ticket(bare: Opener) -> None:
    part = bare("presence")
    part.draw(ticket=5)
    line = part.page.get_by_role("status")

    def tell(ticket: int, *present: tuple[str, bool]) -> None:
        people = [{"name": name, "is_writing": writes} for name, writes in present]
        told = {"ticket": ticket, "present": people}
        part.page.evaluate("(detail) => dispatchEvent(new CustomEvent('lodge-present', { detail }))", told)

    for people, words in {
        (("Ben", False),): "Ben is looking at this.",
        (("Ada", True), ("Ben", False)): "Ada is writing. Ben is looking at this.",
        (("Ada", True), ("Ben", True), ("<b>Cy</b>", True)): "Ada, Ben and <b>Cy</b> are writing.",
        tuple((name, False) for name in "ABCDE"): "A, B, C and 2 more are looking at this.",
        (): "",
    }.items():
        tell(5, *people)
        expect(line).to_have_text(words)
    tell(6, ("Ben", False))
    expect(line).to_have_text("")
    tell(5, ("Ben", False))
    part.draw(ticket=6)
    expect(line).to_have_text("")
