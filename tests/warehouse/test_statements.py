"""Whatever statement changes a row, the replica is the database after it."""

from typing import Any, LiteralString

import psycopg
import pytest

from tests.warehouse.following import Following, connection
from tests.warehouse.rows import TICKETS

STATEMENTS: dict[str, LiteralString] = {
    "a row that was there already": (
        "INSERT INTO building (slug, name) VALUES ('library', 'Old Library') "
        "ON CONFLICT (slug) DO UPDATE SET name = excluded.name"
    ),
    "some that were there and some that were not": (
        "INSERT INTO building (slug, name) SELECT slug, 'New ' || slug "
        "FROM unnest(ARRAY['library', 'gym', 'tower']) AS slug ON CONFLICT (slug) DO UPDATE SET name = excluded.name"
    ),
    "nothing, because it was there": (
        "INSERT INTO building (slug, name) VALUES ('library', 'None') ON CONFLICT (slug) DO NOTHING"
    ),
    "a merge that inserts, updates and deletes": (
        "MERGE INTO building USING (VALUES ('library', 'Merged'), ('gym', NULL), ('pool', 'Pool')) AS new (slug, name) "
        "ON building.slug = new.slug WHEN MATCHED AND new.name IS NULL THEN DELETE "
        "WHEN MATCHED THEN UPDATE SET name = new.name WHEN NOT MATCHED THEN INSERT (slug, name) VALUES (slug, new.name)"
    ),
    "an update of one": "UPDATE ticket SET priority = 3, room = 'Other' WHERE id = 7",
    "an update that changes nothing": "UPDATE ticket SET priority = priority",
    "an update of all": "UPDATE ticket SET modified_at = modified_at + interval '1 second'",
    "an update joined to another table": (
        "UPDATE ticket SET building_id = building.id FROM building "
        "WHERE building.slug = 'canteen' AND ticket.id % 3 = 0"
    ),
    "a closing": "UPDATE ticket SET status = 'closed', stage_id = 5, closed_at = now(), waits_for = NULL WHERE id = 3",
    "a reopening": "UPDATE ticket SET status = 'active', stage_id = 2, closed_at = NULL WHERE id = 3",
    "a ticket that becomes confidential": "UPDATE ticket SET is_confidential = true WHERE id = 9",
    "a longer message": "UPDATE message SET body = body || ' and more' WHERE ticket_id = 6",
    "another role": "UPDATE person SET roles = '{agent}' WHERE id = 2",
    "one row written twice in one statement": (
        "WITH first AS (UPDATE ticket SET room = 'A' WHERE id = 8 RETURNING id) "
        "INSERT INTO ticket_watcher (ticket_id, person_id) SELECT id, 1 FROM first ON CONFLICT DO NOTHING"
    ),
    "a deletion that takes messages, history and followers along": "DELETE FROM ticket WHERE id % 12 = 0",
    "a person with what they follow": "DELETE FROM person WHERE id = 3",
    "many by a copy of a query": (
        "INSERT INTO message (ticket_id, author_id, author_role, body) "
        "SELECT id, 2, 'agent', 'again' FROM ticket, generate_series(1, 60)"
    ),
    "all of a table": "DELETE FROM message",
}


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS.keys())
def test_the_replica_is_the_database(shared_desk: Following, statement: LiteralString) -> None:
    file = shared_desk.file
    shared_desk.sql(statement)
    assert shared_desk.difference() is None
    assert shared_desk.file == file, "it was followed, not copied anew"


def test_what_was_rolled_back_to_a_savepoint_is_not_there(desk: Following) -> None:
    with connection(desk.database_url) as other:
        other.execute("UPDATE ticket SET room = 'before' WHERE id = 1")
        other.execute("SAVEPOINT here")
        other.execute("UPDATE ticket SET priority = 3 WHERE id IN (1, 2)")
        other.execute("DELETE FROM building WHERE slug = 'canteen'")
        other.execute("ROLLBACK TO here")
        other.execute("SAVEPOINT there")
        other.execute("INSERT INTO building (slug, name) VALUES ('after', 'After')")
        other.execute("RELEASE there")
        other.commit()
    assert desk.ask("SELECT slug FROM building ORDER BY id") == [("library",), ("canteen",), ("after",)]
    assert desk.difference() is None


def test_what_was_rolled_back_is_not_there(desk: Following) -> None:
    with connection(desk.database_url) as other:
        other.execute("DELETE FROM message")
        other.rollback()
    assert desk.difference() is None
    assert desk.ask("SELECT count(*) FROM message") == [(20,)]


def test_thousands_at_once_and_after_single_ones(desk: Following) -> None:
    """COPY in, a series, and an UPDATE of all of them in a session that has updated single rows before."""
    with connection(desk.database_url) as other:
        for number in range(1, 6):
            other.execute("UPDATE ticket SET priority = 2 WHERE id = %s", [number])
            other.commit()
        with other.cursor().copy("COPY building (slug, name) FROM STDIN") as rows:
            for number in range(3_000):
                rows.write_row((f"house-{number}", f"House {number}"))
        other.execute(TICKETS, [3_000])
        other.commit()
        assert desk.difference() is None
        other.execute("UPDATE ticket SET priority = 0, modified_at = now()")
        other.execute("DELETE FROM building WHERE slug LIKE 'house-%7'")
        other.commit()
    assert desk.difference() is None
    assert desk.ask("SELECT count(*), sum(priority) FROM ticket") == [(3_060, 0)]


def test_who_begins_first_and_commits_last_is_taken_in(desk: Following) -> None:
    """Its lines have the lowest numbers and moments, and appear after others were read."""
    with connection(desk.database_url) as slow, connection(desk.database_url) as slower:
        slow.execute("INSERT INTO building (slug, name) VALUES ('slow', 'Slow')")
        slower.execute("UPDATE ticket SET room = 'slower' WHERE id = 5")
        for number in range(20):
            desk.sql("INSERT INTO building (slug, name) VALUES (%s, 'Quick')", f"quick-{number}")
            if number == 10:
                slow.commit()
                assert ("slow",) in desk.ask("SELECT slug FROM building")
        assert desk.difference() is None
        slower.commit()
        desk.sql("DELETE FROM building WHERE slug = 'slow'")
    assert desk.difference() is None


def test_a_transaction_held_open_elsewhere_holds_nothing_up(desk: Following, postgres_url: str) -> None:
    """In another database of the server, and in this one: the numbers go on meanwhile."""
    with connection(postgres_url) as elsewhere, connection(desk.database_url) as here:
        elsewhere.execute("CREATE TEMP TABLE mine AS SELECT pg_current_xact_id()")
        here.execute("UPDATE category SET name = 'Held' WHERE id = 1")
        before = desk.catch_up()
        for number in range(5):
            desk.sql("INSERT INTO building (slug, name) VALUES (%s, 'Meanwhile')", f"meanwhile-{number}")
            assert desk.ask("SELECT count(*) FROM building WHERE name = 'Meanwhile'") == [(number + 1,)]
        assert desk.difference() is None
        assert desk.catch_up().as_of > before.as_of
        here.commit()
    assert desk.ask("SELECT name FROM category WHERE id = 1") == [("Held",)]
    assert desk.difference() is None


def test_a_truncation_is_refused(desk: Following) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="use DELETE"):
        desk.sql("TRUNCATE ticket_watcher")


def test_a_row_that_goes_and_comes_back_with_its_number(desk: Following) -> None:
    with connection(desk.database_url) as other:
        kept: list[Any] = other.execute("SELECT slug, name, position FROM stage WHERE id = 4").fetchall()
        other.execute("DELETE FROM stage WHERE id = 4")
        other.execute(
            "INSERT INTO stage (id, slug, name, status, position) OVERRIDING SYSTEM VALUE "
            "VALUES (4, %s, %s, 'open', %s)",
            kept[0],
        )
        other.commit()
    assert desk.ask("SELECT status FROM stage WHERE id = 4") == [("open",)]
    assert desk.difference() is None
