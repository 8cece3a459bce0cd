"""Live updates: events reach the browser, only its own page's, only while the token is good."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from streamlit_app.server import live_updates, presence
from streamlit_app.server.cookies import fingerprint
from streamlit_app.server.security import Gate
from tests.support.api import Api, Visitor

DESK = "http://127.0.0.1:8501"


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    with relayed(monkeypatch) as client:
        yield client


@contextmanager
def relayed(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """Where the live updates are carried; it counts at once, as there is no flood here."""
    for pause in ("COUNT_AFTER_SECONDS", "COUNT_PAUSE_SECONDS"):
        monkeypatch.setattr(live_updates, pause, 0.05)
    live_updates.http_client.cache_clear()
    with TestClient(Starlette(routes=live_updates.routes, middleware=[Middleware(Gate)]), base_url=DESK) as client:
        yield client
    live_updates.http_client.cache_clear()


@contextmanager
def line(browser: TestClient, visitor: Visitor | None, origin: str = DESK) -> Iterator[WebSocketTestSession]:
    cookies = {"Cookie": f"lodge_session_8501={visitor.token}"} if visitor else {}
    with browser.websocket_connect("ws://127.0.0.1:8501/live", headers={"Origin": origin, **cookies}) as session:
        yield session


def next_event(session: WebSocketTestSession, **wanted: Any) -> dict[str, Any]:
    """The first frame that has these values; the test's time-out ends a wait in vain."""
    while True:
        frame: dict[str, Any] = json.loads(session.receive_text())
        if wanted.items() <= frame.items():
            return frame


def first_count(session: WebSocketTestSession) -> int:
    """Events of what was done before the line opened may come first."""
    while "unread" not in (frame := json.loads(session.receive_text())):
        pass
    return int(frame["unread"])


def code_at_the_end(session: WebSocketTestSession) -> int:
    """What the line is closed with, whatever is still told before."""
    try:
        while True:
            session.receive_text()
    except WebSocketDisconnect as ended:
        return ended.code


def unread(session: WebSocketTestSession, tickets: int) -> None:
    assert next_event(session, unread=tickets)["unread"] == tickets


def test_a_message_is_told_and_counted(browser: TestClient, agent: Visitor, student: Visitor) -> None:
    ticket = student.report("Listen to this.")
    with line(browser, student) as session:
        before = first_count(session)
        message = agent.say(ticket["id"], "We come.")

        assert next_event(session, kind="message")["ticket_id"] == ticket["id"]
        unread(session, before + 1)
        session.send_text(json.dumps({"read": ticket["id"], "latest": message["id"]}))
        unread(session, before)


def test_the_line_ends_with_the_token(browser: TestClient, api: Any) -> None:
    visitor = api.enter("agent", "Leaves Soon")
    with line(browser, visitor) as session:
        first_count(session)
        visitor.delete("/sessions/current")

        assert code_at_the_end(session) == live_updates.NOT_ENTERED
    with line(browser, visitor) as session:
        assert code_at_the_end(session) == live_updates.NOT_ENTERED


def test_the_line_of_somebody_who_may_do_something_else_begins_anew(browser: TestClient, api: Any) -> None:
    visitor = api.enter("student", "Is Promoted")
    with line(browser, visitor) as session:
        first_count(session)
        before = live_updates.subscription_of(visitor.token)
        api.sql("UPDATE person SET roles = '{agent}' WHERE id = %s", visitor.person_id)

        assert code_at_the_end(session) == live_updates.TRY_AGAIN
    with line(browser, visitor) as session:
        first_count(session)
        after = live_updates.subscription_of(visitor.token)
    assert before
    assert after
    assert before.began_at < after.began_at


def test_a_page_learns_whose_cookie_the_browser_has(browser: TestClient, agent: Visitor, student: Visitor) -> None:
    told = []
    for visitor in (agent, student, agent):
        with line(browser, visitor) as session:
            told.append(json.loads(session.receive_text()))
    assert told == [{"session": fingerprint(visitor.token)} for visitor in (agent, student, agent)]
    assert told[0] != told[1]


def test_strangers_hear_nothing(browser: TestClient) -> None:
    with line(browser, None) as session:
        assert code_at_the_end(session) == live_updates.NOT_ENTERED


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:9999", "null"])
def test_pages_of_other_sites_get_no_line(browser: TestClient, student: Visitor, origin: str) -> None:
    with pytest.raises(WebSocketDisconnect), line(browser, student, origin) as session:
        session.receive_text()


@pytest.mark.parametrize(
    "said",
    [
        "",
        "nonsense",
        '{"read": 1}',
        '{"read": 0, "latest": 1}',
        '{"read": 1, "latest": 2, "more": 3}',
        '{"read": "' + "9" * 30 + '", "latest": 1}',
        '{"looking": 0}',
        '{"looking": "' + "9" * 30 + '"}',
        '{"looking": 1, "is_writing": true, "name": "Somebody else"}',
    ],
)
def test_nonsense_from_the_browser_ends_the_line(browser: TestClient, student: Visitor, said: str) -> None:
    with line(browser, student) as session:
        session.send_text(said)

        assert code_at_the_end(session) == live_updates.NOT_ALLOWED


def look(session: WebSocketTestSession, ticket: int | None, *, is_writing: bool = False) -> None:
    session.send_text(json.dumps({"looking": ticket, "is_writing": is_writing}))


def wait_for_present(session: WebSocketTestSession, ticket: int, *people: tuple[str, bool]) -> None:
    """Until these are told to be at the ticket. After news of it the tab says again what it shows, as a browser
    does."""
    while (frame := json.loads(session.receive_text())) != at(ticket, *people):
        if frame.get("ticket_id", 0) in (None, ticket):
            look(session, ticket)


def at(ticket: int, *people: tuple[str, bool]) -> dict[str, Any]:
    return {"ticket": ticket, "present": [{"name": name, "is_writing": writes} for name, writes in people]}


@pytest.fixture
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "SHORTEST_PAUSE_SECONDS", 0.0)


@pytest.mark.usefixtures("_no_pause")
def test_staff_at_a_ticket_hear_of_each_other_until_they_leave(
    browser: TestClient, api: Api, agent: Visitor, student: Visitor
) -> None:
    ticket, ben = student.report("Who looks?")["id"], api.enter("agent", "Ben Ito")
    with line(browser, agent) as first:
        look(first, ticket)
        wait_for_present(first, ticket)
        with line(browser, ben) as second, line(browser, ben) as third:
            look(second, ticket)
            wait_for_present(second, ticket, (agent.name, False))
            wait_for_present(first, ticket, ("Ben Ito", False))
            look(third, ticket, is_writing=True)
            wait_for_present(first, ticket, ("Ben Ito", True))
            look(third, None)
            wait_for_present(first, ticket, ("Ben Ito", False))
            look(first, ticket, is_writing=True)
            wait_for_present(second, ticket, (agent.name, True))
        wait_for_present(first, ticket)


@pytest.mark.usefixtures("_no_pause")
def test_tabs_of_one_person_at_a_ticket_ask_once_whether_they_may_read_it(
    browser: TestClient, agent: Visitor, student: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And all of them learn it, also where they ask at the same moment."""
    ticket, mark = (student.report("Two tabs.")["id"] for _ in range(2))
    asked: list[int] = []
    ask = live_updates.Subscription._ask_whether_readable

    async def counted(self: live_updates.Subscription, ticket_id: int) -> bool:
        asked.append(ticket_id)
        return await ask(self, ticket_id)

    monkeypatch.setattr(live_updates.Subscription, "_ask_whether_readable", counted)
    with line(browser, agent) as first, line(browser, agent) as second:
        for session in (first, second):
            first_count(session)
        agent.say(mark, "After all that is told of the reports.")
        for session in (first, second):
            until_message(session, mark)
        for session in (first, second):
            look(session, ticket)
        for session in (first, second):
            wait_for_present(session, ticket)
            look(session, ticket, is_writing=True)
            wait_for_present(session, ticket)
    assert asked == [ticket]


@pytest.mark.usefixtures("_no_pause")
def test_who_says_nothing_for_seconds_is_forgotten(
    browser: TestClient, api: Api, agent: Visitor, student: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, ben = student.report("Who looks?")["id"], api.enter("agent", "Ben Ito")
    with line(browser, agent) as first, line(browser, ben) as second:
        look(first, ticket)
        wait_for_present(first, ticket)
        monkeypatch.setattr(presence, "FORGOTTEN_AFTER_SECONDS", 0.05)
        look(second, ticket)
        wait_for_present(first, ticket, ("Ben Ito", False))
        wait_for_present(first, ticket)


@pytest.mark.usefixtures("_no_pause")
def test_nobody_is_present_for_students_nor_where_they_may_not_read(
    browser: TestClient, api: Api, agent: Visitor, admin: Visitor, student: Visitor
) -> None:
    """Neither told of nor told: a student at their own ticket, and staff at a confidential one that is not theirs."""
    shared, hidden = student.report("All see this.")["id"], student.report("Few do.", is_confidential=True)["id"]
    other = api.enter("admin", "Omar Admin")
    with line(browser, student) as theirs, line(browser, agent) as outside, line(browser, admin) as inside:
        for session, ticket in ((theirs, shared), (outside, hidden)):
            look(session, ticket)
            first_count(session)
        look(inside, hidden)
        wait_for_present(inside, hidden)
        with line(browser, other) as second:
            look(second, hidden)
            wait_for_present(inside, hidden, ("Omar Admin", False))
            look(inside, shared)
            wait_for_present(inside, shared)
        agent.say(shared, "The last.")
        for session in (theirs, outside):
            assert not [frame for frame in until_message(session, shared) if "present" in frame]


def until_message(session: WebSocketTestSession, ticket: int) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = []
    while not frames or (frames[-1].get("kind"), frames[-1].get("ticket_id")) != ("message", ticket):
        frames.append(json.loads(session.receive_text()))
    return frames


@pytest.mark.usefixtures("_no_pause")
def test_who_may_no_longer_read_is_told_nothing_more(
    browser: TestClient, api: Api, agent: Visitor, admin: Visitor, student: Visitor
) -> None:
    ticket, mark = (student.report("Soon for few.")["id"] for _ in range(2))
    with line(browser, agent) as outside, line(browser, admin) as inside:
        look(outside, ticket)
        wait_for_present(outside, ticket)
        admin.edit(ticket, is_confidential=True)
        next_event(outside, kind="ticket", ticket_id=ticket)
        look(inside, ticket)
        wait_for_present(inside, ticket, (agent.name, False))
        look(outside, ticket)
        agent.say(mark, "The last.")
        assert not [frame for frame in until_message(outside, mark) if "present" in frame]


def test_what_is_said_too_often_is_ignored(
    browser: TestClient, api: Api, agent: Visitor, student: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = [student.report("Which?")["id"] for _ in range(3)]
    monkeypatch.setattr(presence, "SHORTEST_PAUSE_SECONDS", 3600.0)
    with line(browser, agent) as session:
        look(session, tickets[0])
        wait_for_present(session, tickets[0])
        for ticket in tickets[1:]:
            look(session, ticket)
        agent.say(tickets[0], "The last.")
        assert not [frame for frame in until_message(session, tickets[0]) if "present" in frame]
