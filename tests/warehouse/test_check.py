"""The check can fail: what is changed behind the replica's back is named."""

import shutil
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.following import Following, following
from tests.warehouse.rows import fill
from warehouse.check import TableDifference


class Tampered:
    """A replica whose service is stopped meanwhile, and which follows again when it is looked at."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self._database_url, self._folder = database_url, folder

    def after(self, statement: str) -> TableDifference | None:
        (file,) = self._folder.glob("replica-*.duckdb")
        with duckdb.connect(file) as database:
            database.execute(statement)
        with following(self._database_url, self._folder) as desk:
            return desk.difference()


@pytest.fixture(scope="module")
def whole(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a replica whose service has stopped."""
    with following(module_database_url, tmp_path_factory.mktemp("whole")) as desk:
        fill(desk)
        assert desk.difference() is None
    return desk.folder


@pytest.fixture
def replica(module_database_url: str, whole: Path, tmp_path: Path) -> Tampered:
    """Each test's own copy, of one database that stays as it is."""
    return Tampered(module_database_url, Path(shutil.copytree(whole, tmp_path / "warehouse")))


def test_a_changed_value_is_named(replica: Tampered) -> None:
    found = replica.after("UPDATE ticket SET opened_at = opened_at + INTERVAL 1 MICROSECOND WHERE id IN (17, 40)")
    assert found is not None
    assert (found.table, found.row_id) == ("ticket", 17)
    assert found.postgres is not None
    assert found.replica is not None
    changed = {name for name in found.postgres if found.postgres[name] != found.replica[name]}
    assert changed == {"opened_at"}
    assert found.postgres["opened_at"] == datetime.fromisoformat("2026-03-28 01:00:00")


@pytest.mark.parametrize(
    ("statement", "table", "row_id"),
    [
        ("UPDATE person SET role = NULL WHERE id = 2", "person", 2),
        ("UPDATE message SET length = length + 1 WHERE id = 3", "message", 3),
        ("UPDATE ticket_event SET to_value = 'closed' WHERE id = 1", "ticket_event", 1),
        ("UPDATE ticket SET resolution_seconds = resolution_seconds + 1e-6 WHERE id = 2", "ticket", 2),
        ("UPDATE ticket SET stage_id = category_id, category_id = stage_id WHERE id = 3", "ticket", 3),
        ("UPDATE ticket SET requester_id = 1, assignee_id = NULL WHERE id = 10", "ticket", 10),
        ("UPDATE ticket_watcher SET created_at = NULL WHERE id = 4", "ticket_watcher", 4),
        ("UPDATE building SET slug = name, name = slug", "building", 1),
        ("UPDATE ticket_tag SET tag = 'told' WHERE id = 3", "ticket_tag", 3),
        ("UPDATE ticket_link SET kind = 'told' WHERE id = 3", "ticket_link", 3),
        ("UPDATE attachment SET size = size + 1 WHERE id = 3", "attachment", 3),
        ("UPDATE ticket_prediction SET confidence = confidence / 2 WHERE id = 4", "ticket_prediction", 4),
    ],
)
def test_every_table_is_looked_at(replica: Tampered, statement: str, table: str, row_id: int) -> None:
    found = replica.after(statement)
    assert found is not None
    assert (found.table, found.row_id) == (table, row_id)


def test_a_missing_row_is_named(replica: Tampered) -> None:
    found = replica.after("DELETE FROM ticket WHERE id IN (30, 31)")
    assert found is not None
    assert (found.table, found.row_id, found.replica) == ("ticket", 30, None)
    assert found.postgres is not None
    assert found.postgres["id"] == 30


def test_a_row_too_many_is_named(replica: Tampered) -> None:
    found = replica.after("INSERT INTO building VALUES (77, 'tower', 'Tower')")
    assert found is not None
    assert (found.table, found.row_id, found.postgres) == ("building", 77, None)
    assert found.replica == {"id": 77, "slug": "tower", "name": "Tower"}


def test_a_row_that_is_there_twice_is_named(replica: Tampered) -> None:
    found = replica.after("INSERT INTO ticket SELECT * FROM ticket WHERE id = 21")
    assert found is not None
    assert (found.table, found.row_id) == ("ticket", 21)


def test_rows_that_changed_places_are_named(replica: Tampered) -> None:
    """As many rows, and the same values in every column."""
    found = replica.after("UPDATE category SET id = 3 - id WHERE id IN (1, 2)")
    assert found is not None
    assert (found.table, found.row_id) == ("category", 1)


def test_the_difference_goes_with_the_next_change_of_the_row(
    replica: Tampered, module_database_url: str, tmp_path: Path
) -> None:
    assert replica.after("UPDATE ticket SET priority = 0 WHERE id = 1") is not None
    with following(module_database_url, tmp_path / "warehouse") as desk:
        desk.sql("UPDATE ticket SET room = 'anew' WHERE id = 1")
        assert desk.difference() is None


def test_following_goes_on_while_somebody_compares(desk: Following) -> None:
    inspection = desk.follower.inspect(60)
    desk.sql("DELETE FROM message WHERE id <= 5")
    desk.sql("UPDATE ticket SET priority = 3")
    assert desk.ask("SELECT count(*) FROM message") == [(15,)]
    assert inspection.compare().difference is None, "both as they were when it began"
    inspection.close()
    assert desk.difference() is None
