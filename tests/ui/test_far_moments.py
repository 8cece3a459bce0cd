"""Pages of a desk whose database holds moments that nobody can compute with."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from contracts.tickets import TicketSort
from streamlit_app.language import moments
from tests.support import rows
from tests.support.api import Api, Visitor, running_api
from tests.support.far_moments import add_far_moments
from tests.ui.conftest import Opener


@pytest.fixture(scope="module")
def api(module_database_url: str) -> Iterator[Api]:
    """Where the calendar ends first."""
    with running_api(module_database_url, LODGE_TIMEZONE="Pacific/Kiritimati") as running:
        yield running


@pytest.fixture(scope="module")
def far(api: Api, student: Visitor, agent: Visitor) -> dict[str, int]:
    """Beside one ordinary ticket."""
    student.report("Ordinary")
    for name in "ABC":
        rows.building(api, name)
    return add_far_moments(api, student.person_id, agent.person_id)


@pytest.mark.parametrize("sort", [TicketSort.OPENED_LAST, TicketSort.OPENED_FIRST, TicketSort.MODIFIED_LAST])
def test_the_queue_shows_them_behind_the_others(agent: Visitor, far: dict[str, int], see: Opener, sort: str) -> None:
    shown = see(agent, "queue", status="any", sort=sort).data("ticket_table")["rows"]
    ordinary = [row["title"] for row in shown].index("Ordinary")
    assert ordinary == 0 if sort == TicketSort.MODIFIED_LAST else ordinary < len(shown) - 1


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("opened infinity", "30 Dec 9999 by"),
        ("opened -infinity", "1 Jan 1 by"),
        ("opened 2062-05-04 10:00Z", "5 May 2062 by"),
        ("closed 9999-12-31 23:59:59.999999Z", "30 Dec 9999"),
        ("closed 0044-03-15 00:00Z BC", "1 Jan 1"),
        ("said infinity", "4 Feb"),
    ],
)
def test_a_ticket_is_shown_with_what_can_be_told(
    agent: Visitor, far: dict[str, int], see: Opener, title: str, told: str
) -> None:
    screen = see(agent, "ticket", id=str(far[title]))
    facts = [fact["value"] for fact in screen.data("ticket_card")["facts"]]
    assert any(fact.startswith(told) for fact in facts), facts
    if title.startswith("said"):
        entries = screen.data("timeline")["entries"]
        assert {"30 Dec 9999", "1 Jan 1", "5 May 2062"} <= {entry["said"] for entry in entries}


def test_the_overview_and_ones_own_tickets(agent: Visitor, student: Visitor, far: dict[str, int], see: Opener) -> None:
    assert see(agent, "overview").has("numbers")
    assert see(student, "my_tickets").has("rows")


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati"])
@pytest.mark.parametrize("moment", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_every_way_to_say_a_moment_can_say_the_ends_of_the_calendar(
    monkeypatch: pytest.MonkeyPatch, zone: str, moment: datetime
) -> None:
    monkeypatch.setattr(moments, "zone", lambda: ZoneInfo(zone))
    for say in (moments.said, moments.exact, moments.on_day, moments.ago):
        assert any(year in say(moment) for year in ("9999", " 1"))
        assert "today" not in say(moment)
