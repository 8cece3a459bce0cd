"""A server of one's own is used as it is, from PostgreSQL 15 on."""

from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from lodge import outside
from lodge.errors import LodgeError
from lodge.preparation import applied_revision, newest_revision, prepare
from lodge.status import read_status
from service_kit.database_url import shown_address
from service_kit.settings import Settings
from tests.lodge.desk_process import DeskProcess, free_port
from tests.support.databases import cloned_database, opened_to_analytics
from warehouse.tables import Definition


def test_a_desk_on_postgres_15_without_an_embedded_server(home_path: Path, postgres_15_url: str) -> None:
    with cloned_database(postgres_15_url, "template1") as url:
        prepare(url)
        assert applied_revision(url) == newest_revision()
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT count(*) FROM category").fetchone() != (0,)
        with DeskProcess(home_path, database_url=url) as desk:
            desk.wait_for("ready")
            assert desk.lines[0].split() == ["Postgres", shown_address(url), "(your", "own", "server)"]
            assert desk.lines[1].startswith(
                "Similar reports are not looked for: this server has no pgvector. See docs/"
            )
            assert desk.server_processes() == []
            desk.interrupt()
            assert desk.wait() == 0
        assert list((home_path / "postgres").iterdir()) == []


def test_an_older_server_is_refused(postgres_url: str) -> None:
    with pytest.raises(LodgeError, match=r"is PostgreSQL 14\.11; Lodge needs 15 or newer"):
        outside.check_version(postgres_url, 140_011)


def test_a_database_that_is_not_utf8_is_refused(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE not_utf8 ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
        try:
            with pytest.raises(LodgeError, match="is encoded in SQL_ASCII; Lodge needs UTF8"):
                outside.check_server(make_url(postgres_url).set(database="not_utf8").render_as_string(False))
        finally:
            connection.execute("DROP DATABASE not_utf8")


@pytest.mark.parametrize(
    ("is_available", "what"),
    [("true", "a superuser has to run CREATE EXTENSION pg_trgm"), ("false", "install PostgreSQL's contrib modules")],
)
def test_a_server_without_trigrams_is_refused(
    database_url: str, monkeypatch: pytest.MonkeyPatch, is_available: str, what: str
) -> None:
    """Every server here has them, so only the question is another one."""
    monkeypatch.setattr(outside, "TRIGRAMS", f"SELECT false, {is_available}")
    with pytest.raises(LodgeError, match=f"lacks pg_trgm, which the search needs: {what}"):
        outside.check_server(database_url)


def test_a_server_that_is_right_lacks_nothing(database_url: str) -> None:
    assert outside.check_server(database_url) == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"password": "wrong"}, "refuses the password of the user lodge. Correct LODGE_DATABASE_URL;"),
        ({"password": ""}, "wants a password for the user lodge, and LODGE_DATABASE_URL has none."),
        ({"database": "nowhere"}, 'has no database nowhere. .* run: CREATE DATABASE "nowhere" OWNER "lodge"'),
        ({"host": "no-such-machine.invalid"}, "does not answer: no machine has that name. Correct LODGE_DATABASE_URL."),
        ({"port": 1}, "does not answer: no server listens there. Start it, or correct LODGE_DATABASE_URL."),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, dict) else "",
)
def test_why_there_is_no_connection_and_what_to_do(postgres_url: str, given: dict[str, Any], sentence: str) -> None:
    url = make_url(postgres_url).set(**given)
    with pytest.raises(LodgeError, match=sentence) as caught:
        outside.check_server(url.render_as_string(hide_password=False))
    assert str(caught.value).startswith(f"The database at {url.host}:{url.port} ")
    assert not url.password or str(url.password) not in str(caught.value)


def test_a_database_of_somebody_else_is_refused(database_url: str) -> None:
    figures = opened_to_analytics(database_url, Definition("UTC", with_text=False))
    name, address = make_url(database_url).database, shown_address(database_url)
    with pytest.raises(LodgeError) as caught:
        outside.check_server(figures)
    assert str(caught.value) == (
        f"The user lodge_analytics may not make tables in the database {name} at {address}, "
        "which belongs to lodge. Let an administrator of the server run: "
        f'ALTER DATABASE "{name}" OWNER TO "lodge_analytics"'
    )


def test_tables_of_somebody_else_and_a_standby_are_refused(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for row, sentence in (
        (("desk", "campus", "desk", True, False, None), "is a standby, which can only be read. Name the primary."),
        (("desk", "campus", "desk", False, True, "old"), "belong to old, and desk may not change them. Name old in"),
    ):
        monkeypatch.setattr(outside, "RIGHTS", f"VALUES {row!r}".replace("None", "NULL"))
        with pytest.raises(LodgeError, match=sentence):
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
