"""Small desks on the run's server, each in a database and a home of its own, and a backup of one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from rich.console import Console

from lodge.backup import back_up, restoring
from lodge.backup.repository import ServerRepository, restoring_name
from lodge.backup.swapping import Beside
from lodge.seeding import seed
from service_kit.settings import Settings
from tests.support.databases import cloned_database, create_database, drop_database, on_server

QUIET = Console(quiet=True)
TICKETS = 40
SEEDED = "lodge_seeded"

TABLES = """
SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'ticket_vector' ORDER BY 1
"""


class SmallDesk:
    def __init__(self, url: str, home: Path) -> None:
        self.url = url
        self.name = url.rpartition("/")[2]
        self.home = home
        self.settings = Settings(database_url=url, home=home, _env_file=None)

    def back_up(self, target: Path, *, force: bool = False) -> Path:
        back_up(self.url, self.home, target, force=force, console=QUIET)
        return target

    def rows(self) -> dict[str, str]:
        """Every table's content as one text each, but for the vectors, which no backup holds."""
        with psycopg.connect(self.url) as connection:
            tables = connection.execute(TABLES)
            query = "SELECT coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '') FROM {} t"
            return {
                name: connection.execute(query.format(name).encode()).fetchone()[0]  # type: ignore[index]
                for (name,) in tables.fetchall()
            }

    def databases(self) -> set[str]:
        with psycopg.connect(self.url) as connection:
            rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [self.name + r"\_%"])
            return {name for (name,) in rows}

    def state(self) -> tuple[object, ...]:
        """All that must not change when a restore is refused."""
        files = sorted((path, path.read_bytes()) for path in self.home.rglob("*") if path.is_file())
        return self.rows(), self.databases(), files

    def run(self, statement: str) -> None:
        with psycopg.connect(self.url) as connection:
            connection.execute(statement.encode())


@contextmanager
def desk_on(server: str, template: str, home: Path) -> Iterator[SmallDesk]:
    with cloned_database(server, template) as url:
        desk = SmallDesk(url, home)
        try:
            yield desk
        finally:
            with psycopg.connect(server, autocommit=True) as connection:
                kept = ServerRepository(connection).kept(desk.name)
            for name in [restoring_name(desk.name), *kept]:
                drop_database(server, name)


@pytest.fixture(scope="session")
def seeded_database(postgres_url: str, template_database: str) -> str:
    """The name of a database with tickets, to be copied and never connected to."""
    create_database(postgres_url, SEEDED, template_database)
    seed(on_server(postgres_url, SEEDED), TICKETS, console=QUIET)
    return SEEDED


@pytest.fixture
def desk(postgres_url: str, seeded_database: str, tmp_path: Path) -> Iterator[SmallDesk]:
    """A desk with tickets."""
    with desk_on(postgres_url, seeded_database, tmp_path / "home") as one:
        yield one


@pytest.fixture
def empty_desk(postgres_url: str, tmp_path: Path) -> Iterator[SmallDesk]:
    """A database that Lodge has never used."""
    with desk_on(postgres_url, "template1", tmp_path / "empty") as one:
        yield one


@pytest.fixture(scope="session")
def schemas() -> dict[tuple[int, str], bytes]:
    """By the server's version and the revision."""
    return {}


@pytest.fixture(autouse=True)
def each_schema_once(schemas: dict[tuple[int, str], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """What the migrations make is the same each time; making it takes a second."""
    write = restoring._write_schema

    def write_once(beside: Beside, revision: str, target: Path) -> None:
        key = (beside.server.connection.info.server_version, revision)
        if key not in schemas:
            write(beside, revision, target)
            schemas[key] = target.read_bytes()
        target.write_bytes(schemas[key])

    monkeypatch.setattr(restoring, "_write_schema", write_once)


@pytest.fixture(scope="session")
def saved(postgres_url: str, template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good backup of a desk with tickets, for tests that leave it so."""
    folder = tmp_path_factory.mktemp("saved")
    with desk_on(postgres_url, template_database, folder / "home") as one:
        seed(one.url, TICKETS, seed=2, console=QUIET)
        return one.back_up(folder / "saved.lodge")
