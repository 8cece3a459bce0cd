"""The file that is taken home: nothing of what was erased, and one at a time for each person."""

from pathlib import Path

import duckdb
import pytest

from analytics_api.errors import NoRoom, SnapshotBusy
from analytics_api.take_home.service import TakeHomeService
from contracts.take_home import SnapshotFormat
from tests.warehouse.following import USUAL, following
from tests.warehouse.rows import fill
from warehouse.tables import Definition
from warehouse.take_home import take_home

WITH_TEXT = Definition("UTC", with_text=True)


def test_what_was_erased_is_not_in_the_file(database_url: str, tmp_path: Path) -> None:
    """It may still be in free pages of the replica's own file."""
    with following(database_url, tmp_path / "warehouse", WITH_TEXT) as desk:
        fill(desk)
        desk.sql("UPDATE ticket SET description = 'Erased-words ' || id WHERE NOT is_confidential")
        assert desk.ask("SELECT count(*) FROM ticket WHERE description LIKE 'Erased-words%'") == [(48,)]
        desk.sql("UPDATE ticket SET description = 'Blanked'")
        desk.catch_up()
        (tmp_path / "out").mkdir()
        taken = take_home(desk.replica, WITH_TEXT, tmp_path / "out", SnapshotFormat.DUCKDB)
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["lodge.duckdb"]
    content = taken.file.read_bytes()
    assert b"Blanked" in content
    assert b"Erased-words" not in content
    with duckdb.connect(taken.file, read_only=True) as database:
        assert database.execute("SELECT count(DISTINCT description) FROM tickets").fetchall() == [(1,)]


def test_one_at_a_time_for_each_person_and_only_where_there_is_room(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with following(database_url, tmp_path / "warehouse") as desk:
        desk.catch_up()
        service = TakeHomeService(desk.replica, desk.follower, USUAL, desk.folder)
        with service.written(SnapshotFormat.PARQUET, 1):
            with pytest.raises(SnapshotBusy, match="for you"):
                service.written(SnapshotFormat.DUCKDB, 1).__enter__()
            with service.written(SnapshotFormat.DUCKDB, 2) as taken:
                assert taken.as_of <= desk.replica.known_state().as_of
        with service.written(SnapshotFormat.PARQUET, 1):
            assert not taken.file.parent.exists()
        monkeypatch.setattr(desk.replica, "size", lambda: 2**60)
        with pytest.raises(NoRoom):
            service.written(SnapshotFormat.DUCKDB, 1).__enter__()
