"""What one visitor may send: how often, how much, and under which name for this desk."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import httpx
import pytest
from sqlalchemy.orm import Session

from contracts.desk import StudentsSee
from contracts.people import Role
from data_api.access.actor import Actor, find_actor
from data_api.access.rate_limits import ADDRESS_LIMITS, PERSON_LIMITS, Limited, RateLimits, TooManyRequests
from service_kit.desk_key import desk_key_file
from service_kit.visitors import VISITOR_HEADER, visitor_header
from tests.support.actors import actor_of
from tests.support.api import Api, Visitor, running_api

Act = Callable[[Visitor, int], httpx.Response]
NOW = datetime.now(UTC)


def report(visitor: Visitor, _: int) -> httpx.Response:
    return visitor.post("/tickets", json={"description": "Flood"})


def say(visitor: Visitor, ticket_id: int) -> httpx.Response:
    return visitor.post(f"/tickets/{ticket_id}/messages", json={"body": "Flood"})


def search(visitor: Visitor, _: int) -> httpx.Response:
    return visitor.get("/tickets", params={"q": "flood", "limit": 1})


def change(visitor: Visitor, ticket_id: int) -> httpx.Response:
    return visitor.put(f"/tickets/{ticket_id}/follow")


@pytest.mark.parametrize(("act", "allowed"), [(report, 60), (say, 120), (search, 240), (change, 240)])
def test_so_much_a_minute_and_no_more(limited_api: Api, act: Act, allowed: int) -> None:
    flooding, other = limited_api.enter("student", "Flooding"), limited_api.enter("student", "Other")
    ticket_id = other.report()["id"]
    # One request each, so that also a busy machine does all within the minute.
    statuses = [act(flooding, ticket_id).status_code for _ in range(allowed)]
    assert set(statuses) <= {200, 201, 204}
    refused = act(flooding, ticket_id)
    assert_too_many(refused)
    # Entering again brings nothing new. Nobody else is punished, and the refused one may still read.
    assert_too_many(act(limited_api.enter("student", "Flooding"), ticket_id))
    assert act(other, ticket_id).is_success
    assert flooding.get("/tickets").is_success


def test_looking_people_up_is_searching(limited_api: Api) -> None:
    agent = limited_api.enter("agent", "Looks Up")
    statuses = {
        agent.get(path, params={"q": "flo"}).status_code for path in ("/people", "/tickets") for _ in range(120)
    }
    assert statuses == {200}
    for path in ("/people", "/tickets"):
        assert_too_many(agent.get(path, params={"q": "flo"}))
    assert agent.get("/people").is_success


def test_one_address_uses_up_its_own_sign_ins_and_nobody_elses(
    limited_api: Api, home_with_key: Path, tmp_path: Path
) -> None:
    """The pages name the visitor's address. Who names one without the desk's key is counted by their own."""
    deadline = time.monotonic() + 120
    with coming_from("127.0.0.2", limited_api) as flooding, coming_from("127.0.0.3", limited_api) as other:
        while (refused := enter(flooding)).is_success and time.monotonic() < deadline:
            pass
        assert_too_many(refused)
        assert enter(other).is_success
        assert_too_many(enter(other, visitor_header("127.0.0.2", home_with_key)))
        assert enter(flooding, visitor_header("127.0.0.4", home_with_key)).is_success
        for headers in made_up("127.0.0.4", tmp_path):
            assert_too_many(enter(flooding, headers))
        for headers in made_up("127.0.0.2", tmp_path):
            assert enter(other, headers).is_success


def enter(client: httpx.Client, headers: dict[str, str] | None = None) -> httpx.Response:
    return client.post("/sessions", json={"role": "student"}, headers=headers)


def made_up(address: str, elsewhere: Path) -> list[dict[str, str]]:
    """Headers that name an address, by somebody who does not have this desk's key."""
    key = desk_key_file(elsewhere)
    key.parent.mkdir(exist_ok=True)
    key.write_text("the key of another desk")
    return [
        {VISITOR_HEADER: address},
        {VISITOR_HEADER: f"{address} {'0' * 64}"},
        {VISITOR_HEADER: f"{address} \N{LATIN SMALL LETTER E WITH ACUTE}".encode("latin-1")},  # type: ignore[dict-item]
        visitor_header(address, elsewhere),
    ]


def coming_from(address: str, api: Api) -> httpx.Client:
    transport = httpx.HTTPTransport(local_address=address)
    return httpx.Client(base_url=api.url, transport=transport, trust_env=False, timeout=60)


# -- whose allowance it is ---------------------------------------------------------------------------------------------

NUMBERS = count(1)


def person(*, is_shared: bool = False) -> Actor:
    return actor_of(Role.STUDENT, person_id=next(NUMBERS), is_shared=is_shared)


def allowed(limits: RateLimits, what: Limited, address: str, actor: Actor | None) -> int:
    for done in range(10_000):
        try:
            limits.count(what, address, actor)
        except TooManyRequests:
            return done
    return 10_000


@pytest.mark.parametrize("what", PERSON_LIMITS)
def test_a_person_has_one_allowance_from_wherever_they_come(what: Limited) -> None:
    limits, someone = RateLimits(is_on=True), person()
    assert allowed(limits, what, "10.0.0.1", someone) == PERSON_LIMITS[what]
    assert allowed(limits, what, "10.0.0.2", someone) == 0
    assert allowed(limits, what, "10.0.0.1", person()) == PERSON_LIMITS[what]


@pytest.mark.parametrize("what", PERSON_LIMITS)
def test_other_names_at_the_same_address_bring_no_more(what: Limited) -> None:
    limits = RateLimits(is_on=True)
    done = sum(allowed(limits, what, "10.0.0.1", person()) for _ in range(20))
    assert done == ADDRESS_LIMITS[what]
    assert allowed(limits, what, "10.0.0.2", person()) == PERSON_LIMITS[what]


@pytest.mark.parametrize("what", PERSON_LIMITS)
def test_people_without_a_name_are_counted_by_address_alone(what: Limited) -> None:
    limits, everybody = RateLimits(is_on=True), person(is_shared=True)
    for address in ("10.0.0.1", "10.0.0.2"):
        assert allowed(limits, what, address, everybody) == ADDRESS_LIMITS[what]


def test_a_lecture_hall_behind_one_address_enters_and_reports_in_a_minute() -> None:
    limits, everybody = RateLimits(is_on=True), person(is_shared=True)
    assert allowed(limits, Limited.SIGN_IN, "10.0.0.1", None) == 300
    assert allowed(limits, Limited.REPORT, "10.0.0.1", everybody) == 300


def test_only_the_person_of_the_role_is_shared(limited_api: Api, database: Session) -> None:
    """Somebody may well be called as the role is."""
    tokens = [limited_api.enter("student", name).token for name in (None, "Student")]
    found = [find_actor(database, token, "request", StudentsSee.ALL) for token in tokens]
    assert [actor and actor.is_shared for actor in found] == [True, False]


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
    assert (preflight.status_code, without_asking.status_code) == (405, 403)
    assert without_asking.json()["error"] == "ForeignPage"
    assert api.get("/tickets", headers=origin | cookie).status_code == 401
    for answer in (preflight, without_asking, agent.get("/tickets", headers=origin)):
        assert not any(name.startswith("access-control-") for name in answer.headers)


def test_a_page_elsewhere_uses_up_nothing(limited_api: Api) -> None:
    """Its visitor would be kept out for the rest of the minute."""
    for origin in ("https://evil.example", "null", "http://[", f"{limited_api.url}:1"):
        for _ in range(80):
            answer = limited_api.post("/sessions", json={"role": "student"}, headers={"Origin": origin})
            assert (answer.status_code, answer.json()["error"]) == (403, "ForeignPage")
    for own in (limited_api.url, limited_api.url.replace("http:", "https:")):
        assert limited_api.post("/sessions", json={"role": "student"}, headers={"Origin": own}).status_code == 201


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({"LODGE_ALLOWED_HOSTS": " helpdesk.example , other.example"}, 200),
        ({"LODGE_ALLOWED_HOSTS": "other.example"}, 400),
        ({"LODGE_CHOICE_ANYWHERE": "yes"}, 200),
        ({"LODGE_SIGN_IN": "password"}, 200),
        ({"LODGE_SIGN_IN": "password", "LODGE_ALLOWED_HOSTS": "other.example"}, 400),
        (
            {
                "LODGE_SIGN_IN": "password",
                "LODGE_ALLOWED_HOSTS": "other.example",
                "LODGE_PUBLIC_URL": "https://helpdesk.example",
            },
            200,
        ),
    ],
    ids=str,
)
def test_more_names_are_allowed_by_setting(module_database_url: str, settings: dict[str, str], status: int) -> None:
    with running_api(module_database_url, **settings) as api:
        assert asked_as(api, "Helpdesk.example:8001") == status
