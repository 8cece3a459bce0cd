"""The board of a desk over the upgrade that says by flags what its stages mean."""

import psycopg
from alembic import command

from data_api.migrate import alembic_config, upgrade

FLAGS = "SELECT slug, waits_for_requester, work_resumes_here FROM stage ORDER BY position"


def test_stages_mean_what_their_slugs_meant(database_url: str) -> None:
    command.downgrade(alembic_config(database_url), "0009")
    upgrade(database_url)
    with psycopg.connect(database_url) as connection:
        assert connection.execute(FLAGS).fetchall() == [
            ("to-do", False, False),
            ("in-progress", False, True),
            ("pending", True, False),
            ("blocked", False, False),
            ("completed", False, False),
        ]


def test_stages_with_other_slugs_stay_without_flags(database_url: str) -> None:
    command.downgrade(alembic_config(database_url), "0009")
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE stage SET slug = 'parked' WHERE slug = 'pending'")
        connection.execute("DELETE FROM stage WHERE slug = 'in-progress'")
    upgrade(database_url)
    with psycopg.connect(database_url) as connection:
        assert {row[1:] for row in connection.execute(FLAGS).fetchall()} == {(False, False)}


def test_a_changed_flag_stands_in_the_change_feed(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE stage SET waits_for_requester = true WHERE slug = 'blocked'")
        lines = connection.execute("SELECT before, after FROM change WHERE table_name = 'stage' ORDER BY id DESC")
        assert lines.fetchone() == ({"waits_for_requester": False}, {"waits_for_requester": True})
