"""A restore beside an analytics API that reads with its own role."""

import json
from functools import partial
from pathlib import Path

import psycopg
import pytest

from lodge.analytics_access import close_to_analytics, open_to_analytics
from lodge.backup import restore, undo
from lodge.errors import LodgeError
from lodge.outside import desk_database
from lodge.preparation import prepare
from service_kit.settings import Settings
from tests.lodge.backup.conftest import QUIET, SmallDesk
from tests.lodge.backup.forging import contents
from tests.lodge.backup.test_restore import agree
from tests.lodge.waiting import wait_until
from tests.support.databases import cloned_database, opened_to_analytics
from tests.warehouse.following import SOON, Following
from warehouse.access import SCHEMA, view_settings
from warehouse.follow import Follower
from warehouse.tables import Definition

ROME = Definition("Europe/Rome", with_text=False)


def test_the_role_reads_the_restored_desk_as_it_read_the_former(desk: SmallDesk, saved: Path, tmp_path: Path) -> None:
    """Also where the command that restores has other settings than the desk was started with."""
    role_url = opened_to_analytics(desk.url, ROME)
    settings = desk.settings.model_copy(update={"analytics_database_url": role_url})
    assert settings.timezone == "UTC"
    following = Following(desk.url, tmp_path / "warehouse", ROME)
    following.follower = Follower(role_url, ROME, following.replica)
    following.follower.start()
    try:
        for act in (partial(restore, settings, saved, agree, QUIET), partial(undo, settings, agree, QUIET)):
            following.catch_up()
            copied = following.file
            following.leave_postgres()
            act()
            wait_until(partial(is_gone, copied), "the other desk is copied", SOON)
            following.catch_up()
            assert following.difference() is None
            assert not following.follower.reads_everything
    finally:
        following.follower.stop()
        following.replica.close()
    with psycopg.connect(desk.url) as connection:
        opened = view_settings(connection)
    assert opened is not None
    assert opened.definition == ROME


def is_gone(file: Path) -> bool:
    return not file.exists()


def test_the_views_are_in_no_backup(desk: SmallDesk, tmp_path: Path) -> None:
    opened_to_analytics(desk.url, ROME)
    archive = desk.back_up(tmp_path / "desk.lodge")
    assert SCHEMA.encode() not in contents(archive)["database.dump"]
    # What is noted for some minutes only is in none either.
    assert set(json.loads(contents(archive)["manifest.json"])["rows"]) == set(desk.rows()) - {"deletion_notice"}


WIDER = "ALTER TABLE building ALTER COLUMN slug TYPE text"


def test_a_migration_is_not_held_up_by_the_views(desk: SmallDesk) -> None:
    opened_to_analytics(desk.url, ROME)
    with pytest.raises(psycopg.errors.FeatureNotSupported, match="used by a view"):
        desk.run(WIDER)
    close_to_analytics(desk.url)
    desk.run(WIDER)
    with psycopg.connect(desk.url) as connection:
        assert view_settings(connection) is None
        assert connection.execute("SELECT pg_typeof(slug)::text FROM building LIMIT 1").fetchone() == ("text",)


def test_the_embedded_servers_desk_is_opened_to_its_role(made_home: Path) -> None:
    settings = Settings(home=made_home, timezone="Europe/Rome", _env_file=None)
    with desk_database(settings, "test") as url:
        prepare(url)
        for _ in range(2):
            open_to_analytics(url, settings)
        with psycopg.connect(url) as connection:
            opened = view_settings(connection)
            row = connection.execute(
                "SELECT has_table_privilege('lodge_analytics', 'ticket', 'SELECT'), "
                f"has_table_privilege('lodge_analytics', '{SCHEMA}.ticket', 'SELECT')".encode()
            ).fetchone()
    assert opened is not None
    assert opened.definition == ROME
    assert row == (False, True)


def test_on_a_server_of_ones_own_the_second_address_names_the_role(postgres_15_url: str, tmp_path: Path) -> None:
    with cloned_database(postgres_15_url, "template1") as server:
        with psycopg.connect(server, autocommit=True) as connection:
            for statement in ("CREATE ROLE owner_of_campus LOGIN", "CREATE ROLE figures LOGIN"):
                connection.execute(statement.encode())
            connection.execute("GRANT figures TO owner_of_campus")
            connection.execute(f"ALTER DATABASE {server.rpartition('/')[2]} OWNER TO owner_of_campus".encode())
        url = server.replace("desk@", "owner_of_campus@")
        figures = url.replace("owner_of_campus@", "figures@")
        prepare(url)
        settings = Settings(database_url=url, analytics_database_url=figures, _env_file=None)
        open_to_analytics(url, settings)
        following = Following(url, tmp_path / "warehouse")
        following.follower = Follower(figures, Definition("UTC", with_text=False), following.replica)
        following.follower.start()
        try:
            following.sql("INSERT INTO building (slug, name) VALUES ('x', 'X')")
            assert following.ask("SELECT count(*) FROM building WHERE slug = 'x'") == [(1,)]
            assert following.difference() is None
            assert not following.follower.reads_everything
        finally:
            following.follower.stop()
            following.replica.close()
            following.leave_postgres()
        wrong = settings.model_copy(update={"analytics_database_url": figures.replace("figures@", "nobody_here@")})
        with pytest.raises(LodgeError, match=r"has no user nobody_here\. Correct LODGE_ANALYTICS_DATABASE_URL"):
            open_to_analytics(url, wrong)
