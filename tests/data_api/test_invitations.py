"""Links with which somebody chooses a password."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event

from tests.support import rows
from tests.support.api import Api, Visitor, done, running_api
from tests.support.passwords import OTHER, PASSWORD, add_person, make_token, password_desk, signed_in


@pytest.fixture(scope="module")
def desk(module_database_url: str) -> Iterator[Api]:
    with password_desk(module_database_url, LODGE_PUBLIC_URL="https://desk.test") as api:
        yield api


@pytest.fixture(scope="module")
def admin(desk: Api) -> Visitor:
    return signed_in(desk, "ines", "admin")


def invite(by: Visitor, person: int) -> dict[str, Any]:
    return done(by.post(f"/people/{person}/invitation"), 201)


def token_of(made: dict[str, Any]) -> str:
    before, _, token = made["link"].partition("#")
    assert before == "https://desk.test/join"
    return str(token)


def redeem(desk: Api, token: str, username: str | None, password: str = OTHER) -> httpx.Response:
    wish = {"token": token, "password": password} | ({"username": username} if username else {})
    return desk.post("/invitations/redeem", json=wish)


def hours_left(made: dict[str, Any]) -> float:
    return (datetime.fromisoformat(made["expires_at"]) - datetime.now(UTC)) / timedelta(hours=1)


def test_an_invited_person_chooses_a_username_and_a_password(desk: Api, admin: Visitor) -> None:
    person = rows.person(desk, "Mia Rossi")
    made = invite(admin, person)
    assert made["purpose"] == "invite"
    assert 71 < hours_left(made) <= 72
    shown = done(desk.post("/invitations/check", json={"token": token_of(made)}))
    assert (shown["name"], shown["username"], shown["purpose"]) == ("Mia Rossi", None, "invite")
    assert done(redeem(desk, token_of(made), "mia")) == {"username": "mia"}
    assert desk.sign_in("MIA", OTHER).person_id == person


def test_a_reset_keeps_the_username_and_ends_all_sign_ins(desk: Api, admin: Visitor) -> None:
    person = signed_in(desk, "forgetful")
    script = desk.with_token(person, make_token(person, "tickets:report")["token"])
    made = invite(admin, person.person_id)
    assert made["purpose"] == "reset"
    assert 1 < hours_left(made) <= 2
    assert done(desk.post("/invitations/check", json={"token": token_of(made)}))["username"] == "forgetful"
    assert done(redeem(desk, token_of(made), "another name")) == {"username": "forgetful"}
    assert (person.get("/me").status_code, script.get("/me").status_code) == (401, 200)
    assert desk.post("/sessions", json={"username": "forgetful", "password": PASSWORD}).status_code == 401
    assert desk.sign_in("forgetful", OTHER).person_id == person.person_id


@pytest.mark.parametrize("how", ["used", "expired", "replaced", "unknown"])
def test_a_link_that_is_over_is_refused_whatever_ended_it(desk: Api, admin: Visitor, how: str) -> None:
    person = rows.person(desk, f"Link {how}")
    made = invite(admin, person)
    if how == "used":
        done(redeem(desk, token_of(made), f"link {how}"))
    elif how == "expired":
        desk.sql("UPDATE invitation SET expires_at = now() WHERE id = %s", made["id"])
    elif how == "replaced":
        invite(admin, person)
    token = "x" * 43 if how == "unknown" else token_of(made)
    before = desk.sql("SELECT max(id) FROM change")
    for answer in (desk.post("/invitations/check", json={"token": token}), redeem(desk, token, "somebody new")):
        assert (answer.status_code, answer.json()["error"]) == (404, "LinkNotValid")
        assert person not in answer.json().values()
    assert desk.sql("SELECT max(id) FROM change") == before


def test_of_many_who_use_a_link_at_once_one_succeeds(desk: Api, admin: Visitor) -> None:
    token = token_of(invite(admin, rows.person(desk, "Raced")))
    with ThreadPoolExecutor(8) as together:
        answers = list(together.map(lambda n: redeem(desk, token, f"racer {n}").status_code, range(8)))
    assert sorted(answers) == [200] + [404] * 7


def test_a_refused_password_or_username_does_not_use_the_link_up(desk: Api, admin: Visitor) -> None:
    add_person(desk, "taken")
    token = token_of(invite(admin, rows.person(desk, "Careful")))
    refused = [
        redeem(desk, token, None),
        redeem(desk, token, "careful", "short"),
        redeem(desk, token, "careful", "password2026"),
        redeem(desk, token, "TAKEN"),
    ]
    assert [answer.status_code for answer in refused] == [422, 422, 422, 409]
    assert [answer.json()["fields"][0]["name"] for answer in refused[:3]] == [
        "body.username",
        "body.password",
        "body.password",
    ]
    assert refused[3].json()["error"] == "UsernameTaken"
    done(redeem(desk, token, "careful"))


def test_links_are_made_for_those_who_may_not_do_more(desk: Api, admin: Visitor) -> None:
    """Whoever resets a password can become its owner."""
    manager, agent = signed_in(desk, "omar", "manager"), signed_in(desk, "ada", "agent")
    assert manager.post(f"/people/{admin.person_id}/invitation").status_code == 403
    assert manager.post(f"/people/{agent.person_id}/invitation").status_code == 201
    assert agent.post(f"/people/{manager.person_id}/invitation").status_code == 403
    assert manager.post("/people/987654321/invitation").status_code == 404
    assert desk.post(f"/people/{agent.person_id}/invitation").status_code == 401


@pytest.mark.parametrize("meanwhile", ["promoted", "maker deactivated", "maker demoted"])
def test_a_link_gives_its_maker_no_more_than_they_may_do_now(desk: Api, meanwhile: str) -> None:
    """Whoever made a link may have kept it, to use it after its person became an administrator."""
    manager, person = signed_in(desk, f"keeper {meanwhile}", "manager"), rows.person(desk, f"Kept {meanwhile}", "agent")
    token = token_of(invite(manager, person))
    change, whose = {
        "promoted": ("roles = '{admin}'", person),
        "maker deactivated": ("deactivated_at = now()", manager.person_id),
        "maker demoted": ("roles = '{student}'", manager.person_id),
    }[meanwhile]
    desk.sql(f"UPDATE person SET {change} WHERE id = %s", whose)
    for answer in (desk.post("/invitations/check", json={"token": token}), redeem(desk, token, f"kept {meanwhile}")):
        assert (answer.status_code, answer.json()["error"]) == (404, "LinkNotValid")


def test_a_request_that_is_sent_again_gives_a_link_that_works(desk: Api, admin: Visitor) -> None:
    person, key = rows.person(desk, "Twice"), {"Idempotency-Key": "invite-twice"}
    first, second = (done(admin.post(f"/people/{person}/invitation", headers=key), 201) for _ in range(2))
    assert redeem(desk, token_of(first), "twice").status_code == 404
    assert redeem(desk, token_of(second), "twice").status_code == 200


def test_people_who_came_by_choosing_keep_what_they_wrote(database_url: str) -> None:
    """A desk that was used by choosing a role is opened with passwords: nobody gets in as one of its people before they
    are invited, and then all that they wrote is theirs."""
    with running_api(database_url) as before:
        mia = before.enter("student", "Mia Rossi")
        ticket = mia.report("The projector flickers.")["id"]
    with password_desk(database_url, LODGE_PUBLIC_URL="https://desk.test") as after:
        admin = signed_in(after, "ines", "admin")
        assert after.post("/sessions", json={"username": "Mia Rossi", "password": PASSWORD}).status_code == 401
        done(redeem(after, token_of(invite(admin, mia.person_id)), "mia"))
        assert after.sign_in("mia", OTHER).list_ids() == [ticket]


def invite_all(by: Visitor, *people: int, **headers: str) -> httpx.Response:
    return by.post("/people/invitations", json={"people": list(people)}, headers=headers)


def links(desk: Api) -> int:
    return int(desk.sql("SELECT count(*) FROM invitation")[0][0])


def test_several_get_a_link_each_in_the_order_of_the_request(desk: Api, admin: Visitor) -> None:
    first, second = rows.person(desk, "Several one"), rows.person(desk, "Several two")
    known = add_person(desk, "several three")
    earlier = token_of(invite(admin, first))
    made = done(invite_all(admin, second, known, first, second), 201)["items"]
    told = [(one["person_id"], one["purpose"]) for one in made]
    assert told == [(second, "invite"), (known, "reset"), (first, "invite")]
    assert redeem(desk, earlier, "several one").status_code == 404
    assert done(redeem(desk, token_of(made[2]), "several one")) == {"username": "several one"}
    assert done(redeem(desk, token_of(made[1]), None)) == {"username": "several three"}


@pytest.mark.parametrize(("who", "status"), [("missing", 404), ("admin", 403), ("deactivated", 409)])
def test_of_several_all_get_a_link_or_none(desk: Api, admin: Visitor, who: str, status: int) -> None:
    manager = signed_in(desk, f"manager of {who}", "manager")
    person = rows.person(desk, f"Beside {who}")
    others = {"missing": 987654321, "admin": admin.person_id}
    other = others.get(who) or rows.person(desk, "Away for good", deactivated_at="2026-01-01")
    before = links(desk)
    assert invite_all(manager, person, other).status_code == status
    assert manager.post(f"/people/{other}/invitation").status_code == status
    assert links(desk) == before


@pytest.mark.parametrize("people", [[], [0], ["mia"], [1] * 201, None])
def test_a_wrong_list_of_people_is_refused(admin: Visitor, people: object) -> None:
    answer = admin.post("/people/invitations", json={"people": people})
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["name"].startswith("body.people")


def test_several_that_are_asked_for_again_get_links_that_work(desk: Api, admin: Visitor) -> None:
    person, key = rows.person(desk, "Several twice"), {"Idempotency-Key": "several-twice"}
    first, second = (done(invite_all(admin, person, **key), 201)["items"][0] for _ in range(2))
    assert redeem(desk, token_of(first), "several twice").status_code == 404
    assert redeem(desk, token_of(second), "several twice").status_code == 200


def test_many_links_cost_as_many_statements_as_a_few(desk: Api, admin: Visitor) -> None:
    people, statements = [rows.person(desk, f"Crowd {number}") for number in range(100)], []
    event.listen(Engine, "before_cursor_execute", note := lambda *given: statements.append(given[2]))
    try:
        done(invite_all(admin, *people[:2]), 201)
        few = len(statements)
        done(invite_all(admin, *people), 201)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(statements) - few <= few
