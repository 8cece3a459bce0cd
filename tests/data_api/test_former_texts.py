"""Former titles and descriptions: kept, told to those whom they concern, taken back, and blanked for good."""

from typing import Any

import httpx
import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from contracts.tickets import TicketRead
from tests.support import rows
from tests.support.api import Api, Visitor, done
from tests.support.live import listen_from
from warehouse.tables import TICKET_EVENT, Definition

SECRET = "Vombatus"


def texts(visitor: Visitor, ticket_id: int) -> list[dict[str, Any]]:
    """The changes of the title and the description, as somebody sees them."""
    return [one for one in visitor.walk(f"/tickets/{ticket_id}/history") if one["kind"] in ("title", "description")]


def told(visitor: Visitor, ticket_id: int) -> list[tuple[str | None, str | None]]:
    return [(one["from"], one["to"]) for one in texts(visitor, ticket_id)]


def take_back(visitor: Visitor, ticket_id: int, event_id: int, version: int) -> httpx.Response:
    return visitor.post(f"/tickets/{ticket_id}/history/{event_id}/take-back", json={"version": version})


def blank(visitor: Visitor, ticket_id: int, event_id: int) -> httpx.Response:
    return visitor.post(f"/tickets/{ticket_id}/history/{event_id}/blank")


def test_each_change_tells_what_was_and_what_came(api: Api, student: Visitor, other_student: Visitor) -> None:
    """To staff, the requester, and of each change whoever made it: nobody else."""
    changer, agent = api.enter("student", "Chan Ger"), api.enter("agent", "Loo King")
    ticket_id = student.report("The lift is stuck", title="Lift")["id"]
    changer.edit(ticket_id, title="Lift, main library", description="It is stuck between two floors")
    student.edit(ticket_id, title="Lift stuck")
    first = ("Lift", "Lift, main library"), ("The lift is stuck", "It is stuck between two floors")
    everything = {*first, ("Lift, main library", "Lift stuck")}
    assert set(told(student, ticket_id)) == set(told(agent, ticket_id)) == everything
    assert set(told(changer, ticket_id)) == {*first, (None, None)}
    assert set(told(other_student, ticket_id)) == {(None, None)}
    assert {one["kind"] for one in texts(other_student, ticket_id)} == {"title", "description"}


def test_the_history_is_told_from_either_end(student: Visitor) -> None:
    ticket_id = student.report()["id"]
    for title in ("One", "Two", "Three"):
        student.edit(ticket_id, title=title)
    forward = student.walk(f"/tickets/{ticket_id}/history", limit=2)
    assert student.walk(f"/tickets/{ticket_id}/history", limit=2, sort="-occurred_at") == forward[::-1]
    assert [(one["from"], one["to"]) for one in forward[2:]] == [("One", "Two"), ("Two", "Three")]


def test_a_page_of_long_texts_holds_fewer_lines(api: Api, student: Visitor) -> None:
    """From either end, nothing is left out or told twice."""
    ticket_id = student.report("x", title="Lift")["id"]
    rows.long_former_texts(api, ticket_id, 10)
    path = f"/tickets/{ticket_id}/history"
    page = done(student.get(path, params={"limit": 200}))
    assert page["next_cursor"]
    size = sum(len(one[end].encode()) for one in page["items"] for end in ("from", "to") if one[end])
    assert 1_000_000 <= size < 1_200_000
    forward = student.walk(path, limit=200)
    assert student.walk(path, limit=200, sort="-occurred_at") == forward[::-1]
    assert [one["from"][-2:] for one in forward[1:]] == [str(n) for n in range(10, 20)]
    assert [one["to"][-2:] for one in forward[1:]] == [*(str(n) for n in range(11, 20)), "x"]


def test_what_is_not_told_is_told_apart_from_what_is_not_kept(
    api: Api, student: Visitor, other_student: Visitor, agent: Visitor
) -> None:
    ticket_id = student.report(title="Lift")["id"]
    agent.edit(ticket_id, title="Changed")
    api.sql("UPDATE ticket_event SET from_value = NULL, actor_id = NULL WHERE ticket_id = %s", ticket_id)
    seen = [texts(visitor, ticket_id)[0] for visitor in (student, agent, other_student)]
    assert [(one["from"], one["to"], one["is_told"]) for one in seen] == [
        (None, "Changed", True),
        (None, "Changed", True),
        (None, None, False),
    ]


# -- taking back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["student", "agent"])
def test_staff_and_the_requester_take_a_change_back(
    request: pytest.FixtureRequest, student: Visitor, other_student: Visitor, who: str
) -> None:
    """An edit like any other: the version grows, and the history tells it."""
    visitor: Visitor = request.getfixturevalue(who)
    ticket_id = student.report("The lift is stuck", title="Lift")["id"]
    other_student.edit(ticket_id, description="Buy my bicycle")
    [change] = texts(visitor, ticket_id)
    assert "take-back" in change["allowed"]
    ticket = done(take_back(visitor, ticket_id, change["id"], 2))
    assert (ticket["description"], ticket["title"], ticket["version"]) == ("The lift is stuck", "Lift", 3)
    [before, now] = texts(visitor, ticket_id)
    assert (now["from"], now["to"], now["actor"]["id"]) == ("Buy my bicycle", "The lift is stuck", visitor.person_id)
    assert "take-back" not in before["allowed"], "it stands there already"
    # So the mistake of a click is taken back too.
    assert done(take_back(visitor, ticket_id, now["id"], 3))["description"] == "Buy my bicycle"


def test_nobody_else_takes_back_with_a_click(student: Visitor, other_student: Visitor) -> None:
    """They may edit it by hand, as everybody who reads it."""
    ticket_id = student.report(title="Lift")["id"]
    other_student.edit(ticket_id, title="My own change")
    [change] = texts(other_student, ticket_id)
    assert (change["from"], change["allowed"]) == ("Lift", [])
    assert take_back(other_student, ticket_id, change["id"], 2).status_code == 403
    assert student.read(ticket_id)["title"] == "My own change"


def test_what_somebody_changed_meanwhile_is_not_taken_back(student: Visitor, other_student: Visitor) -> None:
    ticket_id = student.report(title="Lift")["id"]
    other_student.edit(ticket_id, title="Spoiled")
    [change] = texts(student, ticket_id)
    now = other_student.edit(ticket_id, title="Better")
    answer = take_back(student, ticket_id, change["id"], 2)
    assert (answer.status_code, answer.json()["error"]) == (409, "StaleVersion")
    assert answer.json()["current"]["title"] == student.read(ticket_id)["title"] == now["title"]


def test_a_closed_ticket_is_taken_back_by_staff_alone(student: Visitor, agent: Visitor) -> None:
    ticket_id = student.report(title="Lift")["id"]
    student.edit(ticket_id, title="Spoiled")
    version = student.move(ticket_id, "closed")["version"]
    [change] = texts(student, ticket_id)
    assert (change["from"], change["allowed"]) == ("Lift", [])
    assert take_back(student, ticket_id, change["id"], version).json()["error"] == "TicketAlreadyClosed"
    assert done(take_back(agent, ticket_id, change["id"], version))["title"] == "Lift"


def test_only_changes_of_this_tickets_texts_are_taken_back(student: Visitor, agent: Visitor) -> None:
    ticket_id, other = student.report(title="Lift")["id"], student.report(title="Other")["id"]
    student.edit(other, title="Changed")
    [opened] = agent.walk(f"/tickets/{ticket_id}/history")
    for event_id in (opened["id"], texts(agent, other)[0]["id"], 987_654_321):
        for answer in (take_back(agent, ticket_id, event_id, 1), blank(agent, ticket_id, event_id)):
            assert (answer.status_code, answer.json()["error"]) == (404, "NoSuchChange")


def test_what_was_changed_before_texts_were_kept_is_told_so(api: Api, student: Visitor, agent: Visitor) -> None:
    ticket_id = student.report(title="Lift")["id"]
    agent.edit(ticket_id, title="Changed")
    api.sql("UPDATE ticket_event SET from_value = NULL WHERE ticket_id = %s", ticket_id)
    [change] = texts(agent, ticket_id)
    assert (change["from"], change["to"], change["blanked_at"], change["allowed"]) == (None, "Changed", None, [])
    for answer in (take_back(agent, ticket_id, change["id"], 2), blank(agent, ticket_id, change["id"])):
        assert (answer.status_code, answer.json()["error"]) == (409, "TextNotKept")


# -- blanking ------------------------------------------------------------------------------------------------------


def test_what_staff_blank_is_gone_everywhere(api: Api, student: Visitor, agent: Visitor) -> None:
    """The line stays and tells who did it. The text was put back once and so was kept twice; it had been learned."""
    key = {"Idempotency-Key": "a-secret"}
    report = {"description": f"My doctor {SECRET} says that I am ill", "title": "Ill"}
    ticket_id = done(student.post("/tickets", json=report, headers=key), 201)["id"]
    agent.edit(ticket_id, category="technical-it")
    student.edit(ticket_id, description="I am away")
    student.edit(ticket_id, description=report["description"])
    student.edit(ticket_id, description="I am away")
    first, _, third = texts(agent, ticket_id)
    assert "blank" in third["allowed"]
    assert "blank" not in texts(student, ticket_id)[0]["allowed"]
    assert blank(student, ticket_id, third["id"]).status_code == 403
    read = done(blank(agent, ticket_id, third["id"]))
    assert (read["from"], read["to"], read["allowed"]) == (None, "I am away", [])
    for visitor in (student, agent):
        lines = texts(visitor, ticket_id)
        assert [(one["from"], one["to"]) for one in lines] == [
            (None, "I am away"),
            ("I am away", None),
            (None, "I am away"),
        ]
        assert [one["blanked_by"] and one["blanked_by"]["name"] for one in lines] == [agent.name, None, agent.name]
    assert take_back(agent, ticket_id, first["id"], 5).json()["error"] == "TextNotKept"
    assert agent.read(ticket_id)["version"] == 5, "no edit: whoever edits meanwhile loses nothing"
    assert tables_with(api, SECRET) == []
    assert agent.list_ids(q=SECRET) == []


def test_a_title_drawn_from_a_blanked_description_goes_with_it(api: Api, student: Visitor, agent: Visitor) -> None:
    words = f"My doctor {SECRET} says this: " + "I am ill and " * 10
    ticket_id = student.report(f"{words}\nPlease help.")["id"]
    student.edit(ticket_id, title="Another", description="Another")
    student.edit(ticket_id, title="A third")
    [described] = [one for one in texts(agent, ticket_id) if one["kind"] == "description"]
    done(blank(agent, ticket_id, described["id"]))
    left = [(one["kind"], one["from"]) for one in texts(agent, ticket_id)]
    assert sorted(left, key=str) == [("description", None), ("title", "Another"), ("title", None)]
    assert tables_with(api, SECRET) == []


def tables_with(api: Api, word: str) -> list[str]:
    """The tables in which any column of any row holds it."""
    with psycopg.connect(api.database_url) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        holds = SQL("SELECT EXISTS (SELECT FROM {0} WHERE {0}::text ILIKE %s)")
        return [
            name
            for (name,) in names
            if connection.execute(holds.format(Identifier(name)), [f"%{word}%"]).fetchone() == (True,)
        ]


def test_a_kept_text_is_in_the_history_alone_and_goes_with_the_ticket(
    api: Api, student: Visitor, admin: Visitor
) -> None:
    ticket_id = student.report(f"My doctor {SECRET} says that I am ill")["id"]
    student.edit(ticket_id, title="Away", description="I am away")
    assert tables_with(api, SECRET) == ["ticket_event"]
    admin.delete(f"/tickets/{ticket_id}")
    assert tables_with(api, SECRET) == []


def test_the_replica_never_holds_one(api: Api, student: Visitor) -> None:
    ticket_id = student.report(title=SECRET)["id"]
    student.edit(ticket_id, title="Another")
    chosen = SQL("SELECT to_jsonb(copied)::text FROM (SELECT {} FROM ticket_event WHERE ticket_id = %s) AS copied")
    columns = SQL(Definition("UTC", with_text=True).selection(TICKET_EVENT))
    with psycopg.connect(api.database_url) as connection:
        rows = connection.execute(chosen.format(columns), [ticket_id]).fetchall()
    assert len(rows) == 2
    assert SECRET not in str(rows)


def test_who_looks_at_a_blanked_text_hears_of_it(student: Visitor, agent: Visitor) -> None:
    ticket_id, mark = student.report(title=SECRET)["id"], student.report()["id"]
    student.edit(ticket_id, title="Another")
    [change] = texts(agent, ticket_id)
    (stream,) = listen_from(mark, agent, student)
    done(blank(agent, ticket_id, change["id"]))
    agent.say(mark)
    assert stream.before_message_under(mark) == [("ticket", ticket_id)]


def test_what_a_stale_edit_is_told_holds_no_former_text(student: Visitor, agent: Visitor) -> None:
    ticket_id = student.report(title=SECRET)["id"]
    agent.edit(ticket_id, title="Another")
    [change] = texts(agent, ticket_id)
    current = take_back(student, ticket_id, change["id"], 1).json()["current"]
    assert TicketRead.model_validate(current).title == "Another"
    assert SECRET not in str(current)
