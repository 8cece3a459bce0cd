"""Invented tickets come to a new desk or a demo only."""

from pathlib import Path

import psycopg
import pytest
from alembic import command
from rich.console import Console

from data_api.migrate import alembic_config, upgrade
from lodge.demo import read_contents
from lodge.errors import DeskRefused
from lodge.seeding import demo
from lodge.upgrading import make_demo, make_ready
from service_kit.settings import Settings
from tests.lodge.command import lodge
from tests.lodge.desk_process import DeskProcess

BUILDING = "INSERT INTO building (slug, name) VALUES ('main-library', 'Main Library')"
TICKET = """
INSERT INTO ticket (title, description, status, stage_id, category_id, requester_id, opened_at, modified_at, source)
SELECT 'Lamp', 'It is dark.', 'open', stage.id, category.id, person.id, now(), now(), %s
FROM stage, category, person WHERE stage.status = 'open' LIMIT 1
"""
PERSON = "INSERT INTO person (name, roles) VALUES ('Mia', ARRAY['student'])"


def settings_for(url: str, home: Path) -> Settings:
    return Settings(database_url=url, home=home, _env_file=None)


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def add_ticket(url: str, source: str | None) -> None:
    run(url, PERSON)
    with psycopg.connect(url) as connection:
        connection.execute(TICKET, [source])


def tickets(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM ticket").fetchone()
    assert row is not None
    return int(row[0])


def quiet(_: str) -> None:
    """Says nothing."""


def test_a_new_desk_becomes_a_demo_once_and_stays_one(database_url: str, tmp_path: Path) -> None:
    settings = settings_for(database_url, tmp_path)
    make_ready(database_url, settings, quiet, is_own=False)  # and then it was killed
    for _ in range(2):
        make_demo(database_url, settings, quiet)
        assert tickets(database_url) == 300
    make_ready(database_url, settings, quiet)
    assert read_contents(database_url).is_demo is True


def test_what_was_begun_without_the_demo_stays_ones_own(database_url: str, home_path: Path) -> None:
    """As `lodge up --empty` begins it; then `make run`."""
    make_ready(database_url, settings_for(database_url, home_path), quiet)
    options = ("up", "--demo")
    with DeskProcess(home_path, *options, command=("-m", "lodge.main"), database_url=database_url) as desk:
        assert desk.wait(120) == 1
    (told,) = [line for line in desk.lines if line.startswith("lodge:")]
    assert told.startswith(f'lodge: The desk "Lodge" in {home_path} is your own and no demo')
    assert "Start it with `lodge up`." in told
    assert tickets(database_url) == 0


@pytest.mark.parametrize("arguments", [["import", "--list"], ["recategorise"]], ids=["list", "recategorise"])
def test_a_command_that_brings_nothing_leaves_a_new_desk_undecided(
    database_url: str, home_path: Path, arguments: list[str]
) -> None:
    """`make run` can still make it a demo."""
    assert lodge(*arguments, LODGE_DATABASE_URL=database_url, LODGE_HOME=str(home_path)).exit_code == 0
    assert read_contents(database_url).is_demo is None


def test_no_invented_tickets_come_among_imported_ones(database_url: str, home_path: Path) -> None:
    place = {"LODGE_DATABASE_URL": database_url, "LODGE_HOME": str(home_path)}
    add_ticket(database_url, "old-desk")
    refused = lodge("seed", "--tickets", "3", **place)
    assert refused.exit_code == 1
    assert f"in {home_path} holds imported tickets" in refused.stderr
    assert "--force" in refused.stderr
    assert tickets(database_url) == 1
    assert lodge("seed", "--tickets", "3", "--force", **place).exit_code == 0
    assert tickets(database_url) == 4
    assert read_contents(database_url).is_demo is not True


@pytest.mark.parametrize("statement", [PERSON, BUILDING])
def test_no_invented_tickets_come_to_a_desk_that_somebody_uses(
    database_url: str, home_path: Path, statement: str
) -> None:
    make_ready(database_url, settings_for(database_url, home_path), quiet)
    run(database_url, statement)
    refused = lodge("seed", "--tickets", "3", LODGE_DATABASE_URL=database_url, LODGE_HOME=str(home_path))
    assert (refused.exit_code, tickets(database_url)) == (1, 0)


def test_a_seeded_desk_is_a_demo_and_can_be_seeded_again(database_url: str, home_path: Path) -> None:
    place = {"LODGE_DATABASE_URL": database_url, "LODGE_HOME": str(home_path)}
    for _ in range(2):
        assert lodge("seed", "--tickets", "3", **place).exit_code == 0
    assert tickets(database_url) == 6
    make_demo(database_url, settings_for(database_url, home_path), quiet)
    assert tickets(database_url) == 6


def before_this_was_known(url: str) -> None:
    command.downgrade(alembic_config(url), "0011")


def test_the_demo_of_an_earlier_lodge_is_known_by_its_buildings(database_url: str) -> None:
    demo(database_url, Console(quiet=True))
    before_this_was_known(database_url)
    upgrade(database_url)
    assert read_contents(database_url).is_demo is True
    before_this_was_known(database_url)
    add_ticket(database_url, "old-desk")
    upgrade(database_url)
    assert read_contents(database_url).is_demo is False


def test_a_desk_of_an_earlier_lodge_that_somebody_uses_is_their_own(database_url: str, tmp_path: Path) -> None:
    before_this_was_known(database_url)
    upgrade(database_url)
    assert read_contents(database_url).is_demo is None, "nobody has used it"
    before_this_was_known(database_url)
    run(database_url, BUILDING)
    upgrade(database_url)
    with pytest.raises(DeskRefused, match="is your own"):
        make_demo(database_url, settings_for(database_url, tmp_path), quiet)
