"""The pages, over the module's data API."""

from collections.abc import Callable, Iterator

import pytest

from streamlit_app import api as client
from streamlit_app import environment, lists, session
from tests.support.api import Api, Visitor
from tests.support.screens import Screen

KEPT = (lists.desk, lists.categories, lists.buildings, lists.stages, lists.staff)
Opener = Callable[..., Screen]


@pytest.fixture(autouse=True)
def _ui(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The UI's process-wide memory belongs to the data API of this module."""
    monkeypatch.setenv("LODGE_DATA_API_URL", api.url)
    # AppTest has no cookies, and hands out mocks in their place.
    monkeypatch.setattr(session, "token_in_cookie", lambda: None)
    forget()
    yield
    client.http_client().close()
    forget()


def forget() -> None:
    environment.data_api_url.cache_clear()
    client.http_client.cache_clear()
    for kept in KEPT:
        kept.forget()


@pytest.fixture
def see() -> Opener:
    """`see(visitor, page, **query)`: the page in front of someone; None for a stranger."""

    def open_page(visitor: Visitor | None, page: str | None = None, **query: str | list[str]) -> Screen:
        return Screen(visitor.token if visitor else None).open(page, **query)

    return open_page


@pytest.fixture(scope="module")
def manager(api: Api) -> Visitor:
    return api.enter("manager", "Omar Haddad")


@pytest.fixture(scope="module")
def analyst(api: Api) -> Visitor:
    return api.enter("analyst", "Yuki Tanaka")
