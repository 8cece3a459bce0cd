"""What is listed: it leads to where it says, is made anew only where it changed, and keeps the focus."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.components.bare import DESK, Bare, Told
from tests.components.conftest import Opener

pytestmark = pytest.mark.second_try

LEADING = ["rows", "numbers", "entries", "known"]
NOTE_POPSTATE = "window.went = []; addEventListener('popstate', () => window.went.push(location.href))"


def row(number: int, title: str = "The lift is stuck.") -> dict[str, Any]:
    return {
        "id": number,
        "title": title,
        "note": "",
        "chips": [{"text": "Open", "tone": "blue"}],
        "meta": ["14:05"],
        "number": f"#{number}",
        "href": f"ticket?id={number}",
    }


def known(
    ref: str, *, title: str = "Technical IT, Annex", act: str = "Me too", ticket: int | None = None
) -> dict[str, Any]:
    link = {"id": ticket, "href": f"ticket?id={ticket}"} if ticket else None
    return {"ref": ref, "shown": {"title": title, "note": "", "chips": [], "act": act, "link": link}}


def one(name: str) -> dict[str, Any]:
    """A list of this kind, of one entry that leads to ticket 7."""
    if name == "rows":
        return {"label": "Tickets", "items": [row(7)], "page": 1}
    if name == "numbers":
        return {"label": "Now", "items": [{"name": "Open", "value": "3", "href": "ticket?id=7"}], "is_wide": False}
    if name == "known":
        return {"lead": "", "items": [known("a", ticket=7)], "unseen": ""}
    entry = {"slug": "1", "name": "It leaks.", "note": "", "mark": "", "fact": "put here", "is_text": True}
    return {"label": "Examples", "items": [entry | {"ticket": 7, "acts": []}], "page": 1}


@pytest.mark.parametrize("name", LEADING)
def test_a_click_adds_one_page_to_the_history_and_a_link_opens_in_a_new_tab_too(bare: Opener, name: str) -> None:
    part = bare(name)
    part.draw(**one(name))
    link = part.page.get_by_role("link")
    assert link.evaluate("(one) => one.href") == f"{DESK}/ticket?id=7"
    with part.page.context.expect_page():
        link.click(modifiers=["Control"])
    assert part.page.url == f"{DESK}/page"
    part.page.evaluate(NOTE_POPSTATE)
    entries = part.page.evaluate("history.length")
    link.click()
    assert part.page.evaluate("window.went") == [f"{DESK}/ticket?id=7"]
    assert part.page.evaluate("history.length") == entries + 1
    assert part.told() == []


def test_without_a_connection_a_click_leads_nowhere(bare: Opener) -> None:
    part = bare("rows")
    part.draw(**one("rows"))
    part.page.get_by_test_id("stApp").evaluate("(one) => { one.dataset.testConnectionState = 'CONNECTING'; }")
    part.page.get_by_role("link").click()
    assert part.page.url == f"{DESK}/page"


def test_the_row_that_was_opened_is_found_after_back(bare: Opener) -> None:
    part = bare("rows")
    items = [row(number) for number in range(1, 51)]
    part.draw(label="Tickets", items=items, page=1)
    part.page.get_by_role("link", name="#40").click()
    part.remove()
    part.page.evaluate("scrollTo(0, 0)")
    part.page.go_back()
    part.draw(label="Tickets", items=items, page=1)
    link = part.page.get_by_role("link", name="#40")
    expect(link).to_be_in_viewport()
    expect(link).to_be_focused()
    expect(link).to_have_attribute("aria-current", "true")
    part.page.evaluate("scrollTo(0, 0)")
    part.draw(label="Tickets", items=[row(60), *items], page=1)
    expect(link).not_to_be_in_viewport()  # only once: whoever scrolls on is left alone


@pytest.mark.parametrize("name", ["rows", "entries"])
def test_the_next_page_begins_at_its_top(bare: Opener, name: str) -> None:
    part = bare(name)
    items = one(name)["items"]
    for page, is_at_top in ((1, False), (1, False), (2, True)):
        part.draw(label="Tickets", items=[{**items[0], "title": str(number)} for number in range(50)], page=page)
        top = part.page.get_by_role("listitem").first
        if is_at_top:
            expect(top).to_be_in_viewport()
        else:
            scroll_to_the_end(part)
            expect(top).not_to_be_in_viewport()


def test_an_entry_that_is_moved_by_keyboard_keeps_the_focus_on_its_button(bare: Opener) -> None:
    part = bare("entries")

    def draw(*rules: str) -> None:
        moves = {rule: [("up", "Move up")] * (rule != rules[0]) + [("down", "Move down")] for rule in rules}
        entry = {"name": "Rule", "note": "", "fact": "", "mark": "On", "mark_tone": "green"}
        acts = {rule: [{"kind": kind, "label": label} for kind, label in some] for rule, some in moves.items()}
        part.draw(label="Rules", items=[{**entry, "slug": rule, "called": rule, "acts": acts[rule]} for rule in rules])

    draw("a", "b", "c")
    part.page.get_by_role("button", name="Move up c").focus()
    part.page.keyboard.press("Enter")
    assert part.told() == [Told("trigger", "up", "c")]
    draw("a", "c", "b")
    expect(part.page.get_by_role("button", name="Move up c")).to_be_focused()
    draw("c", "a", "b")
    expect(part.page.get_by_role("button", name="Move down c")).to_be_focused()
    draw("a", "b")
    assert part.page.evaluate("document.activeElement.tagName") == "BODY"


def scroll_to_the_end(part: Bare) -> None:
    part.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")


def test_matching_words_are_marked_and_all_is_text(bare: Opener) -> None:
    part = bare("rows")
    title = [{"text": "<b>The</b> ", "is_match": False}, {"text": "<i>lift", "is_match": True}]
    note = [{"text": "Message: ", "is_match": False}, {"text": "lifts", "is_match": True}]
    part.draw(label="Found", items=[row(1) | {"title_parts": title, "note_parts": note}], page=1)
    assert part.page.locator("mark").all_inner_texts() == ["<i>lift", "lifts"]
    expect(part.page.get_by_role("link")).to_have_text("#1 <b>The</b> <i>lift")
    expect(part.page.get_by_text("Message: lifts")).to_be_visible()


def test_the_focus_stays_on_its_ticket(bare: Opener) -> None:
    part = bare("rows")
    part.draw(label="Tickets", items=[row(1), row(2)], page=1)
    link = part.page.get_by_role("link", name="#2")
    link.focus()
    part.draw(label="Tickets", items=[row(3), row(1), row(2)], page=1)
    expect(link).to_be_focused()


def test_the_focus_goes_with_an_entry_that_is_moved(bare: Opener) -> None:
    """At the end of the list, where the pressed button is gone, another button of the entry has it."""
    acts = {kind: {"kind": kind, "label": f"Move {kind}"} for kind in ("up", "down")}

    def entry(name: str, *kinds: str) -> dict[str, Any]:
        first: dict[str, Any] = one("entries")["items"][0]
        return first | {"slug": name, "name": name, "acts": [acts[kind] for kind in kinds]}

    part = bare("entries")
    part.draw(label="Stages", items=[entry("A", "down"), entry("B", "up", "down"), entry("C", "up")], page=1)
    part.page.get_by_role("button", name="Move up C").focus()
    part.draw(label="Stages", items=[entry("A", "down"), entry("C", "up", "down"), entry("B", "up")], page=1)
    expect(part.page.get_by_role("button", name="Move up C")).to_be_focused()
    part.draw(label="Stages", items=[entry("C", "down"), entry("A", "up", "down"), entry("B", "up")], page=1)
    expect(part.page.get_by_role("button", name="Move down C")).to_be_focused()


def test_a_known_report_is_named_as_it_is_called_now(bare: Opener) -> None:
    """Its name is another one each time, for which nothing is drawn anew."""
    part = bare("known")
    part.draw(lead="", items=[known("old")], unseen="")
    button = part.page.get_by_role("button", name="Me too")
    button.focus()
    button.evaluate("(one) => { one.isSame = true; }")
    part.draw(lead="", items=[known("new")], unseen="")
    assert button.evaluate("(one) => one.isSame")
    button.press("Enter")
    assert part.told() == [Told("trigger", "act", "new")]
    part.draw(lead="", items=[known("new", act="It was another problem")], unseen="")
    expect(part.page.get_by_role("button", name="It was another problem")).to_be_focused()


def test_news_is_seen_once_when_somebody_can_look_at_it(bare: Opener) -> None:
    part = bare("known")
    part.page.evaluate("Object.defineProperty(document, 'visibilityState', { get: () => window.shown ?? 'hidden' })")
    part.draw(lead="", items=[known("a")], unseen="yesterday active")
    assert part.told() == []
    part.page.evaluate("window.shown = 'visible'; document.dispatchEvent(new Event('visibilitychange'))")
    part.draw(lead="", items=[known("b")], unseen="yesterday active")
    assert part.told() == [Told("trigger", "seen", "yesterday active")]


def message(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "is_message": True,
        "id": number,
        "thread": number,
        "name": "Ada",
        "role": "Helpdesk staff",
        "body": f"Message {number}.",
        "quoted": "",
        "internal": False,
        "mine": False,
        "said": "14:05",
        "exact": "Monday",
        "at": "2026-11-30T14:05:00Z",
        "can_answer": True,
        **changes,
    }


def change(number: int, **changes: Any) -> dict[str, Any]:
    told = {"id": number, "said": "14:05", "exact": "Monday", "text": "Ada changed the title"}
    return told | {"is_message": False, "pieces": [], "note": "", "acts": [], **changes}


def timeline(*entries: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What Python tells the timeline of a ticket."""
    shown = {"ticket": 5, "version": 1, "filters": [], "show": "all", "has_earlier": False, "latest": 0}
    return shown | {"entries": list(entries), **changes}


def test_messages_stand_in_their_order_and_only_new_ones_are_made(bare: Opener) -> None:
    part = bare("timeline")
    part.draw(**timeline(message(1), message(2)))
    items = part.page.get_by_role("listitem")
    items.first.evaluate("(one) => { one.isSame = true; }")
    part.draw(**timeline(message(1), message(4), message(2, body="Changed."), has_earlier=True))
    expect(items.locator(".words")).to_have_text(["Message 1.", "Message 4.", "Changed."])
    assert items.first.evaluate("(one) => one.isSame")
    part.draw(**timeline(message(4), has_earlier=True))
    expect(items).to_have_count(1)
    part.page.get_by_role("button", name="Show earlier").click()
    assert part.told() == [Told("trigger", "earlier", True)]


def test_what_was_seen_is_told_after_a_glance_and_once(bare: Opener) -> None:
    part = bare("timeline")
    part.page.evaluate("window.seen = []; addEventListener('lodge-seen', () => window.seen.push(window.lodgeSeen))")
    part.draw(**timeline(message(1), message(2), latest=2))
    assert part.page.evaluate("window.seen") == []
    for latest, mentioned in ((2, 0), (2, 0), (3, 0), (3, 4)):
        part.draw(**timeline(message(1), message(latest), latest=latest, mentioned=mentioned))
        part.pass_time(150)
    seen = [{"read": 5, "latest": latest, "mentioned": last} for latest, last in ((2, 0), (3, 0), (3, 4))]
    assert part.page.evaluate("window.seen") == seen


def test_mentioned_people_are_marked_in_the_text(bare: Opener) -> None:
    part = bare("timeline")
    people = [{"name": "Ada", "is_me": True}, {"name": "Ada Okafor", "is_me": False}, {"name": "B+", "is_me": False}]
    body = "@Ada Okafor and @Ada, see https://campus.edu/@Ada or ask @B+ but not @Adam."
    part.draw(**timeline(message(1, body=body, mentions=people)))
    marks = part.page.locator("mark")
    expect(marks).to_have_text(["@Ada Okafor", "@Ada", "@B+"])
    assert [one.get_attribute("class") for one in marks.all()] == ["", "me", ""]
    expect(part.page.locator(".words")).to_have_text(body)
    expect(part.page.get_by_role("link")).to_have_attribute("href", "https://campus.edu/@Ada")
    part.draw(**timeline(message(1, body="@okafor, as in #7", mentions=people, tickets={"7": "Lift"})))
    expect(marks).to_have_text(["@okafor"])
    expect(part.page.get_by_role("link")).to_have_text(["#7"])
    part.draw(**timeline(change(9, text="Ada closed #12, not #13", tickets={"12": ""})))
    expect(part.page.get_by_role("link")).to_have_text(["#12"])


def test_an_opened_ticket_is_told_also_without_messages(bare: Opener) -> None:
    part = bare("timeline")
    part.page.evaluate("addEventListener('lodge-seen', () => { window.seen = window.lodgeSeen; })")
    part.draw(**timeline())
    part.pass_time(150)
    assert part.page.evaluate("window.seen") == {"read": 5, "latest": 0, "mentioned": 0}


def test_what_cannot_be_undone_is_asked_first(bare: Opener) -> None:
    part = bare("timeline")
    act = {"name": "blank", "label": "Remove the former title", "question": "It goes for good.", "sure": "Remove it"}
    part.draw(**timeline(change(9, acts=[act])))
    ask = part.page.get_by_role("button", name="Remove the former title")
    ask.click()
    keep = part.page.get_by_role("button", name="Keep it")
    expect(keep).to_be_focused()
    part.draw(**timeline(message(1), change(9, acts=[act]), change(8), version=2))
    expect(keep).to_be_focused()
    keep.click()
    assert part.told() == []
    expect(ask).to_be_focused()
    ask.click()
    part.page.get_by_role("button", name="Remove it").click()
    assert part.told() == [Told("trigger", "act", {"name": "blank", "id": 9, "version": 2})]


def test_what_is_shown_is_chosen_by_buttons(bare: Opener) -> None:
    part = bare("timeline")
    filters = [{"name": "all", "label": "All"}, {"name": "notes", "label": "Notes"}]
    part.draw(**timeline(message(1), change(2), filters=filters))
    button = part.page.get_by_role("group", name="Show").get_by_role("button")
    expect(button.nth(0)).to_have_attribute("aria-pressed", "true")
    button.nth(1).press("Enter")
    assert part.told() == [Told("trigger", "show", "notes")]
    part.draw(**timeline(filters=filters, show="notes"))
    expect(button.nth(1)).to_be_focused()
    expect(button.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(part.page.get_by_text("There is nothing to show.")).to_be_visible()


def test_an_answer_quotes_and_is_answered_where_it_belongs(bare: Opener) -> None:
    part = bare("timeline")
    part.page.evaluate("addEventListener('lodge-reply', ({ detail }) => { window.reply = detail; })")
    part.draw(**timeline(message(7, thread=3, quoted="Mia: Which cable?", body="The\nblack one.")))
    expect(part.page.get_by_text("Reply to Mia: Which cable?")).to_be_visible()
    part.page.get_by_role("button", name="Reply to Ada").click()
    assert part.page.evaluate("window.reply") == {"id": 3, "name": "Ada", "text": "The black one."}
