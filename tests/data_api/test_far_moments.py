"""Moments that nobody can compute with, or that have not come yet: nothing fails for them, they come last in every
list, and nothing counts what has not happened."""

from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.tickets import TicketSort
from tests.support.api import Api, Visitor, done
from tests.support.far_moments import FAR, TOO_EARLY, TOO_LATE, add_far_moments
from tests.support.live import listen_from
from tests.support.population import populate
from tests.support.suggestions import similar_to

CREDIBLE = "BETWEEN '1970-01-02Z' AND now()"


@pytest.fixture(scope="module")
def far(api: Api, student: Visitor, agent: Visitor) -> dict[str, int]:
    """Beside a campus of ordinary tickets."""
    populate(api, 40)
    return add_far_moments(api, student.person_id, agent.person_id)


@pytest.fixture(scope="module")
def ranked(api: Api, far: dict[str, int]) -> dict[str, list[int]]:
    """The numbers of all tickets in each order, as one plain query sorts them."""
    found = {}
    for sort in TicketSort:
        name = sort.removeprefix("-").replace("last_word", "last_message_at")
        way = "DESC" if sort.startswith("-") else "ASC"
        moment = name if name.endswith("_at") else "opened_at"
        first = [] if name == moment else [f"{name} {way}"]
        credible = f"{moment} {CREDIBLE}"
        part = f"CASE WHEN {moment} IS NULL THEN 2 WHEN {credible} THEN 1 ELSE 3 END"
        columns = [part, *first, f"CASE WHEN {credible} THEN {moment} END {way}", f"id {way}"]
        rows = api.sql(f"SELECT id FROM ticket ORDER BY {', '.join(columns)}")
        found[sort.value] = [id_ for (id_,) in rows]
    return found


@pytest.mark.parametrize("query", [{}, {"tag": "far"}, {"q": "heating"}, {"q": "heat cold"}], ids=str)
@pytest.mark.parametrize("sort", list(TicketSort))
def test_every_list_holds_them_at_its_end(
    admin: Visitor, ranked: dict[str, list[int]], sort: str, query: dict[str, str]
) -> None:
    page = done(admin.get("/tickets", params={**query, "sort": sort, "limit": 200}))
    whole = [ticket["id"] for ticket in page["items"]]
    listed = set(whole)
    assert whole == [id_ for id_ in ranked[sort] if id_ in listed]
    assert page["total"] == len(whole) == (len(ranked[sort]) if "q" not in query else len(listed))
    assert len(listed) >= 3 * len(FAR)
    assert [ticket["id"] for ticket in admin.walk("/tickets", **query, sort=sort, limit=3)] == whole


@pytest.mark.parametrize(
    "query", [{"status": "open"}, {"status": "closed"}, {"assignee": "me"}, {"closed_after": "2026"}]
)
def test_filtered_too(agent: Visitor, student: Visitor, far: dict[str, int], query: dict[str, str]) -> None:
    for visitor in (agent, student):
        whole = visitor.walk("/tickets", **query, limit=200)
        assert visitor.walk("/tickets", **query, limit=4) == whole


@pytest.mark.parametrize("kind", ["opened", "closed", "said"])
@pytest.mark.parametrize("moment", FAR)
def test_each_is_read_and_worked_on(
    api: Api, agent: Visitor, student: Visitor, far: dict[str, int], kind: str, moment: str
) -> None:
    number = far[f"{kind} {moment}"]
    told = student.read(number)[f"{'closed' if kind == 'closed' else 'opened' if kind == 'opened' else 'modified'}_at"]
    if moment in TOO_LATE[:-1]:
        assert told.startswith("9999-12-30")
    if moment in TOO_EARLY[1:]:
        assert told.startswith("0001-01-0")
    with_it = agent.edit(number, room="12", priority="high")
    assert with_it["room"] == "12"
    (stored,) = api.sql(
        "SELECT count(*) FROM ticket WHERE id = %s AND (opened_at = %s OR closed_at = %s OR first_response_at = %s)",
        number,
        moment,
        moment,
        moment,
    )
    assert stored == (1,), "what is stored stays as it is"


@pytest.mark.parametrize(("part", "sorts"), [("history", [None]), ("messages", ["created_at", "-created_at"])])
def test_what_was_said_and_done_then_is_walked_whole(
    api: Api, agent: Visitor, far: dict[str, int], part: str, sorts: list[str | None]
) -> None:
    number = far["said infinity"]
    table, moment = ("ticket_event", "occurred_at") if part == "history" else ("message", "created_at")
    rows = api.sql(f"SELECT id FROM {table} WHERE ticket_id = %s ORDER BY {moment}, id", number)
    for sort in sorts:
        query: dict[str, Any] = {"sort": sort} if sort else {}
        for limit in (1, 2, 50):
            found = [each["id"] for each in agent.walk(f"/tickets/{number}/{part}", **query, limit=limit)]
            wanted = [id_ for (id_,) in rows]
            assert found == (wanted[::-1] if sort == "-created_at" else wanted)


def test_the_overview_counts_what_has_happened(api: Api, agent: Visitor, admin: Visitor, far: dict[str, int]) -> None:
    for visitor in (agent, admin):
        now = done(visitor.get("/overview"))
        readable = (
            "true" if visitor is admin else f"NOT is_confidential OR {agent.person_id} IN (requester_id, assignee_id)"
        )
        readable = f"({readable} OR id IN (SELECT ticket_id FROM ticket_watcher WHERE person_id = {visitor.person_id}))"
        for name, condition in {
            "open": "status = 'open' AND opened_at <= now()",
            "active": "status = 'active' AND opened_at <= now()",
            "unassigned": "status <> 'closed' AND assignee_id IS NULL AND opened_at <= now()",
            "waits_for_desk": "waits_for = 'desk' AND opened_at <= now()",
            "waits_for_requester": "waits_for = 'requester' AND opened_at <= now()",
            "closed_today": "closed_at BETWEEN date_trunc('day', now(), 'UTC') AND now()",
        }.items():
            ((expected,),) = api.sql(f"SELECT count(*) FROM ticket WHERE {condition} AND {readable}")
            assert now[name] == expected, name
        latest = [*now["recent_events"], *now["latest_messages"]]
        latest = [one.get("occurred_at") or one["created_at"] for one in now["recent_events"] + now["latest_messages"]]
        assert datetime.now(UTC) > max(map(datetime.fromisoformat, latest))


def test_what_is_to_come_is_no_news(student: Visitor, agent: Visitor, far: dict[str, int]) -> None:
    assert done(student.get("/me/unread"))["tickets"] == 0


def test_what_is_to_come_is_not_offered_as_the_same_problem(api: Api, agent: Visitor, student: Visitor) -> None:
    words = "The lift in the canteen is stuck between two floors."
    number = agent.report(words)["id"]
    assert [one["id"] for one in similar_to(agent, words)] == [number]
    for moment in ("2062-05-04 10:00Z", "infinity"):
        api.sql("UPDATE ticket SET opened_at = %s WHERE id = %s", moment, number)
        api.sql("UPDATE ticket_vector SET opened_at = %s WHERE ticket_id = %s", moment, number)
        assert similar_to(agent, words) == []


def test_live_events_tell_of_them_as_of_others(api: Api, agent: Visitor, admin: Visitor, far: dict[str, int]) -> None:
    """They would begin anew at each change of such a ticket, for everybody, and name no ticket."""
    mark = agent.report()["id"]
    (stream,) = listen_from(mark, agent, admin)
    numbers = [far[f"closed {moment}"] for moment in FAR]
    for number in numbers:
        admin.edit(number, room="by the lake")
    agent.say(mark)
    assert stream.before_message_under(mark) == [("ticket", number) for number in numbers]


def test_a_sign_in_without_an_end_hears_them(api: Api, agent: Visitor) -> None:
    visitor = api.enter("admin", "Endless")
    api.sql("UPDATE session_token SET expires_at = 'infinity' WHERE person_id = %s", visitor.person_id)
    mark, number = agent.report()["id"], agent.report()["id"]
    (stream,) = listen_from(mark, agent, visitor)
    agent.edit(number, room="12")
    api.enter("student").delete("/sessions/current")  # whoever hears is looked at again
    agent.say(mark)
    assert stream.before_message_under(mark) == [("ticket", number)]
