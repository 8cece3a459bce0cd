"""The triggers of the change feed: which statement writes which lines, and what the lines never say."""

from collections.abc import Iterator
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from data_api.models import Base
from data_api.models.base import InFeed, NotInFeed
from tests.support import rows

Line = tuple[str, str, int, Any, Any]

# Tables without a model, of which the change feed says nothing.
WITHOUT_MODEL = {
    "alembic_version": "alembic's",
    "ticket_vector": "follows from the ticket; made where the database has pgvector",
}
MODELS = {model.__tablename__: model for model in Base.__subclasses__()}
IN_FEED = {name: model.change_feed for name, model in MODELS.items() if isinstance(model.change_feed, InFeed)}


class Feed:
    """A transaction that is never committed, and the lines it has written."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        self.connection = connection
        self._last = 0

    def sql(self, statement: LiteralString, *values: Any) -> Any:
        """The first value of the first row, where there is one."""
        cursor = self.connection.execute(statement, values)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None

    def requester_of(self, ticket: int) -> int:
        number: int = self.sql("SELECT requester_id FROM ticket WHERE id = %s", ticket)
        return number

    def new_lines(self) -> list[Line]:
        """Table, operation, row, before, after of the lines since the last look."""
        lines = self.connection.execute(
            "SELECT id, table_name, op, row_id, before, after FROM change WHERE id > %s ORDER BY id", [self._last]
        ).fetchall()
        self._last = lines[-1][0] if lines else self._last
        return [(table, op, row, before, after) for _, table, op, row, before, after in lines]


@pytest.fixture
def feed(module_database_url: str) -> Iterator[Feed]:
    """Of which the lines of before are not new."""
    with psycopg.connect(module_database_url) as connection:
        feed = Feed(connection)
        feed.new_lines()
        yield feed
        connection.rollback()


@pytest.fixture
def ticket(feed: Feed) -> int:
    """Its number; its own lines are not new any more."""
    number = rows.ticket(feed.connection, title="Lift", requester_id=rows.person(feed.connection, "Mia", entry_key="k"))
    feed.new_lines()
    return number


def test_an_inserts_line_carries_no_columns(feed: Feed) -> None:
    row = feed.sql("INSERT INTO building (slug, name) VALUES ('a', 'A') RETURNING id")
    assert feed.new_lines() == [("building", "insert", row, None, None)]


def test_an_updates_line_carries_what_changed(feed: Feed, ticket: int) -> None:
    feed.sql("UPDATE ticket SET room = '1', priority = 3, version = 1 WHERE id = %s", ticket)
    assert feed.new_lines() == [
        ("ticket", "update", ticket, {"room": None, "priority": 1}, {"room": "1", "priority": 3})
    ]


def test_a_deletes_line_carries_no_values(feed: Feed) -> None:
    row = feed.sql("INSERT INTO building (slug, name) VALUES ('a', 'A') RETURNING id")
    feed.new_lines()
    feed.sql("DELETE FROM building WHERE id = %s", row)
    assert feed.new_lines() == [("building", "delete", row, None, None)]


def test_an_update_that_changes_nothing_writes_no_line(feed: Feed, ticket: int) -> None:
    feed.sql("UPDATE ticket SET room = room, title = 'Lift', priority = 1 WHERE id = %s", ticket)
    feed.sql("UPDATE ticket SET room = '1' WHERE id = -1")
    assert feed.new_lines() == []


def test_a_bulk_statement_writes_a_line_a_row(feed: Feed) -> None:
    feed.sql("INSERT INTO building (slug, name) SELECT 'b' || n, 'B' FROM generate_series(1, 500) n")
    assert [(table, op) for table, op, *_ in feed.new_lines()] == [("building", "insert")] * 500
    feed.sql("UPDATE building SET name = 'C' WHERE slug LIKE 'b%%' AND id %% 2 = 0")
    assert len(feed.new_lines()) == 250
    feed.sql("DELETE FROM building WHERE slug LIKE 'b%%'")
    assert len(feed.new_lines()) == 500


def test_a_copy_writes_its_lines(feed: Feed) -> None:
    with feed.connection.cursor().copy("COPY building (slug, name) FROM STDIN") as copy:
        for number in range(3):
            copy.write_row((f"copied-{number}", "Copied"))
    assert [line[:2] for line in feed.new_lines()] == [("building", "insert")] * 3


def test_on_conflict_writes_what_it_did(feed: Feed) -> None:
    upsert = "INSERT INTO building (slug, name) VALUES ('a', %s), (%s, 'B') ON CONFLICT (slug) DO "
    first = feed.sql("INSERT INTO building (slug, name) VALUES ('a', 'A') RETURNING id")
    feed.new_lines()
    feed.connection.execute(SQL(upsert + "UPDATE SET name = excluded.name"), ["New", "b"])
    lines = feed.new_lines()
    assert {line[1] for line in lines} == {"insert", "update"}
    assert ("building", "update", first, {"name": "A"}, {"name": "New"}) in lines
    feed.connection.execute(SQL(upsert + "NOTHING"), ["Newer", "b"])
    assert feed.new_lines() == []


def test_merge_writes_what_it_did(feed: Feed) -> None:
    feed.sql("INSERT INTO building (slug, name) VALUES ('old', 'Old'), ('gone', 'Gone')")
    feed.new_lines()
    feed.sql(
        "MERGE INTO building USING (VALUES ('old', 'New'), ('gone', ''), ('fresh', 'F')) AS given (slug, name) "
        "ON building.slug = given.slug "
        "WHEN MATCHED AND given.name = '' THEN DELETE "
        "WHEN MATCHED THEN UPDATE SET name = given.name "
        "WHEN NOT MATCHED THEN INSERT (slug, name) VALUES (given.slug, given.name)"
    )
    assert sorted(line[1] for line in feed.new_lines()) == ["delete", "insert", "update"]


def test_what_goes_with_a_ticket_writes_its_lines(feed: Feed, ticket: int) -> None:
    database, person = feed.connection, feed.requester_of(ticket)
    first = rows.message(database, ticket, person)
    rows.message(database, ticket, person, reply_to_id=first)
    rows.tag(database, ticket, "a")
    rows.watcher(database, ticket, person)
    rows.event(database, ticket, "opened")
    feed.new_lines()
    feed.sql("DELETE FROM ticket WHERE id = %s", ticket)
    lines = [(table, op) for table, op, *_ in feed.new_lines()]
    tables = ["message", "message", "ticket", "ticket_event", "ticket_tag", "ticket_watcher"]
    assert sorted(lines) == [(table, "delete") for table in tables]


def test_a_line_tells_who_and_by_which_request(feed: Feed) -> None:
    feed.sql("INSERT INTO building (slug, name) VALUES ('a', 'A')")
    feed.sql("SELECT set_config('lodge.actor_id', '7', true), set_config('lodge.request_id', 'r-1', true)")
    feed.sql("INSERT INTO building (slug, name) VALUES ('b', 'B')")
    told = feed.connection.execute("SELECT actor_id, request_id FROM change ORDER BY id DESC LIMIT 2").fetchall()
    assert told == [(7, "r-1"), (None, None)]


def test_a_line_tells_its_transaction_and_moment(feed: Feed) -> None:
    feed.sql("INSERT INTO building (slug, name) VALUES ('a', 'A')")
    assert feed.sql(
        "SELECT xid = pg_current_xact_id() AND happened_at BETWEEN transaction_timestamp() AND clock_timestamp() "
        "FROM change ORDER BY id DESC LIMIT 1"
    )


# -- secrets and people's words appear by name only ----------------------------------------------------------------


@pytest.mark.parametrize("column", ["title", "description"])
def test_a_tickets_words_are_named_and_not_told(feed: Feed, ticket: int, column: str) -> None:
    update = SQL("UPDATE ticket SET {} = 'my secret words' WHERE id = %s").format(Identifier(column))
    feed.connection.execute(update, [ticket])
    assert feed.new_lines() == [("ticket", "update", ticket, {column: None}, {column: None})]


def test_a_messages_body_is_named_and_not_told(feed: Feed, ticket: int) -> None:
    number = rows.message(feed.connection, ticket, feed.requester_of(ticket), body="old secret")
    feed.new_lines()
    feed.sql("UPDATE message SET body = 'new secret', is_internal = true WHERE id = %s", number)
    before, after = {"body": None, "is_internal": False}, {"body": None, "is_internal": True}
    assert feed.new_lines() == [("message", "update", number, before, after)]


def test_a_persons_name_and_key_are_named_and_not_told(feed: Feed, ticket: int) -> None:
    person = feed.sql(
        "UPDATE person SET name = 'M', entry_key = 'x', roles = '{agent}' WHERE name = 'Mia' RETURNING id"
    )
    before = {"name": None, "entry_key": None, "roles": ["student"]}
    assert feed.new_lines() == [("person", "update", person, before, {**before, "roles": ["agent"]})]


def test_a_tokens_hash_is_named_and_not_told(feed: Feed, ticket: int) -> None:
    row = feed.sql(
        "INSERT INTO session_token (token_hash, person_id, expires_at) "
        "SELECT 'hash', requester_id, now() FROM ticket WHERE id = %s RETURNING id",
        ticket,
    )
    feed.new_lines()
    feed.sql("UPDATE session_token SET token_hash = 'other' WHERE id = %s", row)
    assert feed.new_lines() == [("session_token", "update", row, {"token_hash": None}, {"token_hash": None})]


# -- nothing gets past it ------------------------------------------------------------------------------------------


def tables(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {name for (name,) in found}


def test_every_table_has_a_model_that_says_what_is_told(module_database_url: str) -> None:
    assert tables(module_database_url) - set(WITHOUT_MODEL) == set(MODELS)
    assert all(model.change_feed.reason for model in MODELS.values() if isinstance(model.change_feed, NotInFeed))


def test_the_triggers_tell_what_the_models_say(module_database_url: str) -> None:
    """To tell of another column, a migration calls `write_changes_of` of migrations/feed.py."""
    with psycopg.connect(module_database_url) as connection:
        found = connection.execute(
            "SELECT tgrelid::regclass::text, tgname::text, encode(tgargs, 'escape') FROM pg_trigger "
            "WHERE NOT tgisinternal AND tgname::text NOT SIMILAR TO '(note_deleted_|check_role|count_|delete_tags)%'"
        ).fetchall()
    logs, refuses = ("log_insert", "log_update", "log_delete"), ("refuse_renumbering", "refuse_truncate")
    wanted = {(table, name): f"{','.join(feed.columns)}\\000" for table, feed in IN_FEED.items() for name in logs}
    wanted |= {(table, name): "" for table in IN_FEED for name in refuses}
    assert {(table, name): arguments for table, name, arguments in found} == wanted


def test_truncate_is_refused_everywhere(module_database_url: str) -> None:
    for table in IN_FEED:
        with (
            psycopg.connect(module_database_url) as connection,
            pytest.raises(psycopg.errors.RaiseException, match="TRUNCATE writes no line in the change feed"),
        ):
            connection.execute(SQL("TRUNCATE {} CASCADE").format(Identifier(table)))


def test_a_commit_wakes_the_listeners(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as listener, psycopg.connect(database_url) as writer:
        listener.execute("LISTEN lodge_change")
        writer.execute("INSERT INTO building (slug, name) VALUES ('a', 'A')")
        assert list(listener.notifies(timeout=0.05)) == []
        writer.commit()
        assert [notice.payload for notice in listener.notifies(timeout=60, stop_after=1)] == [""]


def test_many_rows_after_single_ones_take_no_square_of_their_number(feed: Feed, ticket: int) -> None:
    """The function's plan is made for the single row. With a nested loop the last statement takes minutes."""
    rows.copies(feed.connection, ticket, 3999)
    feed.new_lines()
    for _ in range(6):
        feed.sql("UPDATE ticket SET version = version + 1 WHERE id = %s", ticket)
    feed.sql("SET LOCAL statement_timeout = '60s'")
    feed.sql("UPDATE ticket SET room = 'R1'")
    lines = feed.new_lines()[6:]
    assert len({row for *_, row, _, _ in lines}) == 4000
    assert {(op, str(before), str(after)) for _, op, _, before, after in lines} == {
        ("update", "{'room': None}", "{'room': 'R1'}")
    }


@pytest.mark.parametrize("table", ["ticket", "person", "category", "message"])
def test_a_row_keeps_its_id(feed: Feed, table: str) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="keeps its id"):
        feed.connection.execute(SQL("UPDATE {} SET id = id + 1000").format(Identifier(table)))
