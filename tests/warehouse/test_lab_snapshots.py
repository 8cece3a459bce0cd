"""The copies of the replica that the SQL lab's statements read."""

import os
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.following import Following
from warehouse.errors import NoRoomForCopy
from warehouse.snapshot import Snapshots
from warehouse.tables import Definition

USUAL = Definition("UTC", with_text=False)


def tables_of(descriptor: int) -> set[tuple[str, str]]:
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '/proc/self/fd/{descriptor}' AS lodge (READ_ONLY, TYPE duckdb)")
        found = connection.execute("SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'lodge'")
        return set(found.fetchall())


def test_a_copy_holds_only_what_is_listed_and_leaves_room_on_the_disk(
    desk: Following, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.catch_up()
    snapshots = Snapshots(desk.replica, USUAL, tmp_path / "snapshots", fresh_seconds=0.0)
    first = snapshots.open()
    assert ("main", "ticket") in tables_of(first.descriptor)
    assert {schema for schema, _ in tables_of(first.descriptor)} == {"main"}
    desk.sql("UPDATE ticket SET priority = 3")
    desk.catch_up()
    size = desk.replica.size()
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(2**40, 2**40 - size, size))
        with pytest.raises(NoRoomForCopy):
            snapshots.open()
    second = snapshots.open()
    assert second.as_of > first.as_of
    assert not list((tmp_path / "snapshots").iterdir()), "its name is gone"
    for each in (first, second):
        os.close(each.descriptor)
    snapshots.close()
