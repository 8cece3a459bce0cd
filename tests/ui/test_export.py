"""Exporting what a list shows: the dialog, and the route through which the browser gets the file."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.testclient import TestClient
from starlette.types import Message

from service_kit import pace
from streamlit_app.client import environment
from streamlit_app.server import exports, live_updates
from streamlit_app.server.cookies import cookie_name
from streamlit_app.server.passed_on import PassedOn
from streamlit_app.server.security import Gate, SecurityHeaders
from tests.support.api import Api, Visitor
from tests.support.screens import Screen
from tests.ui.conftest import Opener

DESK = "http://127.0.0.1:8501"


@pytest.fixture(scope="module", autouse=True)
def tickets(api: Api) -> list[int]:
    student = api.enter("student", "Mia Rossi")
    return [student.report(f"Zeppelin {number}")["id"] for number in range(3)]


@pytest.fixture
def browser(_ui: None) -> Iterator[TestClient]:
    live_updates.http_client.cache_clear()
    environment.answered_names.cache_clear()
    middleware = [Middleware(SecurityHeaders), Middleware(Gate)]
    with TestClient(Starlette(routes=exports.routes, middleware=middleware), base_url=DESK) as client:
        yield client
    live_updates.http_client.cache_clear()


def opened(screen: Screen) -> Screen:
    return screen.fire("filter_chips", "act", "export")


def asked(screen: Screen) -> list[tuple[str, str]]:
    href = screen.data("export")["href"]
    assert urlsplit(href).path == exports.routes[0].path.strip("/")
    return parse_qsl(urlsplit(href).query)


def choose(screen: Screen, label: str, value: object) -> Screen:
    next(one for one in screen.app.segmented_control if one.label == label).set_value(value).run()
    return screen.checked()


def test_the_dialog_offers_what_the_list_finds(agent: Visitor, see: Opener) -> None:
    screen = opened(see(agent, "queue", q="Zeppelin", sort="priority", columns=["requester", "tags"]))
    assert screen.data("export")["label"] == "Export 3 tickets"
    columns = [("columns", name) for name in ("id", "title", "requester", "tags")]
    assert sorted(asked(screen)) == sorted(
        [("q", "Zeppelin"), ("sort", "priority"), ("format", "csv"), ("pieces", "true"), *columns]
    )
    choose(screen, "Format", "parquet")
    assert ("format", "parquet") in asked(screen)
    choose(screen, "Columns", "Usual")
    assert ("columns", "description") in asked(screen)
    choose(screen, "Columns", "My choice")
    screen.app.multiselect[0].set_value([]).run()
    assert not screen.checked().has("export")


def test_a_view_is_exported_as_it_is_shown(agent: Visitor, see: Opener) -> None:
    view = {"name": "Airships", "query": {"q": ["Zeppelin"]}, "columns": ["status"]}
    saved = agent.post("/views", json=view).json()["id"]
    found = asked(opened(see(agent, "queue", view=str(saved))))
    assert ("q", "Zeppelin") in found
    assert [value for name, value in found if name == "columns"] == ["id", "title", "status"]


def test_a_board_is_exported_with_the_closed_tickets_that_it_shows(agent: Visitor, see: Opener) -> None:
    queue, board = ({name for name, _ in asked(opened(see(agent, page)))} for page in ("queue", "board"))
    assert queue - board == {"status"}


def test_selected_tickets_are_exported_whatever_the_filters_are(
    agent: Visitor, see: Opener, tickets: list[int]
) -> None:
    screen = see(agent, "queue", q="Zeppelin", sort="priority", columns=["requester"])
    assert {"name": "export", "label": "Export…"} in screen.data("ticket_table")["selection"]["acts"]
    screen.fire("ticket_table", "act", {"name": "export", "ids": tickets[:2]})
    assert screen.data("export")["label"] == "Export 2 selected tickets"
    columns = [("columns", name) for name in ("id", "title", "requester")]
    assert sorted(asked(screen)) == sorted(
        [("ids", f"{tickets[0]},{tickets[1]}"), ("sort", "priority"), ("format", "csv"), ("pieces", "true"), *columns]
    )


def test_open_tickets_are_exported_with_the_words_searched_for(api: Api, agent: Visitor, see: Opener) -> None:
    screen = see(agent, "open_tickets", q="Zeppelin").press("Export…")
    assert screen.data("export")["label"] == "Export 3 tickets"
    assert [value for name, value in asked(screen) if name in {"q", "status"}] == ["open", "active", "Zeppelin"]


def test_where_nothing_is_found_nothing_is_offered(agent: Visitor, see: Opener) -> None:
    screen = opened(see(agent, "queue", q="nothing like that"))
    assert "nothing to export" in screen.words()
    assert not screen.has("export")


def test_requesters_export_their_own(api: Api, see: Opener) -> None:
    student = api.enter("student", "Mia Rossi")
    screen = see(student, "my_tickets")
    screen.press("Export…")
    assert ("requester", "me") in asked(screen)
    assert "Notes" not in screen.words()


def test_the_file_goes_to_whoever_asks(browser: TestClient, api: Api, tickets: list[int]) -> None:
    address = "/ticket-export?q=Zeppelin&columns=id&columns=title"
    assert browser.get(address).status_code == 401
    browser.cookies.set(cookie_name("127.0.0.1:8501"), api.enter("agent").token)
    answer = browser.get(address)
    assert answer.status_code == 200
    assert "attachment; filename=" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.text.count("Zeppelin") == 3
    refused = browser.get("/ticket-export?columns=nothing")
    assert (refused.status_code, "there is no such column" in refused.json()["detail"]) == (422, True)
    head = browser.head("/ticket-export")
    assert (head.status_code, head.headers["Content-Disposition"], head.content) == (200, "attachment", b"")
    # It becomes three times as long on its way to the data API.
    assert browser.get(f"/ticket-export?q={'!' * 30_000}").status_code == 414


def test_while_the_desk_is_away(browser: TestClient, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    browser.cookies.set(cookie_name("127.0.0.1:8501"), api.enter("agent").token)
    monkeypatch.setenv("LODGE_DATA_API_URL", "http://127.0.0.1:9")
    environment.data_api_url.cache_clear()
    live_updates.http_client.cache_clear()
    answer = browser.get("/ticket-export")
    assert (answer.status_code, "cannot be reached" in answer.json()["detail"]) == (503, True)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_is_passed_on_waits_for_no_browser_that_does_not_read(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "PATIENCE_SECONDS", 0.05)
    taken: list[str] = []
    asked: list[bool] = []

    async def file() -> AsyncIterator[bytes]:
        asked.append(True)
        while True:
            yield b"x"

    async def send(message: Message) -> None:
        if message.get("body"):
            await asyncio.Event().wait()
        taken.append(message["type"])

    async def receive() -> Message:
        await asyncio.Event().wait()
        return {}

    async def pass_on() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200, content=file()))) as c:
            answer = await c.send(c.build_request("GET", "http://desk/"), stream=True)
            scope = {"type": "http", "method": method, "asgi": {"spec_version": "2.4"}}
            try:
                await PassedOn(answer, {})(scope, receive, send)
            finally:
                assert answer.is_closed

    if method == "HEAD":
        asyncio.run(pass_on())
        assert (taken, asked) == (["http.response.start", "http.response.body"], [])
    else:
        with pytest.raises(ClientDisconnect):
            asyncio.run(pass_on())
        assert taken == ["http.response.start"]
