"""A desk that is alone with its database: what one test teaches, the others must not know."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from contracts.people import Role
from data_api.kit.database import make_engine
from tests.support.api import Api, Visitor, running_api, where_it_is_noon


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def api(database_url: str) -> Iterator[Api]:
    """Whose day does not end during a test."""
    with running_api(database_url, LODGE_TIMEZONE=where_it_is_noon()) as running:
        yield running


@pytest.fixture
def admin(api: Api) -> Visitor:
    return api.enter(Role.ADMIN, "Ines")


@pytest.fixture
def agent(api: Api) -> Visitor:
    return api.enter(Role.AGENT, "Ada")


@pytest.fixture
def student(api: Api) -> Visitor:
    return api.enter(Role.STUDENT, "Mia")
