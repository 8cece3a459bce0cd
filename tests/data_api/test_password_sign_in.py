"""Signing in with a password: over the API, and for a browser that fetches its token itself."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Engine, event

from data_api.credentials import checking
from data_api.credentials.passwords import is_password
from tests.support.api import Api, done, running_api
from tests.support.passwords import OTHER, PASSWORD, add_person, password_desk, signed_in

BROWSER, ANOTHER = "0123456789abcdef" * 2, "fedcba9876543210" * 2


@pytest.fixture(scope="module")
def desk(module_database_url: str) -> Iterator[Api]:
    with password_desk(module_database_url) as api:
        yield api


def test_whoever_knows_the_password_gets_a_token(desk: Api) -> None:
    person = add_person(desk, "Mia Rossi", "agent")
    session = done(desk.post("/sessions", json={"username": "Mia Rossi", "password": PASSWORD}), 201)
    assert session["person"] == {"id": person, "name": "Mia Rossi", "roles": ["agent"]}
    me = done(desk.get("/me", headers={"Authorization": f"Bearer {session['token']}"}))
    assert me["person"]["id"] == person


@pytest.mark.parametrize("spelling", ["zoë ångström", "  ZOË   ÅNGSTRÖM ", "Zoe\u0308 A\u030angstro\u0308m"])
def test_spellings_that_look_the_same_are_one_username(desk: Api, spelling: str) -> None:
    found = desk.sql("SELECT person_id FROM credential WHERE username = 'Zoë Ångström'")
    person = found[0][0] if found else add_person(desk, "Zoë Ångström")
    assert desk.sign_in(spelling, PASSWORD).person_id == person


@pytest.mark.parametrize("way", [{"role": "admin"}, {"role": "student", "name": "Mia"}])
def test_nobody_enters_by_choosing_a_role(desk: Api, way: dict[str, str]) -> None:
    answer = desk.post("/sessions", json=way)
    assert (answer.status_code, answer.json()["error"]) == (403, "NotPermitted")


def test_nobody_signs_in_with_a_password_where_people_choose(database_url: str) -> None:
    with running_api(database_url) as api:
        add_person(api, "mia")
        sign_in = {"username": "mia", "password": PASSWORD}
        assert api.post("/sessions", json=sign_in).status_code == 403
        assert api.post("/sessions/hand-off", json={**sign_in, "browser": BROWSER}).status_code == 403
        assert api.post("/invitations/check", json={"token": "x"}).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "mia"},
        {"password": PASSWORD},
        {"username": "mia", "password": PASSWORD, "role": "admin"},
        {"username": "mia", "password": PASSWORD, "name": "Mia"},
        {"username": "mia", "password": "\x00" * 12},
        {"username": "mia", "password": "x" * 201},
        {"username": "", "password": PASSWORD},
    ],
)
def test_half_a_sign_in_is_refused_without_repeating_the_password(desk: Api, body: dict[str, str]) -> None:
    answer = desk.post("/sessions", json=body)
    assert answer.status_code == 422
    assert PASSWORD not in answer.text


def answer_to(desk: Api, username: str, path: str) -> tuple[int, dict[str, str], dict[str, Any]]:
    """All of an answer but what differs between any two."""
    wish = {"username": username, "password": OTHER} | ({"browser": BROWSER} if "hand-off" in path else {})
    answer = desk.post(path, json=wish)
    headers = {name: value for name, value in answer.headers.items() if name not in ("x-request-id", "date")}
    return answer.status_code, headers, answer.json() | {"request_id": ""}


@pytest.mark.parametrize("path", ["/sessions", "/sessions/hand-off"])
def test_a_wrong_password_and_an_unknown_name_are_answered_alike(
    desk: Api, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And cost the same: as many statements, and one check of a hash with the same parameters."""
    known = f"Known at {path}"
    add_person(desk, known)
    costs: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if "credential" in statement:
            costs.append("statement")

    async def check(password: str, password_hash: str) -> bool:
        costs.append(password_hash.rpartition("$")[0].rpartition("$")[0])
        return await is_password(password, password_hash)

    monkeypatch.setattr(checking, "is_password", check)
    event.listen(Engine, "before_cursor_execute", note)
    try:
        answers = []
        for name in (known, "Nobody at all"):
            answers.append((answer_to(desk, name, path), list(costs)))
            costs.clear()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert answers[0] == answers[1]
    (status, _, body), cost = answers[0]
    assert (status, body["error"]) == (401, "WrongPassword")
    assert cost == ["statement", "$argon2id$v=19$m=19456,t=2,p=1"]


def test_a_thousand_wrong_passwords_let_nobody_in_and_the_owner_comes_in(database_url: str) -> None:
    with password_desk(database_url, LODGE_RATE_LIMITS="on") as desk:
        add_person(desk, "mia")
        wrong = [desk.post("/sessions", json={"username": "mia", "password": f"guess {n:06}"}) for n in range(250)]
        statuses = [answer.status_code for answer in wrong]
        assert statuses[:5] == [401] * 5
        assert set(statuses) == {401, 429}
        assert statuses.count(401) <= 15
        refused = wrong[-1]
        assert int(refused.headers["Retry-After"]) <= 900
        assert "try again in" in refused.json()["detail"]
        assert desk.sql("SELECT count(*) FROM session_token") == [(0,)]


def hand_off(desk: Api, username: str) -> dict[str, Any]:
    wish = {"username": username, "password": PASSWORD, "browser": BROWSER}
    return done(desk.post("/sessions/hand-off", json=wish), 201)


def test_a_browser_fetches_its_token_once(desk: Api) -> None:
    person = add_person(desk, "Handed Over")
    given = hand_off(desk, "Handed Over")
    assert datetime.fromisoformat(given["expires_at"]) - datetime.now(UTC) <= timedelta(seconds=30)
    wish = {"code": given["code"], "browser": BROWSER}
    session = done(desk.post("/sessions/redeem", json=wish, headers={"User-Agent": "X11; Linux Firefox/150"}), 201)
    assert session["person"]["id"] == person
    assert desk.sql("SELECT browser FROM session_token WHERE person_id = %s", person) == [("Firefox on Linux",)]
    again = desk.post("/sessions/redeem", json=wish)
    assert (again.status_code, again.json()["error"]) == (401, "CodeNotValid")


def test_another_browser_gets_nothing_for_the_code(desk: Api) -> None:
    """Otherwise somebody could make others work under their name."""
    add_person(desk, "Bound")
    code = hand_off(desk, "Bound")["code"]
    assert desk.post("/sessions/redeem", json={"code": code, "browser": ANOTHER}).status_code == 401
    assert desk.post("/sessions/redeem", json={"code": code, "browser": BROWSER}).status_code == 201


def test_a_code_is_good_for_half_a_minute(desk: Api) -> None:
    person = add_person(desk, "Slow")
    code = hand_off(desk, "Slow")["code"]
    desk.sql("UPDATE hand_off SET expires_at = now() WHERE person_id = %s", person)
    assert desk.post("/sessions/redeem", json={"code": code, "browser": BROWSER}).status_code == 401


def test_a_password_that_is_changed_while_it_is_checked_opens_nothing(
    desk: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = add_person(desk, "Changing")

    async def check(password: str, password_hash: str) -> bool:
        is_right = await is_password(password, password_hash)
        change = "UPDATE credential SET password_hash = 'another', changed_at = now() WHERE person_id = %s"
        await asyncio.to_thread(desk.sql, change, person)
        return is_right

    monkeypatch.setattr(checking, "is_password", check)
    answer = desk.post("/sessions", json={"username": "Changing", "password": PASSWORD})
    assert (answer.status_code, answer.json()["error"]) == (401, "WrongPassword")


def test_a_hash_of_former_parameters_is_made_anew_when_the_password_is_known(desk: Api) -> None:
    person = add_person(desk, "Long Here")
    former = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    desk.sql("UPDATE credential SET password_hash = %s WHERE person_id = %s", former, person)

    def kept() -> tuple[str, datetime]:
        [(password_hash, changed_at)] = desk.sql(
            "SELECT password_hash, changed_at FROM credential WHERE person_id = %s", person
        )
        return password_hash, changed_at

    since = kept()[1]
    assert desk.post("/sessions", json={"username": "Long Here", "password": OTHER}).status_code == 401
    assert kept() == (former, since)
    desk.sign_in("Long Here", PASSWORD)
    renewed = kept()
    assert renewed[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert renewed[1] == since, "the password has not changed"
    desk.sign_in("Long Here", PASSWORD)
    assert kept() == renewed


def test_a_new_password_ends_the_other_sign_ins(desk: Api) -> None:
    here = signed_in(desk, "Changer")
    there = desk.sign_in("Changer", PASSWORD)
    assert here.put("/me/password", json={"old": PASSWORD, "new": OTHER}).status_code == 204
    assert (here.get("/me").status_code, there.get("/me").status_code) == (200, 401)
    assert desk.post("/sessions", json={"username": "Changer", "password": PASSWORD}).status_code == 401
    assert desk.sign_in("Changer", OTHER).person_id == here.person_id


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (OTHER, OTHER, "body.old"),
        (PASSWORD, "short", "body.new"),
        (PASSWORD, "password2026", "body.new"),
        (PASSWORD, "Keeper 2026", "body.new"),
    ],
)
def test_a_new_password_needs_the_old_one_and_keeps_the_rules(desk: Api, old: str, new: str, field: str) -> None:
    if not desk.sql("SELECT 1 FROM credential WHERE username = 'Keeper'"):
        add_person(desk, "Keeper")
    visitor = desk.sign_in("Keeper", PASSWORD)
    answer = visitor.put("/me/password", json={"old": old, "new": new})
    assert answer.status_code == 422
    assert [one["name"] for one in answer.json()["fields"]] == [field]
    assert PASSWORD not in answer.text
    assert visitor.get("/me").status_code == 200


def test_whoever_has_no_password_has_none_to_change(api: Api) -> None:
    answer = api.enter("student", "No Password").put("/me/password", json={"old": PASSWORD, "new": OTHER})
    assert (answer.status_code, answer.json()["error"]) == (409, "NoPassword")
