"""Signing in with a password in the pages, over a desk where nobody chooses a role."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from streamlit_app.client import environment
from streamlit_app.server import sign_in
from streamlit_app.server.cookies import fingerprint
from streamlit_app.server.security import Gate
from streamlit_app.state import lists, session
from tests.support import rows
from tests.support.api import Api, done
from tests.support.passwords import OTHER, PASSWORD, add_person, password_desk, signed_in
from tests.support.screens import Screen

DESK = "http://127.0.0.1:8501"
FROM_HERE = {"Origin": DESK}
A_PAGE = {"Sec-Fetch-Dest": "document"}
MARK = "the browser's mark"


@pytest.fixture(scope="module")
def api(module_database_url: str) -> Iterator[Api]:
    """In place of the desk of all other pages."""
    with password_desk(module_database_url) as running:
        yield running


@pytest.fixture(autouse=True)
def _marked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AppTest has no cookies."""
    monkeypatch.setattr(session, "browser_mark", lambda: fingerprint(MARK))
    monkeypatch.setenv("LODGE_SIGN_IN", "password")
    environment.answered_names.cache_clear()
    yield
    environment.answered_names.cache_clear()


@pytest.fixture
def browser() -> TestClient:
    """The routes as a browser sees them, without Streamlit behind them."""
    return marked_browser()


def marked_browser(origin: str = DESK) -> TestClient:
    middleware = [Middleware(Gate), Middleware(sign_in.BrowserMarks)]
    return TestClient(Starlette(routes=[*sign_in.routes, Route("/{path:path}", _page)], middleware=middleware), origin)


def _page(_: Request) -> Response:
    return PlainTextResponse("a page")


def type_in(screen: Screen, username: str, password: str) -> Screen:
    name, secret = screen.app.text_input
    name.set_value(username)
    secret.set_value(password)
    screen.app.button[0].click().run()
    return screen.checked()


@pytest.mark.parametrize("page", [None, "queue", "ticket"])
def test_strangers_find_the_form_on_every_page(api: Api, page: str | None) -> None:
    screen = Screen(None).open(page)
    assert [field.label for field in screen.app.text_input] == ["Username", "Password"]
    assert not screen.has("role_cards")
    assert screen.data("hand_off")["code"] == ""


def test_the_right_password_gives_the_browser_a_code(api: Api, browser: TestClient) -> None:
    add_person(api, "mia")
    screen = type_in(Screen(None).open(), " MIA ", f"{PASSWORD} ")
    code = screen.data("hand_off")["code"]
    assert code
    browser.cookies["lodge_browser_8501"] = MARK
    assert browser.post("/redeem", json={"code": code}, headers=FROM_HERE).status_code == 204
    token = browser.cookies["lodge_session_8501"]
    assert done(api.get("/me", headers={"Authorization": f"Bearer {token}"}))["person"]["name"] == "mia"


@pytest.mark.parametrize(
    ("username", "password", "told"),
    [
        ("nobody", PASSWORD, "The username or the password is wrong."),
        ("jonas", OTHER, "The username or the password is wrong."),
        ("jonas", "", "Type your password too."),
        ("x" * 101, PASSWORD, "username: String should have at most 100 characters"),
    ],
)
def test_what_is_wrong_is_said_under_the_form(api: Api, username: str, password: str, told: str) -> None:
    if not api.sql("SELECT 1 FROM credential WHERE username = 'jonas'"):
        add_person(api, "jonas")
    screen = type_in(Screen(None).open(), username, password)
    assert [error.value for error in screen.app.error] == [told.replace(".", "&#46;").replace(":", "&#58;")]
    assert screen.data("hand_off")["code"] == ""


def test_too_many_tries_are_told_with_their_seconds(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with password_desk(database_url, LODGE_RATE_LIMITS="on") as strict:
        monkeypatch.setenv("LODGE_DATA_API_URL", strict.url)
        environment.data_api_url.cache_clear()
        lists.desk.forget()
        screen = Screen(None).open()
        for _ in range(6):
            type_in(screen, "mia", OTHER)
        assert "Too many wrong passwords; try again in" in screen.words().replace("&#59;", ";")


def test_a_browser_without_cookies_is_told(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "browser_mark", lambda: None)
    screen = type_in(Screen(None).open(), "mia", PASSWORD)
    assert "keeps no cookies" in screen.words()


def test_who_has_signed_in_signs_out_and_switches_no_roles(api: Api) -> None:
    menu = Screen(signed_in(api, "ada", "agent").token).open().data("person_menu")
    assert (menu["roles"], menu["does"]) == ([], "sign out")


def test_a_page_that_is_opened_gets_a_mark_once(browser: TestClient) -> None:
    first = browser.get("/queue", headers=A_PAGE)
    cookie = first.headers["set-cookie"]
    assert cookie.startswith("lodge_browser_8501=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "set-cookie" not in browser.get("/queue", headers=A_PAGE).headers
    assert "set-cookie" not in marked_browser().get("/static/x.js", headers={"Sec-Fetch-Dest": "script"}).headers


def code_for(api: Api, username: str) -> str:
    wish = {"username": username, "password": PASSWORD, "browser": fingerprint(MARK)}
    return str(done(api.post("/sessions/hand-off", json=wish), 201)["code"])


def test_another_browser_cannot_use_the_code(api: Api, browser: TestClient) -> None:
    add_person(api, "victim of a link")
    code = code_for(api, "victim of a link")
    for mark in (None, "another mark"):
        if mark:
            browser.cookies["lodge_browser_8501"] = mark
        answer = browser.post("/redeem", json={"code": code}, headers=FROM_HERE)
        assert answer.status_code in (401, 422)
        assert "set-cookie" not in answer.headers
    browser.cookies["lodge_browser_8501"] = MARK
    assert browser.post("/redeem", json={"code": code}, headers={"Origin": "http://127.0.0.1:9"}).status_code == 403
    assert browser.get(f"/redeem?code={code}", headers=FROM_HERE).text == "a page"
    assert browser.post("/redeem", json={"code": code}, headers=FROM_HERE).status_code == 204


def forget_addresses() -> None:
    for kept in (environment.answered_names, environment.is_closed_to_proxies, environment.public_url):
        kept.cache_clear()


def test_behind_tls_both_cookies_are_secure(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    add_person(api, "encrypted")
    monkeypatch.setenv("LODGE_PUBLIC_URL", "https://desk.test")
    forget_addresses()
    try:
        browser = marked_browser("https://desk.test")
        assert "Secure" in browser.get("/", headers=A_PAGE | {"X-Forwarded-For": "10.0.0.1"}).headers["set-cookie"]
        browser.cookies.clear()
        headers = {"Origin": "https://desk.test", "Cookie": f"__Host-lodge_browser={MARK}"}
        answer = browser.post("/redeem", json={"code": code_for(api, "encrypted")}, headers=headers)
        assert "Secure" in answer.headers["set-cookie"]
    finally:
        forget_addresses()


def invited(api: Api, name: str) -> tuple[str, int]:
    known = api.sql("SELECT 1 FROM credential WHERE username = 'ines'")
    admin = api.sign_in("ines", PASSWORD) if known else signed_in(api, "ines", "admin")
    person = rows.person(api, name)
    return done(admin.post(f"/people/{person}/invitation"), 201)["link"].partition("#")[2], person


def join(monkeypatch: pytest.MonkeyPatch, secret: str) -> Screen:
    """As if the browser had sent what follows the # of the link."""
    monkeypatch.setattr(
        "streamlit_app.components.sign_in._link_secret", lambda **_: SimpleNamespace(get=lambda _: secret)
    )
    return Screen(None).open("join")


def test_an_invited_person_chooses_a_password_and_is_signed_in(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, person = invited(api, "Rae First")
    screen = type_in(join(monkeypatch, secret), "rae", PASSWORD)
    assert screen.data("hand_off")["code"]
    assert screen.data("hand_off")["to"] == "."
    assert api.sign_in("rae", PASSWORD).person_id == person


def test_a_short_password_is_refused_and_the_link_stays_good(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, _ = invited(api, "Careful")
    screen = type_in(join(monkeypatch, secret), "careful", "short")
    assert "at least 10 characters" in screen.words()
    assert "everybody tries first" in type_in(screen, "careful", "password2026").words()
    assert type_in(screen, "careful", PASSWORD).data("hand_off")["code"]


@pytest.mark.parametrize("secret", ["", "x" * 43])
def test_half_a_link_and_one_that_is_over_are_told(api: Api, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    words = join(monkeypatch, secret).words()
    assert ("This link is not valid" in words) == bool(secret)
    assert ("Open the link that you were given" in words) == (not secret)
