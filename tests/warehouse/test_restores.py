"""pg_restore under the replica's feet: in place, into another database, of an older state."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from lodge.binaries import installed_binaries
from service_kit.database_url import libpq_url
from tests.support.databases import cloned_database, create_database, on_server
from tests.warehouse.following import END_CONNECTIONS, Following, connection, following
from tests.warehouse.rows import fill

OWN = ("category", "building", "stage", "person", "ticket", "message", "ticket_event", "ticket_watcher", "attachment")

# The bundled server's superuser took the right to make large objects from everybody; nobody else may do that again.
WITHOUT_PRIVILEGES = "--no-privileges"


def run(program: str, *arguments: str) -> None:
    done = subprocess.run(
        [str(installed_binaries() / program), *arguments],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def archive(desk: Following, tmp_path: Path) -> Path:
    """A backup of the desk, in which much has changed since."""
    file = tmp_path / "desk.dump"
    run("pg_dump", WITHOUT_PRIVILEGES, "--format=custom", f"--file={file}", libpq_url(desk.database_url))
    desk.sql("DELETE FROM ticket WHERE id % 2 = 0")
    desk.sql("UPDATE ticket SET priority = 3, room = 'since'")
    desk.sql("INSERT INTO building (slug, name) VALUES ('since', 'Since')")
    assert desk.ask("SELECT count(*) FROM ticket") == [(30,)]
    return file


def is_as_in_the_archive(desk: Following) -> bool:
    desk.wait_until_doing("ok")
    assert desk.difference() is None
    return desk.ask("SELECT count(*), max(priority), (SELECT count(*) FROM building) FROM ticket") == [(60, 3, 2)]


@pytest.mark.parametrize("options", [["--clean"], ["--clean", "--if-exists", "--single-transaction"]])
def test_in_place(desk: Following, archive: Path, options: list[str]) -> None:
    """An older state, under a follower that goes on trying all the while."""
    desk.leave_postgres()
    with watched(desk) as ages:
        run("pg_restore", *options, f"--dbname={libpq_url(desk.database_url)}", str(archive))
        assert is_as_in_the_archive(desk)
    assert ages, "an age was shown all the while"
    desk.sql("UPDATE ticket SET priority = 0")
    assert desk.difference() is None


CLOCKS_DIFFER_SECONDS = 0.05


@contextmanager
def watched(desk: Following) -> Iterator[list[tuple[float, float]]]:
    """The ages shown meanwhile, each with what it is at least: the time since the moment that the replica reflects."""
    ages: list[tuple[float, float]] = []
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.01):
            now, age, state = datetime.now(UTC), desk.follower.lag_seconds, desk.replica.state
            if age is not None and state is not None:
                ages.append((age, (now - state.as_of.replace(tzinfo=UTC)).total_seconds()))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield ages
    finally:
        ended.set()
        watcher.join()
    assert [pair for pair in ages if pair[0] < pair[1] - CLOCKS_DIFFER_SECONDS] == []


def test_the_data_alone(desk: Following, archive: Path) -> None:
    """Into the tables that are there, their triggers switched off meanwhile."""
    with connection(desk.database_url, autocommit=True) as other:
        for name in OWN:
            other.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER".encode())
        for name in ("change", *reversed(OWN)):
            other.execute(f"DELETE FROM {name}".encode())
        for name in (*OWN, "change"):
            run(
                "pg_restore", "--data-only", f"--table={name}", f"--dbname={libpq_url(desk.database_url)}", str(archive)
            )
        for name in OWN:
            other.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER".encode())
    assert is_as_in_the_archive(desk)


def test_into_a_new_database_that_takes_the_name(postgres_url: str, template_database: str, tmp_path: Path) -> None:
    """The follower is cut off, waits, and comes to the other one."""
    with cloned_database(postgres_url, template_database) as url, following(url, tmp_path / "warehouse") as desk:
        name = url.rpartition("/")[2]
        fill(desk)
        run("pg_dump", WITHOUT_PRIVILEGES, "--format=custom", f"--file={tmp_path / 'dump'}", libpq_url(url))
        desk.sql("DELETE FROM ticket WHERE id > 5")
        assert desk.ask("SELECT count(*) FROM ticket") == [(5,)]
        create_database(postgres_url, f"{name}_new")
        run("pg_restore", f"--dbname={libpq_url(on_server(postgres_url, f'{name}_new'))}", str(tmp_path / "dump"))
        desk.leave_postgres()
        with connection(postgres_url, autocommit=True) as server:
            server.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false".encode())
            server.execute(END_CONNECTIONS, [name])
            server.execute(f"ALTER DATABASE {name} RENAME TO {name}_old".encode())
            server.execute(f"ALTER DATABASE {name}_new RENAME TO {name}".encode())
            server.execute(f"DROP DATABASE {name}_old".encode())
        assert is_as_in_the_archive(desk)
        desk.sql("UPDATE ticket SET room = 'there'")
        assert desk.difference() is None


def test_while_the_replica_is_away(database_url: str, tmp_path: Path) -> None:
    with following(database_url, tmp_path / "warehouse") as desk:
        fill(desk)
        run("pg_dump", WITHOUT_PRIVILEGES, "--format=custom", f"--file={tmp_path / 'dump'}", libpq_url(database_url))
        desk.sql("UPDATE ticket SET priority = 3")
        assert desk.difference() is None
    run("pg_restore", "--clean", f"--dbname={libpq_url(database_url)}", str(tmp_path / "dump"))
    with following(database_url, tmp_path / "warehouse") as desk:
        assert desk.difference() is None
        assert desk.ask("SELECT max(priority) FROM ticket WHERE id = 1") == [(1,)]


def test_a_restore_is_never_the_one_that_gives_way(desk: Following) -> None:
    """Whoever holds a table for itself and wants the next, while the follower holds that one and waits for the first:
    the database would end one of both, and it must not be the restore."""
    with connection(desk.database_url) as restore:
        restore.execute("LOCK TABLE ticket_watcher IN ACCESS EXCLUSIVE MODE")
        with connection(desk.database_url, autocommit=True) as other:
            other.execute("ALTER TABLE building DISABLE TRIGGER log_insert")
            other.execute("ALTER TABLE building ENABLE TRIGGER log_insert")
        desk.wait_until_doing("lock")
        try:
            restore.execute("LOCK TABLE ticket IN ACCESS EXCLUSIVE MODE")
        except psycopg.errors.DeadlockDetected:
            pytest.fail("the restore was ended")
        restore.commit()
    desk.wait_until_doing("ok")
    assert desk.difference() is None
