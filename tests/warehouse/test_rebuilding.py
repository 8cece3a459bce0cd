"""When rows may have come without a line in the feed, or another desk is asked for, everything is copied anew."""

from collections.abc import Sequence
from pathlib import Path
from typing import LiteralString

import pytest

from tests.support.databases import cloned_database
from tests.warehouse.following import END_CONNECTIONS, USUAL, Following, connection, following
from tests.warehouse.rows import fill
from warehouse import tables
from warehouse.errors import NoReplica
from warehouse.tables import Definition, Table, plain


def make_replica(database_url: str, folder: Path, definition: Definition = USUAL) -> str:
    """The name of its file, once it has followed and its service has stopped."""
    with following(database_url, folder, definition) as desk:
        desk.catch_up()
        fill(desk)
        assert desk.difference() is None
        return desk.file.name


def behind(database_url: str, *statements: LiteralString) -> None:
    """While the replica is away."""
    with connection(database_url, autocommit=True) as other:
        for statement in statements:
            other.execute(statement)


UNSEEN: dict[str, Sequence[LiteralString]] = {
    "a trigger off and on": (
        "ALTER TABLE ticket DISABLE TRIGGER log_update",
        "UPDATE ticket SET priority = 3",
        "ALTER TABLE ticket ENABLE TRIGGER log_update",
    ),
    "all of them off and on": (
        "ALTER TABLE message DISABLE TRIGGER USER",
        "DELETE FROM message WHERE id % 2 = 0",
        "ALTER TABLE message ENABLE TRIGGER USER",
    ),
    "off and on in one transaction": (
        "BEGIN; ALTER TABLE building DISABLE TRIGGER USER; UPDATE building SET name = 'Unseen'; "
        "ALTER TABLE building ENABLE TRIGGER USER; COMMIT",
    ),
    "emptied, when that was not refused": (
        "ALTER TABLE ticket_watcher DISABLE TRIGGER refuse_truncate",
        "TRUNCATE ticket_watcher",
        "ALTER TABLE ticket_watcher ENABLE TRIGGER refuse_truncate",
    ),
    "a trigger made again": (
        "DROP TRIGGER log_insert ON building",
        "INSERT INTO building (slug, name) VALUES ('unseen', 'Unseen')",
        "CREATE TRIGGER log_insert AFTER INSERT ON building REFERENCING NEW TABLE AS new_rows "
        "FOR EACH STATEMENT EXECUTE FUNCTION log_change('slug,name')",
    ),
    "a table made again": (
        "ALTER TABLE ticket_watcher RENAME TO former",
        "CREATE TABLE ticket_watcher (LIKE former INCLUDING ALL)",
        "CREATE TRIGGER log_insert AFTER INSERT ON ticket_watcher REFERENCING NEW TABLE AS new_rows "
        "FOR EACH STATEMENT EXECUTE FUNCTION log_change('')",
        "CREATE TRIGGER log_update AFTER UPDATE ON ticket_watcher REFERENCING OLD TABLE AS old_rows "
        "NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_change('')",
        "CREATE TRIGGER log_delete AFTER DELETE ON ticket_watcher REFERENCING OLD TABLE AS old_rows "
        "FOR EACH STATEMENT EXECUTE FUNCTION log_change('')",
    ),
    "values written over by another type": (
        "ALTER TABLE ticket_event ALTER COLUMN to_value TYPE varchar USING upper(to_value)",
    ),
    "the feed pruned of what was not taken in": (
        "UPDATE ticket SET priority = 3",
        "DELETE FROM change",
    ),
}


@pytest.mark.parametrize("statements", UNSEEN.values(), ids=UNSEEN.keys())
def test_what_the_feed_may_not_tell(database_url: str, tmp_path: Path, statements: Sequence[LiteralString]) -> None:
    file = make_replica(database_url, tmp_path)
    behind(database_url, *statements)
    with following(database_url, tmp_path) as desk:
        assert desk.difference() is None
        assert desk.file.name != file
        desk.sql("UPDATE ticket SET room = 'after'")
        assert desk.difference() is None


def test_a_restart_alone_copies_nothing(database_url: str, tmp_path: Path) -> None:
    file = make_replica(database_url, tmp_path)
    behind(database_url, "UPDATE ticket SET priority = 3", "DELETE FROM message WHERE id = 1")
    with following(database_url, tmp_path) as desk:
        assert desk.difference() is None
        assert desk.file.name == file


def test_a_restart_before_anything_happened(database_url: str, tmp_path: Path) -> None:
    """There is no line yet that could be looked for."""
    behind(database_url, "DELETE FROM change")
    with following(database_url, tmp_path) as desk:
        file = desk.file.name if desk.catch_up() else ""
    behind(database_url, "INSERT INTO building (slug, name) VALUES ('first', 'First')")
    with following(database_url, tmp_path) as desk:
        assert desk.ask("SELECT slug FROM building") == [("first",)]
        assert desk.file.name == file
        assert desk.difference() is None


def test_without_its_triggers_it_says_so_and_grows_old(desk: Following) -> None:
    behind(desk.database_url, "ALTER TABLE ticket DISABLE TRIGGER log_update", "UPDATE ticket SET priority = 3")
    desk.wait_until_doing("triggers")
    age, as_of = desk.age(), desk.replica.known_state().as_of
    desk.sql("DELETE FROM message")
    assert not desk.follower.catch_up(0.3)
    assert desk.replica.known_state().as_of == as_of
    assert desk.age() > age + 0.3
    assert desk.last_numbers("SELECT count(*) FROM message") == [(20,)]
    behind(desk.database_url, "ALTER TABLE ticket ENABLE TRIGGER log_update")
    desk.wait_until_doing("ok")
    assert desk.difference() is None
    assert desk.ask("SELECT DISTINCT priority FROM ticket") == [(3,)]


@pytest.mark.parametrize("restored", [10**6, 3], ids=["far in the future", "long past"])
def test_lines_with_transaction_numbers_of_another_server(database_url: str, tmp_path: Path, restored: int) -> None:
    """As a restored feed has them; later this server reaches such a number itself."""
    with connection(database_url, autocommit=True) as other:
        other.execute("INSERT INTO building (slug, name) VALUES ('old', 'Old')")
        (now,) = other.execute("SELECT pg_current_xact_id()::text::bigint").fetchone() or (0,)
        xid = now + restored if restored > 3 else restored
        other.execute("UPDATE change SET xid = %s::text::xid8", [str(xid)])
    with following(database_url, tmp_path) as desk:
        fill(desk)
        assert desk.difference() is None
        file = desk.file
        desk.sql(
            "UPDATE change SET xid = (pg_current_xact_id()::text::bigint + 20)::text::xid8 "
            "WHERE table_name = 'building'"
        )
        for number in range(40):
            desk.sql("UPDATE building SET name = %s WHERE slug = 'old'", f"Name {number}")
            assert desk.ask("SELECT name FROM building WHERE slug = 'old'") == [(f"Name {number}",)]
        assert desk.difference() is None
        assert desk.file == file


def test_another_time_zone(database_url: str, tmp_path: Path) -> None:
    make_replica(database_url, tmp_path)
    days = "SELECT DISTINCT opened_day - opened_at::DATE FROM ticket"
    with following(database_url, tmp_path, Definition("Pacific/Kiritimati", with_text=False)) as desk:
        assert {shift for (shift,) in desk.ask(days)} == {0, 1}
        assert desk.difference() is None
    with following(database_url, tmp_path) as desk:
        assert desk.ask(days) == [(0,)]
        assert desk.difference() is None


def test_a_new_column(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_replica(database_url, tmp_path)
    version = plain("version", "INTEGER", "How often it was changed")
    wider = Table("ticket", tables.TICKET.says, [*tables.TICKET.columns, version], tables.TICKET.old)
    monkeypatch.setattr(tables, "ALL", tuple(wider if table.name == "ticket" else table for table in tables.ALL))
    with following(database_url, tmp_path) as desk:
        assert desk.ask("SELECT sum(version) FROM ticket") == [(60,)]
        desk.sql("UPDATE ticket SET version = 5 WHERE id = 1")
        assert desk.difference() is None


def test_another_database_under_the_same_name(postgres_url: str, template_database: str, tmp_path: Path) -> None:
    with cloned_database(postgres_url, template_database) as url:
        name = url.rpartition("/")[2]
        make_replica(url, tmp_path)
        with connection(postgres_url, autocommit=True) as server:
            server.execute(f"ALTER DATABASE {name} RENAME TO {name}_old".encode())
            server.execute(f"CREATE DATABASE {name} TEMPLATE {name}_old STRATEGY file_copy".encode())
            server.execute(f"DROP DATABASE {name}_old".encode())
        with following(url, tmp_path) as desk:
            desk.sql("DELETE FROM message WHERE id = 5")
            assert desk.difference() is None


def test_the_database_goes_and_comes_back(postgres_url: str, template_database: str, tmp_path: Path) -> None:
    """Under the follower's feet: the numbers stay, grow old, and follow again."""
    with cloned_database(postgres_url, template_database) as url, following(url, tmp_path) as desk:
        name = url.rpartition("/")[2]
        fill(desk)
        assert desk.difference() is None
        desk.leave_postgres()
        with connection(postgres_url, autocommit=True) as server:
            server.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false".encode())
            server.execute(END_CONNECTIONS, [name])
            desk.wait_until_doing("not currently accepting")
            assert desk.last_numbers("SELECT count(*) FROM message") == [(20,)]
            server.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true".encode())
        desk.wait_until_doing("ok")
        desk.sql("DELETE FROM message")
        assert desk.difference() is None


def test_nothing_is_taken_in_twice_when_a_connection_breaks(desk: Following) -> None:
    name = desk.database_url.rpartition("/")[2]
    for number in range(5):
        desk.sql("INSERT INTO building (slug, name) VALUES (%s, 'Broken')", f"broken-{number}")
        desk.sql(END_CONNECTIONS, name)
    desk.wait_until_doing("ok")
    assert desk.ask("SELECT count(*) FROM building WHERE name = 'Broken'") == [(5,)]
    assert desk.difference() is None


def test_until_a_new_column_is_copied_whoever_asks_for_it_is_told_to_wait(
    postgres_url: str, template_database: str, tmp_path: Path
) -> None:
    """After an update of the program, while the database is away: the old file is there and lacks what is new."""
    newer = Definition("UTC", with_text=True)
    with cloned_database(postgres_url, template_database) as url:
        make_replica(url, tmp_path)
    with following(url, tmp_path, newer) as desk:
        desk.wait_until_doing("does not exist")
        assert desk.last_numbers("SELECT count(*) FROM ticket") == [(60,)]
        with pytest.raises(NoReplica):
            desk.last_numbers("SELECT title FROM ticket")
        with pytest.raises(NoReplica):
            desk.replica.count(["ticket", "a_new_table"])
