"""The pages tell the data API where a visitor comes from, in everything that they ask for them."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from service_kit.visitors import visitor_header
from streamlit_app.client import environment
from streamlit_app.client.service_client import headers_for
from streamlit_app.server import live_updates, sign_in
from streamlit_app.state import session
from tests.support.api import Api, Visitor

DESK = "http://127.0.0.1:8501"


@pytest.fixture(scope="module")
def api(limited_api: Api) -> Api:
    """With limits, as people have it."""
    return limited_api


@pytest.fixture(autouse=True)
def _home_of_the_pages(home_with_key: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LODGE_HOME", str(home_with_key))
    environment.home.cache_clear()
    yield
    environment.home.cache_clear()


def entered_from(address: str) -> httpx.Response:
    """What the pages answer to somebody who enters."""
    browser = TestClient(Starlette(routes=sign_in.routes), DESK, client=(address, 50_000))
    answer: httpx.Response = browser.post("/enter", json={"role": "student"}, headers={"Origin": DESK})
    return answer


def test_who_enters_too_often_locks_out_nobody_else(api: Api) -> None:
    def enter(_: int) -> httpx.Response:
        return api.post("/sessions", json={"role": "student"}, headers=headers_for(None, "127.0.0.2"))

    with ThreadPoolExecutor(4) as pool:
        assert {answer.status_code for answer in pool.map(enter, range(300))} == {201}

    refused = entered_from("127.0.0.2")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert "try again in" in refused.json()["detail"]
    assert entered_from("127.0.0.3").status_code == 204


def test_a_page_asks_for_its_visitor(monkeypatch: pytest.MonkeyPatch, home_with_key: Path) -> None:
    monkeypatch.setattr(session, "token", lambda: "a-token")
    monkeypatch.setattr(type(st.context), "ip_address", "203.0.113.9")
    assert session.api()._service._headers == {
        "Authorization": "Bearer a-token",
        **visitor_header("203.0.113.9", home_with_key),
    }


def test_a_live_line_does_so_too(api: Api, home_with_key: Path) -> None:
    student: Visitor = api.enter("student", "Lea Line")

    async def join() -> dict[str, str]:
        live_updates.http_client.cache_clear()
        async with live_updates.joined(student.token, "203.0.113.9") as (line, _):
            headers = line._headers
        live_updates.http_client.cache_clear()
        return headers

    assert visitor_header("203.0.113.9", home_with_key).items() <= asyncio.run(join()).items()
