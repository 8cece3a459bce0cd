"""Entering and leaving over the UI's own routes, and what stands around every answer."""

import asyncio
import re
import ssl
from collections.abc import Iterator, Mapping

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit import net_util
from streamlit.runtime import Runtime
from streamlit.web.server.starlette.starlette_app import create_streamlit_routes
from streamlit.web.server.starlette.starlette_websocket import create_websocket_routes

from service_kit.origins import came_through_proxy
from streamlit_app import asgi
from streamlit_app.client import environment
from streamlit_app.server import sign_in
from streamlit_app.server.cookies import cookie_name
from streamlit_app.server.security import Gate, SecurityHeaders, content_security_policy, refusal
from tests.support.api import Api

DESK = "http://127.0.0.1:8501"
FROM_HERE = {"Origin": DESK}
ADDRESSES = (environment.answered_names, environment.is_closed_to_proxies, environment.public_url)


@pytest.fixture(autouse=True)
def _addresses() -> Iterator[None]:
    """Each test sets its own."""
    for kept in ADDRESSES:
        kept.cache_clear()
    yield
    for kept in ADDRESSES:
        kept.cache_clear()


@pytest.fixture
def browser() -> TestClient:
    """The UI's outside without Streamlit inside."""
    middleware = [Middleware(SecurityHeaders), Middleware(Gate)]
    routes = [
        *sign_in.routes,
        Route("/cookie", _with_cookie),
        Route("/{path:path}", _page),
        WebSocketRoute("/{path:path}", _opened),
    ]
    return TestClient(Starlette(routes=routes, middleware=middleware), base_url=DESK)


def _page(_: Request) -> Response:
    return PlainTextResponse("a page")


def _with_cookie(_: Request) -> Response:
    answer = PlainTextResponse("a page")
    answer.set_cookie("theirs", "1")
    return answer


async def _opened(websocket: WebSocket) -> None:
    await websocket.accept()


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


def test_who_enters_and_leaves_holds_up_nobody_by_reading_certificates(
    browser: TestClient, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes a tenth of a second each time, of the one thread that serves everybody, and strangers may ask for it."""
    read: list[str] = []
    make = ssl.create_default_context

    def read_them(*_: object, **__: object) -> ssl.SSLContext:
        read.append("certificates")
        return make()

    monkeypatch.setattr(ssl, "create_default_context", read_them)
    for path in ("/enter", "/leave", "/enter", "/leave"):
        assert browser.post(path, json={"role": "student"}, headers=FROM_HERE).status_code == 204
    assert len(read) <= 1


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


def test_a_wish_that_breaks_off_is_no_error_of_ours() -> None:
    """An error would fill the log, as often as somebody likes."""
    messages: list[Message] = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]

    async def receive() -> Message:
        return messages.pop(0)

    headers = [(b"content-type", b"application/json")]
    request = Request({"type": "http", "method": "POST", "path": "/enter", "headers": headers}, receive)
    assert asyncio.run(sign_in.enter(request)).status_code == 422


def test_a_form_of_another_kind_is_refused(browser: TestClient) -> None:
    assert browser.post("/enter", data={"role": "student"}, headers=FROM_HERE).status_code == 422


def test_a_desk_that_is_away_is_told(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    environment.data_api_url.cache_clear()
    monkeypatch.setenv("LODGE_DATA_API_URL", "http://127.0.0.1:1")

    answer = browser.post("/enter", json={"role": "student"}, headers=FROM_HERE)

    assert answer.status_code == 503
    assert "cannot be reached" in answer.json()["detail"]


END, END_BOTH = "DELETE /sessions/current", "POST /sessions/oidc/end"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_who_cannot_be_let_out_stays_inside(browser: TestClient, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    """Without the cookie, nobody could end the sign-in any more, and a copy of its token would go on working."""
    browser.cookies["lodge_session_8501"] = "a token"
    desk_answers(monkeypatch, {END: httpx.Response(status)})
    left = browser.post("/leave", json={}, headers=FROM_HERE)
    assert (left.status_code, "set-cookie" in left.headers) == (503, False)
    assert "you are still inside" in left.json()["detail"]


def test_who_is_no_longer_inside_is_let_out(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    browser.cookies["lodge_session_8501"] = "an old token"
    desk_answers(monkeypatch, {END: httpx.Response(401)})
    left = browser.post("/leave", json={}, headers=FROM_HERE)
    assert (left.status_code, "lodge_session_8501=" in left.headers["set-cookie"]) == (204, True)


def test_nobody_switches_who_cannot_end_their_sign_in(
    api: Api, browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.cookies["lodge_session_8501"] = "a token"
    entered = api.post("/sessions", json={"role": "agent"})
    desk_answers(
        monkeypatch, {"POST /sessions": httpx.Response(201, content=entered.content), END: httpx.Response(503)}
    )
    switched = browser.post("/enter", json={"role": "agent"}, headers=FROM_HERE)
    assert (switched.status_code, "set-cookie" in switched.headers) == (503, False)
    assert "still inside as before" in switched.json()["detail"]


@pytest.mark.parametrize("answer", [httpx.Response(200, text="<html>"), httpx.Response(422, json={})])
def test_what_the_desk_says_of_the_provider_may_be_unreadable(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch, answer: httpx.Response
) -> None:
    browser.cookies["lodge_session_8501"] = "a token"
    monkeypatch.setattr(sign_in, "is_provider_used", lambda: True)
    desk_answers(monkeypatch, {END_BOTH: answer, END: httpx.Response(204)})
    left = browser.post("/leave", json={}, headers=FROM_HERE)
    assert (left.status_code, "lodge_session_8501=" in left.headers["set-cookie"]) == (204, True)


def test_a_sign_in_that_cannot_be_read_is_told(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    desk_answers(monkeypatch, {"POST /sessions": httpx.Response(201, text="<html>")})
    answer = browser.post("/enter", json={"role": "student"}, headers=FROM_HERE)
    assert (answer.status_code, "set-cookie" in answer.headers) == (502, False)
    assert "nobody is signed in" in answer.json()["detail"]


def desk_answers(monkeypatch: pytest.MonkeyPatch, answers: Mapping[str, httpx.Response]) -> None:
    """In place of the data API, which would need to be ill."""
    desk = httpx.MockTransport(lambda request: answers[f"{request.method} {request.url.path}"])
    monkeypatch.setattr(sign_in, "_client", lambda: httpx.AsyncClient(base_url="http://desk.test", transport=desk))


@pytest.mark.parametrize("path", ["/", "/enter", "/queue", "/_stcore/metrics"])
def test_every_answer_carries_the_security_headers(browser: TestClient, path: str) -> None:
    headers = browser.get(path).headers

    assert headers["content-security-policy"] == content_security_policy()
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_no_cache_keeps_a_download(browser: TestClient) -> None:
    assert browser.get("/media/something.csv").headers["cache-control"] == "no-store"


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
    monkeypatch.setenv("LODGE_ALLOWED_HOSTS", "desk.campus.example")
    assert browser.get("/queue", headers={"Host": "desk.campus.example"}).status_code == 200


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Runtime:
    """Streamlit's own, of which a process has one; the other tests have none."""
    monkeypatch.setattr(Runtime, "_instance", None)
    return asgi.app._create_runtime()


def test_of_streamlits_routes_only_the_needed_ones_are_open(runtime: Runtime) -> None:
    """A newer Streamlit may have more: then somebody decides."""
    routes = {str(getattr(route, "path", "")) for route in create_streamlit_routes(runtime)}
    assert {path for path in routes if is_open("GET", path)} == {
        "",  # the page and its scripts
        "/app/static/{path:path}",
        "/media/{file_id:path}",
        "/_stcore/health",
        "/_stcore/host-config",
        "/_stcore/stream",
    }


def is_open(method: str, path: str) -> bool:
    headers = [(b"host", b"127.0.0.1:8501"), (b"origin", DESK.encode())]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "path": path,
        "headers": headers,
    }
    return refusal(scope) is None


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "GET"])
def test_nobody_uploads(browser: TestClient, method: str) -> None:
    answer = browser.request(method, "/_stcore/upload_file/session/file", headers=FROM_HERE)
    assert answer.status_code == 404


FOREIGN = [
    {},
    {"Origin": ""},
    {"Origin": "null"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://127.0.0.1:9999"},
    {"Origin": "http://127.0.0.1"},
    {"Origin": "http://localhost:8501"},
    {"Origin": "https://127.0.0.1:8501"},
    {"Origin": "//127.0.0.1:8501"},
    {"Origin": f"{DESK}/"},
    {"Origin": f"{DESK}, https://evil.example"},
    {"Origin": DESK, "Host": "127.0.0.1:8501/x"},
    {"Origin": f"{DESK}/x", "Host": "127.0.0.1:8501/x"},
    {"Origin": "http://x@127.0.0.1:8501", "Host": "x@127.0.0.1:8501"},
    {"Origin": "http://", "Host": ""},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_no_page_but_ours_opens_a_websocket_or_changes_anything(browser: TestClient, headers: dict[str, str]) -> None:
    for path in ("/_stcore/stream", "/live", "/anything"):
        with (
            pytest.raises(WebSocketDisconnect),
            browser.websocket_connect(f"ws://127.0.0.1:8501{path}", headers=headers),
        ):
            pytest.fail("it was opened")
    for method in ("POST", "PUT", "PATCH", "DELETE", "PROPFIND"):
        answer = browser.request(method, "/whatever", headers=headers)
        assert answer.status_code in {400, 403}
        assert answer.json()["detail"]


def test_our_own_page_opens_one(browser: TestClient) -> None:
    with browser.websocket_connect("ws://127.0.0.1:8501/live", headers=FROM_HERE):
        pass


@pytest.mark.parametrize("anywhere", [False, True])
def test_streamlit_is_never_brought_to_ask_outside_for_its_address(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, anywhere: bool
) -> None:
    """It does so for each foreign page, and serves nobody meanwhile."""
    asked: list[str] = []
    monkeypatch.setattr(net_util, "get_external_ip", lambda: asked.append("outside"))
    if anywhere:
        monkeypatch.setenv("LODGE_CHOICE_ANYWHERE", "yes")
    streamlit = Starlette(routes=create_websocket_routes(runtime, ""), middleware=[Middleware(Gate)])
    browser = TestClient(streamlit, base_url=DESK)
    for headers in FOREIGN:
        with (
            pytest.raises(WebSocketDisconnect),
            browser.websocket_connect("ws://127.0.0.1:8501/_stcore/stream", headers=headers),
        ):
            pytest.fail("it was opened")
    assert asked == []


PROXIES_SAY = [
    {"X-Forwarded-For": "192.0.2.7"},
    {"X-Forwarded-Proto": "https"},
    {"X-Forwarded-Host": "127.0.0.1:8501"},
    {"X-Real-IP": "192.0.2.7"},
    {"Forwarded": "for=192.0.2.7"},
    {"Via": "1.1 proxy"},
    {"Host": "helpdesk.example.edu", "Origin": "https://helpdesk.example.edu"},
    {"Origin": "https://helpdesk.example.edu"},
]


@pytest.mark.parametrize("headers", PROXIES_SAY)
def test_a_desk_that_people_enter_by_role_is_not_entered_through_a_proxy(
    browser: TestClient, headers: dict[str, str]
) -> None:
    answer = browser.post("/enter", json={"role": "admin"}, headers=FROM_HERE | headers)
    assert (answer.status_code in {400, 403}, "set-cookie" in answer.headers) == (True, False)


def test_what_nginx_passes_on_unless_told_otherwise_is_of_a_proxy() -> None:
    assert came_through_proxy({"http_version": "1.0", "headers": [(b"host", b"desk")]})
    others = [(name, b"1") for name in (b"host", b"x-request-id", b"viaduct")]
    assert not came_through_proxy({"http_version": "1.1", "headers": others})


@pytest.fixture
def published(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """The same desk behind a proxy that ends TLS."""
    monkeypatch.setenv("LODGE_CHOICE_ANYWHERE", "yes")
    monkeypatch.setenv("LODGE_PUBLIC_URL", "https://helpdesk.example.edu")
    return browser


PUBLIC = "https://helpdesk.example.edu"


@pytest.mark.parametrize("host", ["helpdesk.example.edu", "helpdesk.example.edu:443", "127.0.0.1:8501"])
def test_behind_a_proxy_the_public_address_is_the_desks_own_whatever_name_it_passes_on(
    published: TestClient, host: str
) -> None:
    answer = published.post("/enter", json={"role": "student"}, headers={"Origin": PUBLIC, "Host": host})
    assert answer.status_code == 204
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-lodge_session=")  # no other site of the domain can set it
    assert "; Secure" in cookie


@pytest.mark.parametrize(
    "origin", ["http://helpdesk.example.edu", DESK, "https://helpdesk.example.edu:8443", "", "null"]
)
def test_behind_a_proxy_every_other_address_is_foreign(published: TestClient, origin: str) -> None:
    for host in ("helpdesk.example.edu", "127.0.0.1:8501"):
        answer = published.post("/enter", json={"role": "student"}, headers={"Origin": origin, "Host": host})
        assert answer.status_code == 403


DOCUMENT = {"Sec-Fetch-Dest": "document"}


@pytest.mark.parametrize(
    "headers",
    [
        DOCUMENT,
        DOCUMENT | {"Host": "localhost:8501"},
        DOCUMENT | {"Host": "helpdesk.example.edu:8501"},
        {"Host": "192.0.2.7:8501", "Accept": "text/html,*/*;q=0.8"},  # to such an address browsers send no more
    ],
    ids=str,
)
def test_a_page_opened_past_the_proxy_names_the_desks_address(published: TestClient, headers: dict[str, str]) -> None:
    """Its WebSocket would be refused, and it would stay empty."""
    answer = published.get("/queue?status=open", headers=headers)
    assert answer.status_code == 403
    assert f'Open the desk at <a href="{PUBLIC}">{PUBLIC}</a>' in answer.text
    assert answer.headers["content-security-policy"] == content_security_policy()


@pytest.mark.parametrize(
    "headers",
    [
        DOCUMENT | {"Host": "helpdesk.example.edu"},
        DOCUMENT | {"Host": "Helpdesk.example.edu:443"},
        DOCUMENT | {"X-Forwarded-For": "192.0.2.7"},
        {"Sec-Fetch-Dest": "script", "Accept": "*/*"},
        {"Accept": "*/*"},
    ],
    ids=str,
)
def test_pages_through_the_proxy_and_whatever_is_no_page_are_answered(
    published: TestClient, headers: dict[str, str]
) -> None:
    assert published.get("/queue", headers=headers).text == "a page"


def test_a_desk_without_a_public_address_is_opened_by_any_of_its_names(browser: TestClient) -> None:
    for host in ("127.0.0.1:8501", "localhost:8501"):
        assert browser.get("/queue", headers=DOCUMENT | {"Host": host}).text == "a page"


def test_what_came_from_another_address_is_told_ours(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> str:
        answer = browser.post("/enter", json={"role": "student"}, headers={"Origin": "http://localhost:8501"})
        return str(answer.json()["detail"])

    assert told() == f"Open the desk at {DESK}; this came from another address."
    monkeypatch.setenv("LODGE_CHOICE_ANYWHERE", "yes")
    monkeypatch.setenv("LODGE_PUBLIC_URL", PUBLIC)
    for kept in ADDRESSES:
        kept.cache_clear()
    assert told() == f"Open the desk at {PUBLIC}; this came from another address."


def test_behind_a_proxy_streamlits_cookies_are_secure_too(published: TestClient) -> None:
    assert published.get("/cookie").headers["set-cookie"] == "theirs=1; Path=/; SameSite=lax; Secure"


def test_two_desks_on_one_machine_have_two_cookies() -> None:
    assert cookie_name("127.0.0.1:8501") != cookie_name("127.0.0.1:8601")
    assert cookie_name("desk.example") == "lodge_session"
