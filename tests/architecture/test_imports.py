"""Who may import whom, and which libraries stay in which room."""

import ast
import sys
from importlib.metadata import packages_distributions

import pytest

from tests.architecture.sources import PACKAGES, ROOT, of, sources

MAY_IMPORT = {
    "contracts": set[str](),
    "service_kit": {"contracts"},
    "data_api": {"contracts", "service_kit"},
    "migrations": {"data_api"},
    "warehouse": {"contracts", "service_kit"},
    "analytics_api": {"contracts", "service_kit", "warehouse"},
    "streamlit_app": {"contracts", "service_kit"},
    "pages": {"streamlit_app", "contracts"},
    "lodge": set(PACKAGES) - {"tests", "benchmarks"},
    "benchmarks": set(PACKAGES) - {"tests"},
    "tests": set(PACKAGES),
}
DATABASE_LIBRARIES = {"sqlalchemy", "psycopg", "psycopg_pool", "alembic", "duckdb", "adbc_driver_postgresql"}
# Besides the pages: what tests and measures them from outside.
KNOW_STREAMLIT = {"streamlit_app", "pages", "benchmarks", "tests"}


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_go_in_one_direction(package: str) -> None:
    wrong = [
        f"{source.name} imports {name}"
        for source in of(package)
        for name in source.imports()
        if (top := name.partition(".")[0]) in PACKAGES and top not in MAY_IMPORT[package] | {package}
    ]
    assert wrong == []


def test_imports_are_written_from_the_root() -> None:
    assert [source.name for source in sources() for name in source.imports() if name.startswith(".")] == []


def test_the_pages_touch_no_database() -> None:
    wrong = [
        f"{source.name} imports {name}"
        for source in of("streamlit_app", "pages", "contracts")
        for name in source.imports()
        if name.partition(".")[0] in DATABASE_LIBRARIES
    ]
    assert wrong == []


def test_what_a_migration_does_never_changes() -> None:
    """Rules that it had from elsewhere would be other ones later. Types of columns are as they were, and how a table's
    triggers are written is given all that it writes."""
    wrong = [
        f"{source.name} imports {name}"
        for source in of("migrations")
        if "/versions/" in source.name
        for name in source.imports()
        if name.partition(".")[0] in PACKAGES and not name.startswith(("data_api.models", "migrations.feed"))
    ]
    assert wrong == []


def test_streamlit_stays_in_the_pages() -> None:
    wrong = [
        source.name
        for source in sources()
        if source.package not in KNOW_STREAMLIT
        for name in source.imports()
        if name.partition(".")[0] in {"streamlit", "streamlit_authenticator", "altair"}
    ]
    assert wrong == []


def test_domains_know_http_only_in_their_endpoints() -> None:
    """Services and rules speak no HTTP, whatever their files are called."""
    wrong = [
        f"{source.name} imports {name}"
        for source in of("data_api")
        if source.name.rpartition("/")[2] not in {"endpoints.py", "dependencies.py", "main.py"}
        and not source.name.startswith(("data_api/access/", "data_api/kit/"))
        for name in source.imports()
        if name.partition(".")[0] in {"fastapi", "starlette", "uvicorn"} and name != "fastapi.concurrency"
    ]
    assert wrong == []


def test_tickets_and_messages_do_not_know_who_reacts() -> None:
    """`data_api/reactions.py` does."""
    wrong = [
        f"{source.name} imports {name}"
        for source in of("data_api")
        if source.name.startswith(("data_api/tickets/", "data_api/messages/"))
        for name in source.imports()
        if name.startswith(("data_api.learning", "data_api.similar", "data_api.suggestions", "data_api.reactions"))
    ]
    assert wrong == []


def test_services_are_given_their_settings() -> None:
    """One process may serve several organisations, whose settings differ."""
    wrong = [
        f"{source.name}:{node.lineno}"
        for source in of("data_api", "analytics_api", "warehouse")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and "get_settings" in {alias.name for alias in node.names}
    ]
    assert wrong == []


def test_no_module_of_the_pages_bears_a_librarys_name() -> None:
    """Streamlit puts the folder of its entry script first on the path, where it would hide the library."""
    taken = set(packages_distributions()) | sys.stdlib_module_names
    modules = {path.stem for path in (ROOT / "streamlit_app").iterdir() if path.suffix in {".py", ""}}
    assert modules & taken - {"__init__", "__pycache__"} == set()


def test_nothing_between_the_services_goes_through_a_proxy_of_the_environment() -> None:
    """It carries tokens and the desk's key, and 127.0.0.1 is behind no proxy."""
    makers = {"Client", "AsyncClient", "get", "post", "put", "request", "stream"}
    wrong = [
        f"{source.name}:{node.lineno}"
        for source in of("analytics_api", "streamlit_app", "lodge", "service_kit", "data_api")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in makers
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "httpx"
        if "trust_env" not in {keyword.arg for keyword in node.keywords}
    ]
    assert wrong == []
