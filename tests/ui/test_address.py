"""The page's URL and its widgets: which of the two counts, and what stays in the URL."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from streamlit.testing.v1 import AppTest

from streamlit_app.state import address
from tests.support.api import Api, Visitor
from tests.support.screens import Screen
from tests.ui.conftest import Opener

pytestmark = pytest.mark.usefixtures("_figures")

HOURS = "analysis_open-in-period_hours"
Query = dict[str, str]


def hours(value: int) -> Query:
    return {"analysis": "open-in-period", "hours": str(value)}


def examples_of(category: str) -> Query:
    return {"view": "examples", "category": category}


@dataclass(frozen=True)
class Case:
    """A page is opened with `before`; `choose` uses a widget, which leads to `after`; `other` is another link."""

    before: Query
    choose: Callable[[AppTest], object]
    after: Query
    other: Query


CASES = {
    "analyses": Case(hours(48), lambda app: app.slider(key=HOURS).set_value(49), hours(49), hours(72)),
    "queue": Case(
        {"sort": "opened_at"},
        lambda app: app.selectbox(key="queue_sort").set_value("-priority"),
        {"sort": "-priority"},
        {"sort": "-reports"},
    ),
    "my_tickets": Case(
        {"shown": "Closed"},
        lambda app: app.segmented_control(key="shown").set_value("Followed"),
        {"shown": "Followed"},
        {"shown": "Confirmed"},
    ),
    "open_tickets": Case(
        {"q": "lift"}, lambda app: app.text_input(key="q").set_value("tap"), {"q": "tap"}, {"q": "gate"}
    ),
    "categories": Case(
        examples_of("technical-it"),
        lambda app: app.selectbox(key="category").set_value("services-complaints"),
        examples_of("services-complaints"),
        examples_of("facility-management"),
    ),
}


@pytest.fixture
def person(api: Api, request: pytest.FixtureRequest) -> Visitor:
    """Somebody who sees the page."""
    page = request.node.callspec.params["page"]
    role = {"categories": "admin", "my_tickets": "student", "open_tickets": "student"}.get(page, "agent")
    return api.enter(role, "Ula Url")


def ask_with(screen: Screen, query: Query) -> Query:
    """Asks for the page with this URL, as a browser does, and returns the URL that it then has."""
    screen.app.query_params.clear()
    screen.app.query_params.update(query)
    return dict(screen.again().app.query_params)


def choose(screen: Screen, case: Case) -> Query:
    case.choose(screen.app)
    return dict(screen.again().app.query_params)


@pytest.mark.parametrize("page", CASES)
def test_a_url_of_before_undoes_nothing(page: str, person: Visitor, see: Opener) -> None:
    """A browser sends it until it learns of the URL that its last request led to."""
    case = CASES[page]
    screen = see(person, page, **case.before)
    assert screen.app.query_params == case.before
    assert choose(screen, case) == case.after
    assert ask_with(screen, case.before) == case.after


@pytest.mark.parametrize("page", CASES)
def test_back_and_other_links_are_followed(
    page: str, person: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = CASES[page]
    screen = see(person, page, **case.before)
    choose(screen, case)
    with monkeypatch.context() as back:
        back.setattr(address, "_is_back_or_forward", lambda: True)
        assert ask_with(screen, case.before) == case.before
    assert choose(screen, case) == case.after, "the widget was set, too"
    assert ask_with(screen, case.other) == case.other
    assert choose(screen, case) == case.after


def test_links_of_earlier_versions_name_categories_and_views_as_they_are_called(api: Api, see: Opener) -> None:
    screen = see(api.enter("admin", "Ula Url"), "categories", view="Examples", category="Technical IT")
    assert screen.app.selectbox(key="category").value == "technical-it"


@pytest.mark.parametrize("words", ["\0", "w" * 1000])
def test_words_that_cannot_be_searched_are_dropped(student: Visitor, see: Opener, words: str) -> None:
    assert see(student, "open_tickets", q=words).app.query_params == {}


def test_a_list_is_opened_at_its_page(api: Api, agent: Visitor, see: Opener) -> None:
    student = api.enter("student", "Mia Rossi")
    for number in range(101):
        student.report(f"Problem {number}")
    cases = {
        "2": ("51 to 100", {"page": "2"}),
        "3": ("101 to 101", {"page": "3"}),
        "99": ("101 to 101", {"page": "3"}),
        "-1": ("1 to 50", {}),
    }
    for page, (said, written) in cases.items():
        screen = see(agent, "queue", page=page)
        assert f"showing {said}" in screen.words()
        assert screen.app.query_params == written
    screen = see(agent, "queue", page="2")
    turns: list[tuple[str, Query]] = [("Previous", {}), ("Next", {"page": "2"}), ("Next", {"page": "3"})]
    for button, query in turns:
        assert screen.press(button).app.query_params == query
    screen.follow(f"ticket?id={screen.data('ticket_table')['rows'][0]['id']}")
    assert screen.open("queue", page="3").app.query_params == {"page": "3"}
    screen.fire("filter_chips", "remove", "status")
    assert screen.app.query_params == {"status": "any"}, "other tickets begin at their first page"
