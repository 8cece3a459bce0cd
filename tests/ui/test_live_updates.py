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

from streamlit_app.server import live_updates
from streamlit_app.server.cookies import fingerprint
from streamlit_app.server.security import Gate
from tests.support.api import Visitor

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
    ],
)
def test_nonsense_from_the_browser_ends_the_line(browser: TestClient, student: Visitor, said: str) -> None:
    with line(browser, student) as session:
        session.send_text(said)

        assert code_at_the_end(session) == live_updates.NOT_ALLOWED
