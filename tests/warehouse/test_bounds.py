"""What bounds a step, and who may have the file."""

from pathlib import Path

import pytest

from tests.warehouse.following import Following
from warehouse import follow
from warehouse.errors import FolderTaken
from warehouse.replica import Replica


def test_more_changes_than_a_step_takes_are_copied_with_everything(
    desk: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "MOST_AT_ONCE", 50)
    desk.catch_up()
    before = desk.file
    desk.sql("INSERT INTO building (slug, name) SELECT 'few-' || n, 'B' FROM generate_series(1, 50) AS n")
    desk.catch_up()
    assert desk.file == before
    desk.sql("INSERT INTO building (slug, name) SELECT 'many-' || n, 'B' FROM generate_series(1, 51) AS n")
    desk.catch_up()
    assert desk.file != before, "a new file: everything was copied"
    assert desk.difference() is None


def test_a_second_process_does_not_touch_the_files_of_the_first(tmp_path: Path) -> None:
    first, second = Replica(tmp_path), Replica(tmp_path)
    first.open()
    (tmp_path / "replica-1.duckdb").write_bytes(b"in use")
    with pytest.raises(FolderTaken, match="Another process"):
        second.open()
    assert (tmp_path / "replica-1.duckdb").exists()
    first.close()
    second.open()
    second.close()


def test_what_a_killed_one_had_put_aside_is_removed(tmp_path: Path) -> None:
    (tmp_path / "temporary-3").mkdir()
    (tmp_path / "temporary-3" / "spilled").write_bytes(b"x")
    replica = Replica(tmp_path)
    replica.open()
    assert not (tmp_path / "temporary-3").exists()
    replica.close()
