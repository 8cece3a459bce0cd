"""The tickets and teams of a desk over the upgrade that gives tickets a team."""

import psycopg
from alembic import command

from data_api.migrate import alembic_config, upgrade
from tests.support import rows

TEAMS = "SELECT ticket.id, team.slug FROM ticket LEFT JOIN team ON team.id = ticket.team_id ORDER BY ticket.id"
FEED = "SELECT count(*) FROM change WHERE table_name = 'ticket' AND op = 'update'"


def test_what_is_not_closed_comes_into_the_team_of_its_assignee(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        people = [
            rows.person(connection, "Ada Okafor", "agent", team_id=rows.team(connection, "Porters")),
            rows.person(connection, "Noor Haddad", "agent"),
        ]
        given = [(status, one) for one in (*people, None) for status in ("open", "active", "closed")]
        tickets = rows.tickets(connection, [{"status": status, "assignee_id": one} for status, one in given])
    command.downgrade(alembic_config(database_url), "0022")
    upgrade(database_url)
    with psycopg.connect(database_url) as connection:
        found: dict[int, str | None] = dict(connection.execute(TEAMS).fetchall())
        assert found == dict.fromkeys(tickets) | dict.fromkeys(tickets[:2], "porters")
        assert connection.execute("SELECT count(*) FROM ticket_event").fetchone() == (0,)
        assert connection.execute(FEED).fetchone() == (2,), "the replica hears of them"


def test_a_team_that_is_called_as_a_filters_word_gets_another_slug(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        numbers = [rows.team(connection, name) for name in ("None", "My team", "Porters")]
    command.downgrade(alembic_config(database_url), "0022")
    upgrade(database_url)
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT name, slug FROM team ORDER BY id").fetchall() == [
            ("None", f"none-{numbers[0]}"),
            ("My team", f"my-team-{numbers[1]}"),
            ("Porters", "porters"),
        ]
