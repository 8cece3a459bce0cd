"""The route through which the browser gets a file of the SQL lab."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from streamlit_app.client import environment
from streamlit_app.server import sql_files
from streamlit_app.server.cookies import cookie_name
from streamlit_app.server.security import Gate, SecurityHeaders
from tests.support.analytics import Analytics
from tests.support.api import Api, Visitor

pytestmark = pytest.mark.usefixtures("_figures")

DESK = "http://127.0.0.1:8501"


@pytest.fixture
def browser() -> Iterator[TestClient]:
    sql_files._client.cache_clear()
    environment.answered_names.cache_clear()
    middleware = [Middleware(SecurityHeaders), Middleware(Gate)]
    with TestClient(Starlette(routes=sql_files.routes, middleware=middleware), base_url=DESK) as client:
        yield client


def enter(browser: TestClient, visitor: Visitor) -> None:
    browser.cookies.set(cookie_name("127.0.0.1:8501"), visitor.token)


def test_a_file_goes_to_whoever_asked_for_it(
    browser: TestClient, analytics: Analytics, analyst: Visitor, api: Api
) -> None:
    analytics.ask(analyst, "active-by-category")
    wish = {"sql": "FROM range(1000000)", "format": "csv", "id": uuid4().hex}
    told = analytics.post("/sql/files", json=wish, headers={"Authorization": f"Bearer {analyst.token}"}).json()
    assert browser.get(f"/sql-files/{wish['id']}").status_code == 401
    enter(browser, analyst)
    answer = browser.get(f"/sql-files/{wish['id']}")
    assert (answer.status_code, len(answer.content)) == (200, told["size"])
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{told["name"]}"'
    assert answer.headers["Content-Length"] == str(told["size"])
    assert answer.headers["Cache-Control"] == "no-store"
    enter(browser, api.enter("analyst", "Someone Else"))
    assert browser.get(f"/sql-files/{wish['id']}").status_code == 404


@pytest.mark.parametrize("name", ["..", "%2e%2e%2fschema", "schema", "x" * 65, "a b c d e f g"])
def test_no_other_address_of_the_service_is_reached(browser: TestClient, analyst: Visitor, name: str) -> None:
    enter(browser, analyst)
    assert browser.get(f"/sql-files/{name}").status_code == 404


def test_while_the_service_is_away(browser: TestClient, analyst: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LODGE_ANALYTICS_API_URL", "http://127.0.0.1:9")
    environment.analytics_api_url.cache_clear()
    enter(browser, analyst)
    assert browser.get(f"/sql-files/{uuid4().hex}").status_code == 503
