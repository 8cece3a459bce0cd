"""Fields that offer to complete what is typed: people and replies in an answer, and the tags of a ticket."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Route, expect

from streamlit_app.components.composer import FULL, LONGEST
from tests.components.bare import DESK, Bare
from tests.components.conftest import Opener

pytestmark = pytest.mark.second_try

PEOPLE = [{"id": 7, "name": "Ada Okafor"}, {"id": 8, "name": "Adam Bell"}]
ANSWER = {
    **{"label": "Your answer", "button": "Send", "placeholder": "", "hint": "", "is_field": False, "ways": []},
    **{"shown": 3, "offer_internal": True, "only_internal": False, "pause": 0, "max": LONGEST, "full": FULL},
    **{"draft": "answer_5", "done": None, "problem": None, "mentions": 5},
}


def answering(part: Bare, path: str, items: list[dict[str, Any]]) -> list[Mapping[str, list[str]]]:
    """Answers what the component asks for with those of the items whose first text contains what was typed."""
    asked: list[Mapping[str, list[str]]] = []

    def answer(route: Route) -> None:
        query = parse_qs(urlsplit(route.request.url).query)
        asked.append(query)
        typed = (query.get("q") or query.get("prefix") or [""])[0].lower()
        found = [one for one in items if typed in str(one.get("name", one.get("tag", one.get("title", "")))).lower()]
        route.fulfill(json={"items": found, "next_cursor": None})

    part.page.route(f"{DESK}/completions/{path}?**", answer)
    return asked


def type_in(part: Bare, field: Locator, text: str) -> None:
    """Types, and waits for what is offered."""
    with part.page.expect_response("**/completions/**"):
        field.press_sequentially(text)
        part.pass_time(200)


def values(part: Bare, name: str) -> list[Any]:
    return [told.value for told in part.told() if told.name == name]


def test_a_person_is_mentioned_by_keyboard(bare: Opener) -> None:
    part = bare("composer")
    asked = answering(part, "people", PEOPLE)
    part.draw(**ANSWER)
    field = part.page.get_by_role("textbox")
    field.press_sequentially("Write to me@campus.edu, ")
    part.pass_time(200)
    assert asked == [], "an address is no mention"
    type_in(part, field, "@ad")
    options = part.page.get_by_role("listbox", name="People to mention").get_by_role("option")
    expect(options).to_have_text(["Ada Okafor", "Adam Bell"])
    assert asked[-1] == {"ticket": ["5"], "is_internal": ["false"], "q": ["ad"]}
    field.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value("Write to me@campus.edu, @Ada Okafor ")
    expect(options).to_have_count(0)
    field.press_sequentially("please look.")
    field.press("Control+Enter")
    assert values(part, "send")[-1]["mentions"] == [7]


def test_a_person_is_mentioned_by_mouse_and_not_any_more_when_the_name_is_removed(bare: Opener) -> None:
    part = bare("composer")
    asked = answering(part, "people", PEOPLE)
    part.draw(**ANSWER)
    part.page.get_by_label("Internal note: staff only").check()
    field = part.page.get_by_role("textbox")
    type_in(part, field, "@")
    assert asked[-1] == {"ticket": ["5"], "is_internal": ["true"]}
    field.press("Escape")
    expect(part.page.get_by_role("listbox")).to_have_count(0)
    type_in(part, field, "adam")
    part.page.get_by_role("option", name="Adam Bell").click()
    expect(field).to_be_focused()
    expect(field).to_have_value("@Adam Bell ")
    part.draw(**ANSWER)
    field.fill("@Adam Bellamy knows.")
    field.press("Control+Enter")
    assert values(part, "send")[-1]["mentions"] == []


REPLIES = [
    {
        "id": 3,
        "title": "Password",
        "text": "Hello Mia,\n\nchoose a new one in {building}.",
        "missing": ["building"],
        "shortcut": "pw",
    },
    {"id": 4, "title": "Wi-Fi", "text": "Hello Mia, set it up again.", "missing": [], "shortcut": None},
]
SOLVED = [{"ticket_id": 12, "ticket_title": "The password is wrong", "text": "It was the Caps Lock key."}]


def test_a_reply_is_chosen_by_keyboard_or_button_and_counts_while_it_stands_in_the_text(bare: Opener) -> None:
    part = bare("composer")
    for path, items in (("replies", REPLIES), ("answers", SOLVED), ("people", PEOPLE)):
        answering(part, path, items)
    part.draw(**ANSWER, replies=5)
    field, options = (
        part.page.get_by_role("textbox"),
        part.page.get_by_role("listbox", name="Replies").get_by_role("option"),
    )
    field.press_sequentially("See and/or ")
    part.pass_time(200)
    expect(options).to_have_count(0)
    part.page.get_by_role("button", name="Replies").click()
    part.pass_time(200)
    expect(field).to_have_value("See and/or \n/")
    expect(options).to_have_text(
        [re.compile("^PasswordHello.*/pw$", re.DOTALL), re.compile("^Wi-Fi"), re.compile("Answer in #12$")]
    )
    field.press("ArrowUp")
    expect(options.nth(2)).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == options.nth(2).get_attribute("id")
    field.press("Enter")
    expect(field).to_have_value("See and/or \nIt was the Caps Lock key.")
    field.press("Control+Enter")
    first = values(part, "send")[-1]
    assert first["canned_reply"] is None
    part.draw(**ANSWER | {"done": first["key"]}, replies=5)
    expect(field).to_have_value("")

    type_in(part, field, "/pass")
    expect(options).to_have_count(2)
    field.press("Enter")
    expect(field).to_have_value(str(REPLIES[0]["text"]))
    tries = len(values(part, "send"))
    field.press("End")
    field.press("Control+Enter")
    expect(part.page.get_by_text("{building} is not filled in")).to_be_visible()
    assert len(values(part, "send")) == tries, "sent with a gap"
    field.press_sequentially("room 3")
    field.press("Control+Enter")
    sent = values(part, "send")[-1]
    assert (sent["text"], sent["canned_reply"]) == ("Hello Mia,\n\nchoose a new one in room 3.", 3)
    part.draw(**ANSWER | {"done": sent["key"]}, replies=5)
    expect(field).to_have_value("")
    field.fill("Something else.")
    field.press("Control+Enter")
    assert values(part, "send")[-1]["canned_reply"] is None


def editor(*tags: str, **changes: Any) -> dict[str, Any]:
    return {"ticket": 5, "version": 2, "tags": list(tags), "most": 4, "longest": 10, "round": 0, **changes}


def test_tags_are_added_completed_and_removed(bare: Opener) -> None:
    part = bare("tag_editor")
    answering(part, "tags", [{"tag": "water", "tickets": 1200}, {"tag": "hot water", "tickets": 1}])
    part.draw(**editor("leak"))
    field = part.page.get_by_role("textbox", name="Tags")
    tags = part.page.get_by_role("list", name="Tags").get_by_role("listitem")
    type_in(part, field, "wat")
    expect(part.page.get_by_role("option")).to_have_text(["water1,200", "hot water1"])
    field.press("ArrowDown")
    field.press("Enter")
    expect(tags).to_have_text(["leak×", "water×"])
    expect(field).to_be_focused()
    # What was typed counts, unless somebody moves to what is offered.
    field.press_sequentially("  Attic  ")
    field.press("Enter")
    expect(tags).to_have_text(["attic×", "leak×", "water×"])
    part.page.get_by_role("button", name="Remove the tag leak").click()
    expect(part.page.get_by_role("button", name="Remove the tag water")).to_be_focused()
    assert values(part, "tags")[:1] == [{"tags": ["leak", "water"], "version": 2}]
    # The page has dealt with the first only.
    part.draw(**editor("leak", "water", round=1, version=3))
    expect(tags).to_have_text(["attic×", "water×"])
    part.draw(**editor("attic", "water", "roof", round=3, version=6))
    expect(tags).to_have_text(["attic×", "water×", "roof×"])
    assert not [told for told in part.told() if told.kind == "state"]
    part.draw(**editor("attic", "water", "roof", round=3, version=6, is_field=True))
    field.fill("cellar")
    field.blur()
    assert values(part, "typed") == ["cellar"]
    for typed, said in (("a, b", "A ticket has at most 4 tags."), ("x" * 11, "A tag has at most 10 letters.")):
        field.fill(typed)
        field.press("Enter")
        expect(part.page.get_by_role("alert")).to_have_text(said)
