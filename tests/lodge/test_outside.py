"""A server of one's own is used as it is, from PostgreSQL 15 on."""

from pathlib import Path

import psycopg
import pytest

from lodge import outside
from lodge.errors import LodgeError
from lodge.preparation import applied_revision, newest_revision, prepare
from lodge.status import read_status
from service_kit.settings import Settings
from tests.lodge.desk_process import DeskProcess, free_port
from tests.support.databases import cloned_database


def test_a_desk_on_postgres_15_without_an_embedded_server(home_path: Path, postgres_15_url: str) -> None:
    with cloned_database(postgres_15_url, "template1") as url:
        prepare(url)
        assert applied_revision(url) == newest_revision()
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT count(*) FROM category").fetchone() != (0,)
        with DeskProcess(home_path, database_url=url) as desk:
            desk.wait_for("ready")
            assert desk.lines[0].split() == ["Postgres", outside.shown_address(url), "(your", "own", "server)"]
            assert desk.server_processes() == []
            desk.interrupt()
            assert desk.wait() == 0
        assert list((home_path / "postgres").iterdir()) == []


def test_an_older_server_is_refused(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "server_version", lambda url: 140_011)
    with pytest.raises(LodgeError, match=r"is PostgreSQL 14\.11; Lodge needs 15 or newer"):
        outside.check_server(postgres_url)


def test_a_server_that_is_away_is_named_without_its_password() -> None:
    url = f"postgresql+psycopg://desk:secret@127.0.0.1:{free_port()}/desk"
    with pytest.raises(LodgeError, match=r"The database at 127\.0\.0\.1:\d+ does not answer") as caught:
        outside.check_server(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("end", ["@127.0.0.1:1/desk?nope=1", "%@127.0.0.1:1/desk"])
def test_an_address_that_cannot_be_read_is_told_without_its_password(end: str) -> None:
    with pytest.raises(LodgeError, match="LODGE_DATABASE_URL cannot be read") as caught:
        outside.check_server(f"postgresql://desk:secret{end}")
    assert "secret" not in str(caught.value)


def test_status_tells_each_service(postgres_url: str) -> None:
    settings = Settings(
        database_url=postgres_url, ui_port=free_port(), data_api_port=free_port(), analytics_api_port=free_port()
    )
    postgres, *services = read_status(settings)
    assert (postgres.name, postgres.problem) == ("Postgres", "")
    assert postgres.version.startswith("18.")
    assert {service.name: service.problem for service in services} == dict.fromkeys(
        ("UI", "data API", "analytics API"), "is not running"
    )
