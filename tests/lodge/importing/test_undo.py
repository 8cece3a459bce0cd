"""Undoing an import deletes what it brought, and nothing that people have worked on or use."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from rich.console import Console

from data_api.models import Base, Message, TicketWatcher
from lodge.errors import LodgeError
from lodge.importing import undo_import
from lodge.importing.undo_repository import BELONGS_TO_TICKET
from tests.lodge.command import lodge
from tests.lodge.importing.conftest import TICKETS_MAPPING, Importer
from tests.lodge.waiting import wait_until
from tests.support import rows
from tests.warehouse.following import Following

HEADER = "id,text,from,opened,closed,status,urgency,area,building,staff\n"
MAPPING = TICKETS_MAPPING | {"unknown_buildings": "add", "unknown_categories": "add"}
FILE = HEADER + (
    "1,The lamp is dark,Mia,2026-03-02,2026-03-03,closed,,Lighting,Old Library,Ben\n"
    "2,The tap drips,Jon,2026-03-02,,active,,Water,Old Library,Ben\n"
    "3,No WiFi,Mia,2026-03-02,,,,IT,New Library,\n"
)
QUIET = Console(quiet=True)
# What an undo changes: the record of the import, the change feed, notices of what was deleted, and the number by which
# predictions see that categories have changed.
OF_UNDO = {"import_batch", "change", "deletion_notice", "learning"}


def agree(_: str) -> None:
    """Says yes."""


def content(importer: Importer) -> dict[str, list[tuple[Any, ...]]]:
    tables = [name for name in Base.metadata.tables if name not in OF_UNDO]
    return {name: importer.rows(f"SELECT t::text FROM {name} t ORDER BY 1") for name in tables}


def undo(importer: Importer) -> str:
    """Undoes the latest import, and returns what is printed."""
    [(number,)] = importer.rows("SELECT max(id) FROM import_batch")
    console = Console(width=200, record=True, quiet=False)
    with console.capture() as printed:
        undo_import(importer.url, number, agree, console)
    return printed.get()


def number_of(importer: Importer, source_id: str) -> int:
    [(number,)] = importer.rows(f"SELECT id FROM ticket WHERE source_id = '{source_id}'")
    return int(number)


def test_the_desk_is_as_it_was_before(importer: Importer) -> None:
    """With tickets and people of its own, one of whom has the name of an imported one."""
    with psycopg.connect(importer.url) as connection:
        rows.ticket(connection, title="Ours", requester_id=rows.person(connection, "Mia"))
        rows.building(connection, "Main Library")
    before = content(importer)
    importer(MAPPING, FILE)
    assert importer.tickets() == [None, "1", "2", "3"]
    told = undo(importer)
    assert "Deleted: 3 tickets, 3 people, 2 buildings and 2 categories." in told
    assert "stay" not in told
    assert content(importer) == before
    importer(MAPPING, FILE)
    assert importer.tickets() == [None, "1", "2", "3"], "it can be imported again"


def message(connection: psycopg.Connection, number: int) -> None:
    ada = rows.person(connection, "Ada", "agent")
    row = {"ticket_id": number, "author_id": ada, "author_role": "agent", "body": "On my way."}
    rows.add(connection, Message, [row])


def follower(connection: psycopg.Connection, number: int) -> None:
    row = {"ticket_id": number, "person_id": rows.person(connection, "Ada", "agent")}
    rows.add(connection, TicketWatcher, [row])


def edit(connection: psycopg.Connection, number: int) -> None:
    connection.execute("UPDATE ticket SET room = '12', version = version + 1 WHERE id = %s", [number])


def category_by_staff(connection: psycopg.Connection, number: int) -> None:
    connection.execute("UPDATE ticket SET category_by = 'staff' WHERE id = %s", [number])


def removed_link(connection: psycopg.Connection, number: int) -> None:
    connection.execute(
        "INSERT INTO ticket_event (ticket_id, kind, from_value, other_ticket_id, occurred_at) "
        "VALUES (%s, 'link', 'relates-to', 1, now())",
        [number],
    )


@pytest.mark.parametrize("touch", [message, follower, edit, category_by_staff, removed_link])
def test_a_ticket_that_somebody_has_worked_on_stays_with_what_it_needs(
    importer: Importer, touch: Callable[[psycopg.Connection, int], None]
) -> None:
    importer(MAPPING, FILE)
    number = number_of(importer, "2")
    with psycopg.connect(importer.url) as connection:
        touch(connection, number)
    history = importer.rows(f"SELECT * FROM ticket_event WHERE ticket_id = {number} ORDER BY id")
    told = undo(importer)
    assert f"1 of its tickets stays, because somebody has worked on it since: {number}\n" in told
    assert "Deleted: 2 tickets, 1 person, 1 building and 1 category." in told
    assert "2 of its people stay: " in told
    assert importer.tickets() == ["2"]
    assert importer.rows(f"SELECT * FROM ticket_event WHERE ticket_id = {number} ORDER BY id") == history
    imported = importer.rows("SELECT name FROM person WHERE entry_key LIKE 'import:%' ORDER BY 1")
    assert imported == [("Ben",), ("Jon",)]
    assert importer.rows("SELECT name FROM building ORDER BY 1") == [("Old Library",)]
    assert importer.rows("SELECT name FROM category WHERE id > 3") == [("Water",)]


def test_reading_and_moving_all_to_another_category_is_not_working_on_a_ticket(importer: Importer) -> None:
    importer(MAPPING, FILE)
    with psycopg.connect(importer.url) as connection:
        ada = rows.person(connection, "Ada", "admin")
        connection.execute(
            "INSERT INTO ticket_read (person_id, ticket_id, read_at) SELECT %s, id, now() FROM ticket", [ada]
        )
        # As `lodge recategorise` and a merge of two categories do.
        connection.execute("UPDATE ticket SET category_id = 2, category_by = 'predicted', version = version + 1")
        connection.execute(
            "INSERT INTO ticket_event (ticket_id, kind, occurred_at) SELECT id, 'category', now() FROM ticket"
        )
        connection.execute("UPDATE ticket SET category_id = 1, version = version + 1")
        connection.execute(
            "INSERT INTO ticket_event (ticket_id, kind, actor_id, occurred_at) "
            "SELECT id, 'category', %s, now() FROM ticket",
            [ada],
        )
        # As when a ticket is deleted with which they were linked.
        connection.execute(
            "INSERT INTO ticket_event (ticket_id, kind, occurred_at) SELECT id, 'link', now() FROM ticket"
        )
    assert "Deleted: 3 tickets, 3 people, 2 buildings and 2 categories." in undo(importer)
    assert importer.tickets() == []


def test_what_a_later_import_uses_too_goes_with_that_one(importer: Importer) -> None:
    importer(MAPPING, FILE)
    [(first,)] = importer.rows("SELECT max(id) FROM import_batch")
    importer(MAPPING, HEADER + "4,Again,Mia,2026-03-02,,,,Lighting,New Library,\n")
    undo_import(importer.url, first, agree, QUIET)
    assert importer.rows("SELECT name FROM person") == [("Mia",)]
    assert importer.rows("SELECT name FROM building") == [("New Library",)]
    undo(importer)
    assert [importer.rows(f"SELECT FROM {table}") for table in ("ticket", "person", "building")] == [[], [], []]
    assert importer.rows("SELECT FROM category WHERE id > 3") == []


def test_what_people_have_made_their_own_stays(importer: Importer) -> None:
    importer(MAPPING, FILE)
    with psycopg.connect(importer.url) as connection:
        connection.execute("UPDATE person SET roles = '{manager}' WHERE name = 'Ben'")
        connection.execute("UPDATE building SET name = 'Library' WHERE name = 'Old Library'")
        connection.execute("UPDATE category SET description = 'Taps' WHERE name = 'Water'")
    told = undo(importer)
    assert "1 of its people stays: still in use, or changed since." in told
    assert importer.rows("SELECT name FROM person") == [("Ben",)]
    assert importer.rows("SELECT name FROM building") == [("Library",)]
    assert importer.rows("SELECT name FROM category WHERE id > 3") == [("Water",)]


def test_a_person_whom_administrators_have_changed_stays(importer: Importer) -> None:
    importer(MAPPING, FILE)
    with psycopg.connect(importer.url) as connection:
        connection.execute("UPDATE person SET email = 'mia@campus.edu', version = 2 WHERE name = 'Mia'")
    undo(importer)
    assert importer.rows("SELECT name FROM person") == [("Mia",)]


def test_a_message_that_is_just_being_written_is_waited_for(importer: Importer) -> None:
    importer(MAPPING, FILE)
    # Of a source whose people are known, so that no index is made, which would wait for the writer too.
    importer(MAPPING, HEADER + "4,Again,Mia,2026-03-02,,,,IT,,\n5,And again,Mia,2026-03-02,,,,IT,,\n")
    number = number_of(importer, "4")
    with psycopg.connect(importer.url) as writer:
        message(writer, number)
        undoing = threading.Thread(target=undo, args=[importer])
        undoing.start()
        waiting = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        wait_until(lambda: importer.rows(waiting) != [], "it waits")
        writer.commit()
        undoing.join()
    assert importer.tickets() == ["1", "2", "3", "4"]


def test_the_replica_follows(importer: Importer, tmp_path: Path) -> None:
    following = Following(importer.url, tmp_path / "warehouse")
    following.follower.start()
    try:
        importer(MAPPING, FILE)
        assert following.ask("SELECT count(*) FROM ticket") == [(3,)]
        undo(importer)
        assert following.ask("SELECT count(*) FROM ticket") == [(0,)]
        assert following.difference() is None
    finally:
        following.follower.stop()
        following.leave_postgres()
        following.replica.close()


def test_no_index_is_left_behind(importer: Importer) -> None:
    importer(MAPPING, FILE)
    indexes = "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
    before = importer.rows(indexes)
    undo(importer)
    assert importer.rows(indexes) == before


def test_an_import_that_is_not_there_or_undone_is_a_sentence(importer: Importer) -> None:
    importer(MAPPING, FILE)
    [(number,)] = importer.rows("SELECT max(id) FROM import_batch")
    with pytest.raises(LodgeError, match=rf"There is no import {number + 1}\."):
        undo_import(importer.url, number + 1, agree, QUIET)
    undo(importer)
    with pytest.raises(LodgeError, match=rf"Import {number} was undone on "):
        undo_import(importer.url, number, agree, QUIET)


def test_the_command_lists_asks_and_undoes(importer: Importer) -> None:
    settings = {"LODGE_DATABASE_URL": importer.url, "LODGE_HOME": str(importer.folder / "home")}
    assert "Nothing was imported yet." in lodge("import", "--list", **settings).stdout
    importer(MAPPING, FILE, name="old-desk.csv")
    [(number,)] = importer.rows("SELECT max(id) FROM import_batch")
    listed = lodge("import", "--list", COLUMNS="200", **settings).stdout.splitlines()
    assert [cell.strip() for cell in listed[4].split("│")[1:7] if "20" not in cell] == [
        str(number), "table", "old-desk.csv", "3", "3"
    ]  # fmt: skip
    asked = lodge("import", "--undo", str(number), answer="n\n", **settings)
    assert (asked.exit_code, "Delete the 3 tickets" in asked.stdout) == (1, True)
    assert importer.tickets() == ["1", "2", "3"]
    assert lodge("import", "--undo", str(number), "--yes", **settings).exit_code == 0
    assert importer.tickets() == []
    assert lodge("import", "--undo", "1", "--list", **settings).exit_code == 2


def test_an_import_that_adds_nothing_is_not_recorded(importer: Importer, capsys: pytest.CaptureFixture[str]) -> None:
    """Otherwise its undo would be offered, and would delete nothing."""
    for number, told in ((3, "all 3 tickets are"), (1, "the one ticket is")):
        file = "".join(FILE.splitlines(keepends=True)[: number + 1])
        importer(MAPPING | {"source": told}, file)
        recorded = importer.rows("SELECT id FROM import_batch ORDER BY 1")
        capsys.readouterr()
        importer(MAPPING | {"source": told}, file)
        assert capsys.readouterr().out.splitlines()[-1] == f"Nothing new: {told} here already."
        assert importer.rows("SELECT id FROM import_batch ORDER BY 1") == recorded


def test_what_belongs_to_a_ticket_is_in_the_database() -> None:
    assert set(Base.metadata.tables) >= BELONGS_TO_TICKET
