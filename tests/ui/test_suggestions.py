"""While a report is written: where it will go, and that it may be known already."""

from collections.abc import Callable
from typing import Protocol

import pytest

from contracts.suggestions import Alternative, SuggestionCreate, SuggestionRead, Sureness
from streamlit_app.client import api as client
from streamlit_app.client.errors import ApiError, DeskAway
from streamlit_app.client.shared_answers import SharedAnswers
from streamlit_app.reporting.suggestions import (
    BY_MY_WORDS,
    BY_THE_DESK,
    CHANGE,
    NOT_NOW,
    NOTHING_YET,
    SOMETHING_ELSE,
    is_enough,
)
from tests.support.api import Api, Visitor
from tests.support.screens import Screen
from tests.ui.away import raising, refused
from tests.ui.conftest import Opener
from tests.ui.reporting import WIFI, place_of, sent, shown, write

TWO = {"facility-management": "Facility management", "technical-it": "Technical IT"}


class Suggest(Protocol):
    def __call__(self, sureness: Sureness) -> list[SuggestionCreate]: ...


@pytest.fixture
def suggest(monkeypatch: pytest.MonkeyPatch) -> Suggest:
    """The data API is this sure, that it is facility management; what it was asked."""

    def answer(sureness: Sureness) -> list[SuggestionCreate]:
        asked: list[SuggestionCreate] = []

        def suggestions(_: client.Api, report: SuggestionCreate) -> SuggestionRead:
            asked.append(report)
            likeliest = [Alternative(category=slug, probability=0.4) for slug in (*TWO, "services-complaints")]
            return SuggestionRead(
                category=likeliest[0].category, confidence=0.4, sureness=sureness, alternatives=likeliest, similar=[]
            )

        monkeypatch.setattr(client.Api, "suggestions", suggestions)
        return asked

    return answer


def is_behind_more(screen: Screen) -> bool:
    """Whether the list of categories is not beside the suggestion."""
    everywhere, behind = ([box.label for box in part.selectbox] for part in (screen.app, screen.app.expander[0]))
    return everywhere.count("Kind of problem") == behind.count("Kind of problem") == 1


@pytest.mark.parametrize(
    ("text", "enough"),
    [
        ("", False),
        ("the lamp", False),
        ("the lamp flickers", True),
        ("图书馆的网络断了", True),
        ("Fahrstuhlsteuerung", False),
    ],
)
def test_what_is_too_little_to_suggest_from(text: str, enough: bool) -> None:
    assert is_enough(text) is enough


def test_a_few_words_ask_for_nothing(student: Visitor, see: Opener, suggest: Suggest) -> None:
    asked = suggest(Sureness.SURE)
    screen = write(see(student, "report"), "The lamp")

    assert shown(screen)["line"] == NOTHING_YET
    assert asked == []


def test_when_sure_there_is_nothing_to_do(student: Visitor, see: Opener, suggest: Suggest) -> None:
    suggest(Sureness.SURE)
    screen = write(see(student, "report"), "The lamp flickers.")

    assert (shown(screen)["line"], shown(screen)["options"]) == ("For: Facility management", [])
    assert is_behind_more(screen)


@pytest.mark.parametrize("text", ["Lamp", "The lamp flickers."], ids=["too short to suggest", "sure"])
def test_it_can_always_be_changed(student: Visitor, see: Opener, suggest: Suggest, text: str) -> None:
    suggest(Sureness.SURE)
    screen = write(see(student, "report"), text)
    assert shown(screen)["others"] == CHANGE

    screen.fire("suggestion", "list", True)
    kinds = next(box for box in screen.app.selectbox if box.label == "Kind of problem")
    kinds.set_value("services-complaints")
    assert sent(write(screen, text), student)["category"] == "services-complaints"


def test_the_building_is_asked_with(api: Api, student: Visitor, see: Opener, suggest: Suggest) -> None:
    api.sql("INSERT INTO building (slug, name) VALUES ('annex', 'Annex') ON CONFLICT DO NOTHING")
    asked = suggest(Sureness.SURE)
    screen = write(see(student, "report"), "The lamp flickers.")
    screen.app.selectbox(key="report_building_0").set_value("annex")
    write(screen, "The lamp flickers.")
    write(screen, "The lamp flickers.")

    assert [report.building for report in asked] == [None, "annex"], "the same is not asked twice"


def test_when_likely_it_can_be_changed(student: Visitor, see: Opener, suggest: Suggest) -> None:
    suggest(Sureness.LIKELY)
    screen = write(see(student, "report"), "The lamp flickers.")
    assert (shown(screen)["line"], shown(screen)["others"]) == ("For: Facility management", CHANGE)

    screen.fire("suggestion", "list", True)
    assert (shown(screen)["others"], shown(screen)["open"]) == (CHANGE, True), "the focus stays on the button"
    kinds = next(box for box in screen.app.selectbox if box.label == "Kind of problem")
    assert kinds.options[0] == BY_MY_WORDS
    kinds.set_value("services-complaints")
    write(screen, "The lamp flickers, and nobody answers.")

    assert shown(screen)["line"] == "For: Services complaints, as you chose"
    assert sent(screen, student)["category"] == "services-complaints"


def test_the_button_that_opened_the_list_closes_it(student: Visitor, see: Opener, suggest: Suggest) -> None:
    suggest(Sureness.LIKELY)
    screen = write(see(student, "report"), "The lamp flickers.")
    screen.fire("suggestion", "list", True).fire("suggestion", "list", True)

    assert (shown(screen)["others"], shown(screen)["open"]) == (CHANGE, False)
    assert is_behind_more(screen)


def test_when_unsure_the_two_likeliest_are_offered(student: Visitor, see: Opener, suggest: Suggest) -> None:
    suggest(Sureness.UNSURE)
    screen = write(see(student, "report"), "The lamp flickers.")
    assert {one["slug"]: one["name"] for one in shown(screen)["options"]} == TWO
    assert shown(screen)["others"] == SOMETHING_ELSE
    assert "Facility management or Technical IT?" in shown(screen)["aside"]

    screen.fire("suggestion", "choose", "technical-it")
    suggest(Sureness.SURE)
    write(screen, "The lamp flickers, and so does the other one.")

    assert shown(screen)["line"] == "For: Technical IT, as you chose", "it stays when the text goes on"
    assert sent(screen, student)["category"] == "technical-it"


def test_words_and_no_percentages(student: Visitor, see: Opener, suggest: Suggest) -> None:
    suggest(Sureness.UNSURE)
    screen = write(see(student, "report"), "The lamp flickers.")

    assert "%" not in str(shown(screen))
    assert "0.4" not in str(shown(screen))


@pytest.mark.parametrize("error", [refused(429), refused(503), DeskAway()])
def test_without_suggestions_the_kind_is_asked_for(
    student: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch, error: ApiError
) -> None:
    monkeypatch.setattr(client.Api, "suggestions", raising(error))
    screen = write(see(student, "report"), "The lamp flickers.")
    assert shown(screen)["line"] == (NOT_NOW if isinstance(error, DeskAway) else error.sentence)
    kinds = next(box for box in screen.app.selectbox if box.label == "Kind of problem")
    assert kinds.options[0] == BY_THE_DESK
    kinds.set_value("technical-it")

    assert sent(screen, student)["category"] == "technical-it"


def test_the_confirmation_says_where_it_went(student: Visitor, see: Opener) -> None:
    screen = write(see(student, "report"), WIFI).press("Report")

    assert "It goes to Technical IT." in screen.words()


def test_the_next_report_begins_without_a_choice(student: Visitor, see: Opener, suggest: Suggest) -> None:
    suggest(Sureness.UNSURE)
    screen = write(see(student, "report"), "The lamp flickers.").fire("suggestion", "choose", "technical-it")
    sent(screen, student)

    assert shown(screen)["line"] == NOTHING_YET
    assert shown(write(screen, "The door squeaks loudly.", "k2"))["line"] == "Which is it?"


def test_what_is_asked_while_typing_forgets_no_shared_answers(student: Visitor, known: Callable[[], int]) -> None:
    ticket = known()
    shared = client.Api(student.token, SharedAnswers(lambda: 0.0))
    before = shared.unread()
    found = shared.suggestions(SuggestionCreate(description=WIFI, building=place_of(student, ticket)))
    assert shared.unread() is before
    shared.me_too(found.similar[0].ref)
    assert shared.unread() is not before
