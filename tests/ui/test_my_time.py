"""The page of one's own time, week by week."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from streamlit_app.language.words import worked
from streamlit_app.server import live_updates, time_requests
from streamlit_app.server.cookies import cookie_name
from streamlit_app.tickets.my_week import monday_of, week_said
from tests.support.api import Api, Visitor, done
from tests.ui.conftest import Opener

DESK = "127.0.0.1:8501"
TODAY = datetime.now(UTC).date()


@pytest.fixture
def browser(_ui: None) -> Iterator[TestClient]:
    live_updates.http_client.cache_clear()
    with TestClient(Starlette(routes=time_requests.routes), base_url=f"http://{DESK}") as client:
        yield client
    live_updates.http_client.cache_clear()


def add(visitor: Visitor, ticket: int, minutes: int, day: date, note: str | None = None) -> None:
    entry = {"minutes": minutes, "day": day.isoformat(), "note": note}
    done(visitor.post(f"/tickets/{ticket}/time", json=entry), 201)


def test_a_week_by_ticket_and_day(api: Api, student: Visitor, see: Opener) -> None:
    agent, door, lift = api.enter("agent", "My week"), student.report("The *door*")["id"], student.report("Lift")["id"]
    monday = monday_of(TODAY) - timedelta(days=7)
    for ticket, minutes, day in ((door, 30, monday), (lift, 90, monday), (door, 45, monday + timedelta(days=6))):
        add(agent, ticket, minutes, day, "On site")
    add(agent, door, 5, TODAY)
    screen = see(agent, "my_time", week=(monday + timedelta(days=3)).isoformat())
    week = screen.data("time_week")
    assert week["total"] == "2 h 45 min"
    assert [(one["link"]["number"], one["link"]["title"], one["total"]) for one in week["rows"]] == [
        (f"#{lift}", "Lift", "1 h 30 min"),
        (f"#{door}", "The *door*", "1 h 15 min"),
    ]
    assert week["rows"][1]["cells"] == ["30 min", *[""] * 5, "45 min"]
    assert [day["total"] for day in week["days"]] == ["2 h", *[""] * 5, "45 min"]
    assert {entry["note"] for day in week["days"] for entry in day["entries"]} == {"On site"}
    assert see(agent, "my_time").data("time_week")["total"] == "5 min"


@pytest.mark.parametrize("week", ["soon", "9999-12-31", "0001-01-01", ""])
def test_an_empty_week_says_how_time_gets_there(api: Api, see: Opener, week: str) -> None:
    screen = see(api.enter("agent", f"Empty {week}"), "my_time", week=week)
    assert "start its timer" in screen.words()
    assert not screen.has("time_week")


def test_paused_timers_are_listed(api: Api, student: Visitor, see: Opener) -> None:
    agent, ticket = api.enter("agent", "Paused"), student.report("The lamp")["id"]
    for action in ("start", "pause"):
        done(agent.post(f"/tickets/{ticket}/timer", json={"action": action}))
    (link,) = see(agent, "my_time").data("ticket_links")["items"]
    assert (link["id"], link["title"]) == (ticket, "The lamp")


def test_a_forgotten_timer_is_asked_about(api: Api, student: Visitor, see: Opener) -> None:
    agent, ticket = api.enter("agent", "Forgot"), student.report("The lamp")["id"]
    add(agent, ticket, 720, TODAY)
    api.sql("UPDATE time_entry SET stopped_because = 'limit', is_unconfirmed = true WHERE ticket_id = %s", ticket)
    screen = see(agent, "my_time")
    (link,) = screen.data("ticket_links", "forgotten_timers")["items"]
    assert (link["id"], link["chip"]["text"]) == (ticket, "12 h")
    (day,) = [day for day in screen.data("time_week")["days"] if day["entries"]]
    assert day["entries"][0]["why"] == "Its timer was stopped because it ran too long: it may be wrong."


def test_a_team_by_person_and_one_person_by_ticket(api: Api, student: Visitor, see: Opener) -> None:
    manager, lamp = api.enter("manager", "Reads weeks"), student.report("The *lamp*")["id"]
    zoe, monday = api.enter("agent", "Zoe *Team*"), monday_of(TODAY) - timedelta(days=7)
    add(zoe, lamp, 30, monday, "On site")
    add(manager, lamp, 45, monday + timedelta(days=1))
    done(api.enter("admin").post("/teams", json={"name": "Lamps"}), 201)
    api.sql("UPDATE person SET team_id = (SELECT id FROM team WHERE slug = 'lamps') WHERE id = %s", zoe.person_id)
    screen = see(manager, "team_time", week=monday.isoformat())
    week = screen.data("time_week")
    rows = {row["link"]["title"]: (row["cells"][:2], row["total"]) for row in week["rows"]}
    assert rows["Zoe *Team*"] == (["30 min", ""], "30 min")
    assert rows["Reads weeks"] == (["", "45 min"], "45 min")
    assert not week["lists_days"]
    screen.app.selectbox(key="time_team").set_value("lamps").run()
    week = screen.checked().data("time_week")
    assert ([row["link"]["title"] for row in week["rows"]], week["total"]) == (["Zoe *Team*"], "30 min")
    assert screen.app.query_params == {"week": monday.isoformat(), "team": "lamps"}
    screen = see(manager, "team_time", week=monday.isoformat(), person=str(zoe.person_id))
    assert [row["link"]["title"] for row in screen.data("time_week")["rows"]] == ["The *lamp*"]
    assert "no time" in see(manager, "team_time", person=str(zoe.person_id)).words()


def test_the_timer_is_on_the_pages_of_staff_only(api: Api, student: Visitor, see: Opener) -> None:
    ticket = student.report("A chair")["id"]
    staff = see(api.enter("agent", "Has a timer"), "ticket", id=str(ticket))
    assert staff.has("timer")
    assert staff.data("ticket_time")["ticket"] == ticket
    requester = see(student, "ticket", id=str(ticket))
    assert not requester.has("timer")
    assert not requester.has("ticket_time")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("timer", 200),
        ("tickets/0", 404),
        (f"tickets/{10**9}/changes", 404),
        (f"tickets/{'9' * 5_000}", 404),
        # It becomes three times as long on its way to the data API.
        (f"tickets/1?cursor={'!' * 30_000}", 414),
    ],
    ids=lambda given: str(given)[:20],
)
def test_the_browser_asks_for_time(browser: TestClient, api: Api, path: str, status: int) -> None:
    assert browser.get("/time/timer").status_code == 401
    assert (
        browser.get("/time/timer", headers=[(b"cookie", cookie_name(DESK).encode() + b"=caf\xe9")]).status_code == 401
    )
    browser.cookies.set(cookie_name(DESK), api.enter("agent", "Has a timer").token)
    assert browser.get(f"/time/{path}").status_code == status


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1, "1 min"), (89, "1 min"), (90, "2 min"), (3_570, "1 h"), (5_400, "1 h 30 min"), (3_600_000, "1,000 h")],
)
def test_time_in_words(seconds: int, said: str) -> None:
    assert worked(seconds) == said


def test_a_week_in_words() -> None:
    assert week_said(date(2026, 11, 30)) == "30 Nov – 6 Dec 2026"
    assert week_said(date(2025, 12, 29)) == "29 Dec 2025 – 4 Jan 2026"
