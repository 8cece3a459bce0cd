"""Who gets no answer, and what is said instead: every refusal in the one envelope."""

import asyncio
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from analytics_api.auth import REMEMBERED_SECONDS, People
from analytics_api.errors import DataApiAway
from contracts.errors import ErrorEnvelope
from service_kit.errors import NotSignedIn
from tests.lodge.waiting import wait_until
from tests.support.analytics import KEY, Analytics, running_analytics
from tests.support.api import Api, Visitor, done, running_api

PROTECTED = [
    "/analyses",
    "/analyses/active-by-category",
    "/analyses/no-such-analysis",
    "/analyses/open-in-period?hours=x",
]
WRONG_TOKENS = [
    "",
    "Bearer",
    "Bearer ",
    "Bearer wrong",
    "Basic d3Jvbmc=",
    "Bearer " + "x" * 5_000,
    "Bearer a b",
    "Bearer \u00e9",
]


def refused(answer: httpx.Response, status: int, name: str | None = None) -> ErrorEnvelope:
    assert answer.status_code == status, answer.text
    envelope = ErrorEnvelope.model_validate_json(answer.content)
    assert envelope.detail.endswith(".")
    assert envelope.request_id == answer.headers["X-Request-ID"]
    assert name is None or envelope.error == name
    return envelope


def as_person(visitor: Visitor, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {visitor.token}", **more}


@pytest.mark.parametrize("path", PROTECTED)
def test_without_a_token(analytics: Analytics, path: str) -> None:
    assert refused(analytics.get(path), 401).error == "NotSignedIn"


@pytest.mark.parametrize("token", WRONG_TOKENS)
def test_a_wrong_token(analytics: Analytics, token: str) -> None:
    headers = {b"Authorization": token.encode("latin-1").strip()}
    assert refused(analytics.get("/analyses", headers=headers), 401).error == "NotSignedIn"


@pytest.mark.parametrize("path", PROTECTED)
def test_a_student_may_not(analytics: Analytics, student: Visitor, path: str) -> None:
    """Before anything is said about what was asked."""
    envelope = refused(analytics.get(path, headers=as_person(student)), 403, "NotPermitted")
    assert "analyses:read" in envelope.detail


@pytest.mark.parametrize("role", ["agent", "manager", "admin", "analyst"])
def test_whoever_has_the_permission_may(analytics: Analytics, api: Api, role: str) -> None:
    visitor = api.enter(role, f"A new {role}")
    assert analytics.ask(visitor, "active-by-category")["slug"] == "active-by-category"
    assert len(done(analytics.get("/analyses", headers=as_person(visitor)))["items"]) >= 4


def test_an_unknown_analysis(analytics: Analytics, analyst: Visitor) -> None:
    for slug in (
        "nothing",
        "open-in-period.sql",
        "..%2Ftables",
        "%00",
        "O'Brien",
        "x" * 3_000,
        "Ünïcode",
        "active_by_category",
    ):
        assert refused(analytics.get(f"/analyses/{slug}", headers=as_person(analyst)), 404).error


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_written(analytics: Analytics, analyst: Visitor, method: str) -> None:
    assert refused(analytics.request(method, "/analyses/open-in-period", headers=as_person(analyst)), 405).error


@pytest.mark.parametrize("key", [None, "Bearer wrong", "Bearer ", f"Basic {KEY}", f"Bearer {KEY}x", "Bearer \u00e9"])
def test_the_check_needs_the_desks_key(analytics: Analytics, key: str | None) -> None:
    headers = {b"Authorization": key.encode("latin-1").strip()} if key else {}
    refused(analytics.post("/replica/check", headers=headers), 401, "NotSignedIn")


def test_a_persons_token_is_not_the_desks_key(analytics: Analytics, admin: Visitor) -> None:
    refused(analytics.post("/replica/check", headers=as_person(admin)), 401, "NotSignedIn")


def test_without_a_key_nobody_may_check(api: Api, tmp_path: Path) -> None:
    with running_analytics(api.database_url, api.url, tmp_path) as analytics:
        (tmp_path / "secrets" / "desk-key").unlink()
        refused(analytics.post("/replica/check", headers={"Authorization": f"Bearer {KEY}"}), 401)
        (tmp_path / "secrets" / "desk-key").write_text("")
        refused(analytics.post("/replica/check", headers={"Authorization": "Bearer x"}), 401)


def test_a_revoked_token_is_soon_refused(analytics: Analytics, api: Api) -> None:
    visitor = api.enter("analyst", "Leaving soon")
    analytics.ask(visitor, "active-by-category")
    visitor.delete("/sessions/current")
    path, headers = "/analyses", as_person(visitor)
    wait_until(lambda: analytics.get(path, headers=headers).status_code == 401, "it is refused")
    assert refused(analytics.get(path, headers=headers), 401).error == "NotSignedIn"


def test_a_token_is_remembered_for_half_a_second_and_no_longer(api: Api) -> None:
    visitor = api.enter("analyst", "Just left")

    async def ask() -> None:
        clock = [100.0]
        people = People(api.url, lambda: clock[0])
        assert (await people.who(visitor.token)).person.name == "Just left"
        visitor.delete("/sessions/current")
        clock[0] += 0.5
        assert (await people.who(visitor.token)).person.name == "Just left"
        clock[0] += 0.001
        with pytest.raises(NotSignedIn):
            await people.who(visitor.token)
        await people.close()

    asyncio.run(ask())


def test_whom_it_knows_goes_on_for_these_seconds_while_the_data_api_is_away(database_url: str) -> None:
    """In one event loop, which keeps the connections."""
    clock = [100.0]

    async def ask() -> None:
        with running_api(database_url) as api:
            people = People(api.url, lambda: clock[0])
            known, fresh = api.enter("analyst", "Known"), api.enter("analyst", "Fresh")
            await people.who(known.token)
        assert (await people.who(known.token)).person.name == "Known"
        with pytest.raises(DataApiAway):
            await people.who(fresh.token)
        clock[0] += REMEMBERED_SECONDS + 0.001
        with pytest.raises(DataApiAway):
            await people.who(known.token)
        await people.close()

    asyncio.run(ask())


def test_while_the_data_api_is_away(database_url: str, tmp_path: Path) -> None:
    """Whom it does not know is told to come back."""
    with ExitStack() as stack:
        with running_api(database_url) as api:
            fresh = api.enter("analyst", "Fresh")
            analytics = stack.enter_context(running_analytics(database_url, api.url, tmp_path))
        answer = analytics.get("/analyses", headers=as_person(fresh))
        assert "data API" in refused(answer, 503, "DataApiAway").detail
        assert answer.headers["Retry-After"] == "1"
        assert analytics.get("/health").status_code == 200, "the numbers themselves still follow"
        assert analytics.check()["difference"] is None
