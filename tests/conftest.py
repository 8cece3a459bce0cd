"""Fixtures for all tests.

A run has one PostgreSQL server with a migrated template database. Most tests of the API share a database with their
module and make their own tickets. A test that must be alone uses a clone (`database_url`) or a transaction that is
rolled back (`database`).
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy.orm import Session

from data_api.kit.database import make_engine
from lodge.postgres import running_postgres
from tests.lanes import is_heavy, is_of_component, needs_browser
from tests.lodge.outside_server import postgres_15
from tests.support.api import Api, Visitor, running_api
from tests.support.databases import cloned_database, make_template
from tests.support.homes import copy_home, make_home, quickest_folder
from tests.support.suggestions import make_desk_key

pytest_plugins = ("tests.support.browser",)

# No deadlines: on a busy machine an example may take long without being wrong.
settings.register_profile("without deadlines", deadline=None)
settings.load_profile("without deadlines")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks heavy tests, and moves those with a browser to the end, because Playwright keeps an event loop running in
    this thread until the run ends. Among them the longest file comes first and the short ones of single components come
    last, so that no worker is left with a long file while the other one has nothing to do."""
    for item in items:
        if is_heavy(item.path):
            item.add_marker("heavy")
    items.sort(key=lambda item: _place(item.path))


def _place(file: Path) -> tuple[bool, bool, bool]:
    return needs_browser(file), is_of_component(file), file.name != "test_looks.py"


@pytest.fixture(scope="session")
def homes() -> Iterator[Path]:
    """Gives a folder for homes, used by the whole run, that every account may pass through. When tests run as root,
    pytest's own folder is closed to the account that the database server runs as."""
    with tempfile.TemporaryDirectory(prefix="lodge-test-", dir=quickest_folder(), ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="session")
def home_template(homes: Path) -> Path:
    """Returns a LODGE_HOME to be copied. Its database server is initialised and has never run."""
    make_home(homes / "template")
    return homes / "template"


@pytest.fixture(scope="session")
def postgres_url(homes: Path, home_template: Path) -> Iterator[str]:
    """Gives the URL of an empty PostgreSQL server for the whole run. Its role may create databases."""
    with running_postgres(copy_home(home_template, homes / "server"), "test", durable=False) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_15_url() -> Iterator[str]:
    """Gives the URL of an external server for the whole run: PostgreSQL 15, the oldest version that Lodge supports.

    Skips the test if it is not installed.
    """
    with postgres_15() as url:
        yield url


@pytest.fixture(scope="session")
def template_database(postgres_url: str) -> str:
    """Returns the name of a migrated database of an empty desk. It is copied, and nobody may connect to it."""
    return make_template(postgres_url)


@pytest.fixture
def database_url(postgres_url: str, template_database: str) -> Iterator[str]:
    """A database that only this test uses."""
    with cloned_database(postgres_url, template_database) as url:
        yield url


@pytest.fixture(scope="module")
def module_database_url(postgres_url: str, template_database: str) -> Iterator[str]:
    """A database that the tests of one module share."""
    with cloned_database(postgres_url, template_database) as url:
        yield url


@pytest.fixture
def database(module_database_url: str) -> Iterator[Session]:
    """A session in a transaction that is rolled back after the test."""
    engine = make_engine(module_database_url)
    with engine.connect() as connection, connection.begin() as transaction:
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()
    engine.dispose()


@pytest.fixture(scope="module")
def api(module_database_url: str) -> Iterator[Api]:
    """A running data API for the tests of one module. People sign in by choosing a role; rate limits are off."""
    with running_api(module_database_url) as running:
        yield running


@pytest.fixture(scope="module")
def home_with_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a LODGE_HOME with a desk key, with which the pages and the data API recognise each other."""
    home: Path = tmp_path_factory.mktemp("home")
    make_desk_key(home)
    return home


@pytest.fixture(scope="module")
def limited_api(module_database_url: str, home_with_key: Path) -> Iterator[Api]:
    """Gives a data API like `api`, with rate limits."""
    with running_api(module_database_url, LODGE_RATE_LIMITS="on", LODGE_HOME=str(home_with_key)) as running:
        yield running


@pytest.fixture(scope="module")
def student(api: Api) -> Visitor:
    return api.enter("student", "Mia Rossi")


@pytest.fixture(scope="module")
def other_student(api: Api) -> Visitor:
    return api.enter("student", "Jonas Weber")


@pytest.fixture(scope="module")
def agent(api: Api) -> Visitor:
    return api.enter("agent", "Ada Okafor")


@pytest.fixture(scope="module")
def admin(api: Api) -> Visitor:
    return api.enter("admin", "Ines Lima")
