"""The overview's figures are those of the analyses that they lead to."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support import rows
from tests.support.analytics import Analytics
from tests.support.api import Api, Visitor
from tests.ui.conftest import Opener

pytestmark = pytest.mark.usefixtures("_figures")


def test_an_empty_desk_has_no_mean_yet(agent: Visitor, see: Opener) -> None:
    numbers = see(agent, "overview").data("numbers", "figures")["items"]
    assert [number["value"] for number in numbers] == ["0", "0", "–"]


def test_they_follow_and_lead_to_their_analysis(
    agent: Visitor, student: Visitor, see: Opener, analytics: Analytics
) -> None:
    screen = see(agent, "overview")
    mended = student.report("Mended")
    agent.move(mended["id"], "active", "closed")
    student.report("Still broken")

    recent, week, mean = screen.again().data("numbers", "figures")["items"]
    assert (recent["value"], week["value"]) == ("1", "1")
    assert (mean["name"], mean["value"]) == ("Mean time to close", "–"), "one of this month's two is not closed yet"
    for number in (mean, week, recent):
        screen.follow(number["href"])
        assert screen.app.query_params["analysis"] in {"open-in-period", "resolution-time-by-month"}
    assert screen.app.metric[0].value == "1"
    assert analytics.ask(agent, "open-in-period", hours=24)["rows"] == [{"tickets": 1}]


def test_the_mean_is_that_of_the_newest_month_that_is_final(
    api: Api, agent: Visitor, student: Visitor, see: Opener, analytics: Analytics
) -> None:
    student.report("Not closed yet")
    opened_at = datetime(2026, 3, 5, 12, tzinfo=UTC)
    rows.ticket(api, status="closed", opened_at=opened_at, closed_at=opened_at + timedelta(hours=132))
    analytics.ask(agent, "resolution-time-by-month")
    mean = see(agent, "overview").data("numbers", "figures")["items"][2]
    assert (mean["name"], mean["value"]) == ("Mean time to close, opened in March 2026 (132 hours)", "5.5 days")


def test_the_chart_shows_the_last_weeks(agent: Visitor, see: Opener) -> None:
    chart = see(agent, "overview").app.get("vega_lite_chart")[0].proto
    assert {dataset.name for dataset in chart.datasets} == {"wide", "long"}
    assert "Created (tickets), Closed (tickets) by Day" in chart.alt
