"""Entering and leaving over the UI's own routes, and what stands around every answer."""

import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from streamlit_app import entering, environment
from streamlit_app.cookies import cookie_name
from streamlit_app.security import Gate, SecurityHeaders, content_security_policy
from tests.support.api import Api

DESK = "http://127.0.0.1:8501"
FROM_HERE = {"Origin": DESK}


@pytest.fixture
def browser() -> TestClient:
    """The UI's outside without Streamlit inside."""
    pages = Route("/{path:path}", lambda _: PlainTextResponse("a page"))
    middleware = [Middleware(SecurityHeaders), Middleware(Gate)]
    return TestClient(Starlette(routes=[*entering.routes, pages], middleware=middleware), base_url=DESK)


def test_entering_sets_a_cookie_that_scripts_cannot_read(browser: TestClient, api: Api) -> None:
    answer = browser.post("/enter", json={"role": "student", "name": "Mia Rossi"}, headers=FROM_HERE)

    assert (answer.status_code, answer.content) == (204, b"")
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    token = browser.cookies["lodge_session_8501"]
    me = api.get("/me", headers={"Authorization": f"Bearer {token}"}).json()
    assert me["person"]["name"] == "Mia Rossi"


def test_leaving_revokes_the_token(browser: TestClient, api: Api) -> None:
    browser.post("/enter", json={"role": "agent"}, headers=FROM_HERE)
    token = browser.cookies["lodge_session_8501"]

    assert browser.post("/leave", json={}, headers=FROM_HERE).status_code == 204

    assert "lodge_session_8501" not in browser.cookies
    assert api.get("/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_switching_roles_revokes_the_former_token(browser: TestClient, api: Api) -> None:
    browser.post("/enter", json={"role": "student"}, headers=FROM_HERE)
    former = browser.cookies["lodge_session_8501"]
    browser.post("/enter", json={"role": "agent"}, headers=FROM_HERE)

    assert browser.cookies["lodge_session_8501"] != former
    assert api.get("/me", headers={"Authorization": f"Bearer {former}"}).status_code == 401


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:9999"}]
)
@pytest.mark.parametrize("path", ["/enter", "/leave"])
def test_other_sites_cannot_enter_or_leave(browser: TestClient, path: str, headers: dict[str, str]) -> None:
    answer = browser.post(path, json={"role": "admin"}, headers=headers)

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_link_does_not_enter(browser: TestClient) -> None:
    answer = browser.get("/enter?role=admin", headers=FROM_HERE)

    assert "set-cookie" not in answer.headers


BAD_WISHES = [
    b"",
    b"{",
    b"[]",
    b'{"role":"king"}',
    b'{"role":"student","extra":1}',
    b'{"role":"student","name":"\\u0000"}',
    b'{"role":"student","name":"' + b"x" * 20_000 + b'"}',
]


@pytest.mark.parametrize("body", BAD_WISHES)
def test_bad_wishes_are_refused_in_words(browser: TestClient, body: bytes) -> None:
    answer = browser.post("/enter", content=body, headers={**FROM_HERE, "Content-Type": "application/json"})

    assert (answer.status_code, "set-cookie" in answer.headers) == (422, False)
    assert answer.json()["detail"]


def test_a_form_of_another_kind_is_refused(browser: TestClient) -> None:
    assert browser.post("/enter", data={"role": "student"}, headers=FROM_HERE).status_code == 422


def test_a_desk_that_is_away_is_told(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    environment.data_api_url.cache_clear()
    monkeypatch.setenv("LODGE_DATA_API_URL", "http://127.0.0.1:1")

    answer = browser.post("/enter", json={"role": "student"}, headers=FROM_HERE)

    assert answer.status_code == 503
    assert "cannot be reached" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/", "/enter", "/queue", "/_stcore/metrics"])
def test_every_answer_carries_the_security_headers(browser: TestClient, path: str) -> None:
    headers = browser.get(path).headers

    assert headers["content-security-policy"] == content_security_policy()
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_the_policy_allows_no_other_host_and_no_inline_script_but_streamlits() -> None:
    policy = content_security_policy()

    assert not re.search(r"https?:|\*|'unsafe-eval'", policy)
    script = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert re.fullmatch(r"script-src 'self' blob: 'sha256-[A-Za-z0-9+/]{43}='", script)


@pytest.mark.parametrize(
    ("host", "status"), [("evil.example", 400), ("127.0.0.1:8501", 200), ("localhost", 200), ("", 400)]
)
def test_a_desk_of_choice_answers_to_its_own_names_only(browser: TestClient, host: str, status: int) -> None:
    assert browser.get("/queue", headers={"Host": host}).status_code == status


def test_more_names_are_given_by_the_setting(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    environment.answered_names.cache_clear()
    monkeypatch.setenv("LODGE_ALLOWED_HOSTS", "desk.campus.example")
    try:
        assert browser.get("/queue", headers={"Host": "desk.campus.example"}).status_code == 200
    finally:
        environment.answered_names.cache_clear()


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/openapi.json"])
def test_streamlits_open_doors_are_closed(browser: TestClient, path: str) -> None:
    assert browser.get(path).status_code == 404


def test_two_desks_on_one_machine_have_two_cookies() -> None:
    assert cookie_name("127.0.0.1:8501") != cookie_name("127.0.0.1:8601")
    assert cookie_name("desk.example") == "lodge_session"
