"""Entering by choosing a role, who I am, leaving."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from contracts.people import Permission, Role
from tests.support.api import Api, done, running_api

STUDENT = {Permission.TICKETS_REPORT, Permission.TICKETS_READ_SHARED}
STAFF = {Permission.TICKETS_READ_ALL, Permission.TICKETS_WORK, Permission.PEOPLE_READ, Permission.ANALYSES_READ}
AGENT = STUDENT | STAFF
PERMITTED = {
    Role.STUDENT: STUDENT,
    Role.ANALYST: {Permission.TICKETS_REPORT, Permission.ANALYSES_READ, Permission.SQL_RUN},
    Role.AGENT: AGENT,
    Role.MANAGER: AGENT
    | {
        Permission.PEOPLE_MANAGE,
        Permission.TEAMS_MANAGE,
        Permission.SQL_RUN,
        Permission.TIME_READ,
        Permission.TIME_MANAGE,
    },
    Role.ADMIN: set(Permission),
}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_enters_and_learns_what_it_permits(api: Api, role: Role) -> None:
    me = done(api.enter(role).get("/me"))
    assert me["roles"] == [role] == me["person"]["roles"]
    assert set(me["permissions"]) == PERMITTED[role]


def test_a_session_shows_its_token_once_and_says_when_it_ends(api: Api) -> None:
    session = done(api.post("/sessions", json={"role": "student"}), 201)
    assert set(session) == {"token", "expires_at", "person"}
    assert len(session["token"]) >= 40
    ends_in = datetime.fromisoformat(session["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=29) < ends_in <= timedelta(days=30)


def test_only_the_hash_of_a_token_is_stored(api: Api) -> None:
    visitor = api.enter("student")
    assert api.sql("SELECT 1 FROM session_token WHERE token_hash = %s", hashlib.sha256(visitor.token.encode()).digest())
    assert not api.sql(
        "SELECT 1 FROM session_token WHERE position(%s::bytea in token_hash) > 0", visitor.token.encode()
    )


def test_without_a_name_everyone_of_a_role_is_the_same_person(api: Api) -> None:
    first, second = api.enter("student"), api.enter("student")
    assert first.person_id == second.person_id
    assert first.name == "Student"
    assert first.token != second.token


@pytest.mark.parametrize("spelling", ["Zoë Ångström", "zoë ångström", "  Zoë   Ångström "])
def test_the_same_name_is_the_same_person(api: Api, spelling: str) -> None:
    assert api.enter("student", spelling).person_id == api.enter("student", "Zoë Ångström").person_id


def test_a_name_in_two_roles_is_two_people(api: Api) -> None:
    student, agent = api.enter("student", "Sam Both"), api.enter("agent", "Sam Both")
    assert student.person_id != agent.person_id
    assert done(student.get("/me"))["roles"] == ["student"]


def test_nobody_takes_the_nameless_persons_place_by_name(api: Api) -> None:
    """A name could spell what the nameless person is kept under."""
    nameless = api.enter("student")
    assert api.enter("student", "student").person_id != nameless.person_id
    assert api.enter("student", "Student").person_id != nameless.person_id


def test_two_who_enter_at_the_same_moment_are_one_person(api: Api) -> None:
    with ThreadPoolExecutor(8) as together:
        people = {visitor.person_id for visitor in together.map(lambda _: api.enter("student", "Twin"), range(8))}
    assert len(people) == 1


def test_leaving_makes_the_token_void_and_no_other(api: Api) -> None:
    leaving, staying = api.enter("student", "Two Tabs"), api.enter("student", "Two Tabs")
    assert leaving.delete("/sessions/current").status_code == 204
    assert leaving.get("/me").status_code == 401
    assert leaving.delete("/sessions/current").status_code == 401
    assert staying.get("/me").status_code == 200


def test_an_expired_token_is_void(api: Api) -> None:
    visitor = api.enter("student", "Late")
    api.sql("UPDATE session_token SET expires_at = now() - interval '1 second' WHERE person_id = %s", visitor.person_id)
    assert visitor.get("/me").status_code == 401


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer nonsense", "Basic c3R1ZGVudDpwYXNz", "Bearer " + "x" * 5000, "Bearer ü"]
)
def test_anything_but_a_valid_token_is_refused(api: Api, header: str) -> None:
    answer = api.get("/me", headers=[(b"Authorization", header.encode())])
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_role_is_a_known_one(api: Api) -> None:
    answer = api.post("/sessions", json={"role": "root"})
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["name"] == "body.role"


def test_sessions_last_as_many_days_as_set(database_url: str) -> None:
    with running_api(database_url, LODGE_SESSION_DAYS="1") as api:
        session = done(api.post("/sessions", json={"role": "student"}), 201)
    assert datetime.fromisoformat(session["expires_at"]) - datetime.now(UTC) <= timedelta(days=1)


@pytest.mark.parametrize("sign_in", ["password", "oidc"])
def test_choosing_a_role_is_refused_where_people_sign_in(database_url: str, sign_in: str) -> None:
    with running_api(database_url, LODGE_SIGN_IN=sign_in) as api:
        answer = api.post("/sessions", json={"role": "admin"})
        assert done(api.get("/desk"))["students_see"] == "own"
    assert answer.status_code == 403
    assert answer.json()["error"] == "NotPermitted"


def test_who_chose_a_role_is_out_when_people_sign_in_and_what_they_wrote_stays(database_url: str) -> None:
    with running_api(database_url) as api:
        student = api.enter("student", "Mia Rossi")
        number = student.report("The lift is stuck.")["id"]
    headers = {"Authorization": f"Bearer {student.token}"}
    with running_api(database_url, LODGE_SIGN_IN="password") as api:
        for path in ("/me", "/tickets", f"/tickets/{number}", "/events"):
            assert api.get(path, headers=headers).status_code == 401
        assert api.sql("SELECT title, name FROM ticket JOIN person ON person.id = requester_id") == [
            ("The lift is stuck.", "Mia Rossi")
        ]
    with running_api(database_url) as api:
        assert done(api.get(f"/tickets/{number}", headers=headers))["requester"]["id"] == student.person_id
