"""Seeing and ending one's own sign-ins, and those of people whom one manages."""

from collections.abc import Iterator

import pytest

from data_api.background import token_uses
from data_api.sessions.browsers import browser_of
from tests.lodge.waiting import wait_until
from tests.support.api import Api, Visitor, done
from tests.support.passwords import PASSWORD, add_person, make_token, password_desk, signed_in


@pytest.fixture(scope="module")
def desk(module_database_url: str) -> Iterator[Api]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(token_uses, "EVERY_SECONDS", 0.05)
        with password_desk(module_database_url) as api:
            yield api


def test_each_sign_in_is_listed_with_its_browser_and_its_last_use(desk: Api) -> None:
    here = signed_in(desk, "mia")
    desk.post(
        "/sessions", json={"username": "mia", "password": PASSWORD}, headers={"User-Agent": "X11; Linux Firefox/150"}
    )
    make_token(here, "tickets:report")
    there, mine = here.walk("/me/sessions", limit=1)
    assert (there["browser"], there["is_current"], there["last_used_at"]) == ("Firefox on Linux", False, None)
    assert (mine["browser"], mine["is_current"]) == (None, True)
    wait_until(lambda: here.walk("/me/sessions")[-1]["last_used_at"] is not None, "the last use", 30)


def test_the_last_use_is_in_no_change_feed_and_written_once_for_many_requests(desk: Api) -> None:
    visitor = signed_in(desk, "busy")
    wait_until(lambda: visitor.walk("/me/sessions")[0]["last_used_at"] is not None, "the last use", 30)
    lines = "SELECT count(*) FROM change WHERE table_name IN ('session_use', 'session_token') AND op = 'update'"
    before = desk.sql(lines)
    for _ in range(20):
        visitor.get("/me")
    assert desk.sql(lines) == before


def test_one_of_ones_own_sign_ins_is_ended(desk: Api) -> None:
    here = signed_in(desk, "two browsers")
    there = desk.sign_in("two browsers", PASSWORD)
    ids = {one["is_current"]: one["id"] for one in here.walk("/me/sessions")}
    assert here.delete(f"/me/sessions/{ids[False]}").status_code == 204
    assert (here.get("/me").status_code, there.get("/me").status_code) == (200, 401)
    assert here.delete(f"/me/sessions/{ids[False]}").status_code == 404
    own = here.delete(f"/me/sessions/{ids[True]}")
    assert (own.status_code, own.json()["error"]) == (409, "IsCurrentSignIn")


def test_all_of_ones_own_sign_ins_but_this_one_are_ended(desk: Api) -> None:
    here = signed_in(desk, "three browsers")
    others = [desk.sign_in("three browsers", PASSWORD) for _ in range(2)]
    another, script = signed_in(desk, "a neighbour"), make_token(here, "tickets:report")
    assert here.delete("/me/sessions").status_code == 204
    assert [one.get("/me").status_code for one in (here, *others, another)] == [200, 401, 401, 200]
    assert desk.with_token(here, script["token"]).get("/me").status_code == 200, "tokens are revoked one by one"


def test_nobody_ends_anothers_sign_in_or_a_token_by_this_route(desk: Api) -> None:
    one, another = signed_in(desk, "one"), signed_in(desk, "another")
    foreign = another.walk("/me/sessions")[0]["id"]
    token = make_token(one, "tickets:report")
    assert one.delete(f"/me/sessions/{foreign}").status_code == 404
    assert one.delete(f"/me/sessions/{token['id']}").status_code == 404
    assert one.delete("/me/sessions/987654321").status_code == 404
    assert another.get("/me").status_code == 200
    assert desk.with_token(one, token["token"]).get("/me").status_code == 200


@pytest.fixture(scope="module")
def manager(desk: Api) -> Visitor:
    return signed_in(desk, "omar", "manager")


def test_whoever_manages_people_ends_their_sign_ins(desk: Api, manager: Visitor) -> None:
    person = signed_in(desk, "lost a phone", "agent")
    script = desk.with_token(person, make_token(person, "tickets:report")["token"])
    at = f"/people/{person.person_id}/sessions/end"
    done(manager.post(at, headers={"Idempotency-Key": "end"}), 204)
    done(manager.post(at, headers={"Idempotency-Key": "end"}), 204)
    assert person.get("/me").status_code == 401
    assert script.get("/me").status_code == 200, "tokens are revoked one by one"


def test_nobody_ends_the_sign_ins_of_somebody_who_may_do_more(desk: Api, manager: Visitor) -> None:
    admin, student = signed_in(desk, "ines", "admin"), signed_in(desk, "student")
    assert manager.post(f"/people/{admin.person_id}/sessions/end").status_code == 403
    assert student.post(f"/people/{manager.person_id}/sessions/end").status_code == 403
    assert manager.post("/people/987654321/sessions/end").status_code == 404
    assert admin.get("/me").status_code == 200


def test_ending_ones_own_sign_ins_keeps_the_one_in_use(desk: Api, manager: Visitor) -> None:
    there = desk.sign_in("omar", PASSWORD)
    done(manager.post(f"/people/{manager.person_id}/sessions/end"), 204)
    assert (manager.get("/me").status_code, there.get("/me").status_code) == (200, 401)


CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0"


@pytest.mark.parametrize(
    ("user_agent", "told"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/150.0", "Edge on Windows"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {CHROME} Safari/537.36", "Chrome on Linux"),
        (f"Mozilla/5.0 (Linux; Android 16) {CHROME} Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15.0; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox on macOS"),
        ("python-httpx/0.28.1", None),
        ("", None),
        ("<script>alert(1)</script>", None),
    ],
)
def test_a_browser_is_told_roughly(user_agent: str, told: str | None) -> None:
    assert browser_of(user_agent) == told


def test_a_sign_in_that_ends_ends_its_live_stream_too(desk: Api, manager: Visitor) -> None:
    add_person(desk, "listener")
    person = desk.sign_in("listener", PASSWORD)
    with person.stream("GET", "/events") as stream:
        assert stream.status_code == 200
        done(manager.post(f"/people/{person.person_id}/sessions/end"), 204)
        for _ in stream.iter_raw():
            pass
