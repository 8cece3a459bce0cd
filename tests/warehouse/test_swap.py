"""A new copy takes the place of the old one under its readers."""

from pathlib import Path

from tests.warehouse.following import following
from tests.warehouse.rows import TICKETS, fill


def test_who_reads_the_old_file_reads_on_and_it_ends_with_the_last_of_them(database_url: str, tmp_path: Path) -> None:
    with following(database_url, tmp_path) as desk:
        fill(desk)
        desk.catch_up()
        reader, _ = desk.replica.cursor()
        before = desk.file
        desk.sql("VACUUM FULL ticket")  # nothing tells what that changed: everything is copied anew
        desk.sql(TICKETS, 10)
        new = desk.ask("SELECT count(*) FROM ticket")
        assert desk.file != before
        with reader:
            assert reader.execute("SELECT count(*) + 10 FROM ticket").fetchall() == new
        del reader
        desk.sql(TICKETS, 10)
        assert desk.difference() is None
        assert {file.name.removesuffix(".wal") for file in tmp_path.glob("*.duckdb*")} == {desk.file.name}
