"""Answering a ticket and going on: ways to send that also move it, the next one of the list, and what else is there."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.messages import MessageAuthor, MessageRead
from contracts.pages import Page
from contracts.people import PersonBrief, Role
from contracts.tickets import TicketEventRead
from data_api.models import Attachment
from streamlit_app.client import api as client
from streamlit_app.client.errors import DeskAway
from streamlit_app.state import list_position
from streamlit_app.tickets import ticket_list
from streamlit_app.tickets.timeline import merged, position
from tests.support import rows
from tests.support.api import Api, Visitor
from tests.support.screens import Screen
from tests.ui.away import raising, refused
from tests.ui.conftest import Opener

ADA = PersonBrief(id=1, name="Ada Okafor")
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def send(screen: Screen, text: str, then: str = "", **more: Any) -> Screen:
    draft = {"text": text, "key": key_of(screen, text), "then": then, "shown": screen.data("composer")["shown"], **more}
    return screen.fire("composer", "send", draft)


def key_of(screen: Screen, text: str) -> str:
    """Another one for each ticket and text, as in a browser."""
    return f"{screen.data('ticket_card')['number']}-{text}".replace(" ", "-")


def ways(screen: Screen) -> dict[str, str]:
    return {way["name"]: way["label"] for way in screen.data("composer")["ways"]}


def bodies(visitor: Visitor, ticket: int) -> list[str]:
    return [message["body"] for message in visitor.walk(f"/tickets/{ticket}/messages")]


@pytest.mark.parametrize("status", ["open", "active"])
@pytest.mark.parametrize(
    ("then", "is_now"), [("stage pending", ("active", "pending")), ("close", ("closed", "completed"))]
)
def test_a_message_is_sent_and_the_ticket_moved_at_once(
    agent: Visitor, student: Visitor, see: Opener, status: str, then: str, is_now: tuple[str, str]
) -> None:
    ticket = student.report("Answer and move.")["id"]
    if status == "active":
        agent.move(ticket, "active")
    screen = see(agent, "ticket", id=str(ticket))
    assert ways(screen) == {"stage pending": "set to Pending", "close": "close as solved"}
    send(screen, "Is it still so?", then)
    now = agent.read(ticket)
    assert (now["status"], now["stage"]) == is_now
    assert bodies(agent, ticket) == ["Is it still so?"]
    assert not screen.has("warning")


def test_a_message_stays_sent_where_the_move_is_refused_and_says_who_was_faster(
    api: Api, agent: Visitor, student: Visitor, see: Opener
) -> None:
    ticket, maja = student.report("Both of us.")["id"], api.enter("agent", "Maja Weber")
    screen = see(agent, "ticket", id=str(ticket))
    maja.move(ticket, "active")
    send(screen, "Done.", "close")
    assert agent.read(ticket)["status"] == "active"
    assert bodies(agent, ticket) == ["Done."]
    told = screen.data("warning")["text"]
    assert told.startswith("Maja Weber changed the status from open to active")
    assert told.endswith("so it was not moved. Your message was sent.")
    assert screen.data("composer")["done"] == key_of(screen, "Done.")


def test_a_message_stays_sent_where_the_desk_goes_away_before_the_move(
    agent: Visitor, student: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = student.report("Sent, not moved.")["id"]
    screen = see(agent, "ticket", id=str(ticket))
    with monkeypatch.context() as patch:
        patch.setattr(client.Api, "move", raising(DeskAway()))
        send(screen, "Once.", "close")
    assert "Your message was sent, but the ticket was not moved." in screen.data("warning")["text"]
    send(screen, "Once.", "close")
    assert bodies(agent, ticket) == ["Once."]


def test_what_one_sent_a_moment_ago_is_no_conflict(agent: Visitor, student: Visitor, see: Opener) -> None:
    """The browser may send the second before it has drawn what the first one did."""
    ticket = student.report("Two in a row.")["id"]
    screen = see(agent, "ticket", id=str(ticket))
    seen = screen.data("composer")["shown"]
    send(screen, "Wait.", "stage pending")
    send(screen, "No need.", "close", shown=seen)
    assert not screen.has("warning")
    assert agent.read(ticket)["status"] == "closed"


@pytest.mark.parametrize("whose", ["nobody's", "mine", "a colleague's"])
def test_going_on_takes_up_an_open_ticket(api: Api, agent: Visitor, student: Visitor, see: Opener, whose: str) -> None:
    tickets = [student.report(f"Take up {whose} {number}.")["id"] for number in (1, 2)]
    maja = api.enter("agent", "Maja Weber")
    taken = {"nobody's": agent, "mine": agent, "a colleague's": maja}[whose]
    if whose != "nobody's":
        agent.edit(tickets[0], assignee=taken.person_id)
    screen = see(agent, "queue", q=f"take up {whose}", sort="opened_at").open("ticket", id=str(tickets[0]))
    assert screen.data("composer")["note"].endswith("assigns the ticket to you.") == (whose == "nobody's")
    send(screen, "On my way.", "next")
    now = agent.read(tickets[0])
    assert (now["status"], now["stage"], now["assignee"]["name"]) == ("active", "in-progress", taken.name)
    screen.open("ticket", id=str(tickets[1]))
    assert ways(screen)["back"] == "go back to the queue"
    send(screen, "Only for us.", "back", internal=True)
    assert agent.read(tickets[1])["status"] == "open", "a note does not take up a ticket"
    assert not screen.data("composer")["stays"]


def test_one_stays_where_a_colleague_was_faster(api: Api, agent: Visitor, student: Visitor, see: Opener) -> None:
    tickets = [student.report(f"Who is faster {number}?")["id"] for number in (1, 2)]
    screen = see(agent, "queue", q="who is faster", sort="opened_at").open("ticket", id=str(tickets[0]))
    maja = api.enter("agent", "Maja Weber")
    maja.edit(tickets[0], assignee=maja.person_id)
    send(screen, "I take it.", "next")
    assert screen.data("warning")["text"].startswith("Maja Weber took it")
    assert screen.data("composer")["stays"]
    assert agent.read(tickets[0])["status"] == "open"


def test_who_has_no_such_way_is_offered_none(agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("Only staff.")["id"]
    assert ways(see(student, "ticket", id=str(ticket))) == {}
    agent.move(ticket, "active", "closed")
    assert ways(see(agent, "ticket", id=str(ticket))) == {}, "notes only"


def test_the_list_one_came_from_leads_on(
    agent: Visitor, student: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the ends of its pages, and also from a ticket that has left it."""
    monkeypatch.setattr(ticket_list, "PAGE_SIZE", 2)
    tickets = [student.report("Walk through me.", room="W1")["id"] for _ in range(5)]
    screen = see(agent, "queue", q="walk", status="open", sort="opened_at")
    shown = [row["id"] for row in screen.data("ticket_table")["rows"]]
    assert shown == tickets[:2]
    screen.open("ticket", id=str(tickets[0]))
    agent.move(tickets[0], "active")
    for number in range(5):
        steps = screen.again().data("steps")
        expected = [f"ticket?id={tickets[place]}" if 0 <= place < 5 else None for place in (number - 1, number + 1)]
        assert [steps["previous"], steps["next"]] == expected
        assert ("next" in ways(screen)) == (number < 4)
        if number < 4:
            screen.follow(steps["next"])
    screen.open("queue", q="walk", status="open", sort="opened_at", page="2").open("ticket", id=str(tickets[3]))
    assert screen.data("steps")["previous"] == f"ticket?id={tickets[2]}"


def test_the_list_leads_on_after_an_outage(
    agent: Visitor, student: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticket_list, "PAGE_SIZE", 1)
    monkeypatch.setattr(list_position, "ASK_AGAIN_SECONDS", 0)
    tickets = [student.report("Walk past the outage.")["id"] for _ in range(3)]
    screen = see(agent, "queue", q="outage", sort="opened_at", page="2")
    with monkeypatch.context() as patch:
        patch.setattr(client.Api, "tickets", raising(refused(503)))
        steps = screen.open("ticket", id=str(tickets[1])).data("steps")
        assert steps == {"previous": None, "next": None}
    steps = screen.again().data("steps")
    assert steps == {"previous": f"ticket?id={tickets[0]}", "next": f"ticket?id={tickets[2]}"}


def test_a_ticket_of_no_list_leads_nowhere(agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("By its address.")["id"]
    assert see(agent, "ticket", id=str(ticket)).data("steps") == {"previous": None, "next": None}
    assert not see(student, "ticket", id=str(ticket)).has("steps")
    assert list_position.Neighbours() == list_position.Neighbours(None, None)


def test_what_else_the_requester_reported_is_for_staff(api: Api, agent: Visitor, admin: Visitor, see: Opener) -> None:
    rea = api.enter("student", "Rea Often")
    tickets = [rea.report(f"Problem {number}.")["id"] for number in range(8)]
    hidden = rea.report("For few.", is_confidential=True)["id"]
    here = str(tickets[3])
    for visitor, newest in ((agent, tickets[7]), (admin, hidden)):
        screen = see(visitor, "ticket", id=here)
        shown = [item["id"] for item in screen.data("ticket_links")["items"]]
        assert (len(shown), shown[0]) == (5, newest)
        assert tickets[3] not in shown
        number = 8 if visitor is agent else 9
        [link] = [one.proto for one in screen.app.get("page_link") if one.proto.label == f"All {number} tickets"]
        assert link.query_string == f"requester={rea.person_id}"
    assert "For few" not in see(agent, "ticket", id=here).words()
    assert not see(rea, "ticket", id=here).has("ticket_links")


def test_one_ticket_has_no_others(api: Api, agent: Visitor, see: Opener) -> None:
    ticket = api.enter("student", "Una Once").report("The only one.")["id"]
    assert not see(agent, "ticket", id=str(ticket)).has("ticket_links")


def test_an_administrator_deletes_after_reading_what_goes_along(
    api: Api, admin: Visitor, agent: Visitor, student: Visitor, see: Opener
) -> None:
    ticket = student.report("Not for this desk.")["id"]
    file = {"name": "a.txt", "type": "text/plain", "size": 1, "content_hash": bytes(32)}
    rows.add(api, Attachment, [file | {"ticket_id": ticket, "uploader_id": student.person_id}])
    student.say(ticket, "Hello?")
    agent.say(ticket, "Spam.", is_internal=True)
    assert "Delete" not in see(agent, "ticket", id=str(ticket)).labels()
    screen = see(admin, "queue", status="open").open("ticket", id=str(ticket)).press("Delete")
    assert "2 messages (1 internal note among them) and 1 line of history go with it" in screen.words()
    assert "and so do 1 file, its tags, its links and the time that was worked on it." in screen.words()
    screen.press("Keep it")
    assert agent.read(ticket)["id"] == ticket
    screen.press("Delete").press("Delete it for good")
    assert agent.get(f"/tickets/{ticket}").status_code == 404
    assert screen.data("go_to")["href"] == "queue?status=open"


def test_each_fact_stands_once_and_is_changed_in_its_place(agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("Facts.", room="2.14")
    agent.edit(ticket["id"], priority="high")
    named = {visitor: facts_of(see(visitor, "ticket", id=str(ticket["id"]))) for visitor in (agent, student)}
    assert named[agent] == ["Reported", "Last update", "Where"]
    assert named[student] == ["Reported", "Last update", "Where", "Category", "Handled by"]
    screen = see(student, "ticket", id=str(ticket["id"])).fire("ticket_card", "edit", ["building", "room", "assignee"])
    assert {field.label for field in screen.app.text_input} == {"Room"}
    key = f"edit_{ticket['id']}_{ticket['version'] + 1}"
    screen.app.text_input(key=f"{key}_room").set_value("3.1")
    screen.press("Save")
    assert student.read(ticket["id"])["room"] == "3.1"


def facts_of(screen: Screen) -> list[str]:
    return [fact["name"] for fact in screen.data("ticket_card")["facts"]]


def test_what_is_shown_of_a_timeline_is_chosen(api: Api, agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("Much happens.")["id"]
    student.say(ticket, "Public.")
    api.enter("agent", "Nora Note").say(ticket, "Internal.", is_internal=True)
    agent.edit(ticket, priority="high")
    screen = see(agent, "ticket", id=str(ticket))
    for show, shown in {
        "all": ["reported it", "Public.", "Internal.", "changed the priority"],
        "messages": ["Public."],
        "notes": ["Internal."],
        "changes": ["reported it", "changed the priority"],
    }.items():
        screen.fire("timeline", "show", show)
        entries = [entry.get("body") or entry["text"] for entry in screen.data("timeline")["entries"]]
        assert [text in entry for text, entry in zip(shown, entries, strict=True)] == [True] * len(shown)
        # What is on the screen is read. A note among the notes does not make read what is not shown beside it.
        public = [entry["id"] for entry in screen.data("timeline")["entries"] if entry.get("body") == "Public."]
        assert screen.data("timeline")["latest"] == (public[0] if public else 0)
    # It stays from one ticket to the next.
    screen.open("ticket", id=str(student.report("Another one.")["id"]))
    assert screen.data("timeline")["show"] == "changes"
    theirs = see(student, "ticket", id=str(ticket))
    assert [one["name"] for one in theirs.data("timeline")["filters"]] == ["all", "messages", "changes"]
    theirs.fire("timeline", "show", "notes")
    assert theirs.data("timeline")["show"] == "all"
    assert "Internal." not in theirs.words()


def test_a_move_and_its_stage_are_one_line(agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("Moves.")["id"]
    agent.move(ticket, "active")
    agent.edit(ticket, stage="pending")
    texts = [entry["text"] for entry in see(agent, "ticket", id=str(ticket)).data("timeline")["entries"]]
    assert texts[1:] == [
        f"{agent.name} changed the status from open to active, and moved it from To do to In progress",
        f"{agent.name} moved it from In progress to Pending",
    ]


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 6)), max_size=40),
    st.integers(1, 50),
)
def test_a_timeline_is_the_end_of_both_kinds_sorted(happened: list[tuple[bool, int]], limit: int) -> None:
    """Whatever shares a moment, and however much is shown: as if all had been sorted."""
    everything = [
        message(number, minute) if is_message else change(number, minute)
        for number, (is_message, minute) in enumerate(happened, 1)
    ]
    wanted = sorted(everything, key=position)
    messages = latest([one for one in wanted if isinstance(one, MessageRead)], limit)
    changes = latest([one for one in wanted if isinstance(one, TicketEventRead)], limit)
    found = merged(
        Page[MessageRead](items=messages[0], next_cursor=messages[1]),
        Page[TicketEventRead](items=changes[0], next_cursor=changes[1]),
        limit,
    )
    assert list(found.entries) == wanted[-limit:]
    assert found.has_earlier == (len(wanted) > limit)


def latest(items: list[Any], limit: int) -> tuple[list[Any], str | None]:
    """As the data API tells them: the latest first, and whether there are more."""
    return items[::-1][:limit], "more" if len(items) > limit else None


def message(number: int, minute: int) -> MessageRead:
    author = MessageAuthor(id=ADA.id, name=ADA.name, role=Role.AGENT, is_staff=True)
    said_at = NOON + timedelta(minutes=minute)
    return MessageRead(
        id=number, ticket_id=1, author=author, body="x", is_internal=False, reply_to=None, created_at=said_at
    )


def change(number: int, minute: int) -> TicketEventRead:
    at = NOON + timedelta(minutes=minute)
    return TicketEventRead(id=number, ticket_id=1, kind="room", from_value="1", to_value="2", actor=ADA, occurred_at=at)


def test_a_long_talk_is_read_page_by_page(api: Api, agent: Visitor, student: Visitor, see: Opener) -> None:
    """Beyond what one answer of the data API holds."""
    ticket = student.report("Long.")["id"]
    api.sql(
        "INSERT INTO message (ticket_id, author_id, author_role, body, is_internal, created_at) "
        "SELECT %s, %s, 'agent', 'Line ' || n, false, now() + n * interval '1 second' "
        "FROM generate_series(1, 260) AS n",
        ticket,
        agent.person_id,
    )
    screen = see(agent, "ticket", id=str(ticket))
    for number in range(1, 6):
        entries = screen.data("timeline")["entries"]
        assert len(entries) == 50 * number
        assert entries[-1]["body"] == "Line 260"
        screen.fire("timeline", "earlier", True)
    assert len(screen.data("timeline")["entries"]) == 261
    assert not screen.data("timeline")["has_earlier"]


def test_a_typed_name_that_mentions_nobody_is_asked_about_once(agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("Who is meant?")["id"]
    screen = see(agent, "ticket", id=str(ticket))
    send(screen, "@Mia and @Zacharias, look.")
    told = screen.data("composer")["problem"]["text"]
    assert told == (
        "@Zacharias mentions nobody: this ticket has no such reader whom you can mention. "
        "Correct it, or send it again as it is."
    )
    assert bodies(agent, ticket) == []
    send(screen, "@Mia and @Zacharias, look.")
    (message,) = agent.walk(f"/tickets/{ticket}/messages")
    assert [one["name"] for one in message["mentions"]] == ["Mia Rossi"]
