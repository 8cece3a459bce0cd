"""Canned replies: who keeps them, what is offered for a ticket and in which order, and what counts as a use."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Connection

from contracts.canned_replies import Language, Placeholder, fill
from data_api.background.cleanup import ADD_UP_USES
from data_api.canned_replies.answer_repository import Words
from data_api.canned_replies.answers import most_similar
from data_api.canned_replies.language_repository import language_of
from data_api.kit.database import make_engine
from tests.support import rows
from tests.support.api import Api, Visitor, done

NUMBERS = count(1)
GERMAN = "Der Drucker im zweiten Stock druckt nicht mehr, und wir haben morgen eine Prüfung."


@pytest.fixture(scope="module")
def manager(api: Api) -> Visitor:
    return api.enter("manager", "Mo Lead")


@pytest.fixture(scope="module")
def admin(api: Api) -> Visitor:
    return api.enter("admin", "Lia List")


@pytest.fixture(scope="module")
def connection(api: Api) -> Iterator[Connection]:
    engine = make_engine(api.database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture(autouse=True)
def _without_others(api: Api) -> None:
    api.sql("DELETE FROM canned_reply")


def add(manager: Visitor, title: str, text: str = "Hello {requester}.", **fields: Any) -> dict[str, Any]:
    return done(manager.post("/canned-replies", json={"title": title, "text": text, **fields}), 201)


def offered(agent: Visitor, ticket: int, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = done(agent.get(f"/tickets/{ticket}/canned-replies", params=query))["items"]
    return items


def titles(agent: Visitor, ticket: int, **query: Any) -> list[str]:
    return [one["title"] for one in offered(agent, ticket, **query)]


def listed(agent: Visitor, **query: Any) -> list[str]:
    return [one["title"] for one in agent.walk("/canned-replies", **query)]


def send(agent: Visitor, ticket: int, reply: int) -> Any:
    return agent.post(f"/tickets/{ticket}/messages", json={"body": "Hello.", "canned_reply_id": reply})


@pytest.mark.parametrize(
    ("text", "values", "filled", "missing"),
    [
        ("Hi {requester}, {number}", {"requester": "Mia", "number": "7"}, "Hi Mia, 7", []),
        ("{building}: {agent}", {"agent": "Ada", "building": None}, "{building}: Ada", ["building"]),
        ("{requester}", {"requester": "{agent}", "agent": "Ada"}, "{agent}", []),
        ('{"key": 1} {} {other}', {"agent": "Ada"}, '{"key": 1} {} {other}', []),
    ],
    ids=["values", "one without a value", "a name like a placeholder", "other braces"],
)
def test_placeholders_are_filled_in_once(text: str, values: Any, filled: str, missing: list[str]) -> None:
    assert fill(text, {Placeholder(name): value for name, value in values.items()}) == (filled, missing)


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"text": "Hello {requestor} and {agent}"}, "body.text", "{requestor}"),
        ({"text": "   "}, "body.text", ""),
        ({"text": "x" * 20_001}, "body.text", ""),
        ({"shortcut": "two words"}, "body.shortcut", "one word"),
        ({"shortcut": "a/b"}, "body.shortcut", "one word"),
        ({"language": "xx"}, "body.language", ""),
        ({"team": "nobodys"}, "body.team", "nobodys"),
    ],
)
def test_what_cannot_be_kept_is_named(manager: Visitor, fields: dict[str, Any], field: str, says: str) -> None:
    answer = manager.post("/canned-replies", json={"title": "Hi", "text": "Hi", **fields})
    assert answer.status_code == 422
    (fault,) = answer.json()["fields"]
    assert (fault["name"], says in fault["message"]) == (field, True)


def test_a_reply_is_kept_found_changed_archived_and_deleted(manager: Visitor, agent: Visitor, student: Visitor) -> None:
    reply = add(manager, "Password reset", "Choose {agent} a new one.", shortcut="PW", language="en")
    assert (reply["shortcut"], reply["uses"], reply["created_by"]["name"]) == ("pw", 0, "Mo Lead")
    add(manager, "Wi-Fi")
    at = f"/canned-replies/{reply['id']}"
    assert agent.get(at).json() == reply
    assert listed(agent) == listed(agent, limit=1) == ["Password reset", "Wi-Fi"]
    assert [listed(agent, q=q) for q in ("p", "new choo", "wi", "nothing", "%")] == [
        *(["Password reset"], ["Password reset"], ["Wi-Fi"], [], [])
    ]
    assert [listed(agent, language=one) for one in ("en", "de")] == [["Password reset"], []]
    for visitor in (agent, student):
        assert visitor.post("/canned-replies", json={"title": "x", "text": "x"}).status_code == 403
        assert visitor.patch(at, json={"version": 1, "title": "Mine"}).status_code == 403
        assert visitor.delete(at).status_code == 403
    assert student.get("/canned-replies").status_code == 403

    taken = manager.post("/canned-replies", json={"title": "Other", "text": "x", "shortcut": "pw"})
    assert (taken.status_code, taken.json()["error"]) == (409, "ShortcutTaken")
    changed = done(manager.patch(at, json={"version": 1, "title": "New password", "language": None}))
    assert (changed["title"], changed["language"], changed["shortcut"], changed["version"]) == (
        *("New password", None, "pw"),
        2,
    )
    stale = manager.patch(at, json={"version": 1, "title": "Late"})
    assert (stale.status_code, stale.json()["current"]) == (409, changed)
    assert manager.patch(at, json={"version": 2, "text": "{Agent}"}).status_code == 422

    ticket = student.report()["id"]
    done(manager.patch(at, json={"version": 2, "is_archived": True}))
    assert titles(agent, ticket) == ["Wi-Fi"]
    assert listed(agent, is_archived="true") == ["New password"]
    second = add(manager, "Second", shortcut="pw")
    refused = manager.patch(at, json={"version": 3, "is_archived": False})
    assert refused.json()["error"] == "ShortcutTaken"
    done(manager.delete(f"/canned-replies/{second['id']}"), 204)
    done(manager.patch(at, json={"version": 3, "is_archived": False}))
    done(manager.delete(at), 204)
    assert manager.get(at).status_code == 404


def test_what_fits_the_ticket_comes_first_and_is_filled_in(
    api: Api, manager: Visitor, agent: Visitor, student: Visitor
) -> None:
    number = next(NUMBERS)
    mine, its = (rows.team(api, f"{name} {number}") for name in ("Mine", "Its"))
    rows.team(api, f"Other {number}")
    api.sql("UPDATE person SET team_id = %s WHERE id = %s", mine, agent.person_id)
    for title, fields in {
        "any": {},
        "german": {"language": "de"},
        "english": {"language": "en"},
        "my team": {"team": f"mine-{number}"},
        "its team": {"team": f"its-{number}", "text": "{number} {agent} {building}", "shortcut": "its"},
        "another team": {"team": f"other-{number}"},
    }.items():
        add(manager, title, **{"text": "Hello {requester}.", **fields})
    ticket = student.report(GERMAN)["id"]
    assert titles(agent, ticket) == ["my team", "german", "any", "english"]
    assert titles(agent, student.report("The printer on the second floor is out of order.")["id"])[1] == "english"
    api.sql("UPDATE ticket SET team_id = %s WHERE id = %s", its, ticket)
    first, second = offered(agent, ticket, limit=2)
    assert (first["text"], first["missing"]) == (f"{ticket} {agent.name} {{building}}", ["building"])
    assert (second["title"], second["text"]) == ("my team", f"Hello {student.name}.")
    assert titles(agent, ticket, q="IT") == ["its team"], "by its shortcut, and words of the title"
    assert titles(agent, ticket, q="nothing") == []
    api.sql("UPDATE person SET team_id = NULL WHERE id = %s", agent.person_id)
    assert "my team" not in titles(agent, ticket)


def test_only_who_may_read_the_ticket_and_works_on_tickets_is_offered_anything(
    manager: Visitor, agent: Visitor, student: Visitor, admin: Visitor
) -> None:
    add(manager, "any")
    ticket = student.report("It is secret.", is_confidential=True)["id"]
    for part in ("canned-replies", "similar-answers"):
        answers = [visitor.get(f"/tickets/{ticket}/{part}").status_code for visitor in (student, agent, admin)]
        assert answers == [403, 404, 200], part


def test_each_message_counts_as_a_use_and_the_most_used_comes_first(
    api: Api, connection: Connection, manager: Visitor, agent: Visitor, student: Visitor
) -> None:
    ids = {title: add(manager, title)["id"] for title in ("a", "b", "c")}
    ticket = student.report()["id"]
    assert send(student, ticket, ids["c"]).status_code == 403
    refused = send(agent, ticket, 10**9)
    assert (refused.status_code, refused.json()["fields"][0]["name"]) == (422, "body.canned_reply_id")
    for title in ("b", "c", "c"):
        assert "canned_reply_id" not in done(send(agent, ticket, ids[title]), 201)
    api.sql("INSERT INTO canned_reply_use (canned_reply_id, uses, used_at) VALUES (%s, 9, '2020-01-01')", ids["a"])
    assert titles(agent, ticket) == ["c", "b", "a"], "of late"

    def uses() -> list[int]:
        return [one["uses"] for one in agent.walk("/canned-replies")]

    before = (uses(), agent.get(f"/canned-replies/{ids['c']}").json()["last_used_at"])
    connection.execute(ADD_UP_USES)
    assert (uses(), agent.get(f"/canned-replies/{ids['c']}").json()["last_used_at"]) == before
    assert before[0] == [9, 1, 2]
    assert api.sql("SELECT count(*) FROM canned_reply_use") == [(3,)]


def test_a_team_that_goes_leaves_its_replies_to_everybody(manager: Visitor, agent: Visitor, student: Visitor) -> None:
    team = done(manager.post("/teams", json={"name": f"Passing {next(NUMBERS)}"}), 201)["slug"]
    reply = add(manager, "theirs", team=team)
    assert listed(agent, team=team) == ["theirs"]
    done(manager.delete(f"/teams/{team}"), 204)
    assert agent.get(f"/canned-replies/{reply['id']}").json()["team"] is None
    assert listed(agent, team="none") == titles(agent, student.report()["id"]) == ["theirs"]


def test_answers_of_similar_closed_tickets_are_offered_and_nothing_said_in_confidence(
    api: Api, agent: Visitor, student: Visitor, admin: Visitor
) -> None:
    def solved(text: str, answer: str, **fields: Any) -> int:
        ticket = int(student.report(text, **fields)["id"])
        (admin if fields else agent).say(ticket, answer)
        (admin if fields else agent).say(ticket, f"A note: {answer}", is_internal=True)
        rows.message(api, ticket, agent.person_id, body="")  # files alone
        student.say(ticket, "Thank you!")
        student.move(ticket, "closed")
        api.sql("UPDATE ticket SET category_id = 1 WHERE id = %s", ticket)
        return ticket

    for number in range(3):
        solved(f"The chair number {number} creaks.", "Oiled.")
    near = solved("The espresso machine leaks in the kitchenette.", "The seal was replaced.")
    api.sql(
        "INSERT INTO message (ticket_id, author_id, author_role, body) VALUES (%s, %s, 'agent', '')",
        *(near, agent.person_id),
    )  # of files alone
    solved("The espresso machine leaks badly, and I am ashamed.", "Nobody is told.", is_confidential=True)
    ticket = student.report("The espresso machine leaks again.")["id"]
    api.sql("UPDATE ticket SET category_id = 1 WHERE id = %s", ticket)
    for visitor in (agent, admin):
        (found,) = done(visitor.get(f"/tickets/{ticket}/similar-answers"))["items"]
        assert (found["ticket_id"], found["text"]) == (near, "The seal was replaced.")
    agent.move(near, "active")
    assert done(agent.get(f"/tickets/{ticket}/similar-answers"))["items"] == []


@pytest.mark.parametrize(
    ("has", "nearest"),
    [
        ([], []),
        ([(1, [False, False])], []),
        ([(1, [True, False]), (2, [True, True]), (3, [True, False])], [2]),
        ([(1, [True, True]), (2, [True, True])], [1, 2]),
    ],
    ids=["nothing", "no word", "the rare word counts", "in their order"],
)
def test_rare_words_make_tickets_similar(has: list[tuple[int, list[bool]]], nearest: list[int]) -> None:
    assert most_similar([Words(ticket, words) for ticket, words in has]) == nearest


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (GERMAN, Language.DE),
        ("The heating in my room does not work since yesterday.", Language.EN),
        ("Le chauffage de la salle ne marche pas depuis hier.", Language.FR),
        ("WLAN 802.1x eduroam", None),
        ("", None),
    ],
)
def test_the_language_of_a_text(connection: Connection, text: str, language: Language | None) -> None:
    assert language_of(connection, text) is language
