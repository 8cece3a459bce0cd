"""Why a ticket has its category, as staff read it, and what they say to it; how many reported it."""

import html
from typing import Any

import pytest

from contracts.categorising import CategoryBy, CategoryReasonRead
from contracts.suggestions import Alternative, Sureness
from streamlit_app.tickets.category_reason import likeliest_other, reason_in_words
from tests.support.api import Api, Visitor, done
from tests.support.screens import Screen
from tests.ui.conftest import Opener

NAMES = {"it": "Technical IT", "services": "Services complaints", "facility": "Facility management"}


def reason(by: CategoryBy, **fields: Any) -> CategoryReasonRead:
    shares = [Alternative(category="it", probability=0.7), Alternative(category="services", probability=0.3)]
    usual = {"category": "it", "sureness": Sureness.SURE, "predicted": "it", "alternatives": shares}
    return CategoryReasonRead(**{**usual, "by": by, "like_tickets": 0, "like_examples": 0, "model": 1, **fields})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"like_tickets": 3, "like_examples": 5},
            "Chosen by its words: like three earlier tickets and the examples of Technical IT.",
        ),
        ({"like_tickets": 1}, "Chosen by its words: like one earlier ticket of Technical IT."),
        ({"like_tickets": 12}, "Chosen by its words: like 12 earlier tickets of Technical IT."),
        ({"like_examples": 2}, "Chosen by its words: like the examples of Technical IT."),
        ({}, "Chosen by its words."),
        (
            {"sureness": Sureness.LIKELY, "like_examples": 2},
            "Chosen by its words, fairly surely: like the examples of Technical IT.",
        ),
        ({"sureness": Sureness.UNSURE}, "The words are not sure; it may also be Services complaints."),
        ({"sureness": Sureness.UNSURE, "alternatives": []}, "The words are not sure."),
        ({"predicted": "gone", "like_examples": 2}, "Chosen by its words."),
    ],
)
def test_what_its_words_chose(fields: dict[str, Any], words: str) -> None:
    assert reason_in_words(reason(CategoryBy.PREDICTED, **fields), NAMES) == words


@pytest.mark.parametrize(
    ("by", "fields", "words"),
    [
        (CategoryBy.STAFF, {}, "Set by staff."),
        (CategoryBy.REQUESTER, {}, "Chosen by the requester; the words say the same."),
        (
            CategoryBy.REQUESTER,
            {"predicted": "facility"},
            "Chosen by the requester; the words said Facility management.",
        ),
        (
            CategoryBy.REQUESTER,
            {"sureness": Sureness.UNSURE},
            "Chosen by the requester; the words were not sure.",
        ),
        (CategoryBy.IMPORT, {"sureness": None, "predicted": None, "alternatives": []}, "From the import."),
        (CategoryBy.DEFAULT, {"sureness": None, "predicted": None, "alternatives": []}, "The default."),
        (
            CategoryBy.UNKNOWN,
            {"sureness": None, "predicted": None, "alternatives": []},
            "Who chose it is not known.",
        ),
    ],
)
def test_what_others_chose(by: CategoryBy, fields: dict[str, Any], words: str) -> None:
    assert reason_in_words(reason(by, **fields), NAMES) == words


def test_the_likeliest_other_one_is_offered() -> None:
    assert likeliest_other(reason(CategoryBy.PREDICTED)) == "services"
    assert likeliest_other(reason(CategoryBy.REQUESTER, category="services")) == "it"
    assert likeliest_other(reason(CategoryBy.IMPORT, alternatives=[])) is None


def test_staff_read_why_a_ticket_has_its_category_and_confirm_it(agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("The WiFi drops every few minutes in the reading room.")
    screen = see(agent, "ticket", id=str(ticket["id"]))
    assert "Chosen by its words: like the examples of Technical IT." in plainly(screen)
    instead = [label for label in screen.labels() if label.startswith("Change to ")]
    assert len(instead) == 1
    assert "Technical" not in instead[0]

    screen.press("✓ Right")

    assert "Set by staff." in plainly(screen)
    assert not {"✓ Right", *instead} & set(screen.labels()), "it was said"
    assert agent.read(ticket["id"])["category"] == "technical-it"
    assert "Why" not in see(student, "ticket", id=str(ticket["id"])).words()


def test_one_click_corrects_a_category_and_is_learned(agent: Visitor, student: Visitor, see: Opener) -> None:
    words = "The oracle in the basement speaks in riddles again."
    ticket = student.report(words)
    screen = see(agent, "ticket", id=str(ticket["id"]))
    instead = next(label for label in screen.labels() if label.startswith("Change to "))
    screen.press(instead)

    now = agent.read(ticket["id"])["category"]
    assert now != ticket["category"]
    assert student.report(words)["category"] == now


def test_a_category_somebody_was_faster_with_is_told(agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("The WiFi drops every few minutes in the canteen.")
    screen = see(agent, "ticket", id=str(ticket["id"]))
    agent.edit(ticket["id"], category="services-complaints")
    screen.press("✓ Right")

    assert "changed the category from Technical IT to Services complaints a moment ago, so nothing was saved" in (
        screen.words()
    )
    assert agent.read(ticket["id"])["category"] == "services-complaints"


def test_the_number_of_reports_stands_on_a_ticket_and_in_lists(api: Api, agent: Visitor, see: Opener) -> None:
    building = done(api.enter("admin").post("/buildings", json={"name": "Observatory"}), 201)["slug"]
    text = "The lift in the observatory is stuck between two floors."
    ticket = api.enter("student", "Rea Reporter").report(text, building=building)
    other = api.enter("student", "Max Metoo")
    asked = {"description": text, "building": building}
    (similar,) = done(other.post("/tickets/suggestions", json=asked))["similar"]
    done(other.post("/tickets/me-too", json={"ref": similar["ref"]}))

    chip = {"text": "2 reports", "tone": "amber"}
    for who in (agent, other):
        assert chip in see(who, "ticket", id=str(ticket["id"])).data("ticket_card")["chips"]
    first = see(agent, "queue", sort="-reports").data("ticket_table")["rows"][0]
    assert (first["id"], first["marks"]) == (ticket["id"], [{"text": "2 reports", "tone": ""}])


def plainly(screen: Screen) -> str:
    """Entities stand for what could be read as markdown."""
    return html.unescape(screen.words())
