"""Signing in through an identity provider in the pages: the button, the way there and back, and out again."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from streamlit_app.client import environment
from streamlit_app.state import lists
from tests.support.api import Api, done, running_api
from tests.support.issuer import Issuer, issuing
from tests.support.screens import Screen
from tests.ui.test_password_form import DESK, FROM_HERE, MARK, marked_browser


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuing() as running:
        yield running


@pytest.fixture(scope="module")
def api(module_database_url: str, issuer: Issuer) -> Iterator[Api]:
    """In place of the desk of all other pages."""
    with running_api(module_database_url, **issuer.settings()) as running:
        yield running


@pytest.fixture(autouse=True)
def _with_provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LODGE_SIGN_IN", "password,oidc")
    for kept in (environment.answered_names, environment.is_provider_used):
        kept.cache_clear()
    lists.desk.forget()
    yield
    for kept in (environment.answered_names, environment.is_provider_used):
        kept.cache_clear()


@pytest.fixture
def browser() -> TestClient:
    browser = marked_browser()
    browser.follow_redirects = False
    browser.cookies["lodge_browser_8501"] = MARK
    return browser


def come_back(browser: TestClient, issuer: Issuer, to: str = "/", **changes: Any) -> Any:
    """Goes to the provider and back, and returns the last answer."""
    url = done(browser.post("/oidc/begin", json={"to": to}, headers=FROM_HERE))["url"]
    begun = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert begun["redirect_uri"] == f"{DESK}/oidc/callback"
    code = issuer.code_for(begun, issuer.signed(issuer.claims(begun, **changes)))
    return browser.get("/oidc/callback", params={"state": begun["state"], "code": code})


def test_both_ways_are_offered(api: Api) -> None:
    screen = Screen(None).open("queue")
    assert screen.data("provider_button")["label"] == "Sign in with your campus account"
    assert [field.label for field in screen.app.text_input] == ["Username", "Password"]


def test_only_the_button_where_there_are_no_passwords(
    database_url: str, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = issuer.settings(LODGE_SIGN_IN="oidc", LODGE_OIDC_NAME="Campus ID")
    with running_api(database_url, **settings) as desk:
        monkeypatch.setenv("LODGE_DATA_API_URL", desk.url)
        environment.data_api_url.cache_clear()
        lists.desk.forget()
        screen = Screen(None).open()
        assert screen.data("provider_button")["label"] == "Sign in with Campus ID"
        assert not screen.app.text_input
        assert not screen.has("role_cards")
        assert desk.post("/sessions", json={"username": "mia", "password": "x"}).status_code == 403
    environment.data_api_url.cache_clear()
    lists.desk.forget()


def test_there_and_back_and_out_of_both(api: Api, issuer: Issuer, browser: TestClient) -> None:
    answer = come_back(browser, issuer, "/queue?status=open")
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue?status=open")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(answer.headers["set-cookie"].split("; "))
    token = browser.cookies["lodge_session_8501"]
    assert done(api.get("/me", headers={"Authorization": f"Bearer {token}"}))["person"]["name"] == "Mia Rossi"
    left = browser.post("/leave", json={}, headers=FROM_HERE)
    assert urlsplit(done(left)["url"]).path == "/end"
    assert "lodge_session_8501" not in browser.cookies
    assert api.get("/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_what_is_wrong_is_said_on_a_page(api: Api, issuer: Issuer, browser: TestClient) -> None:
    answer = come_back(browser, issuer, sub="stranger", email_verified=False)
    assert (answer.status_code, "lodge_session_8501" in browser.cookies) == (403, False)
    assert "does not confirm your mail address" in answer.text
    stopped = browser.get("/oidc/callback", params={"error": "access_denied", "error_description": "<b>no</b>"})
    assert (stopped.status_code, "You did not finish" in stopped.text, "<b>" in stopped.text) == (400, True, False)


def test_another_browser_cannot_finish(api: Api, issuer: Issuer, browser: TestClient) -> None:
    url = done(browser.post("/oidc/begin", json={}, headers=FROM_HERE))["url"]
    begun = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    back = {"state": begun["state"], "code": issuer.code_for(begun, issuer.signed(issuer.claims(begun)))}
    victim = marked_browser()
    victim.cookies["lodge_browser_8501"] = "another mark"
    assert victim.get("/oidc/callback", params=back).status_code == 401
    assert marked_browser().get("/oidc/callback", params=back).status_code == 400


def test_nobody_is_sent_elsewhere(api: Api, browser: TestClient) -> None:
    refused = browser.post("/oidc/begin", json={"to": "//evil.test"}, headers=FROM_HERE)
    assert (refused.status_code, "not one of this desk" in refused.json()["detail"]) == (422, True)
    assert browser.post("/oidc/begin", json={}, headers={"Origin": "https://evil.test"}).status_code == 403
    assert marked_browser().post("/oidc/begin", json={}, headers=FROM_HERE).status_code == 422
