"""The migrations make what the models say, from any state to any other."""

from collections.abc import Iterator
from importlib import import_module
from itertools import count

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine

from data_api.kit.database import driver_url
from data_api.migrate import alembic_config, upgrade
from data_api.models import Base
from lodge.backup.repository import ServerRepository
from tests.support.databases import create_database, on_server
from tests.support.serving import start_process

_numbers = count(1)

# What the database itself says it holds, in an order that does not depend on how it came about.
COLUMNS = """
SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default,
       is_identity, identity_generation, generation_expression
FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version' ORDER BY 1, 2
"""
INDEXES = """
SELECT tablename, indexname, indexdef FROM pg_indexes
WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1, 2
"""
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND conrelid <> 'alembic_version'::regclass ORDER BY 1, 2
"""
CONSTRAINTS_OF_MODELS = CONSTRAINTS.replace("AND conrelid <> 'alembic_version'::regclass", "")


@pytest.fixture
def empty_url(postgres_url: str) -> Iterator[str]:
    """A database with nothing in it."""
    name = f"empty_{next(_numbers)}"
    create_database(postgres_url, name)
    yield on_server(postgres_url, name)
    with psycopg.connect(postgres_url, autocommit=True) as server:
        ServerRepository(server).drop(name)


@pytest.fixture
def from_models(empty_url: str) -> Iterator[Engine]:
    """The tables as the models alone would make them."""
    engine = create_engine(driver_url(empty_url))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE EXTENSION pg_trgm")
        import_module("migrations.versions.0007_words").make_functions(connection)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def migrated_url(postgres_url: str) -> str:
    """With nothing but what the migrations make; it stays until the server goes."""
    create_database(postgres_url, "migrated")
    upgrade(url := on_server(postgres_url, "migrated"))
    return url


@pytest.fixture
def from_migrations(migrated_url: str) -> Iterator[Engine]:
    engine = create_engine(driver_url(migrated_url))
    yield engine
    engine.dispose()


def told(engine: Engine, question: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(question)]


@pytest.mark.filterwarnings("ignore:Did not recognize type 'xid8'")
def test_alembic_finds_nothing_to_migrate(from_migrations: Engine) -> None:
    with from_migrations.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "target_metadata": Base.metadata}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_columns_are_the_same(from_migrations: Engine, from_models: Engine) -> None:
    """With types, lengths, defaults, identities and generated columns."""
    assert told(from_migrations, COLUMNS) == told(from_models, COLUMNS)


def test_indexes_are_the_same(from_migrations: Engine, from_models: Engine) -> None:
    """With their order, conditions, expressions and options."""
    assert told(from_migrations, INDEXES) == told(from_models, INDEXES)


def test_constraints_are_the_same(from_migrations: Engine, from_models: Engine) -> None:
    assert told(from_migrations, CONSTRAINTS) == told(from_models, CONSTRAINTS_OF_MODELS)


# -- going up and down ---------------------------------------------------------------------------------------------


def version_of(url: str) -> str | None:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return row[0] if row else None


def test_migrating_twice_is_harmless(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO building (slug, name) VALUES ('kept', 'Kept')")
    upgrade(database_url)
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM building").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM category").fetchone() == (3,)


def test_those_that_start_at_the_same_moment_migrate_once(empty_url: str) -> None:
    processes = [start_process(upgrade, empty_url) for _ in range(3)]
    for process in processes:
        process.join(timeout=240)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert version_of(empty_url) == ScriptDirectory.from_config(alembic_config(empty_url)).get_current_head()


def test_every_step_after_the_first_goes_down_and_up_again(database_url: str) -> None:
    config = alembic_config(database_url)
    *steps, first = ScriptDirectory.from_config(config).walk_revisions()
    for step in steps:
        assert version_of(database_url) == step.revision
        command.downgrade(config, "-1")
    assert version_of(database_url) == first.revision
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal").fetchone() == (0,)
    upgrade(database_url)
    assert version_of(database_url) == steps[0].revision


def test_there_is_one_line_of_migrations() -> None:
    assert len(ScriptDirectory.from_config(alembic_config("postgresql://nowhere")).get_heads()) == 1


def test_a_url_with_percent_signs_reaches_the_database(database_url: str) -> None:
    """A password may hold what alembic's own configuration would take for a placeholder."""
    upgrade(f"{database_url}?application_name=100%25")
    assert version_of(database_url) == ScriptDirectory.from_config(alembic_config(database_url)).get_current_head()
