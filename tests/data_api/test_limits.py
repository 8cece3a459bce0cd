"""What one visitor may send: how often, how much, and under which name for this desk."""

import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.support.api import Api, Visitor, running_api

Act = Callable[[Visitor, int], httpx.Response]


@pytest.fixture(scope="module")
def limited(module_database_url: str) -> Iterator[Api]:
    with running_api(module_database_url, LODGE_RATE_LIMITS="on") as running:
        yield running


def report(visitor: Visitor, _: int) -> httpx.Response:
    return visitor.post("/tickets", json={"description": "Flood"})


def say(visitor: Visitor, ticket_id: int) -> httpx.Response:
    return visitor.post(f"/tickets/{ticket_id}/messages", json={"body": "Flood"})


def search(visitor: Visitor, _: int) -> httpx.Response:
    return visitor.get("/tickets", params={"q": "flood", "limit": 1})


def change(visitor: Visitor, ticket_id: int) -> httpx.Response:
    return visitor.put(f"/tickets/{ticket_id}/follow")


@pytest.mark.parametrize(("act", "allowed"), [(report, 60), (say, 120), (search, 240), (change, 240)])
def test_so_much_a_minute_and_no_more(limited: Api, act: Act, allowed: int) -> None:
    flooding, other = limited.enter("student", "Flooding"), limited.enter("student", "Flooding")
    ticket_id = other.report()["id"]
    # One request each, so that also a busy machine does all within the minute.
    statuses = [act(flooding, ticket_id).status_code for _ in range(allowed)]
    assert set(statuses) <= {200, 201, 204}
    refused = act(flooding, ticket_id)
    assert_too_many(refused)
    # Another sign-in is not punished, and the refused one may still read.
    assert act(other, ticket_id).is_success
    assert flooding.get("/tickets").is_success


def test_signing_in_is_limited_by_address(limited: Api) -> None:
    """Last in this module: afterwards nobody enters for a minute."""
    deadline = time.monotonic() + 120
    answer = limited.post("/sessions", json={"role": "student"})
    while answer.is_success and time.monotonic() < deadline:
        answer = limited.post("/sessions", json={"role": "student"})
    assert_too_many(answer)


def assert_too_many(answer: httpx.Response) -> None:
    assert answer.status_code == 429
    assert answer.json()["error"] == "TooManyRequests"
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"]
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


# -- bodies --------------------------------------------------------------------------------------------------------


def test_a_body_that_does_not_tell_its_size_is_bounded_too(student: Visitor) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"description": "'
        for _ in range(11):
            yield b"x" * 100_000
        yield b'"}'

    answer = student.post("/tickets", content=pieces(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.json()["error"] == "BodyTooLarge"


def test_the_longest_allowed_report_fits(student: Visitor) -> None:
    """Twenty thousand characters of four bytes, each spelled as two JSON escapes."""
    assert student.post("/tickets", json={"description": "\U0001f600" * 20_000}).status_code == 201


# -- hosts: a page elsewhere must not reach this desk by a name of its own ------------------------------------------


def asked_as(api: Api, host: str) -> int:
    return api.get("/desk", headers={"Host": host}).status_code


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LocalHost:8001", 200),
        ("127.0.0.1:1", 200),
        ("[::1]:8001", 200),
        ("evil.example", 400),
        ("localhost.evil.example", 400),
        ("127.0.0.1.evil.example:80", 400),
        ("evil.example:127.0.0.1", 400),
        ("[::2]", 400),
        ("", 400),
        ("localhost@evil.example", 400),
    ],
)
def test_a_desk_that_people_enter_freely_answers_to_its_own_names(api: Api, host: str, status: int) -> None:
    assert asked_as(api, host) == status


def test_an_unknown_host_is_refused_in_the_envelope(api: Api) -> None:
    answer = api.post("/sessions", json={"role": "admin"}, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert answer.json()["error"] == "UnknownHost"
    assert "LODGE_ALLOWED_HOSTS" in answer.json()["detail"]
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via", "X-Real-IP"])
def test_a_desk_that_people_enter_freely_is_not_reached_through_a_proxy(api: Api, header: str) -> None:
    answer = api.post("/sessions", json={"role": "admin"}, headers={header: "192.0.2.7"})
    assert (answer.status_code, answer.json()["error"]) == (403, "ThroughProxy")


def test_a_page_elsewhere_gets_nothing(api: Api, agent: Visitor) -> None:
    """What a browser sends for it without asking first, and what it asks."""
    origin = {"Origin": "http://127.0.0.1:9999"}
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization, content-type"}
    preflight = api.options("/sessions", headers=origin | asked)
    without_asking = api.post("/sessions", content='{"role": "admin"}', headers=origin | {"Content-Type": "text/plain"})
    cookie = {"Cookie": f"lodge_session_8501={agent.token}; Authorization=Bearer {agent.token}"}
    assert (preflight.status_code, without_asking.status_code) == (405, 422)
    assert api.get("/tickets", headers=origin | cookie).status_code == 401
    for answer in (preflight, without_asking, agent.get("/tickets", headers=origin)):
        assert not any(name.startswith("access-control-") for name in answer.headers)


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({"LODGE_ALLOWED_HOSTS": " helpdesk.example , other.example"}, 200),
        ({"LODGE_ALLOWED_HOSTS": "other.example"}, 400),
        ({"LODGE_CHOICE_ANYWHERE": "yes"}, 200),
        ({"LODGE_SIGN_IN": "password"}, 200),
    ],
    ids=str,
)
def test_more_names_are_allowed_by_setting(module_database_url: str, settings: dict[str, str], status: int) -> None:
    with running_api(module_database_url, **settings) as api:
        assert asked_as(api, "Helpdesk.example:8001") == status
