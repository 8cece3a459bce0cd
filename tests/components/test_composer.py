"""The field that keeps what is typed: through redraws, reloads, and whatever becomes of it on its way."""

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from streamlit_app.components.composer import AWAY, BACK, FULL, LONGEST, PAUSE_MS
from tests.components.bare import Bare
from tests.components.conftest import Opener
from tests.support.browser import PHONE

pytestmark = pytest.mark.second_try

AGAIN_AFTER_MS = 3_000


def given(**changes: Any) -> dict[str, Any]:
    """What Python tells a field under a ticket."""
    return {
        "label": "Your answer",
        "button": "Send",
        "placeholder": "",
        "hint": "",
        "is_field": False,
        "ways": [],
        "shown": 3,
        "offer_internal": False,
        "only_internal": False,
        "pause": 0,
        "max": LONGEST,
        "full": FULL,
        "draft": "answer_1",
        "done": None,
        "problem": None,
        **changes,
    }


def field_of(part: Bare) -> Locator:
    return part.page.get_by_role("textbox")


def sent(part: Bare) -> list[dict[str, Any]]:
    return [told.value for told in part.told() if (told.kind, told.name) == ("trigger", "send")]


def drafts(part: Bare) -> list[dict[str, Any]]:
    return [told.value for told in part.told() if (told.kind, told.name) == ("state", "draft")]


def test_what_is_typed_stays_through_redraws_and_a_reload(bare: Opener) -> None:
    part = bare("composer")
    part.draw(**given())
    field_of(part).press_sequentially("Half of")
    part.draw(**given())
    field_of(part).press_sequentially(" it")
    expect(field_of(part)).to_have_value("Half of it")
    part.open()
    part.draw(**given())
    expect(field_of(part)).to_have_value("Half of it")


def test_it_is_emptied_when_its_own_text_was_sent(bare: Opener) -> None:
    part = bare("composer")
    part.draw(**given())
    field_of(part).fill("Oil is on its way.")
    field_of(part).press("Control+Enter")
    key = sent(part)[0]["key"]
    expect(part.page.get_by_role("button", name="Sending…")).to_be_disabled()
    part.draw(**given(done="another one's"))
    expect(field_of(part)).to_have_value("Oil is on its way.")
    part.draw(**given(done=key))
    expect(field_of(part)).to_have_value("")
    expect(part.page.get_by_role("button", name="Send", exact=True)).to_be_enabled()
    part.open()
    part.draw(**given(done=key))
    expect(field_of(part)).to_have_value("")


def test_what_got_lost_is_sent_again_as_the_same(bare: Opener) -> None:
    part = bare("composer")
    part.draw(**given())
    part.lose()
    field_of(part).fill("Oil is on its way.")
    part.page.get_by_role("button", name="Send").click()
    for tries in range(1, 5):
        assert len(sent(part)) == tries
        part.pass_time(AGAIN_AFTER_MS)
    assert len(sent(part)) == 4
    assert len({each["key"] for each in sent(part)}) == 1
    expect(part.page.get_by_role("alert")).to_contain_text("Your text is kept; please try again.")
    expect(field_of(part)).to_have_value("Oil is on its way.")
    expect(part.page.get_by_role("button", name="Send")).to_be_enabled()


def test_a_refusal_is_told_until_something_else_is_written(bare: Opener) -> None:
    part = bare("composer")
    part.draw(**given())
    field_of(part).fill("Oil is on its way.")
    part.page.get_by_role("button", name="Send").click()
    first = sent(part)[0]["key"]
    part.draw(**given(problem={"key": first, "text": AWAY, "round": 1}))
    expect(part.page.get_by_role("alert")).to_have_text(AWAY)
    part.pass_time(5 * AGAIN_AFTER_MS)
    assert len(sent(part)) == 1, "nothing is sent by itself"
    part.draw(**given(problem={"key": first, "text": BACK, "is_over": True, "round": 2}))
    expect(part.page.get_by_role("alert")).to_have_text(BACK)
    expect(part.page.get_by_role("alert")).to_have_class("problem is-over")
    field_of(part).press_sequentially(" Or not.")
    expect(part.page.get_by_role("alert")).to_be_hidden()
    part.draw(**given(problem={"key": first, "text": BACK, "is_over": True, "round": 2}))
    expect(part.page.get_by_role("alert")).to_be_hidden()


def test_the_same_text_again_is_the_same_and_another_one_is_not(bare: Opener) -> None:
    part = bare("composer")
    part.draw(**given())
    field_of(part).fill("Oil is on its way.")
    send = part.page.get_by_role("button", name="Send")
    send.click()
    key = sent(part)[0]["key"]
    part.draw(**given(problem={"key": key, "text": AWAY, "round": 1}))
    send.click()
    assert [each["key"] for each in sent(part)] == [key, key]
    part.draw(**given(problem={"key": key, "text": AWAY, "round": 2}))
    field_of(part).fill("Oil is here.")
    send.click()
    assert sent(part)[-1]["key"] != key


def test_nothing_is_not_sent(bare: Opener) -> None:
    part = bare("composer")
    part.draw(**given())
    field_of(part).fill(" \n ")
    field_of(part).press("Control+Enter")
    expect(part.page.get_by_role("alert")).to_have_text("Please write something first.")
    assert sent(part) == []


def test_what_is_cut_is_told(bare: Opener) -> None:
    part = bare("composer")
    part.draw(**given())
    field = field_of(part)
    expect(part.page.get_by_text(FULL)).to_be_hidden()
    field.focus()
    part.page.keyboard.insert_text("a" * (LONGEST + 1))
    expect(part.page.get_by_text(FULL)).to_be_visible()
    assert len(field.input_value()) == LONGEST
    field.press("Backspace")
    expect(part.page.get_by_text(FULL)).to_be_hidden()


def test_a_form_that_reads_along_hears_of_the_text_when_its_writer_pauses(bare: Opener) -> None:
    part = bare("composer")
    part.draw(**given(is_field=True, button="", pause=PAUSE_MS))
    field = field_of(part)
    for text in ("The WiFi", " drops"):
        field.press_sequentially(text)
        part.pass_time(PAUSE_MS - 1)
    assert drafts(part) == []
    part.pass_time(1)
    assert [draft["text"] for draft in drafts(part)] == ["The WiFi drops"]
    for _ in "drops":
        field.press("ArrowLeft")
    part.draw(**given(is_field=True, button="", pause=PAUSE_MS))
    field.press_sequentially("always ")
    expect(field).to_have_value("The WiFi always drops")
    expect(field).to_be_focused()
    field.blur()
    assert [draft["text"] for draft in drafts(part)] == ["The WiFi drops", "The WiFi always drops"]


@pytest.mark.parametrize(("only", "label"), [(False, "Internal note: staff only"), (True, "")])
def test_a_note_is_told_as_one(bare: Opener, only: bool, label: str) -> None:
    part = bare("composer")
    part.draw(**given(offer_internal=True, only_internal=only))
    field_of(part).fill("He was rude.")
    if label:
        part.page.get_by_label(label).check()
    part.page.get_by_role("button", name="Save note").click()
    note = sent(part)[0]
    assert note["internal"] is True
    part.draw(**given(offer_internal=True, only_internal=only, done=note["key"]))
    expect(part.page.get_by_role("checkbox")).to_be_checked(checked=only)


def test_an_answer_to_a_message_names_it(bare: Opener) -> None:
    part = bare("composer")
    part.draw(**given())
    part.page.evaluate(
        "dispatchEvent(new CustomEvent('lodge-reply', { detail: { id: 7, name: 'Ada', text: 'Which cable?' } }))"
    )
    expect(part.page.get_by_text("Replying to Ada: Which cable?")).to_be_visible()
    expect(field_of(part)).to_be_focused()
    field_of(part).fill("The black one.")
    field_of(part).press("Control+Enter")
    assert sent(part)[0]["reply_to"] == 7
    part.page.get_by_role("button", name="Do not reply to this").click()
    expect(part.page.get_by_text("Replying to")).to_be_hidden()


def test_phones_read_of_no_key(bare: Opener) -> None:
    hints = []
    for size in ({}, {"size": PHONE}):
        part = bare("composer", **size)
        part.draw(**given())
        hints.append(part.page.get_by_text("Ctrl+Enter sends").is_visible())
    assert hints == [True, False]


WAYS = [
    {"name": "stage pending", "label": "set to Pending", "href": ""},
    {"name": "next", "label": "go to the next", "href": "ticket?id=9"},
]


def test_it_is_sent_in_the_way_that_was_chosen_however_often_it_gets_lost(bare: Opener) -> None:
    part = bare("composer")
    part.draw(**given(ways=WAYS))
    part.lose()
    field_of(part).fill("Is it still so?")
    more = part.page.get_by_role("button", name="More options")
    more.click()
    part.page.get_by_role("button", name="Send and set to Pending").click()
    expect(part.page.get_by_role("group", name="More options")).to_be_hidden()
    # A newer version of the ticket was drawn before it was sent again.
    part.draw(**given(ways=WAYS, shown=4))
    part.pass_time(AGAIN_AFTER_MS)
    assert [(each["then"], each["shown"]) for each in sent(part)] == [("stage pending", 3)] * 2
    part.lose(False)
    part.pass_time(AGAIN_AFTER_MS)
    part.draw(**given(ways=WAYS, shown=4, done=sent(part)[0]["key"]))
    field_of(part).fill("No?")
    field_of(part).press("Control+Enter")
    assert (sent(part)[-1]["then"], sent(part)[-1]["shown"]) == ("", 4)


def test_who_goes_on_does_so_when_it_was_sent_and_not_before(bare: Opener) -> None:
    part = bare("composer")
    part.draw(**given(ways=WAYS))
    here = part.page.url
    field_of(part).fill("Done.")
    part.page.get_by_role("button", name="Send and go to the next").click()
    key = sent(part)[0]["key"]
    part.draw(**given(ways=WAYS, problem={"key": key, "text": AWAY, "round": 1}))
    assert part.page.url == here
    field_of(part).press("Control+Enter")
    part.draw(**given(ways=WAYS, done=key))
    assert part.page.url == here, "sent again, but as usual"
    field_of(part).fill("Done.")
    part.page.get_by_role("button", name="Send and go to the next").click()
    part.draw(**given(ways=WAYS, done=sent(part)[-1]["key"]))
    assert part.page.url.endswith("/ticket?id=9")


def test_who_went_on_by_keyboard_writes_at_once(bare: Opener) -> None:
    part = bare("composer")
    part.draw(**given(ways=WAYS))
    expect(field_of(part)).not_to_be_focused()
    field_of(part).fill("Done.")
    field_of(part).press("Control+Shift+Enter")
    assert sent(part)[-1]["then"] == "next"
    field_of(part).blur()
    part.draw(**given(ways=WAYS, done=sent(part)[-1]["key"]))
    assert part.page.url.endswith("/ticket?id=9")
    part.remove()
    part.draw(**given(draft="ada:answer_9"))
    expect(field_of(part)).to_be_focused()
    field_of(part).press("Control+Shift+Enter")
    assert len(sent(part)) == 1, "nowhere to go on to, and nothing is sent in another way than was meant"


def test_who_must_read_a_notice_first_stays(bare: Opener) -> None:
    part = bare("composer")
    part.draw(**given(ways=WAYS, note="It also starts work."))
    expect(part.page.get_by_text("It also starts work.")).to_be_visible()
    here = part.page.url
    field_of(part).fill("Done.")
    part.page.get_by_role("button", name="Send and go to the next").click()
    part.draw(**given(ways=WAYS, done=sent(part)[-1]["key"], stays=True))
    expect(field_of(part)).to_have_value("")
    assert part.page.url == here


def test_the_ways_are_reached_by_keyboard_and_belong_to_notes_too(bare: Opener) -> None:
    part = bare("composer")
    part.draw(**given(ways=WAYS, offer_internal=True))
    part.page.get_by_role("checkbox").check()
    more = part.page.get_by_role("button", name="More options")
    more.press("Enter")
    expect(part.page.get_by_role("button", name="Save note and set to Pending")).to_be_focused()
    part.draw(**given(ways=WAYS, offer_internal=True, shown=4))
    expect(part.page.get_by_role("button", name="Save note and set to Pending")).to_be_focused()
    part.page.keyboard.press("Escape")
    expect(more).to_be_focused()
    expect(more).to_have_attribute("aria-expanded", "false")
    part.draw(**given(offer_internal=True))
    expect(more).to_be_hidden()
