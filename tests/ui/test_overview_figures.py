"""The overview's figures are those of the analyses that they lead to."""

from datetime import datetime

import pytest

from streamlit_app.language import moments
from tests.support.analytics import Analytics
from tests.support.api import Visitor
from tests.ui.conftest import Opener

pytestmark = pytest.mark.usefixtures("_figures")


def test_an_empty_desk_has_no_mean_yet(agent: Visitor, see: Opener) -> None:
    numbers = see(agent, "overview").data("numbers", "figures")["items"]
    assert [number["value"] for number in numbers] == ["0", "–"]


def test_they_follow_and_lead_to_their_analysis(
    agent: Visitor, student: Visitor, see: Opener, analytics: Analytics, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = see(agent, "overview")
    mended = student.report("Mended")
    # A month may end meanwhile.
    monkeypatch.setattr(moments, "today", datetime.fromisoformat(mended["opened_at"]).date)
    agent.move(mended["id"], "active", "closed")
    student.report("Still broken")

    recent, mean = screen.again().data("numbers", "figures")["items"]
    assert recent["value"] == "1"
    assert mean["value"] == "0.0 h"
    for number in (mean, recent):
        screen.follow(number["href"])
        assert screen.app.query_params["analysis"] in {"open-in-period", "resolution-time-by-month"}
    assert screen.app.metric[0].value == "1"
    assert analytics.ask(agent, "open-in-period", hours=24)["rows"] == [{"tickets": 1}]


def test_the_chart_shows_the_last_weeks(agent: Visitor, see: Opener) -> None:
    chart = see(agent, "overview").app.get("vega_lite_chart")[0].proto
    assert {dataset.name for dataset in chart.datasets} == {"wide", "long"}
    assert "Created (tickets), Closed (tickets) by Day" in chart.alt
