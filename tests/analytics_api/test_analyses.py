"""The analyses' answers, as the contract promises them."""

import json
from datetime import datetime
from typing import Any

import httpx
import pyarrow as pa
import pytest

from contracts.analyses import AnalysisAnswer, AnalysisRead, AnalyticsHealth
from contracts.pages import Page
from tests.support.analytics import Analytics
from tests.support.api import Api, Visitor, done
from tests.support.population import populate
from tests.support.samples import keys, sample
from warehouse.catalogue import catalogue

ARROW = "application/vnd.apache.arrow.stream"


def get(analytics: Analytics, visitor: Visitor, path: str, **headers: str) -> httpx.Response:
    return analytics.get(path, headers={"Authorization": f"Bearer {visitor.token}", **headers})


@pytest.fixture(scope="module", autouse=True)
def population(api: Api, student: Visitor, agent: Visitor) -> None:
    populate(api, 120)


def test_a_new_ticket_stands_in_the_number(analytics: Analytics, student: Visitor, agent: Visitor) -> None:
    before = analytics.ask(agent, "open-in-period", hours=1)["rows"][0]["tickets"]
    ticket = student.report()
    assert analytics.ask(agent, "open-in-period", hours=1)["rows"] == [{"tickets": before + 1}]
    agent.move(ticket["id"], "active", "closed")
    assert analytics.ask(agent, "open-in-period", hours=1)["rows"] == [{"tickets": before}]
    agent.move(ticket["id"], "active")
    assert analytics.ask(agent, "open-in-period", hours=1)["rows"] == [{"tickets": before + 1}]


def test_the_answer_has_the_contracts_form(analytics: Analytics, agent: Visitor) -> None:
    answer = analytics.ask(agent, "open-in-period", days=1000)
    assert AnalysisAnswer.model_validate(answer)
    assert {"slug", "as_of", "parameters", "columns", "rows"} <= set(answer)
    assert datetime.fromisoformat(answer["as_of"]).utcoffset() is not None
    assert answer["columns"] == [{"name": "tickets", "title": "Tickets", "type": "integer", "unit": "tickets"}]
    assert len(answer["rows"]) == 1


@pytest.mark.parametrize(
    ("slug", "columns"),
    [
        ("open-in-period", {"tickets": "integer"}),
        ("resolution-time-by-month", {"month": "text", "tickets": "integer", "mean_hours": "number"}),
        ("active-by-category", {"category": "text", "tickets": "integer"}),
        (
            "load-by-team",
            {"team": "text"}
            | dict.fromkeys(["tickets", "open", "active", "unassigned"], "integer")
            | {"unassigned_share": "number"},
        ),
        ("closed-by-team-and-month", {"month": "text", "team": "text", "closed": "integer"}),
        (
            "created-and-closed-by-day",
            {"day": "date", "created": "integer", "closed": "integer", "backlog": "integer"},
        ),
    ],
)
def test_columns_are_as_told(analytics: Analytics, agent: Visitor, slug: str, columns: dict[str, str]) -> None:
    answer = analytics.ask(agent, slug)
    assert {column["name"]: column["type"] for column in answer["columns"]} == columns
    assert all(list(row) == list(columns) for row in answer["rows"])
    assert answer["rows"]
    assert answer["sentence"].endswith(".")


def test_who_worked_how_long_needs_its_permission(analytics: Analytics, api: Api, agent: Visitor) -> None:
    assert get(analytics, agent, "/analyses/time-by-agent").status_code == 403
    assert get(analytics, api.enter("analyst", "Counts"), "/analyses/time-by-agent").status_code == 403
    assert get(analytics, api.enter("manager", "Leads"), "/analyses/time-by-agent").status_code == 200
    needs = {one["slug"]: one["needs"] for one in done(get(analytics, agent, "/analyses"))["items"]}
    assert {slug for slug, needed in needs.items() if needed} == {"time-by-agent"}


def test_the_catalogue_tells_every_parameter(analytics: Analytics, agent: Visitor) -> None:
    page = Page[AnalysisRead].model_validate(done(get(analytics, agent, "/analyses")))
    assert page.next_cursor is None
    assert {analysis.slug for analysis in page.items} == set(catalogue())
    hours = next(analysis for analysis in page.items if analysis.slug == "open-in-period").parameters
    assert [(one.name, one.instead_of, one.minimum) for one in hours] == [("hours", None, 1), ("days", "hours", 1)]
    months = next(analysis for analysis in page.items if analysis.slug == "resolution-time-by-month").parameters
    assert {"technical-it", "services-complaints", "facility-management"} <= {one.value for one in months[0].options}


@pytest.mark.parametrize(
    "query",
    [
        *("open-in-period", "open-in-period?days=1000", "created-and-closed-by-day?days=30", "active-by-category"),
        *("load-by-team", "closed-by-team-and-month?months=3"),
        *("resolution-time-by-month", "resolution-time-by-month?at_least=100"),
    ],
)
def test_arrow_is_the_same_answer(analytics: Analytics, agent: Visitor, query: str) -> None:
    told = done(get(analytics, agent, f"/analyses/{query}", Accept="application/json"))
    answer = get(analytics, agent, f"/analyses/{query}", Accept=ARROW)
    assert answer.headers["Content-Type"] == ARROW
    with pa.ipc.open_stream(answer.content) as stream:
        table = stream.read_all()
    beside: dict[str, Any] = json.loads(table.schema.metadata[b"lodge"])
    rows = json.loads(json.dumps(table.to_pylist(), default=lambda value: value.isoformat()))
    assert rows == told["rows"]
    assert table.column_names == [column["name"] for column in told["columns"]]
    for name in ("slug", "parameters", "columns", "sentence"):
        assert beside[name] == told[name]
    assert "rows" not in beside


def test_as_of_now_means_now(analytics: Analytics, agent: Visitor, api: Api, student: Visitor) -> None:
    """However often one looks: everything committed before the question is in the answer."""
    before = analytics.ask(agent, "open-in-period", hours=2)["rows"][0]["tickets"]
    for number in range(1, 21):
        student.report()
        now = api.sql("SELECT clock_timestamp()")[0][0]
        answer = analytics.ask(agent, "open-in-period", hours=2)
        assert datetime.fromisoformat(answer["as_of"]) >= now
        assert answer["rows"][0]["tickets"] == before + number


def test_health_counts_every_table(analytics: Analytics, agent: Visitor, api: Api) -> None:
    analytics.ask(agent, "open-in-period")
    health = AnalyticsHealth.model_validate(analytics.health())
    assert health.status == "ok"
    assert health.replica.rows["ticket"] == api.sql("SELECT count(*) FROM ticket")[0][0]
    assert set(health.replica.rows) == set(analytics.check()["rows"])
    assert health.replica.lag_seconds is not None
    assert health.replica.as_of is not None
    assert keys(sample("operations.md", '"lag_seconds"')) == keys(analytics.health())
