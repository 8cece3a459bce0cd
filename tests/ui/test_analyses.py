"""The page of analyses: every one of the catalogue is asked, drawn and told as the analytics API answers it, and each
view is a link."""

from datetime import UTC, datetime

import pytest

from contracts.analyses import AnalysisAnswer
from streamlit_app.analyses.cells import as_csv, said, with_provisional
from streamlit_app.language import moments
from streamlit_app.language.text import plain
from tests.support.analytics import Analytics
from tests.support.api import Api, Visitor
from tests.ui.conftest import Opener
from warehouse.catalogue import catalogue

pytestmark = pytest.mark.usefixtures("_figures")

SLUGS = list(catalogue())
FOR_ALL = [slug for slug, analysis in catalogue().items() if analysis.head.needs is None]
HOSTILE = "=SUM(A1) **bold** ![x](http://evil.example/x.png)"


@pytest.fixture(scope="module", autouse=True)
def _tickets(api: Api) -> None:
    """Seven, of which two are active and two closed, and one is answered; one category has a hostile name."""
    student, agent, admin = (api.enter(role) for role in ("student", "agent", "admin"))
    assert admin.post("/categories", json={"slug": "hostile", "name": HOSTILE}).status_code == 201
    for number in range(7):
        ticket = student.report(f"Problem {number}", category="hostile" if number < 2 else "technical-it")["id"]
        agent.move(ticket, *(["active"] if number < 4 else []), *(["closed"] if number in {2, 3} else []))
        if number == 6:
            agent.say(ticket)
            worked = {"minutes": 90, "day": datetime.now(UTC).date().isoformat()}
            assert agent.post(f"/tickets/{ticket}/time", json=worked).status_code == 201


def told(analytics: Analytics, visitor: Visitor, slug: str) -> AnalysisAnswer:
    return AnalysisAnswer.model_validate(analytics.ask(visitor, slug))


def with_names(api: Api, answer: AnalysisAnswer, *, reads_people: bool = True) -> AnalysisAnswer:
    names = {item["slug"]: item["name"] for item in api.enter("agent").get("/categories").json()["items"]}
    rows = [row | ({"category": names[row["category"]]} if "category" in row else {}) for row in answer.rows]
    if any("agent" in row for row in rows):
        people = {str(one["id"]): one["name"] for one in api.enter("agent").walk("/people")}
        rows = [row | {"agent": people[row["agent"]] if reads_people else f"no. {row['agent']}"} for row in rows]
    return answer.model_copy(update={"rows": rows})


def test_the_catalogue_is_all_there_is_and_is_offered(
    api: Api, agent: Visitor, see: Opener, analytics: Analytics
) -> None:
    """How long each agent worked is offered to those only who may know it."""
    offered = {one["slug"]: one["title"] for one in analytics.get("/analyses", headers=agent.headers).json()["items"]}
    assert list(offered) == SLUGS
    for visitor, slugs in ((agent, FOR_ALL), (api.enter("manager"), SLUGS)):
        box = see(visitor, "analyses").app.selectbox(key="analysis")
        assert box.options == [offered[slug] for slug in slugs]


@pytest.mark.parametrize(
    ("role", "slug"),
    [(role, slug) for role in ("manager", "admin") for slug in SLUGS]
    + [(role, slug) for role in ("agent", "analyst") for slug in FOR_ALL],
)
def test_each_analysis_says_what_the_service_answers(
    api: Api, see: Opener, analytics: Analytics, role: str, slug: str
) -> None:
    visitor = api.enter(role)
    began = datetime.now(UTC)
    answer = with_names(api, told(analytics, visitor, slug), reads_people=role != "analyst")
    screen = see(visitor, "analyses", analysis=slug)

    answer = with_provisional(answer, catalogue()[slug].head.chart.x)
    rows = [[said(row[column.name], column) for column in answer.columns] for row in answer.rows]
    # Of these few tickets an analysis may find none; then the page says so.
    assert (screen.data("table")["rows"] if screen.has("table") else []) == rows
    assert ("There is nothing to count here." in screen.words()) == (not rows)
    assert screen.app.header[0].value
    assert "Not counted:" in screen.words()
    # Both were asked for after it had begun; what was taken in meanwhile may be counted once more.
    assert 0 <= screen.data("freshness")["age"] <= 2 * (datetime.now(UTC) - began).total_seconds()


def test_the_data_team_arrives_here(see: Opener, analyst: Visitor) -> None:
    assert [title.value for title in see(analyst).app.title] == ["Analyses"]


def test_a_number_is_shown_large_and_follows(agent: Visitor, see: Opener, student: Visitor) -> None:
    screen = see(agent, "analyses", analysis="open-in-period")
    before = int(screen.app.metric[0].value)
    student.report("One more")

    assert screen.again().app.metric[0].value == str(before + 1)


def test_the_address_sets_the_parameters(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "analyses", analysis="open-in-period", days="30")

    assert screen.app.slider(key="analysis_open-in-period_days").value == 30
    assert screen.app.query_params == {"analysis": "open-in-period", "days": "30"}


def test_hours_and_days_take_each_others_place(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "analyses", analysis="open-in-period", hours="48")
    screen.app.segmented_control(key="analysis_open-in-period_hours_or").set_value("days").run()
    assert screen.checked().app.query_params == {"analysis": "open-in-period", "days": "1"}
    screen.app.slider(key="analysis_open-in-period_days").set_value(7).run()
    assert screen.checked().app.query_params == {"analysis": "open-in-period", "days": "7"}
    assert len(screen.app.slider) == 1


def test_a_choice_is_written_to_the_address_and_asked(agent: Visitor, see: Opener, analytics: Analytics) -> None:
    screen = see(agent, "analyses", analysis="resolution-time-by-month")
    assert screen.data("table")["rows"]
    screen.app.selectbox(key="analysis_resolution-time-by-month_category").set_value("services-complaints").run()

    assert screen.checked().app.query_params == {
        "analysis": "resolution-time-by-month",
        "category": "services-complaints",
    }
    assert "There is nothing to count here." in screen.words()
    assert not screen.has("table")


def test_another_analysis_begins_with_its_own_defaults(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "analyses", analysis="open-in-period", days="30")
    screen.app.selectbox(key="analysis").set_value("created-and-closed-by-day").run()

    assert screen.checked().app.query_params == {"analysis": "created-and-closed-by-day"}
    assert screen.app.slider(key="analysis_created-and-closed-by-day_days").value == 90


@pytest.mark.parametrize(
    "nonsense", [{"hours": "-1"}, {"hours": "soon"}, {"hours": "99999999999999"}, {"days": "0"}, {"smell": "bad"}]
)
def test_nonsense_in_the_address_is_dropped(agent: Visitor, see: Opener, nonsense: dict[str, str]) -> None:
    screen = see(agent, "analyses", analysis="open-in-period", **nonsense)

    assert screen.app.metric
    assert not set(nonsense.items()) & set(screen.app.query_params.items())


@pytest.mark.parametrize(
    ("slug", "asked", "said"),
    [
        (
            "open-in-period",
            {"hours": "soon"},
            "The last hours: “soon” cannot be set here, only a number from 1 to 720.",
        ),
        ("open-in-period", {"hours": "9000"}, "This shows 720."),
        ("open-in-period", {"hours": "5", "days": "5"}, "The last days: left out"),
        ("active-by-category", {"smell": "bad"}, "This analysis has no setting “smell”."),
        ("resolution-time-by-month", {"category": "basement"}, "Category: there is no “basement”. This shows all."),
        ("smell-by-month", {"days": "5"}, "The analysis “smell-by-month” cannot be shown. This is another one: Active"),
    ],
)
def test_a_link_with_what_does_not_exist_says_so(
    agent: Visitor, see: Opener, slug: str, asked: dict[str, str], said: str
) -> None:
    """Until another view is chosen."""
    screen = see(agent, "analyses", analysis=slug, **asked)
    (warning,) = screen.app.warning
    assert plain(said).removesuffix(";") in warning.value
    assert [again.value for again in screen.again().app.warning] == [warning.value]

    screen.app.selectbox(key="analysis").set_value("created-and-closed-by-day").run()
    assert not screen.again().app.warning


@pytest.mark.parametrize(
    ("slug", "asked"),
    [
        ("open-in-period", {"days": "30"}),
        ("open-in-period", {"hours": "007"}),
        ("resolution-time-by-month", {"category": "technical-it", "at_least": "1"}),
        ("active-by-category", {}),
    ],
)
def test_a_link_that_can_be_shown_says_nothing(agent: Visitor, see: Opener, slug: str, asked: dict[str, str]) -> None:
    assert not see(agent, "analyses", analysis=slug, **asked).again().app.warning


def test_what_is_provisional_is_said_and_marked(agent: Visitor, see: Opener) -> None:
    """Of this month's seven tickets, two are closed."""
    screen = see(agent, "analyses", analysis="resolution-time-by-month")
    words = f"Provisional, so faint and not in the sentence: {moments.today():%B %Y}. Fewer than 95 % of the tickets"
    assert plain(words) in screen.words()
    assert screen.data("table")["columns"][-1]["title"] == "Provisional"
    assert screen.data("table")["rows"][-1][-1] == "yes"
    (chart,) = screen.app.get("vega_lite_chart")
    assert chart.proto.alt.endswith("(provisional).")


def test_an_analysis_that_is_not_there_is_the_first_one(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "analyses", analysis="smell-by-month")

    assert screen.app.selectbox(key="analysis").value == SLUGS[0]
    assert screen.app.query_params == {"analysis": SLUGS[0]}


def test_a_link_that_names_a_default_stays_as_it_is(agent: Visitor, see: Opener) -> None:
    asked = {"analysis": "active-by-category", "older_than": "0"}
    assert see(agent, "analyses", **asked).app.query_params == asked


def test_peoples_words_are_words_in_the_chart_the_table_and_the_file(
    api: Api, agent: Visitor, see: Opener, analytics: Analytics
) -> None:
    screen = see(agent, "analyses", analysis="active-by-category")

    assert [HOSTILE, "2"] in screen.data("table")["rows"]
    assert all(HOSTILE not in markdown.value for markdown in screen.app.markdown)
    file = as_csv(with_names(api, told(analytics, agent, "active-by-category"))).decode("utf-8-sig")
    assert file == f"Category,Active tickets\r\n'{HOSTILE},2\r\n"


def test_the_chart_is_told_to_those_who_do_not_see_it(agent: Visitor, see: Opener) -> None:
    proto = see(agent, "analyses", analysis="created-and-closed-by-day").app.get("vega_lite_chart")[0].proto

    assert "Created (tickets)" in proto.alt
    assert "Last: " in proto.alt
