"""The analytics API's own role reads what the replica holds, and nothing else."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support import rows
from tests.support.databases import opened_to_analytics
from tests.warehouse.following import USUAL, Following
from tests.warehouse.rows import fill
from warehouse.access import SCHEMA, close, open_to, view_settings
from warehouse.errors import NotOpened, SchemaTaken
from warehouse.follow import Follower
from warehouse.source import Source
from warehouse.tables import ALL, Definition

WITH_TEXT = Definition("Europe/Rome", with_text=True)
RELATIONS = """
SELECT format('%I.%I', nspname, relname), array_agg(attname::text ORDER BY attnum)
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relkind IN ('r', 'v', 'm', 'S', 'p', 'f') AND attnum > 0 AND NOT attisdropped
  AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'
GROUP BY 1
"""
MADE = {f"{SCHEMA}.{name}" for name in [*(table.name for table in ALL), "change", "alembic_version"]}
WRITES = [
    "INSERT INTO building (slug, name) VALUES ('x', 'X')",
    "UPDATE ticket SET priority = 3",
    "DELETE FROM message",
    "TRUNCATE ticket_watcher",
    f"UPDATE {SCHEMA}.ticket SET priority = 3",
    f"DELETE FROM {SCHEMA}.change",
    f"INSERT INTO {SCHEMA}.building (id, slug, name) VALUES (99, 'x', 'X')",
    "CREATE TABLE mine (one int)",
    f"CREATE TABLE {SCHEMA}.mine (one int)",
    "CREATE TEMP TABLE mine (one int)",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql RETURN 1",
    "CREATE SCHEMA mine",
    "CREATE DATABASE mine",
    "CREATE ROLE mine",
    "SELECT lo_create(0)",
    "SELECT lo_from_bytea(0, 'x')",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY (SELECT 1) TO '/tmp/mine'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT nextval('ticket_id_seq')",
    "DO $$ BEGIN LOCK TABLE ticket IN ACCESS EXCLUSIVE MODE; END $$",
    f"DO $$ BEGIN LOCK TABLE {SCHEMA}.ticket IN ROW EXCLUSIVE MODE; END $$",
    "ALTER TABLE ticket DISABLE TRIGGER USER",
    "SET ROLE lodge",
    "SET session_replication_role = replica",
    "ALTER ROLE lodge_analytics CREATEDB",
]


@pytest.fixture(scope="module")
def role_url(module_database_url: str) -> str:
    """The module's database as the analytics API's own role."""
    return opened_to_analytics(module_database_url, USUAL)


@pytest.fixture
def role(role_url: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection of that role, outside of transactions."""
    with closing(psycopg.connect(role_url, autocommit=True)) as connection:
        connection.execute("SET default_transaction_read_only = off")  # which it may, so nothing must rest on it
        yield connection


def is_allowed(connection: psycopg.Connection[tuple[Any, ...]], statement: str) -> bool:
    try:
        connection.execute(statement.encode())
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True


def test_every_table_and_column_is_refused_but_for_the_views(
    role: psycopg.Connection[tuple[Any, ...]], module_database_url: str
) -> None:
    with psycopg.connect(module_database_url) as owner:
        relations: dict[str, list[str]] = dict(owner.execute(RELATIONS.encode()).fetchall())
    assert len(relations) > 40
    readable = {
        name
        for name, columns in relations.items()
        if any(is_allowed(role, f'SELECT "{column}" FROM {name} LIMIT 1') for column in columns)
    }
    assert readable == MADE
    shown = {table.name: [column.name for column in USUAL.columns(table)] for table in ALL}
    shown |= {"change": ["id", "xid", "happened_at", "table_name", "row_id"], "alembic_version": ["version_num"]}
    assert {name.partition(".")[2]: relations[name] for name in MADE} == shown


@pytest.mark.parametrize("statement", WRITES)
def test_it_cannot_write(role: psycopg.Connection[tuple[Any, ...]], statement: str) -> None:
    assert not is_allowed(role, statement)


def test_it_ends_no_connection_of_the_desk(role: psycopg.Connection[tuple[Any, ...]], module_database_url: str) -> None:
    with psycopg.connect(module_database_url) as owner:
        assert not is_allowed(role, f"SELECT pg_terminate_backend({owner.info.backend_pid})")


def test_it_enters_no_other_database_of_the_server_that_is_closed(role_url: str) -> None:
    for name in ("postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(role_url, dbname=name)


def test_the_replica_follows_and_is_compared_as_that_role(database_url: str, tmp_path: Path) -> None:
    """The first copy, single rows, more rows than are named in the question, a new copy, and `lodge check`."""
    desk = Following(database_url, tmp_path / "warehouse")
    desk.follower = Follower(opened_to_analytics(database_url, USUAL), USUAL, desk.replica)
    desk.follower.start()
    try:
        fill(desk)
        desk.catch_up()
        assert not desk.follower.reads_everything
        assert desk.difference() is None
        desk.sql("INSERT INTO building (slug, name) SELECT 'b' || n, 'B' FROM generate_series(1, 1500) n")
        desk.sql("UPDATE ticket SET is_confidential = true WHERE id = (SELECT min(id) FROM ticket)")
        assert desk.ask("SELECT count(*) FROM building WHERE name = 'B'") == [(1500,)]
        assert desk.difference() is None
        copied = desk.file
        desk.sql("ALTER TABLE building DISABLE TRIGGER log_insert")
        desk.sql("ALTER TABLE building ENABLE TRIGGER log_insert")
        desk.catch_up()
        assert desk.file != copied
        assert desk.difference() is None
    finally:
        desk.follower.stop()
        desk.replica.close()
        desk.leave_postgres()


def test_the_owner_reads_everything_and_that_is_told(module_database_url: str) -> None:
    with closing(Source(module_database_url, USUAL)) as source:
        assert source.reads_everything


def test_views_of_other_settings_are_not_read(database_url: str) -> None:
    """Days would be counted in another time zone."""
    url = opened_to_analytics(database_url, USUAL)
    with pytest.raises(NotOpened):
        Source(url, WITH_TEXT)
    with psycopg.connect(database_url) as connection:
        close(connection)
    with pytest.raises(NotOpened):
        Source(url, USUAL)
    opened_to_analytics(database_url, WITH_TEXT)
    Source(url, WITH_TEXT).close()
    with psycopg.connect(database_url) as connection:
        settings = view_settings(connection)
        assert settings is not None
        assert (settings.definition, settings.tables) == (WITH_TEXT, "public")
        close(connection)
        assert view_settings(connection) is None
        close(connection)


def test_texts_of_confidential_tickets_are_hidden_from_the_role_too(database_url: str) -> None:
    url = opened_to_analytics(database_url, WITH_TEXT)
    with psycopg.connect(database_url) as owner:
        rows.person(owner)
        rows.ticket(owner, title="Secret", description="Secret", is_confidential=True)
    with psycopg.connect(url) as role:
        found = role.execute(f"SELECT title, description, requester_id FROM {SCHEMA}.ticket".encode()).fetchall()
    assert found == [(None, None, None)]


def test_somebody_elses_schema_of_that_name_stays(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(f"CREATE SCHEMA {SCHEMA} CREATE TABLE theirs (one int)".encode())
        with pytest.raises(SchemaTaken, match="that Lodge did not make"):
            open_to(connection, "lodge_analytics", USUAL, is_alone=False)


CHANNELS = r"SELECT DISTINCT (regexp_matches(prosrc, 'pg_notify\(\s*.(\w+)', 'g'))[1] FROM pg_proc"


def test_what_the_database_notifies_of_names_nobody(database_url: str) -> None:
    """Postgres lets every role listen to every channel."""
    role_url = opened_to_analytics(database_url, USUAL)
    with (
        psycopg.connect(role_url, autocommit=True) as listener,
        psycopg.connect(database_url, autocommit=True) as owner,
    ):
        channels = [name for (name,) in owner.execute(CHANNELS.encode()).fetchall()]
        assert channels
        for name in channels:
            listener.execute(f"LISTEN {name}".encode())
        mia = rows.person(owner, entry_key="a")
        for number in rows.tickets(owner, [{"is_confidential": True}] * 2):
            rows.watcher(owner, number, mia)
        owner.execute("DELETE FROM ticket_watcher WHERE ticket_id = (SELECT min(id) FROM ticket)")
        owner.execute("DELETE FROM ticket")
        owner.execute("SELECT pg_notify(%s, 'the last')", [channels[0]])
        heard: list[str] = []
        for notice in listener.notifies(timeout=60):
            if notice.payload == "the last":
                break
            heard.append(notice.payload)
    assert set(heard) == {""}
