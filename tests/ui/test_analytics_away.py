"""The analytics API is away, or hangs: the numbers say so, the last ones stay with their age, and the desk works on."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from streamlit_app.analyses import figures
from streamlit_app.client import analytics, service_client
from streamlit_app.client.analytics import PATIENCE_SECONDS, PAUSE_SECONDS, SLOW_SECONDS, Analytics, CircuitBreaker
from streamlit_app.client.errors import AnalyticsAway
from tests.support.analytics import KillableAnalytics, killable_analytics
from tests.support.api import Api, Visitor
from tests.ui import conftest
from tests.ui.conftest import Opener, ask_at


@pytest.fixture(scope="module", autouse=True)
def _ticket(student: Visitor, agent: Visitor) -> None:
    agent.move(student.report()["id"], "active")


@pytest.fixture
def mortal(api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KillableAnalytics]:
    """An analytics API that does not outlive this test."""
    with killable_analytics(api.database_url, api.url, tmp_path) as running:
        ask_at(running.url, monkeypatch)
        yield running


def test_the_overview_stands_without_numbers(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "overview")

    assert figures.AWAY in screen.words()
    assert "cannot be reached; trying again" not in screen.words()
    assert screen.data("numbers", "counts")["items"]
    assert not screen.has("freshness")


def test_the_page_says_so_and_the_menu_leads_on(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "analyses")

    assert [info.value for info in screen.app.info] == [figures.AWAY]
    assert not screen.app.warning
    assert see(agent, "queue").app.title[0].value == "Queue"


@pytest.mark.parametrize("page", ["analyses", "overview"])
def test_the_last_numbers_stay_with_their_age(
    agent: Visitor, see: Opener, mortal: KillableAnalytics, page: str
) -> None:
    screen = see(agent, page)
    before = screen.data("freshness")
    assert before["follows"]
    assert figures.LAST_ONES not in screen.words()
    mortal.process.kill()
    mortal.process.join()

    after = screen.again().data("freshness")
    assert not after["follows"]
    assert after["age"] > before["age"]
    assert figures.LAST_ONES in screen.words()
    assert screen.app.get("vega_lite_chart")


def test_one_that_hangs_holds_nobody_up_twice(
    agent: Visitor, see: Opener, mortal: KillableAnalytics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not even asked: the last numbers stay although it would answer again."""
    screen = see(agent, "overview")
    patience = {mortal.url: SLOW_SECONDS + 0.5}
    monkeypatch.setattr(
        service_client, "pool", lambda url, _: conftest.pool(url, patience.get(url, conftest.PATIENCE_SECONDS))
    )
    monkeypatch.setattr(analytics, "PAUSE_SECONDS", 600.0)
    hanging = psutil.Process(mortal.process.pid)
    hanging.suspend()
    assert figures.LAST_ONES in screen.again().words()
    hanging.resume()

    assert figures.LAST_ONES in screen.again().words()
    assert screen.data("numbers", "counts")["items"]
    analytics.breaker.reset()
    patience.clear()
    assert figures.LAST_ONES not in screen.again().words()


def test_a_wrong_token_is_no_reason_to_leave(mortal: KillableAnalytics) -> None:
    with pytest.raises(AnalyticsAway):
        Analytics("not a token").catalogue()


def test_a_rest_ends() -> None:
    now = [100.0]
    breaker = CircuitBreaker(lambda: now[0])

    def hang() -> str:
        now[0] += PATIENCE_SECONDS
        raise AnalyticsAway

    with pytest.raises(AnalyticsAway):
        breaker.call(hang)
    with pytest.raises(AnalyticsAway):
        breaker.call(lambda: "answered")
    now[0] += PAUSE_SECONDS
    assert breaker.call(lambda: "answered") == "answered"


def test_who_refuses_at_once_is_asked_again_at_once() -> None:
    breaker = CircuitBreaker(lambda: 100.0)

    def refuse() -> str:
        raise AnalyticsAway

    with pytest.raises(AnalyticsAway):
        breaker.call(refuse)
    assert breaker.call(lambda: "answered") == "answered"
