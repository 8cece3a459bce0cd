"""Every route of the analytics API × every kind of person and token, where people sign in with a password; and what the
SQL lab has of confidential tickets. The rows of the matrix are those of the data API's: `tests/support/matrix.py`."""

from collections.abc import Iterator

import pytest

from analytics_api.main import create_app
from tests.support import rows
from tests.support.analytics import Analytics
from tests.support.api import Api, done
from tests.support.matrix import ANALYTICS_API, PEOPLE, STRANGERS, Needs, ask, expected, operations
from tests.support.passwords import password_desk
from tests.support.serving import NO_DATABASE

OPERATIONS = operations(create_app(NO_DATABASE))


@pytest.fixture(scope="module")
def api(module_database_url: str) -> Iterator[Api]:
    with password_desk(module_database_url) as desk:
        yield desk


def test_every_route_has_its_line() -> None:
    assert [name for name in OPERATIONS if name not in ANALYTICS_API] == [], "write in tests/support/matrix.py who may"
    assert [name for name in ANALYTICS_API if name not in OPERATIONS] == [], "there is no such route any more"


@pytest.mark.parametrize("name", PEOPLE)
def test_each_route(analytics: Analytics, api: Api, name: str) -> None:
    who, wrong = PEOPLE[name], {}
    headers = {"Authorization": f"Bearer {who.enter(api, f'The {name}').token}"}
    for route_name, route in ANALYTICS_API.items():
        status = ask(analytics, route_name, route, headers).status_code
        if status not in expected(route, who, has_passwords=True):
            wrong[route_name] = status
    assert wrong == {}


@pytest.mark.parametrize("token", STRANGERS)
def test_nobody_is_let_in(analytics: Analytics, api: Api, token: str) -> None:
    sent, wrong = STRANGERS[token](api), {}
    headers = {} if sent is None else {"Authorization": sent}
    for route_name, route in ANALYTICS_API.items():
        status = ask(analytics, route_name, route, headers).status_code
        if status not in (route.answers if route.needs is Needs.NOTHING else {401}):
            wrong[route_name] = status
    assert wrong == {}


def test_the_sql_lab_has_no_word_and_no_person_of_a_confidential_ticket(analytics: Analytics, api: Api) -> None:
    """It is counted, with its category and its moments. Whose it is, and what it says, is in no table."""
    visitor = PEOPLE["analyst"].enter(api, "The analyst")
    requester = rows.person(api, "Wombat Numbat")
    words = {"title": "wolverine", "description": "wolverine", "room": "wolverine"}
    number = rows.ticket(api, requester_id=requester, assignee_id=visitor.person_id, is_confidential=True, **words)
    rows.message(api, number, requester, body="wolverine")
    rows.tag(api, number, "wolverine")
    rows.watcher(api, number, visitor.person_id)
    rows.event(api, number, "title", actor_id=requester, from_value="wolverine")
    analytics.ask(visitor, "active-by-category")  # everything until now is copied
    headers = {"Authorization": f"Bearer {visitor.token}"}

    def run(sql: str) -> str:
        return str(done(analytics.post("/sql", json={"sql": sql}, headers=headers))["rows"])

    tables = [table["name"] for table in done(analytics.get("/sql/schema", headers=headers))["items"]]
    told = {table: run(f"SELECT * FROM {table}") for table in tables}
    assert [table for table, cells in told.items() if "wolverine" in cells or "Numbat" in cells] == []
    assert run(f"SELECT requester_id, assignee_id, is_confidential FROM ticket WHERE id = {number}") == (
        "[[None, None, True]]"
    )
