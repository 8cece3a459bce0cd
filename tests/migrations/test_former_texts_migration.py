"""Keys for retries over the upgrade that keeps what was made, and no answers."""

import psycopg
from alembic import command

from data_api.migrate import alembic_config, upgrade


def test_a_key_whose_answer_named_nothing_is_forgotten(database_url: str) -> None:
    """Kept, it would tell a retry that it was used for another request."""
    command.downgrade(alembic_config(database_url), "0007")
    answers = {"ticket": b'{"id": 7}', "list": b'{"slug": "a"}', "me-too": b'{"reports": 2}', "empty": b""}
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO person (name, roles, entry_key) VALUES ('Mia', '{student}', 'a')")
        for key, body in answers.items():
            connection.execute(
                "INSERT INTO idempotency_key (person_id, key, request_hash, status, body) "
                "SELECT id, %s, 'x', 201, %s FROM person",
                [key, body],
            )
    upgrade(database_url)
    with psycopg.connect(database_url) as connection:
        found = connection.execute("SELECT key, made FROM idempotency_key ORDER BY key").fetchall()
    assert found == [("list", "a"), ("ticket", 7)]
