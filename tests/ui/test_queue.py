"""The queue: every list is a link, pages are walked by cursor, a number leads to its ticket. Saved views:
test_views.py."""

import html
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest

from streamlit_app.client import api as client
from streamlit_app.client.errors import DeskAway
from streamlit_app.shell.pager import empty_page
from streamlit_app.tickets.filters import Day
from tests.support.api import Api, Visitor
from tests.support.screens import Screen
from tests.ui.away import noting, raising
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
    found: list[dict[str, Any]] = screen.data("ticket_table")["rows"]
    return found


def ids(screen: Screen) -> list[int]:
    return [row["id"] for row in listed(screen)]


def chips(screen: Screen) -> dict[str, str]:
    return {chip["name"]: chip["text"] for chip in screen.data("filter_chips")["chips"]}


def acts(screen: Screen) -> list[str]:
    return [act["label"] for act in screen.data("filter_chips")["acts"]]


def choose(screen: Screen, kind: str, name: str, value: Any) -> Screen:
    """Sets a filter as somebody does who opens the box with the filters."""
    screen.app.session_state["queue_add_filter"] = True
    screen.again()
    getattr(screen.app, kind)(key=f"queue_{name}").set_value(value).run()
    return screen.checked()


def test_the_address_filters(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "queue", status="active", priority="urgent")

    assert ids(screen) == agent.list_ids(status="active", priority="urgent")
    assert chips(screen) == {"status": "Status: Active", "priority": "Priority: Urgent"}
    assert screen.words().count("10 tickets") == 1


def test_several_values_of_one_filter_mean_any(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "queue", status=["open", "active"], assignee="none")

    assert len(listed(screen)) == 50
    assert "60 tickets, showing 1 to 50" in screen.words()


def test_widgets_write_the_address(agent: Visitor, see: Opener) -> None:
    screen = choose(see(agent, "queue"), "pills", "priority", ["urgent"])
    screen.app.selectbox(key="queue_sort").set_value("opened_at").run()

    not_closed = ["open", "active"]
    assert screen.app.query_params == {"status": not_closed, "priority": "urgent", "sort": "opened_at"}
    assert ids(screen) == agent.list_ids(status=not_closed, priority="urgent", sort="opened_at")


@pytest.fixture
def closed(api: Api, agent: Visitor) -> int:
    """An urgent ticket that was closed three days ago."""
    number: int = agent.move(agent.report("Closed at once", priority="urgent")["id"], "active", "closed")["id"]
    api.sql("UPDATE ticket SET closed_at = closed_at - interval '3 days' WHERE id = %s", number)
    return number


def test_it_opens_on_what_is_not_closed(agent: Visitor, closed: int, see: Opener) -> None:
    screen = see(agent, "queue")

    assert chips(screen) == {"status": "Status: Open, Active"}
    assert screen.app.query_params == {}
    assert closed not in ids(screen)
    screen.fire("filter_chips", "remove", "status")
    assert screen.app.query_params == {"status": "any"}
    assert chips(screen) == {}
    assert ids(screen)[0] == closed
    assert ids(see(agent, "queue", status="any"))[0] == closed, "the link shows the same"
    screen.fire("filter_chips", "act", "clear")
    assert screen.app.query_params == {}
    assert closed not in ids(screen)


def test_a_link_with_other_filters_says_nothing_of_the_status(agent: Visitor, closed: int, see: Opener) -> None:
    """So that the links that people keep mean what they meant."""
    assert closed in ids(see(agent, "queue", priority="urgent"))


def test_a_chip_is_removed_while_its_filter_is_open(agent: Visitor, see: Opener) -> None:
    screen = choose(see(agent, "queue"), "pills", "priority", ["urgent"])
    screen.fire("filter_chips", "remove", "priority")

    assert screen.app.query_params == {}
    assert screen.app.pills(key="queue_priority").value == []
    choose(screen, "pills", "priority", ["low"])
    assert chips(screen)["priority"] == "Priority: Low"
    screen.app.session_state["queue_add_filter"] = False
    assert chips(screen.again())["priority"] == "Priority: Low", "it counts although it is not drawn"


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
    first = ids(screen)
    screen.press("Next")
    second = ids(screen)

    assert len(second) == 10
    assert not set(first) & set(second)
    assert "showing 51 to 60" in screen.words()
    screen.press("Previous")
    assert ids(screen) == first


def test_another_filter_starts_at_the_first_page(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "queue").press("Next")
    choose(screen, "pills", "status", ["open"])

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

    assert screen.follow(f"ticket?id={wanted['id']}").data("ticket_card")["number"] == f"#{wanted['id']}"


def test_words_are_searched(agent: Visitor, student: Visitor, see: Opener) -> None:
    wanted = student.report("The zeppelin lost its anchor.")

    assert ids(see(agent, "queue", q="zeppelin")) == [wanted["id"]]
    assert "No ticket that you may see fits" in see(agent, "queue", q="submarine").words()


def test_a_tag_that_cannot_be_is_dropped_from_the_query(agent: Visitor, see: Opener) -> None:
    assert len(listed(see(agent, "queue", tag="t" * 500))) == 50


def test_clearing_the_filters_shows_the_plain_queue(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "queue", status="closed", priority="low")
    screen.fire("filter_chips", "act", "clear")

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
    assert ids(see(agent, "queue", **filters)) == closed[::-1]
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
        "blocked": "false",
        "assignee": "me",
        "opened_after": "2020-01-31",
        "opened_before": "2999-12-31",
        "stage": "to-do",
        "requester": str(student.person_id),
        "reports_at_least": "1",
        "modified_after": "2020-01-31",
        "modified_before": "2999-12-31",
        "sort": "-last_word",
        "q": "kettle",
    }
    screen = see(agent, "queue", **kept)

    assert ids(screen) == [wanted["id"]]
    assert screen.app.query_params == kept
    assert set(chips(screen)) == set(kept) - {"sort", "q"}
    assert chips(screen)["requester"] == f"Requester: {student.name}"
    assert chips(screen)["opened_after"] == "Opened from: 31 Jan 2020"
    assert chips(screen)["blocked"] == "Blocked by another ticket: No"
    assert not listed_or_nothing(see(agent, "queue", **kept, closed_after="2020-01-31"))
    assert not listed_or_nothing(see(agent, "queue", **{**kept, "blocked": "true"}))


def listed_or_nothing(screen: Screen) -> list[dict[str, Any]]:
    return listed(screen) if screen.has("ticket_table") else []


def test_a_requester_is_found_by_name(api: Api, agent: Visitor, see: Opener) -> None:
    wanted = api.enter("student", "Zora Quill").report("The window sticks.")["id"]
    screen = see(agent, "queue")
    screen.app.session_state["queue_add_filter"] = True
    screen.again().app.text_input(key="queue_requester_name").set_value("zor").run()
    box = screen.app.multiselect(key="queue_requester")
    assert box.options == ["Zora Quill", "Me"]
    box.select("Zora Quill").run()

    assert ids(screen) == [wanted]
    assert chips(screen)["requester"] == "Requester: Zora Quill"


def test_whoever_left_still_filters(
    api: Api, agent: Visitor, student: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their name is asked for once, and again after an outage."""
    left = api.enter("agent", "Lena Gone")
    mine = student.report("The samovar drips.")["id"]
    agent.edit(mine, assignee=left.person_id)
    api.sql("UPDATE person SET deactivated_at = now() WHERE id = %s", left.person_id)
    asked: list[int] = []
    ask = client.Api.person
    with monkeypatch.context() as patch:
        patch.setattr(client.Api, "person", raising(DeskAway()))
        screen = see(agent, "queue", assignee=str(left.person_id))
        assert ids(screen) == [mine]
        assert chips(screen) == {"assignee": f"Assigned to: no. {left.person_id}"}
    monkeypatch.setattr(client.Api, "person", noting(asked, ask))
    assert chips(screen.again()) == {"assignee": "Assigned to: Lena Gone"}
    screen.app.session_state["queue_add_filter"] = True
    assert screen.again().app.multiselect(key="queue_assignee").value == [str(left.person_id)]
    assert asked == [left.person_id]
    assert screen.app.query_params == {"assignee": str(left.person_id)}


def test_values_that_are_on_no_list_filter_and_are_told(agent: Visitor, see: Opener) -> None:
    kept = {"assignee": "123456789", "category": "abolished", "building": "torn-down"}
    screen = see(agent, "queue", **kept)

    assert not screen.has("ticket_table")
    assert chips(screen) == {
        "assignee": "Assigned to: someone who left (no. 123456789)",
        "category": "Category: abolished (no longer on the list)",
        "building": "Building: torn-down (no longer on the list)",
    }
    assert screen.app.query_params == kept


def test_a_moment_in_a_link_keeps_its_time_of_day(api: Api, agent: Visitor, see: Opener) -> None:
    opened = agent.report("At five past two")["id"]
    api.sql("UPDATE ticket SET opened_at = '2020-03-04 14:05Z' WHERE id = %s", opened)
    kept = {"opened_after": "2020-03-04T14:00:00+00:00", "opened_before": "2020-03-04T15:00:00+00:00"}
    screen = see(agent, "queue", **kept)

    assert ids(screen) == [opened]
    assert screen.app.query_params == kept
    screen.app.session_state["queue_add_filter"] = True
    assert screen.again().app.date_input(key="queue_opened_before").value is not None
    assert screen.app.query_params == kept, "the widget has only the day"
    screen.app.date_input(key="queue_opened_before").set_value(date(2020, 3, 5)).run()
    assert screen.app.query_params == kept | {"opened_before": "2020-03-05"}


def test_a_moment_without_a_zone_is_the_campuss() -> None:
    assert Day("opened_before", "Opened before").said(datetime.fromisoformat("2020-03-04T15:00")) == "4 Mar 2020, 15:00"


def offers(screen: Screen) -> list[str]:
    return [button.label for button in screen.app.button if str(button.key).startswith("queue_without_")]


def test_an_empty_list_says_which_filter_to_drop(
    agent: Visitor, student: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = student.report("The gramophone skips.", category="facility-management")["id"]
    filters = {"q": "gramophone", "priority": "low", "category": "technical-it"}
    assert offers(see(agent, "queue", **filters)) == [], "two filters are in the way"

    agent.edit(wanted, category="technical-it")
    screen = see(agent, "queue", **filters)
    [offer] = offers(screen)
    assert html.unescape(offer) == "Without Priority: Low there is 1"
    asked: list[object] = []
    ask = client.Api.tickets
    with monkeypatch.context() as patch:
        patch.setattr(client.Api, "tickets", noting(asked, ask))
        assert offers(screen.again()) == [offer]
    assert len(asked) == 1, "the list itself"
    screen.press(offer)
    assert ids(screen) == [wanted]
    assert screen.app.query_params == {"q": "gramophone", "category": "technical-it"}


def test_the_columns_and_the_distance_of_the_rows_are_chosen(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "queue")
    names = [column["label"] for column in screen.data("ticket_table")["columns"]]
    assert names == ["Requester", "Category", "Status", "Priority", "Assignee", "Age", "Last word"]
    screen.app.session_state["queue_change_looks"] = True
    screen.again().app.multiselect(key="queue_columns").set_value(["building", "opened_at"]).run()
    screen.app.segmented_control(key="queue_density").set_value("roomy").run()
    table = screen.checked().data("ticket_table")

    assert [column["label"] for column in table["columns"]] == ["Where", "Age"]
    assert [len(row["cells"]) for row in table["rows"][:2]] == [2, 2]
    assert not table["dense"]
    assert screen.app.query_params == {"columns": ["building", "opened_at"], "density": "roomy"}
    table = screen.open("overview").open("queue", priority="urgent").data("ticket_table")
    assert (len(table["columns"]), table["dense"]) == (2, False), "this tab goes on to show lists like that"


def test_a_row_says_whose_turn_it_is_and_who_spoke_last(agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("The harmonium is flat.", priority="urgent")["id"]
    agent.move(ticket, "active")
    agent.edit(ticket, assignee=agent.person_id)
    [row] = listed(see(agent, "queue", q="harmonium"))
    assert row["cells"][2:5] == [["Active", "amber", ""], ["Urgent", "red", ""], [f"→ {agent.name}", "", "", 1]]
    assert row["cells"][6] == ["No answer yet", "quiet", "Our turn"]
    agent.say(ticket, "A tuner comes.")
    [row] = listed(see(agent, "queue", q="harmonium"))
    assert row["cells"][6] == [f"now · {agent.name}", "", ""]
    student.say(ticket, "When?")
    [row] = listed(see(agent, "queue", q="harmonium"))
    assert row["cells"][6] == [f"now · {student.name}", "", "Our turn"]


def test_a_list_is_never_shown_under_other_filters(
    agent: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the data API is away, the last answer to the same question is shown, and no other."""
    screen = see(agent, "queue")
    with monkeypatch.context() as patch:
        patch.setattr(client.Api, "tickets", raising(DeskAway()))
        assert len(listed(screen.again())) == 50
        screen.fire("filter_chips", "remove", "status")
        assert not screen.has("ticket_table")
        assert "fits these filters" not in screen.words()


def test_a_later_page_that_is_empty_says_nothing_of_the_others() -> None:
    assert empty_page(1, "Nothing at all.") == "Nothing at all."
    assert empty_page(2, "Nothing at all.") == "Nothing is left on this page."
