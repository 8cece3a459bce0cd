"""The pages, over the module's data API."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streamlit_app.client import api as client
from streamlit_app.client import environment, service_client
from streamlit_app.client.analytics import breaker
from streamlit_app.state import lists, session
from tests.support import rows
from tests.support.analytics import Analytics, running_analytics
from tests.support.api import Api, Visitor
from tests.support.screens import Screen
from tests.ui.reporting import WIFI

KEPT = (
    *(lists.desk, lists.categories, lists.buildings, lists.stages, lists.staff, lists.teams, lists.roles),
    *(lists.confidential_readers, lists.team_briefs, lists.attachment_rules),
    *(lists.analyses, lists.sql_lab, lists.sql_tables),
)
# Nobody listens there.
NOWHERE = "http://127.0.0.1:9"
# In place of the pages' own, so that a loaded machine's services are not taken for ones that are away.
PATIENCE_SECONDS = 60.0
pool = service_client.pool
Opener = Callable[..., Screen]


@pytest.fixture(scope="module", autouse=True)
def _pools() -> Iterator[None]:
    """The pages' connections are kept for a module: whoever makes a client reads the machine's certificates, which
    takes longer than drawing many a page."""
    yield
    pool.cache_clear()


@pytest.fixture(autouse=True)
def _ui(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The UI's process-wide memory belongs to the data API of this module."""
    monkeypatch.setenv("LODGE_DATA_API_URL", api.url)
    monkeypatch.setenv("LODGE_ANALYTICS_API_URL", NOWHERE)
    # AppTest has no cookies, and hands out mocks in their place.
    monkeypatch.setattr(session, "token_in_cookie", lambda: None)
    monkeypatch.setattr(service_client, "pool", lambda url, _: pool(url, PATIENCE_SECONDS))
    monkeypatch.setattr(client, "WHILE_TYPING", PATIENCE_SECONDS)
    forget()
    yield
    forget()


def forget() -> None:
    environment.data_api_url.cache_clear()
    environment.analytics_api_url.cache_clear()
    breaker.reset()
    for kept in KEPT:
        kept.forget()


@pytest.fixture(scope="module")
def analytics(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analytics]:
    """A running analytics API over the module's desk."""
    home: Path = tmp_path_factory.mktemp("analytics")
    with running_analytics(api.database_url, api.url, home) as running:
        yield running


@pytest.fixture
def _figures(_ui: None, analytics: Analytics, monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests in which the pages find it; for the others nobody is there."""
    ask_at(analytics.url, monkeypatch)


def ask_at(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages look for the analytics API there."""
    monkeypatch.setenv("LODGE_ANALYTICS_API_URL", url)
    environment.analytics_api_url.cache_clear()


@pytest.fixture
def see() -> Opener:
    """`see(visitor, page, **query)`: the page in front of someone; None for a stranger."""

    def open_page(visitor: Visitor | None, page: str | None = None, /, **query: str | list[str]) -> Screen:
        return Screen(visitor.token if visitor else None).open(page, **query)

    return open_page


@pytest.fixture(scope="module")
def manager(api: Api) -> Visitor:
    return api.enter("manager", "Omar Haddad")


@pytest.fixture(scope="module")
def analyst(api: Api) -> Visitor:
    return api.enter("analyst", "Yuki Tanaka")


@pytest.fixture(scope="module")
def known(api: Api) -> Callable[[], int]:
    """A new report of a problem in a building of its own, by somebody else."""
    numbers = iter(range(100))

    def report() -> int:
        place = f"wing-{next(numbers)}"
        rows.building(api, place.capitalize())
        lists.buildings.forget()
        return int(api.enter("student", "Rae First").report(WIFI, building=place)["id"])

    return report
