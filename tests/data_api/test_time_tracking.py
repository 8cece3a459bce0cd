"""Time on tickets over the API: who may what, what is refused, what is logged, and who hears of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.support.api import Api, Visitor, done
from tests.support.live import listen_from

TODAY = datetime.now(UTC).date()


@pytest.fixture
def ticket(student: Visitor) -> int:
    number: int = student.report()["id"]
    return number


def timer(visitor: Visitor, ticket_id: int, action: str, status: int = 200, **wish: Any) -> dict[str, Any]:
    return done(visitor.post(f"/tickets/{ticket_id}/timer", json={"action": action, **wish}), status)


def add(visitor: Visitor, ticket_id: int, minutes: int = 30, day: date = TODAY, **fields: Any) -> dict[str, Any]:
    entry = {"minutes": minutes, "day": day.isoformat(), **fields}
    return done(visitor.post(f"/tickets/{ticket_id}/time", json=entry), 201)


def time_of(visitor: Visitor, ticket_id: int) -> dict[str, Any]:
    return done(visitor.get(f"/tickets/{ticket_id}/time"))


def began(api: Api, visitor: Visitor, ago: str) -> None:
    """The visitor's running timer was started so long ago."""
    api.sql(
        "UPDATE timer SET last_started_at = clock_timestamp() - %s::interval WHERE person_id = %s AND is_running",
        ago,
        visitor.person_id,
    )


def test_a_timer_goes_from_start_to_entry(api: Api, ticket: int) -> None:
    agent = api.enter("agent", "Timed")
    started = timer(agent, ticket, "start")
    assert (started["timer"]["is_running"], started["paused"], started["entry"]) == (True, None, None)
    began(api, agent, "90 seconds")
    assert timer(agent, ticket, "start")["timer"]["seconds"] == 90, "it is running already"
    paused = timer(agent, ticket, "pause")["timer"]
    assert (paused["is_running"], paused["seconds"]) == (False, 90)
    assert timer(agent, ticket, "pause")["timer"] == paused
    timer(agent, ticket, "start")
    began(api, agent, "45 seconds")
    entry = timer(agent, ticket, "stop", note=" On site ")["entry"]
    assert (entry["seconds"], entry["minutes"], entry["note"], entry["is_timed"]) == (135, 2, "On site", True)
    assert timer(agent, ticket, "stop", 409)["error"] == "NoTimer"
    assert [one["id"] for one in time_of(agent, ticket)["items"]] == [entry["id"]]


def test_a_start_pauses_the_timer_of_another_ticket_and_says_so(api: Api, student: Visitor, ticket: int) -> None:
    agent, other = api.enter("agent", "On two"), student.report("The door is stuck.")["id"]
    timer(agent, ticket, "start")
    began(api, agent, "10 minutes")
    paused = timer(agent, other, "start")["paused"]
    assert (paused["ticket_id"], paused["is_running"], paused["seconds"]) == (ticket, False, 600)
    mine = done(agent.get("/me/timer"))
    assert mine["running"]["ticket_id"] == other
    assert [one["ticket_title"] for one in mine["paused"]] == ["The lift is stuck."]


def test_a_timer_survives_signing_out(api: Api, ticket: int) -> None:
    agent = api.enter("agent", "Leaves")
    timer(agent, ticket, "start")
    agent.delete("/sessions/current")
    assert done(api.enter("agent", "Leaves").get("/me/timer"))["running"]["ticket_id"] == ticket


def test_a_long_timer_is_never_cut_unless_its_owner_says_so(api: Api, ticket: int) -> None:
    agent = api.enter("agent", "Forgot")
    timer(agent, ticket, "start")
    began(api, agent, "30 hours")
    assert done(agent.get("/me/timer"))["running"]["is_long"]
    kept = timer(agent, ticket, "stop")["entry"]
    assert kept["seconds"] >= 30 * 3600
    zone = ZoneInfo(done(agent.get("/desk"))["timezone"])
    assert kept["day"] == (datetime.now(zone) - timedelta(hours=30)).date().isoformat(), "the day of its start"
    timer(agent, ticket, "start")
    began(api, agent, "9 hours")
    assert "body.minutes" in str(timer(agent, ticket, "stop", 422, minutes=541)["fields"])
    timer(agent, ticket, "pause", 422, minutes=75)
    assert timer(agent, ticket, "stop", minutes=75)["entry"]["seconds"] == 75 * 60
    (change,) = done(agent.get(f"/tickets/{ticket}/time/changes"))["items"]
    assert change["from_seconds"] >= 9 * 3600
    assert change["to_seconds"] == 75 * 60


@pytest.mark.parametrize("action", ["start", "pause"])
@pytest.mark.parametrize("sent", [{"minutes": 5}, {"note": "On site"}], ids=str)
def test_only_a_stop_takes_minutes_and_a_note(agent: Visitor, ticket: int, action: str, sent: dict[str, Any]) -> None:
    timer(agent, ticket, action, 422, **sent)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("minutes", 0),
        ("minutes", 1441),
        ("day", (TODAY + timedelta(days=2)).isoformat()),
        ("day", (TODAY - timedelta(days=400)).isoformat()),
        ("note", "x" * 501),
    ],
)
def test_an_entry_is_bounded(agent: Visitor, ticket: int, field: str, value: Any) -> None:
    entry = {"minutes": 5, "day": TODAY.isoformat()}
    refused = done(agent.post(f"/tickets/{ticket}/time", json=entry | {field: value}), 422)
    assert [one["name"] for one in refused["fields"]] == [f"body.{field}"]
    own = add(agent, ticket)
    refused = done(agent.patch(f"/time/{own['id']}", json={"version": 1, field: value}), 422)
    assert [one["name"] for one in refused["fields"]] == [f"body.{field}"]


def test_what_is_corrected_is_logged(api: Api, ticket: int) -> None:
    agent, manager, other = (
        api.enter(role, name) for role, name in (("agent", "Own"), ("manager", "Boss"), ("agent", "Else"))
    )
    entry = add(agent, ticket, 30, note="By telephone")
    at = f"/time/{entry['id']}"
    assert done(other.patch(at, json={"version": 1, "minutes": 1}), 403)["error"] == "NotPermitted"
    assert done(other.delete(at), 403)["error"] == "NotPermitted"
    assert not time_of(other, ticket)["items"][0]["may_change"]
    same = done(agent.patch(at, json={"version": 1, "minutes": 30, "note": "By telephone"}))
    assert same["version"] == 1, "nothing was changed"
    corrected = done(agent.patch(at, json={"version": 1, "minutes": 40, "note": None}))
    assert (corrected["minutes"], corrected["note"], corrected["version"]) == (40, None, 2)
    stale = done(manager.patch(at, json={"version": 1, "minutes": 1}), 409)
    assert (stale["error"], stale["current"]["minutes"]) == ("StaleVersion", 40)
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    done(manager.patch(at, json={"version": 2, "day": yesterday}))
    done(manager.delete(at), 204)
    done(manager.delete(at), 404)
    told = [
        (one["actor"]["name"], one["person"]["name"], one["from_seconds"], one["to_seconds"], one["to_day"])
        for one in agent.walk(f"/tickets/{ticket}/time/changes", limit=2)
    ]
    assert told == [
        ("Boss", "Own", 2400, None, None),
        ("Boss", "Own", 2400, 2400, yesterday),
        ("Own", "Own", 1800, 2400, TODAY.isoformat()),
    ]
    assert (time_of(agent, ticket)["seconds"], time_of(agent, ticket)["items"]) == (0, [])


def test_minutes_that_were_only_read_leave_the_seconds(api: Api, ticket: int) -> None:
    agent = api.enter("agent", "Exact")
    timer(agent, ticket, "start")
    began(api, agent, "95 seconds")
    entry = timer(agent, ticket, "stop")["entry"]
    kept = done(agent.patch(f"/time/{entry['id']}", json={"version": 1, "minutes": entry["minutes"], "note": "x"}))
    assert (kept["seconds"], kept["version"]) == (95, 2)


def test_the_totals_of_a_ticket(api: Api, ticket: int) -> None:
    ada, omar = api.enter("agent", "Ada Total"), api.enter("manager", "Omar Total")
    for visitor, minutes in ((ada, 10), (omar, 50), (ada, 5)):
        add(visitor, ticket, minutes)
    timer(omar, ticket, "start")
    found = time_of(ada, ticket)
    assert found["seconds"] == 65 * 60
    assert [(one["person"]["name"], one["seconds"], one["entries"]) for one in found["people"]] == [
        ("Omar Total", 3000, 1),
        ("Ada Total", 900, 2),
    ]
    assert (found["timer"], [one["name"] for one in found["running"]]) == (None, ["Omar Total"])
    api.sql("UPDATE person SET deactivated_at = now() WHERE id = %s", omar.person_id)
    assert time_of(ada, ticket)["running"] == [], "whoever is gone works no more"
    days = [TODAY - timedelta(days=number) for number in range(5)]
    for day in days[1:]:
        add(ada, ticket, 1, day)
    walked = ada.walk(f"/tickets/{ticket}/time", limit=2)
    assert [one["day"] for one in walked] == sorted((one["day"] for one in walked), reverse=True)
    assert len({one["id"] for one in walked}) == 7


def test_my_time_is_mine_across_tickets(api: Api, student: Visitor, ticket: int) -> None:
    ada, other = api.enter("agent", "Ada Week"), student.report("The door is stuck.")["id"]
    add(api.enter("agent", "Not Ada"), ticket)
    for number in range(4):
        add(ada, (ticket, other)[number % 2], 10 + number, TODAY - timedelta(days=number))
    first = (TODAY - timedelta(days=2)).isoformat()
    asked = {"from": first, "to": TODAY.isoformat()}
    mine = done(ada.get("/me/time", params=asked))
    assert [(one["minutes"], one["ticket_id"]) for one in mine["items"]] == [(10, ticket), (11, other), (12, ticket)]
    assert (mine["seconds"], mine["first"], len(mine["days"])) == (33 * 60, first, 3)
    assert [one["id"] for one in ada.walk("/me/time", **asked, limit=1)] == [one["id"] for one in mine["items"]]
    assert len(done(ada.get("/me/time"))["items"]) == 4, "the last seven days"
    for wrong in ({"from": "2026-02-02", "to": "2026-02-01"}, {"from": "2020-01-01", "to": "2026-01-01"}):
        assert done(ada.get("/me/time", params=wrong), 422)["fields"][0]["name"] == "query.from"
    assert done(ada.get("/me/time", params={"to": "0001-01-01"}))["items"] == []


def test_time_is_as_confidential_as_its_ticket(api: Api, student: Visitor, ticket: int) -> None:
    named, admin, other = api.enter("agent", "Named"), api.enter("admin", "Chief"), api.enter("agent", "Unnamed")
    own, theirs = add(named, ticket), add(other, ticket)
    timer(other, ticket, "start")
    done(named.patch(f"/tickets/{ticket}", json={"version": 1, "is_confidential": True, "assignee": named.person_id}))
    assert {one["id"] for one in time_of(admin, ticket)["items"]} == {own["id"], theirs["id"]}
    for path in (f"/tickets/{ticket}/time", f"/tickets/{ticket}/time/changes"):
        done(other.get(path), 404)
        done(student.get(path), 403)
    done(other.patch(f"/time/{own['id']}", json={"version": 1, "minutes": 1}), 404)
    done(other.delete(f"/time/{own['id']}"), 404)
    assert done(other.get("/me/timer"))["running"]["ticket_title"] is None
    assert [one["ticket_title"] for one in done(other.get("/me/time"))["items"]] == [None]
    timer(other, ticket, "start", 404)
    assert timer(other, ticket, "stop")["entry"]["ticket_id"] == ticket, "their time is not lost"
    timer(other, ticket, "stop", 404)
    done(other.patch(f"/time/{theirs['id']}", json={"version": 1, "minutes": 1}))
    timer(other, 10**9, "start", 404)


def test_what_is_sent_again_is_done_once(agent: Visitor, ticket: int) -> None:
    def again(path: str, body: dict[str, Any], key: str) -> list[Any]:
        return [
            agent.post(f"/tickets/{ticket}/{path}", json=body, headers={"Idempotency-Key": key}).json()
            for _ in range(2)
        ]

    first, second = again("time", {"minutes": 5, "day": TODAY.isoformat()}, f"add-{ticket}")
    assert first == second
    again("timer", {"action": "start"}, f"start-{ticket}")
    first, second = again("timer", {"action": "stop"}, f"stop-{ticket}")
    assert first["entry"] == second["entry"]
    assert len(time_of(agent, ticket)["items"]) == 2


def test_a_deleted_ticket_takes_its_time_with_it(api: Api, admin: Visitor, agent: Visitor, ticket: int) -> None:
    entry = add(agent, ticket)
    done(agent.patch(f"/time/{entry['id']}", json={"version": 1, "minutes": 1}))
    timer(agent, ticket, "start")
    done(admin.delete(f"/tickets/{ticket}"), 204)
    assert (ticket,) not in api.sql(
        "SELECT ticket_id FROM timer UNION SELECT ticket_id FROM time_entry "
        "UNION SELECT ticket_id FROM time_entry_change"
    )
    assert done(agent.get("/me/timer"))["running"] is None


def test_staff_hear_of_time_and_only_its_owner_of_a_timer(api: Api, student: Visitor, ticket: int) -> None:
    ada, omar = api.enter("agent", "Ada Hears"), api.enter("agent", "Omar Hears")
    mark = student.report()["id"]
    own, others, requester = listen_from(mark, ada, ada, omar, student)
    timer(ada, ticket, "start")
    entry = timer(ada, ticket, "stop")["entry"]
    done(ada.delete(f"/time/{entry['id']}"), 204)
    streams, heard = (own, others, requester), []
    # What is committed together may arrive after the message; it comes before the second one then.
    for _ in range(2):
        ada.say(mark)
        heard.append([stream.before_message_under(mark) for stream in streams])
    found = [
        {kind for kind, number in first + second if number == ticket} for first, second in zip(*heard, strict=True)
    ]
    assert found == [{"timer", "time"}, {"time"}, set()]


def test_managers_have_the_permission_in_their_row(api: Api) -> None:
    """The migration gives it to desks that are older than it."""
    assert api.sql("SELECT 'time:manage' = ANY (permissions) FROM role WHERE slug = 'manager'") == [(True,)]
