"""The database goes away in the middle of loading: a sentence, exit code 1, and nothing half-written."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest
import yaml

from lodge import preparation
from lodge.bulk import bulk_transaction, outside_transactions
from lodge.errors import LodgeError
from tests.lodge.desk_process import free_port
from tests.lodge.importing.conftest import LOG_MAPPING
from tests.lodge.waiting import wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
Loading = Callable[[str], AbstractContextManager[psycopg.Connection]]
LOG = "case,what,at,who,text,from\nA,take,2026-03-02 09:00,Ben,Broken lamp,Mia\n"


def write_log(folder: Path) -> list[str]:
    (folder / "log.csv").write_text(LOG)
    (folder / "mapping.yml").write_text(yaml.safe_dump(LOG_MAPPING))
    return ["import", str(folder / "log.csv"), "--mapping", str(folder / "mapping.yml")]


def end_who_waits(connection: psycopg.Connection) -> bool:
    """Whether there was a connection that waits for a lock; the server has ended it."""
    query = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock' AND backend_type = 'client backend'"
    )
    return bool(connection.execute(query).fetchall())


def go_away_at_the_end(url: str, loading: Loading) -> None:
    with psycopg.connect(url) as other, loading(url) as connection:
        connection.execute("SELECT 1")
        other.execute("SELECT pg_terminate_backend(%s, 10000)", [connection.info.backend_pid])
        if connection.autocommit:  # otherwise the commit finds out
            connection.execute("SELECT 1")


@pytest.mark.parametrize("command", ["seed", "import"])
def test_a_database_that_goes_away_half_way(database_url: str, tmp_path: Path, command: str) -> None:
    arguments = ["seed", "--tickets", "30"] if command == "seed" else write_log(tmp_path)
    with psycopg.connect(database_url) as holder, psycopg.connect(database_url, autocommit=True) as connection:
        holder.execute("LOCK TABLE message, ticket_event IN SHARE MODE")  # people and tickets come before these
        lodge = subprocess.Popen(
            [sys.executable, "-m", "lodge.main", *arguments],
            cwd=ROOT,
            env=os.environ | {"LODGE_DATABASE_URL": database_url},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_until(lambda: end_who_waits(connection) or lodge.poll() is not None, "it is half-way", 120)
        _, told = lodge.communicate(timeout=120)
        assert lodge.returncode == 1
        assert told.startswith("lodge: The database at 127.0.0.1:")
        assert told.endswith("Nothing was written.\n")
        assert told.count("\n") == 1
        counted = connection.execute("SELECT (SELECT count(*) FROM ticket) + (SELECT count(*) FROM person)")
        assert counted.fetchone() == (0,)


@pytest.mark.parametrize(
    ("loading", "outcome"),
    [(bulk_transaction, "may have written all or nothing"), (outside_transactions, "All was written")],
)
def test_what_is_known_of_the_outcome_is_told(postgres_url: str, loading: Loading, outcome: str) -> None:
    with pytest.raises(LodgeError, match=outcome):
        go_away_at_the_end(postgres_url, loading)


def test_the_process_that_makes_it_ready_says_a_sentence() -> None:
    url = f"postgresql://desk@127.0.0.1:{free_port()}/desk"
    done = subprocess.run(
        [sys.executable, "-m", "lodge.upgrading"],
        cwd=ROOT,
        env=os.environ | {"LODGE_DATABASE_URL": url},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("The database at 127.0.0.1:")
    assert done.stderr.endswith("Try again: what was made ready stays so.\n")


def test_a_database_that_goes_away_while_it_is_made_ready(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(url: str) -> None:
        raise psycopg.OperationalError("server closed the connection unexpectedly\n\tThis probably means")

    monkeypatch.setattr(preparation, "applied_revision", gone)
    with pytest.raises(LodgeError, match="stopped the work: server closed the connection unexpectedly"):
        preparation.prepare(database_url)
