"""The upgrade after which the history tells of people by their ids."""

from typing import Any, LiteralString

import psycopg
from alembic import command

from data_api.migrate import alembic_config, upgrade
from tests.support import rows

LINES: LiteralString = """
SELECT from_value, from_person_id, to_value, to_person_id FROM ticket_event WHERE kind = 'assignee' ORDER BY id
"""
OF_NO_LATER_MIGRATION: LiteralString = "SELECT count(*) FROM change WHERE table_name NOT IN ('stage', 'role')"


def lines(url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(LINES).fetchall()


def test_a_name_becomes_a_person_where_it_can_mean_nobody_else(database_url: str) -> None:
    command.downgrade(alembic_config(database_url), "0009")
    with psycopg.connect(database_url) as connection:
        mia, ada, cleo = (
            rows.person(connection, name, role, entry_key=name)
            for name, role in (("Mia", "student"), ("Ada", "agent"), ("Cleo", "agent"))
        )
        for number in (1, 2):
            rows.person(connection, "Ben", "agent", entry_key=f"ben {number}")
        insert: LiteralString = "INSERT INTO ticket_event (ticket_id, kind, from_value, to_value, occurred_at) "
        ticket = rows.ticket(connection, requester_id=mia, assignee_id=ada)
        # Whoever has no tickets any more had some: the change feed says so.
        for who in (cleo, ada):
            connection.execute("UPDATE ticket SET assignee_id = %s WHERE id = %s", [who, ticket])
        for before, now in ((None, "Ada"), ("Ada", "Cleo"), ("Ben", "Ada"), ("Somebody", None), (None, "Mia")):
            connection.execute(insert + "VALUES (%s, 'assignee', %s, %s, now())", [ticket, before, now])
        connection.execute(insert + "VALUES (%s, 'activity', NULL, 'Ada', now())", [ticket])
        feed = connection.execute(OF_NO_LATER_MIGRATION).fetchone()
    before_it = _told(database_url)
    upgrade(database_url)
    assert lines(database_url) == [
        (None, None, None, ada),
        (None, ada, None, cleo),
        ("Ben", None, None, ada),  # two have that name
        ("Somebody", None, None, None),  # nobody has
        (None, None, "Mia", None),  # she never had a ticket: another Mia is meant
    ]
    with psycopg.connect(database_url) as connection:
        activity = connection.execute("SELECT to_value FROM ticket_event WHERE kind = 'activity'").fetchone()
        assert activity == ("Ada",)
        assert connection.execute(OF_NO_LATER_MIGRATION).fetchone() == feed
    command.downgrade(alembic_config(database_url), "0009")
    assert _told(database_url) == before_it


def _told(url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT kind, from_value, to_value FROM ticket_event ORDER BY id").fetchall()


def test_the_feed_hears_of_the_history_again(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        enabled = connection.execute(
            "SELECT tgenabled FROM pg_trigger WHERE tgrelid = 'ticket_event'::regclass AND tgname = 'log_update'"
        ).fetchone()
    assert enabled == ("O",)
