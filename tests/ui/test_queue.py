"""The queue: every view is a link, pages are walked by cursor, a number leads to its ticket."""

from typing import Any
from urllib.parse import parse_qsl

import pytest

from streamlit_app.client import api as client
from streamlit_app.client.errors import DeskAway
from streamlit_app.shell.pager import empty_page
from tests.support.api import Api, Visitor
from tests.support.screens import Screen
from tests.ui.away import raising
from tests.ui.conftest import Opener


@pytest.fixture(scope="module", autouse=True)
def _tickets(api: Api) -> None:
    """Sixty of them: every third is urgent, every second is being worked on."""
    student, agent = api.enter("student", "Mia Rossi"), api.enter("agent", "Ada Okafor")
    for number in range(60):
        ticket = student.report(f"Problem {number}", priority="urgent" if number % 3 == 0 else "normal")
        if number % 2 == 0:
            agent.move(ticket["id"], "active")


def listed(screen: Screen) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = screen.data("rows")["items"]
    return found


def test_the_address_filters(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "queue", status="active", priority="urgent")

    assert [item["id"] for item in listed(screen)] == agent.list_ids(status="active", priority="urgent")
    assert screen.app.pills(key="queue_status").value == ["active"]
    assert screen.words().count("10 tickets") == 1


def test_several_values_of_one_filter_mean_any(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "queue", status=["open", "active"], assignee="none")

    assert len(listed(screen)) == 50
    assert "60 tickets, showing 1 to 50" in screen.words()


def test_widgets_write_the_address(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "queue")
    screen.app.multiselect(key="queue_priority").set_value(["urgent"]).run()
    screen.app.selectbox(key="queue_sort").set_value("opened_at").run()

    assert screen.app.query_params == {"priority": "urgent", "sort": "opened_at"}
    assert [item["id"] for item in listed(screen)] == agent.list_ids(priority="urgent", sort="opened_at")


@pytest.mark.parametrize(
    "nonsense",
    [{"status": "lost"}, {"priority": "-1"}, {"assignee": "you"}, {"opened_after": "soon"}, {"sort": "smell"}],
)
def test_nonsense_in_the_address_is_dropped(agent: Visitor, see: Opener, nonsense: dict[str, str]) -> None:
    screen = see(agent, "queue", **nonsense)

    assert len(listed(screen)) == 50
    assert screen.app.query_params == {}


def test_pages_are_walked_forth_and_back(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "queue")
    first = [item["id"] for item in listed(screen)]
    screen.press("Next")
    second = [item["id"] for item in listed(screen)]

    assert len(second) == 10
    assert not set(first) & set(second)
    assert "showing 51 to 60" in screen.words()
    screen.press("Previous")
    assert [item["id"] for item in listed(screen)] == first


def test_another_filter_starts_at_the_first_page(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "queue").press("Next")
    screen.app.pills(key="queue_status").set_value(["open"]).run()

    assert "30 tickets" in screen.words()
    assert len(listed(screen)) == 30


def test_a_number_leads_to_its_ticket(agent: Visitor, see: Opener) -> None:
    wanted = agent.list_ids()[7]
    screen = see(agent, "queue")
    screen.app.text_input(key="queue_q").set_value(f"#{wanted}").run()

    assert screen.checked().data("go_to")["href"] == f"ticket?id={wanted}"
    assert screen.app.query_params == {}, "Back leads to the list as it was"


def test_a_row_leads_to_its_ticket(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "queue")
    wanted = listed(screen)[3]

    assert screen.follow(wanted["href"]).data("ticket_card")["number"] == wanted["number"]


def test_words_are_searched(agent: Visitor, student: Visitor, see: Opener) -> None:
    wanted = student.report("The zeppelin lost its anchor.")

    assert [item["id"] for item in listed(see(agent, "queue", q="zeppelin"))] == [wanted["id"]]
    assert "No ticket that you may see fits" in see(agent, "queue", q="submarine").words()


def test_a_tag_that_cannot_be_is_dropped_from_the_query(agent: Visitor, see: Opener) -> None:
    assert len(listed(see(agent, "queue", tag="t" * 500))) == 50


def test_clearing_the_filters_shows_everything(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "queue", status="closed", priority="low").press("Clear filters")

    assert screen.app.query_params == {}
    assert len(listed(screen)) == 50


def test_the_overviews_numbers_lead_to_what_they_count(agent: Visitor, see: Opener) -> None:
    numbers = see(agent, "overview").data("numbers", "counts")["items"]
    for number in numbers[:5]:
        screen = see(agent, "overview").follow(number["href"])
        counted = "No ticket that you may see fits" if number["value"] == "0" else f"{number['value']} ticket"
        assert counted in screen.words(), number


def test_what_was_closed_today_is_a_link_of_the_overview(api: Api, agent: Visitor, see: Opener) -> None:
    closed = [agent.move(agent.report("Closed today")["id"], "active", "closed")["id"] for _ in range(2)]
    # The day may end meanwhile: then they are closed on the next one.
    api.sql("UPDATE ticket SET closed_at = now() WHERE id = ANY (%s)", closed)
    counted = next(
        item for item in see(agent, "overview").data("numbers", "counts")["items"] if item["name"] == "Closed today"
    )
    filters = dict(parse_qsl(counted["href"].partition("?")[2]))
    assert [item["id"] for item in listed(see(agent, "queue", **filters))] == closed[::-1]
    assert counted["value"] == "2"


def test_every_filter_in_the_address_is_kept_and_counted(agent: Visitor, student: Visitor, see: Opener) -> None:
    """People keep such links."""
    wanted = student.report("The kettle of the tea kitchen hums.", category="technical-it")
    agent.edit(wanted["id"], tags=["kettle", "kitchen"], assignee=agent.person_id)
    kept = {
        "status": ["open", "active"],
        "priority": "normal",
        "category": ["technical-it", "facility-management"],
        "tag": "kettle",
        "waits_for": "desk",
        "assignee": "me",
        "opened_after": "2020-01-31",
        "opened_before": "2999-12-31",
        "sort": "-reports",
        "q": "kettle",
    }
    screen = see(agent, "queue", **kept)

    assert [item["id"] for item in listed(screen)] == [wanted["id"]]
    assert screen.app.query_params == kept
    assert [box.label for box in screen.app.expander] == ["More filters (7 set)"]
    assert not listed_or_nothing(see(agent, "queue", **kept, closed_after="2020-01-31"))


def listed_or_nothing(screen: Screen) -> list[dict[str, Any]]:
    return listed(screen) if screen.has("rows") else []


def test_a_list_is_never_shown_under_other_filters(
    agent: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the data API is away, the last answer to the same question is shown, and no other."""
    screen = see(agent, "queue")
    with monkeypatch.context() as patch:
        patch.setattr(client.Api, "tickets", raising(DeskAway()))
        assert len(listed(screen.again())) == 50
        screen.app.pills(key="queue_status").set_value(["closed"]).run()
        assert not screen.checked().has("rows")
        assert "fits these filters" not in screen.words()


def test_a_later_page_that_is_empty_says_nothing_of_the_others() -> None:
    assert empty_page(1, "Nothing at all.") == "Nothing at all."
    assert empty_page(2, "Nothing at all.") == "Nothing is left on this page."
