"""The names of the databases beside a desk's own, and the addresses that lead to them."""

from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from lodge.backup import restore, swapping, undo
from lodge.backup.repository import ServerRepository, kept_name, restoring_name
from lodge.backup.swapping import on_database
from lodge.errors import LodgeError
from service_kit.database_url import libpq_url
from tests.lodge.backup.conftest import QUIET, TICKETS, SmallDesk
from tests.lodge.backup.test_restore import agree
from tests.support.databases import create_database

NOW = datetime(2026, 11, 21, 19, 45, 41, 123456, tzinfo=UTC)
LONG = "helpdesk_of_the_faculty_of_fine_arts"


@pytest.mark.parametrize("name", ["lodge", "x" * 33, LONG, "x" * 63, "università_" * 5])
def test_each_fits_into_a_name_of_postgres(name: str) -> None:
    for beside in (restoring_name(name), kept_name(name, NOW)):
        assert len(beside.encode()) <= 63
        assert beside.startswith(name[:15])


def test_a_short_name_is_told_whole() -> None:
    assert restoring_name("lodge") == "lodge_restoring"
    assert kept_name("lodge", NOW) == "lodge_before_20261121_194541_123456"


def test_desks_whose_long_names_begin_alike_have_nothing_in_common(postgres_url: str) -> None:
    one, other = f"{LONG}_north", f"{LONG}_south"
    assert restoring_name(one) != restoring_name(other)
    kept = kept_name(one, NOW)
    create_database(postgres_url, kept)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        server = ServerRepository(connection)
        try:
            assert server.kept(one) == [kept]
            assert server.kept(other) == []
        finally:
            server.drop(kept)


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("postgresql://u:p@h:5432/lodge", "postgresql://u:p@h:5432/new"),
        ("postgresql+psycopg://u@h/lodge?sslmode=require", "postgresql://u@h/new?sslmode=require"),
        ("postgresql://u@h/x?dbname=lodge&sslmode=require", "postgresql://u@h/new?sslmode=require"),
        ("postgresql://u@h?%64bname=lodge", "postgresql://u@h/new"),
        ("postgresql:///lodge?host=/run/postgresql", "postgresql:///new?host=/run/postgresql"),
        ("postgresql://u:a?b@[::1]:5/lodge#1", "postgresql://u:a?b@[::1]:5/new"),
        ("postgresql://u@h,g:6/lodge?password=a#b", "postgresql://u@h,g:6/new?password=a#b"),
    ],
)
def test_the_address_of_another_database_of_the_same_server(url: str, other: str) -> None:
    assert on_database(url, "new") == other
    before, after = conninfo_to_dict(libpq_url(url)), conninfo_to_dict(other)
    assert after.pop("dbname") == "new"
    assert str(before.pop("dbname")).startswith("lodge")
    assert after == before


def test_any_name_is_a_part_of_an_address() -> None:
    assert conninfo_to_dict(on_database("postgresql://u@h/lodge", "a/b?c d%"))["dbname"] == "a/b?c d%"


def test_a_name_among_the_parameters_is_the_desks(desk: SmallDesk, saved: Path) -> None:
    """It is stronger than the path, so a restore that only changed the path would load into the live desk."""
    settings = desk.settings.model_copy(update={"database_url": f"{desk.url}?dbname={desk.name}"})
    before = desk.rows()["ticket"]
    restore(settings, saved, agree, QUIET)
    assert desk.rows()["ticket"] != before
    [kept] = desk.databases()
    with psycopg.connect(on_database(desk.url, kept)) as connection:
        assert connection.execute("SELECT count(*) FROM ticket").fetchone() == (TICKETS,)
    undo(settings, agree, QUIET)
    assert desk.rows()["ticket"] == before


def test_an_address_that_leads_to_the_desk_after_all_loads_nothing(
    desk: SmallDesk, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stubborn(url: str, name: str) -> str:
        return url if name.endswith("_restoring") else on_database(url, name)

    before = desk.rows()
    settings = desk.settings.model_copy(update={"database_url": f"{desk.url}?application_name=desk"})
    monkeypatch.setattr(swapping, "on_database", stubborn)
    with pytest.raises(LodgeError, match=r"_restoring, leads to .* The desk is as it was"):
        restore(settings, saved, agree, QUIET)
    assert (desk.rows(), desk.databases()) == (before, set())
