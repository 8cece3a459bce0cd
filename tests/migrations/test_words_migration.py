"""A desk that was used before letters had one form: its texts, people, tags and searches after the migration."""

import unicodedata
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from data_api.migrate import upgrade
from data_api.texts.encoder import DIMENSIONS
from data_api.texts.texts import key_of
from tests.support.api import Api, done, running_api
from tests.support.databases import create_database, drop_database, on_server

NAME = "used_before"


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


PEOPLE = [  # name, role, key
    ("José", "student", "student:josé"),
    (nfd("José"), "student", f"student:{nfd('josé')}"),
    ("Ma\u200bja", "student", "student:ma\u200bja"),
    ("Ma\u200cja", "student", "student:ma\u200cja"),
    (nfd("Zoë"), "agent", f"agent:{nfd('zoë')}"),
    (nfd("Löwe: agent"), "student", f"import:old: desk:student:{nfd('Löwe: agent')}"),
    ("Student", "student", "student"),
    ("क़" * 50, "student", f"student:{'क़' * 50}"),
    ("\u0959" * 100, "student", None),
    (nfd("Ann"), "student", None),
]
TICKETS = {
    "French": (nfd("Un problème"), nfd("L'ascenseur est bloqué depuis hier")),
    "Hindi": ("पुस्तकालय में लिफ्ट", "बंद है"),
    "Thai": ("ห้องน้ำเสีย", "ชั้นสอง"),
    "plain": ("The lift", "It is stuck."),
    "long": ("\u0958" * 200, "grows when composed"),
}
TAGS = [("French", "lift\n\u202eA"), ("French", "lift a"), ("French", nfd("é")), ("Thai", "\u2066"), ("Thai", "wet")]


def fill(database: psycopg.Connection) -> None:
    for person in PEOPLE:
        database.execute("INSERT INTO person (name, roles, entry_key) VALUES (%s, ARRAY[%s], %s)", person)
    for place, texts in enumerate(TICKETS.values()):
        database.execute(
            "INSERT INTO ticket (title, description, room, source_id, status, source, version, opened_at, modified_at, "
            "stage_id, category_id, requester_id) SELECT %s, %s, %s, %s, 'open', 's', 3, '2026-01-01Z', '2026-01-02Z', "
            "(SELECT min(id) FROM stage), (SELECT min(id) FROM category), (SELECT min(id) FROM person)",
            [*texts, nfd("Büro"), nfd(f"é{place}")],
        )
    titles = {name: title for name, (title, _) in TICKETS.items()}
    for name, tag in TAGS:
        database.execute(
            "INSERT INTO ticket_tag (ticket_id, tag, opened_at) SELECT id, %s, opened_at FROM ticket WHERE title = %s",
            [tag, titles[name]],
        )
    database.execute(
        "INSERT INTO message (ticket_id, author_id, author_role, body) "
        "SELECT min(id), min(requester_id), 'student', %s FROM ticket",
        [nfd("très bien")],
    )
    for text, key in ((nfd("Eté"), key_of(nfd("Eté"))), ("Eté", key_of("Eté")), (nfd("là"), key_of(nfd("là")))):
        database.execute(
            "INSERT INTO training_example (text, text_key, embedding, encoder_version, category_id, source, weight, "
            "revision) VALUES (%s, %s, %s, 1, (SELECT min(id) FROM category), 'admin', 1, 1)",
            [text, key, bytes(4 * DIMENSIONS)],
        )
    database.execute("UPDATE learning SET is_seeded = true")
    database.execute("DELETE FROM change")
    database.commit()


@pytest.fixture(scope="module")
def migrated_url(postgres_url: str) -> Iterator[str]:
    """A database that was filled with the schema of before, with the newest one."""
    create_database(postgres_url, NAME)
    url = on_server(postgres_url, NAME)
    upgrade(url, "0006")
    with psycopg.connect(url) as database:
        fill(database)
    upgrade(url)
    yield url
    drop_database(postgres_url, NAME)


@pytest.fixture
def migrated(migrated_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(migrated_url) as database:
        yield database
        database.rollback()


@pytest.fixture(scope="module")
def desk(migrated_url: str) -> Iterator[Api]:
    with running_api(migrated_url) as api:
        yield api


def column(database: psycopg.Connection, statement: str) -> list[Any]:
    return [row[0] for row in database.execute(statement.encode())]


def test_texts_have_one_form_and_tickets_are_as_they_were(migrated: psycopg.Connection) -> None:
    rows = migrated.execute(
        "SELECT title, description, room, source_id, version, modified_at::date::text FROM ticket ORDER BY id"
    )
    found = rows.fetchall()
    assert [row[:2] for row in found][:4] == [
        tuple(unicodedata.normalize("NFC", text) for text in texts) for texts in list(TICKETS.values())[:4]
    ]
    assert found[4][0] == "क़" * 100
    assert {row[2:] for row in found} == {("Büro", f"é{place}", 3, "2026-01-02") for place in range(5)}
    assert column(migrated, "SELECT body FROM message") == ["très bien"]


def test_the_change_feed_names_what_changed_and_nothing_else(migrated: psycopg.Connection) -> None:
    # Stages and roles were changed by later migrations.
    lines = migrated.execute(
        "SELECT table_name, array_agg(DISTINCT name ORDER BY name) FROM change, jsonb_object_keys(after) AS name "
        "WHERE op = 'update' AND table_name NOT IN ('stage', 'role') GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert lines == [
        ("message", ["body"]),
        ("person", ["entry_key", "name"]),
        ("ticket", ["description", "room", "source_id", "title"]),
        ("ticket_tag", ["tag"]),
    ]


def test_tags_are_one_line_and_once(migrated: psycopg.Connection) -> None:
    assert migrated.execute("SELECT tag, count(*) FROM ticket_tag GROUP BY 1 ORDER BY 1").fetchall() == [
        ("lift a", 1),
        ("wet", 1),
        ("é", 1),
    ]


def test_of_two_examples_that_are_one_the_later_counts(migrated: psycopg.Connection) -> None:
    rows = migrated.execute(
        "SELECT text, text_key, is_active, encoder_version FROM training_example ORDER BY id"
    ).fetchall()
    assert [(text, is_active, version) for text, _, is_active, version in rows] == [
        ("Eté", False, None),
        ("Eté", True, 1),
        ("là", True, None),
    ]
    assert all(key == key_of(text) for text, key, *_ in rows)


def test_people_enter_as_whom_they_were_and_twins_are_listed(desk: Api, migrated: psycopg.Connection) -> None:
    ids = column(migrated, "SELECT id FROM person ORDER BY id")
    assert len(ids) == len(PEOPLE)
    for spelled in ("José", nfd("José"), "JOSÉ"):
        assert desk.enter("student", spelled).person_id == ids[0]
    assert desk.enter("student", "Maja").person_id == desk.enter("student", "Ma\u200cja").person_id == ids[2]
    assert desk.enter("agent", "Zoë").person_id == ids[4]
    assert desk.enter("student", "क़" * 50).person_id == ids[7]
    key = "SELECT entry_key FROM person WHERE entry_key LIKE 'import%'"
    assert column(migrated, key) == ["import:old: desk:student:löwe: agent"]
    twins = done(desk.enter("admin", "Ines").get("/people/twins"))["items"]
    assert [[one["id"] for one in pair["people"]] for pair in twins] == [ids[0:2], ids[2:4]]


@pytest.mark.parametrize(
    ("name", "typed"), [("French", "probleme bloque"), ("Hindi", "लिफ्ट"), ("Thai", "น้ำ"), ("plain", "stuck")]
)
def test_old_tickets_are_found(desk: Api, migrated: psycopg.Connection, name: str, typed: str) -> None:
    ids = dict(zip(TICKETS, column(migrated, "SELECT id FROM ticket ORDER BY id"), strict=True))
    assert desk.enter("agent", "Ada").list_ids(q=typed) == [ids[name]]
