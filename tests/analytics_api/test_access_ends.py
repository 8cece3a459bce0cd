"""Whoever is deactivated is out of both APIs at once, and what they had begun ends: streams, statements, answers."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import httpx
import pytest

from tests.analytics_api.statements import statements_processes
from tests.lodge.waiting import wait_until
from tests.support.analytics import Analytics
from tests.support.api import Api, Visitor, done
from tests.support.live import listen
from tests.support.passwords import make_token, password_desk, signed_in

ENDLESS = "SELECT count(*) FROM range(10000000) a, range(10000000) b"
MANY_ROWS = "FROM range(100000000)"
ARROW = "application/vnd.apache.arrow.stream"


@pytest.fixture(scope="module")
def api(module_database_url: str) -> Iterator[Api]:
    with password_desk(module_database_url) as desk:
        yield desk


@pytest.fixture(scope="module")
def ines(api: Api) -> Visitor:
    return signed_in(api, "ines", "admin")


@pytest.fixture
def person(api: Api, analytics: Analytics, request: pytest.FixtureRequest) -> Visitor:
    """Somebody whom the analytics API has just seen."""
    visitor = signed_in(api, request.node.name, "analyst")
    analytics.ask(visitor, "active-by-category")
    return visitor


def own(visitor: Visitor, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {visitor.token}", **more}


def test_whoever_is_deactivated_is_out_everywhere(
    api: Api, analytics: Analytics, ines: Visitor, person: Visitor
) -> None:
    script = api.with_token(person, make_token(person, "analyses:read")["token"])
    (stream,) = listen(person)
    with ThreadPoolExecutor() as pool:
        statement = pool.submit(analytics.post, "/sql", json={"sql": ENDLESS}, headers=own(person))
        wait_until(lambda: len(statements_processes()) == 1, "it runs")
        done(ines.post(f"/people/{person.person_id}/deactivate"))
        began = time.monotonic()

        def seconds(is_over: Callable[[], object]) -> float:
            is_over()
            return time.monotonic() - began

        assert (person.get("/me").status_code, script.get("/me").status_code) == (401, 401), "at the next request"
        told: dict[str, Future[float]] = {
            "analytics API": pool.submit(seconds, lambda: until_refused(analytics, person)),
            "analytics API, by an API token": pool.submit(seconds, lambda: until_refused(analytics, script)),
            "live stream": pool.submit(seconds, lambda: until_ended(stream.next)),
            "statement": pool.submit(seconds, statement.result),
        }
        for what, taken in told.items():
            print(f"{what}: out after {1000 * taken.result():.0f} ms")  # noqa: T201 (shown with -s)
    refused = statement.result()
    assert (refused.status_code, refused.json()["error"]) == (401, "NotSignedIn")
    wait_until(lambda: not statements_processes(), "its process is gone")


def until_refused(analytics: Analytics, visitor: Visitor) -> None:
    wait_until(lambda: analytics.get("/analyses", headers=own(visitor)).status_code == 401, "refused")


def until_ended(next_event: Callable[[], object]) -> None:
    while next_event() is not None:
        pass


def test_an_answer_that_has_begun_is_cut_off(analytics: Analytics, ines: Visitor, person: Visitor) -> None:
    with analytics.stream("POST", "/sql", json={"sql": MANY_ROWS}, headers=own(person, Accept=ARROW)) as answer:
        parts = answer.iter_raw()
        next(parts)
        # All of it is more than the connection holds, so most of it waits.
        done(ines.post(f"/people/{person.person_id}/deactivate"))
        wait_until(lambda: not statements_processes(), "its process is gone")
        with pytest.raises(httpx.RemoteProtocolError):
            deque(parts, maxlen=0)


def test_whoever_loses_the_permission_loses_the_statement(analytics: Analytics, ines: Visitor, person: Visitor) -> None:
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(analytics.post, "/sql", json={"sql": ENDLESS}, headers=own(person))
        wait_until(lambda: len(statements_processes()) == 1, "it runs")
        done(ines.patch(f"/people/{person.person_id}", json={"version": 1, "roles": ["student"]}))
        assert (answer.result().status_code, answer.result().json()["error"]) == (403, "NotPermitted")
    wait_until(lambda: not statements_processes(), "its process is gone")
    assert person.get("/me").status_code == 200
