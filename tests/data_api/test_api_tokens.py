"""API tokens: they do what they were made for, and nothing that leads to more."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from contracts.people import Permission
from tests.support.api import Api, Visitor, done, running_api
from tests.support.live import listen
from tests.support.passwords import OTHER, PASSWORD, add_password, add_person, make_token, password_desk, signed_in


@pytest.fixture(scope="module")
def desk(module_database_url: str) -> Iterator[Api]:
    with password_desk(module_database_url) as api:
        yield api


@pytest.fixture(scope="module")
def agent(desk: Api) -> Visitor:
    return signed_in(desk, "ada", "agent")


@pytest.fixture(scope="module")
def admin(desk: Api) -> Visitor:
    return signed_in(desk, "ines", "admin")


def test_a_token_is_told_once_and_kept_as_a_hash(desk: Api, agent: Visitor) -> None:
    made = make_token(agent, "tickets:report", "tickets:read-all", days=7)
    assert made["token"].startswith("lodge_")
    ends_in = datetime.fromisoformat(made["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=6) < ends_in <= timedelta(days=7)
    listed = next(one for one in agent.walk("/me/tokens") if one["id"] == made["id"])
    assert listed == {name: value for name, value in made.items() if name != "token"}
    assert not desk.sql("SELECT 1 FROM session_token WHERE session_token::text LIKE %s", f"%{made['token']}%")


def test_a_token_does_what_it_was_made_for(desk: Api, agent: Visitor) -> None:
    script = desk.with_token(agent, make_token(agent, "tickets:report")["token"])
    me = done(script.get("/me"))
    assert (me["person"]["id"], me["permissions"]) == (agent.person_id, ["tickets:report"])
    assert script.report()["requester"]["id"] == agent.person_id
    others = agent.report()["id"]
    desk.sql("UPDATE ticket SET requester_id = %s WHERE id = %s", add_person(desk, "somebody"), others)
    assert (agent.get(f"/tickets/{others}").status_code, script.get(f"/tickets/{others}").status_code) == (200, 404)
    assert script.get("/people").status_code == 403


def test_a_token_loses_what_its_person_loses(desk: Api) -> None:
    person = signed_in(desk, "demoted", "agent")
    script = desk.with_token(person, make_token(person, "tickets:report", "people:read")["token"])
    assert script.get("/people").status_code == 200
    desk.sql("UPDATE person SET roles = '{student}' WHERE id = %s", person.person_id)
    assert script.get("/people").status_code == 403
    assert done(script.get("/me"))["permissions"] == ["tickets:report"]


@pytest.mark.parametrize("permission", sorted(set(Permission) - {"tickets:report", "tickets:read-shared"}))
def test_nobody_gives_a_token_more_than_they_have(desk: Api, permission: str) -> None:
    known = desk.sql("SELECT 1 FROM credential WHERE username = 'mia'")
    student = desk.sign_in("mia", PASSWORD) if known else signed_in(desk, "mia")
    answer = student.post("/me/tokens", json={"name": "x", "permissions": ["tickets:report", permission]})
    assert answer.status_code == 403
    assert permission in answer.json()["detail"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"permissions": []},
        {"permissions": ["everything"]},
        {"name": ""},
        {"name": "x" * 101},
        {"days": 0},
        {"days": 366},
        {"expires_at": "2099-01-01"},
    ],
)
def test_a_wrong_wish_is_refused(agent: Visitor, wrong: dict[str, object]) -> None:
    assert agent.post("/me/tokens", json={"name": "x", "permissions": ["tickets:report"], **wrong}).status_code == 422


FORBIDDEN = [
    ("POST", "/me/tokens", {"name": "x", "permissions": ["tickets:report"]}),
    ("GET", "/me/tokens", None),
    ("DELETE", "/me/tokens/1", None),
    ("GET", "/me/sessions", None),
    ("DELETE", "/me/sessions", None),
    ("DELETE", "/me/sessions/1", None),
    ("PUT", "/me/password", {"old": PASSWORD, "new": OTHER}),
    ("POST", "/people/1/invitation", None),
    ("POST", "/people/invitations", {"people": [1]}),
    ("POST", "/people/1/sessions/end", None),
    ("GET", "/people/1/tokens", None),
    ("DELETE", "/people/1/tokens/1", None),
]


@pytest.mark.parametrize(("method", "path", "body"), FORBIDDEN)
def test_a_token_leads_to_no_more(
    desk: Api, admin: Visitor, method: str, path: str, body: dict[str, object] | None
) -> None:
    """Not even with all permissions of an administrator."""
    script = desk.with_token(admin, make_token(admin, *Permission, name="All")["token"])
    answer = script.request(method, path, json=body)
    assert (answer.status_code, answer.json()["error"]) == (403, "NotPermitted")


def test_a_token_ends_when_it_expires_or_is_revoked(desk: Api, agent: Visitor) -> None:
    revoked, expired = (make_token(agent, "tickets:report") for _ in range(2))
    assert agent.delete(f"/me/tokens/{revoked['id']}").status_code == 204
    assert agent.delete(f"/me/tokens/{revoked['id']}").status_code == 404
    desk.sql("UPDATE session_token SET expires_at = now() WHERE id = %s", expired["id"])
    for token in (revoked, expired):
        assert desk.with_token(agent, token["token"]).get("/me").status_code == 401
    assert not {revoked["id"], expired["id"]} & {one["id"] for one in agent.walk("/me/tokens")}


def test_a_token_stays_when_its_person_signs_out_and_changes_the_password(desk: Api) -> None:
    person = signed_in(desk, "scripted")
    script = desk.with_token(person, make_token(person, "tickets:report")["token"])
    done(person.put("/me/password", json={"old": PASSWORD, "new": OTHER}), 204)
    done(person.delete("/sessions/current"), 204)
    assert script.get("/me").status_code == 200


def test_a_request_that_is_sent_again_makes_one_token(desk: Api, agent: Visitor) -> None:
    """Its first answer never arrived: only the secret of the second is valid."""
    wish, key = {"name": "Twice", "permissions": ["tickets:report"]}, {"Idempotency-Key": "twice"}
    first, second = (done(agent.post("/me/tokens", json=wish, headers=key), 201) for _ in range(2))
    assert first["id"] == second["id"]
    codes = [desk.with_token(agent, one["token"]).get("/me").status_code for one in (first, second)]
    assert codes == [401, 200]


def test_a_token_ends_when_its_person_is_deactivated_and_stays_ended(desk: Api, admin: Visitor) -> None:
    person = signed_in(desk, "leaving", "agent")
    script = desk.with_token(person, make_token(person, "tickets:report")["token"])
    at = f"/people/{person.person_id}"
    done(admin.post(f"{at}/deactivate"))
    assert (script.get("/me").status_code, person.get("/me").status_code) == (401, 401)
    assert desk.post("/sessions", json={"username": "leaving", "password": PASSWORD}).status_code == 401
    done(admin.post(f"{at}/reactivate"))
    assert script.get("/me").status_code == 401
    assert desk.sign_in("leaving", PASSWORD).get("/me").status_code == 200


def test_a_token_is_refused_while_nobody_signs_in_as_it_was_made(database_url: str) -> None:
    """Whoever chose a role could make one for anybody."""
    with running_api(database_url) as api:
        chose = api.enter("admin", "Ines Lima")
        by_choice = api.with_token(chose, make_token(chose, "tickets:report")["token"])
        assert by_choice.get("/me").status_code == 200
        add_password(api, chose.person_id, "ines")
    with password_desk(database_url) as api:
        ines = api.sign_in("ines", PASSWORD)
        by_password = api.with_token(ines, make_token(ines, "tickets:report")["token"])
        codes = [api.with_token(ines, one.token).get("/me").status_code for one in (by_choice, by_password)]
        assert codes == [401, 200]
    with running_api(database_url) as api:
        codes = [api.with_token(ines, one.token).get("/me").status_code for one in (by_choice, by_password)]
        assert codes == [200, 401]


def test_nobody_has_more_than_fifty(desk: Api) -> None:
    person = signed_in(desk, "collector")
    copy = (
        "INSERT INTO session_token (token_hash, person_id, name, permissions, expires_at) "
        "SELECT int8send(n), %s, 'x', '{tickets:report}', now() + interval '1 day' FROM generate_series(1, 50) n"
    )
    desk.sql(copy, person.person_id)
    answer = person.post("/me/tokens", json={"name": "x", "permissions": ["tickets:report"]})
    assert (answer.status_code, answer.json()["error"]) == (409, "TooManyTokens")
    assert len(person.walk("/me/tokens", limit=7)) == 50


def test_whoever_manages_people_sees_and_revokes_their_tokens(desk: Api, admin: Visitor) -> None:
    manager, person = signed_in(desk, "omar", "manager"), signed_in(desk, "with a token", "agent")
    made = make_token(person, "tickets:report")
    at = f"/people/{person.person_id}/tokens"
    assert [one["id"] for one in manager.walk(at)] == [made["id"]]
    assert "token" not in manager.walk(at)[0]
    assert manager.delete(f"/people/{admin.person_id}/tokens/{made['id']}").status_code == 403
    assert admin.delete(f"/people/{manager.person_id}/tokens/{made['id']}").status_code == 404
    assert manager.delete(f"{at}/{made['id']}").status_code == 204
    assert desk.with_token(person, made["token"]).get("/me").status_code == 401
    for path in (f"/people/{admin.person_id}/tokens", "/people/987654321/tokens"):
        assert manager.get(path).status_code == (403 if "987" not in path else 404)
    assert person.get(at).status_code == 403


def test_a_live_stream_with_a_token_tells_what_the_token_may_read(desk: Api, agent: Visitor) -> None:
    script = desk.with_token(agent, make_token(agent, "tickets:report")["token"])
    (stream,) = listen(script)
    hidden = signed_in(desk, "another reporter").report()["id"]
    mine = agent.report()["id"]
    agent.say(mine)
    assert hidden not in {number for _, number in stream.before_message_under(mine)}
