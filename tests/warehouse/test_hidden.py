"""Deny by default: what must not be in the replica is planted everywhere in Postgres, and looked for everywhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.warehouse.following import Following, following
from tests.warehouse.rows import fill
from warehouse.tables import Definition

PERSON = "Zwetschge"
PLANTED = [PERSON, "Planted-title", "Planted-words", "Planted-body", "Planted-room", "planted-key"]
HIDDEN_ALWAYS = [PERSON, "Planted-body", "planted-key", "Planted-secret"]


def plant(desk: Following) -> None:
    desk.sql("UPDATE person SET name = %s || ' ' || id, entry_key = 'planted-key ' || id", PERSON)
    desk.sql("UPDATE ticket SET title = 'Planted-title', description = 'Planted-words', room = 'Planted-room'")
    desk.sql(
        "UPDATE ticket SET title = 'Planted-secret', description = 'Planted-secret', room = 'Planted-secret', "
        "requester_id = 3 WHERE is_confidential"
    )
    desk.sql("UPDATE message SET body = 'Planted-body of ' || id")
    desk.sql(
        "INSERT INTO ticket_tag (ticket_id, tag, opened_at) "
        "SELECT id, CASE WHEN is_confidential THEN 'planted-secret' ELSE 'shown-tag' END, opened_at FROM ticket"
    )
    desk.sql(
        "INSERT INTO session_token (token_hash, person_id, expires_at) "
        "VALUES (convert_to('planted-key', 'UTF8'), 1, now())"
    )
    desk.sql("UPDATE time_entry SET note = 'Planted-secret'")
    of_people_and_texts = ["assignee", "requester", "watchers", "title", "room", "tags", "activity", "unheard-of"]
    desk.sql(
        "INSERT INTO ticket_event (ticket_id, kind, from_value, to_value, actor_id, occurred_at) "
        "SELECT ticket.id, kind, %s, %s, 3, now() FROM ticket, unnest(%s::text[]) AS kind",
        PERSON,
        f"{PERSON} Planted-body",
        of_people_and_texts,
    )


def texts_of(desk: Following) -> set[str]:
    """Every text in every table, those of the follower itself too."""
    columns = desk.ask("SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE data_type = 'VARCHAR'")
    own = [column for column in columns if column[0] in ("main", "internal")]
    return {
        str(value)
        for schema, table, column in own
        for (value,) in desk.ask(f"SELECT DISTINCT {column} AS v FROM {schema}.{table} WHERE {column} IS NOT NULL")
    }


def found(texts: set[str], planted: list[str]) -> list[str]:
    return [secret for secret in planted if any(secret.lower() in text.lower() for text in texts)]


@pytest.fixture
def desk_with_text(database_url: str, tmp_path: Path) -> Iterator[Following]:
    with following(database_url, tmp_path / "warehouse", Definition("UTC", with_text=True)) as desk:
        fill(desk)
        plant(desk)
        yield desk


def test_nothing_that_names_a_person_and_no_words(desk: Following) -> None:
    """Followed and copied, in the tables and in the bytes of the files."""
    plant(desk)
    texts = texts_of(desk)
    assert {"technical-it", "status", "agent", "shown-tag"} <= texts, "the search finds what is there"
    assert found(texts, [*PLANTED, "Planted-secret"]) == []
    bytes_of = b"".join(file.read_bytes() for file in desk.folder.rglob("*") if file.is_file())
    assert b"technical-it" in bytes_of
    assert [secret for secret in [*PLANTED, "Planted-secret"] if secret.encode() in bytes_of] == []


def test_whose_a_confidential_ticket_is_stays_away(desk: Following) -> None:
    plant(desk)
    people = "SELECT DISTINCT requester_id, assignee_id FROM ticket WHERE {}is_confidential"
    assert desk.ask(people.format("")) == [(None, None)]
    assert desk.ask(people.format("NOT ")) == [(1, 2)]
    desk.sql("UPDATE ticket SET is_confidential = true")
    assert desk.ask("SELECT count(requester_id), count(assignee_id) FROM ticket") == [(0, 0)]
    assert desk.ask("SELECT count(*) > 0, count(agent_id) FROM time_entry") == [(True, 0)]
    desk.sql("UPDATE ticket SET is_confidential = false")
    assert desk.ask("SELECT count(*) - count(agent_id) FROM time_entry") == [(0,)]
    who = "SELECT table_name FROM duckdb_columns() WHERE column_name IN ('person_id', 'actor_id', 'author_id', 'actor')"
    assert desk.ask(who) == [], "they would tell whose a confidential ticket is"


def test_tags_go_when_a_ticket_becomes_confidential_and_come_back(desk: Following) -> None:
    """Although their own rows do not change: one ticket, and then more than are named one by one."""
    plant(desk)
    desk.sql("UPDATE ticket SET is_confidential = false")
    tagged = "SELECT count(*), count(tag) FROM ticket_tag"
    ((rows, shown),) = desk.ask(tagged)
    assert 0 < shown == rows
    assert desk.ask("SELECT count(*) FROM ticket_tag WHERE ticket_id = 1") == [(3,)]
    desk.sql("UPDATE ticket SET is_confidential = true WHERE id = 1")
    assert desk.ask(tagged) == [(rows, rows - 3)]
    desk.sql(
        "INSERT INTO ticket_tag (ticket_id, tag, opened_at) SELECT id, 'n' || n, now() FROM ticket, "
        "generate_series(1, 30) AS n"
    )
    desk.sql("UPDATE ticket SET is_confidential = true; UPDATE ticket_tag SET tag = 'x' || tag WHERE id % 2 = 0")
    assert desk.ask("SELECT count(tag) FROM ticket_tag") == [(0,)]
    assert desk.difference() is None
    desk.sql("UPDATE ticket SET is_confidential = false")
    assert desk.ask("SELECT count(*) - count(tag) FROM ticket_tag") == [(0,)]
    assert desk.difference() is None


def test_links_of_confidential_tickets_have_no_ids(desk: Following) -> None:
    shown = "SELECT count(*), count(ticket_id), count(other_id), count(kind) FROM ticket_link"
    ((rows, *before, kinds),) = desk.ask(shown)
    assert 0 < before[0] == before[1] < rows == kinds
    assert desk.ask(
        "SELECT count(*) FROM ticket_link JOIN ticket ON ticket.id IN (ticket_id, other_id) WHERE is_confidential"
    ) == [(0,)]
    by_day = "SELECT DISTINCT ticket_id IS NULL, created_at = date_trunc('day', created_at) FROM ticket_link ORDER BY 1"
    assert desk.ask(by_day) == [(False, False), (True, True)], "the moment would lie beside what else happened then"
    desk.sql("UPDATE ticket_link SET other_is_confidential = true")
    assert desk.ask(shown) == [(rows, 0, 0, rows)]
    assert desk.difference() is None


def test_the_use_of_a_canned_reply_does_not_say_in_which_message(desk: Following) -> None:
    """Which was sent at a moment that no other message has."""
    desk.sql("UPDATE canned_reply_use SET used_at = (SELECT max(created_at) FROM message)")
    assert desk.ask(
        "SELECT count(*) > 0, count(*) FILTER (used_at <> date_trunc('day', used_at)) FROM canned_reply_use"
    ) == [(True, 0)]
    assert desk.difference() is None


def test_text_is_there_when_it_was_asked_for(desk_with_text: Following) -> None:
    texts = texts_of(desk_with_text)
    assert found(texts, PLANTED) == ["Planted-title", "Planted-words", "Planted-room"]
    assert "shown-tag" in texts, "tags need no setting; those of confidential tickets are hidden with or without it"
    assert found(texts, HIDDEN_ALWAYS) == []


def test_text_goes_when_a_ticket_becomes_confidential(desk_with_text: Following) -> None:
    desk = desk_with_text
    told = "SELECT count(*) FROM ticket WHERE is_confidential AND coalesce(title, description, room) IS NOT NULL"
    for change in (
        "UPDATE ticket SET is_confidential = true WHERE id % 2 = 0",
        "UPDATE ticket SET is_confidential = NOT is_confidential",
    ):
        desk.sql(change)
        assert desk.ask(told) == [(0,)]
    assert desk.ask("SELECT count(*) FROM ticket WHERE NOT is_confidential AND title IS NULL") == [(0,)]
    assert desk.difference() is None


def test_text_goes_when_it_is_no_longer_asked_for(database_url: str, tmp_path: Path) -> None:
    """The file with it, too."""
    with following(database_url, tmp_path, Definition("UTC", with_text=True)) as desk:
        fill(desk)
        plant(desk)
        assert "Planted-words" in texts_of(desk)
    with following(database_url, tmp_path) as desk:
        assert found(texts_of(desk), PLANTED) == []
        assert all(b"Planted-words" not in file.read_bytes() for file in tmp_path.iterdir() if file.is_file())


def test_lines_about_links_do_not_say_whose_they_are(desk: Following) -> None:
    """Those of the two tickets have the same moment."""
    desk.sql(
        "INSERT INTO ticket_event (ticket_id, kind, occurred_at) "
        "SELECT id, kind, now() FROM ticket, unnest(ARRAY['link', 'blocker']) AS kind WHERE id < 3"
    )
    desk.catch_up()
    shown = "SELECT count(*), count(ticket_id) FROM ticket_event WHERE kind IN ('link', 'blocker')"
    assert desk.ask(shown) == [(4, 0)]
    assert desk.difference() is None
