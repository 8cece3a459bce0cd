"""Texts that people wrote: addresses in them are links, of few schemes, and long ones are folded."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.components.bare import Told
from tests.components.conftest import Opener

pytestmark = pytest.mark.second_try


def card(description: str, **changes: Any) -> dict[str, Any]:
    """What Python tells the card of a ticket."""
    return {
        "number": "#5",
        "title": "Lift",
        "description": description,
        "chips": [],
        "facts": [],
        "editable": [],
        **changes,
    }


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("See https://campus.edu/a?b=c#d.", ["https://campus.edu/a?b=c#d"]),
        (
            "(http://campus.edu/wiki/Lift_(old)), or HTTPS://x.edu!",
            ["http://campus.edu/wiki/Lift_(old)", "HTTPS://x.edu"],
        ),
        ("“https://campus.edu/ü”… mailto:mia@campus.edu;", ["https://campus.edu/ü", "mailto:mia@campus.edu"]),
        ("https://campus.edu/[1]] **http://10.0.0.1:80/**", ["https://campus.edu/[1]", "http://10.0.0.1:80/"]),
        ("javascript:alert(1) data:text/html,x file:///etc/passwd ftp://x.edu www.x.edu a@b.edu", []),
        ("javascript://x.edu/%0aalert(1) vbscript:x JAVASCRIPT:alert(1) java\nscript:alert(1)", []),
        ("https:// http://) mailto:nobody xhttps://x.edu https:x.edu", []),
        ("https://x.edu/\u202egnp.exe https://y.edu\u2066z", ["https://x.edu/", "https://y.edu"]),
        (f"https://x.edu/{'a' * 3000} end", []),
        ("https://x.edu" + ")" * 1500, ["https://x.edu"]),
        ("<a href=https://x.edu>y</a><img src=x onerror=alert(1)>", ["https://x.edu"]),
    ],
)
def test_addresses_are_links_and_all_else_is_text(bare: Opener, text: str, addresses: list[str]) -> None:
    part = bare("ticket_card")
    part.draw(**card(text))
    assert part.page.locator(".text .words").evaluate("(one) => one.textContent") == text
    links = part.page.locator(".text a")
    assert links.all_text_contents() == addresses
    for link, address in zip(links.all(), addresses, strict=True):
        found = {name: link.get_attribute(name) for name in ("href", "target", "rel")}
        assert found == {"href": address, "target": "_blank", "rel": "noopener noreferrer"}
    assert part.page.locator(".text img, .text script").count() == 0


def test_numbers_of_tickets_that_the_reader_may_read_are_links(bare: Opener) -> None:
    part = bare("ticket_card")
    text = "As #12, (#7) and #120: neither a#12, &#12, #12x, https://x.edu/#12 nor #99."
    part.draw(**card(text, tickets={"12": "Heating (open)", "7": "<b>Lift</b> (closed)"}))
    links = part.page.get_by_role("link").filter(has_text="#").all()
    told = [(link.text_content(), link.get_attribute("title")) for link in links]
    assert told == [("#12", "Heating (open)"), ("#7", "<b>Lift</b> (closed)"), ("https://x.edu/#12", None)]
    assert str(links[0].get_attribute("href")).endswith("/ticket?id=12")
    expect(part.page.locator(".text .words")).to_have_text(text)
    part.draw(**card(text, tickets={}))
    expect(part.page.get_by_role("link")).to_have_count(1)


def test_a_long_text_is_folded_until_somebody_opens_it(bare: Opener) -> None:
    part = bare("ticket_card")
    text = "A line.\n" * 60 + "https://campus.edu"
    part.draw(**card("Short."))
    expect(part.page.get_by_role("button", name="Show all")).to_have_count(0)
    part.draw(**card(text))
    words, more = part.page.locator(".text .words"), part.page.get_by_role("button", name="Show all")
    folded = words.bounding_box()
    expect(more).to_have_attribute("aria-expanded", "false")
    more.click()
    less = part.page.get_by_role("button", name="Show less")
    whole = words.bounding_box()
    assert folded
    assert whole
    assert folded["height"] < 300 < 1000 < whole["height"]
    # What else changes on the ticket does not fold it again.
    part.draw(**card(text, title="Another title"))
    expect(less).to_be_visible()
    less.click()
    part.page.locator(".text a").focus()
    expect(less).to_be_visible()


def test_what_may_be_edited_is_changed_in_its_place(bare: Opener) -> None:
    part = bare("ticket_card")
    where = {"name": "Where", "value": "Annex", "title": "", "fields": ["building", "room"]}
    by = {"name": "Reported", "value": "today", "title": "", "fields": []}
    part.draw(**card("Stuck.", facts=[where, by], editable=["title", "room"]))
    expect(part.page.get_by_role("button")).to_have_count(2)
    part.page.get_by_role("button", name="Change where").click()
    part.page.get_by_role("button", name="Change the report").click()
    assert part.told() == [Told("trigger", "edit", ["room"]), Told("trigger", "edit", ["title"])]
    part.draw(**card("Stuck.", facts=[where, by]))
    expect(part.page.get_by_role("button")).to_have_count(0)
