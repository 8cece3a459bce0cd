"""A backup's change feed holds the transaction numbers of the server it was made on."""

from pathlib import Path

import psycopg

from lodge.backup import restore
from lodge.backup.repository import forget_foreign_transactions
from service_kit.change_feed import ChangeFeed
from tests.lodge.backup.conftest import QUIET, SmallDesk
from tests.lodge.backup.test_restore import never_asked

AHEAD = 3_000  # more than a restore takes itself
AS_ON_A_SERVER_THAT_IS_AHEAD = f"""
UPDATE change SET xid = (pg_snapshot_xmax(pg_current_snapshot())::text::bigint + {AHEAD})::text::xid8 WHERE id % 2 = 0
"""
COUNT_ON = f"""
DO $$ BEGIN
  FOR number IN 1..{AHEAD + 10} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP;
END $$
"""
FEED = "SELECT (to_jsonb(c) - 'xid')::text FROM change c ORDER BY id"
NUMBERS = "SELECT id, xid::text, pg_relation_filenode('change') FROM change ORDER BY id"


def test_they_are_no_news_when_this_server_reaches_them(desk: SmallDesk, empty_desk: SmallDesk, tmp_path: Path) -> None:
    desk.run(AS_ON_A_SERVER_THAT_IS_AHEAD)
    restore(empty_desk.settings, desk.back_up(tmp_path / "ahead"), never_asked, QUIET)
    with psycopg.connect(empty_desk.url) as reader, psycopg.connect(empty_desk.url, autocommit=True) as writer:
        feed = ChangeFeed(reader)
        writer.execute(COUNT_ON)
        assert feed.read(10).lines == []
        writer.execute("INSERT INTO building (slug, name) VALUES ('new', 'New')")
        assert [line.table_name for line in feed.read(10).lines] == ["building"]


def test_the_lines_stay_and_only_foreign_numbers_change(desk: SmallDesk) -> None:
    desk.run(AS_ON_A_SERVER_THAT_IS_AHEAD)
    with psycopg.connect(desk.url, autocommit=True) as connection:
        lines, before = connection.execute(FEED).fetchall(), connection.execute(NUMBERS).fetchall()
        forget_foreign_transactions(connection)
        after = connection.execute(NUMBERS).fetchall()
        assert connection.execute(FEED).fetchall() == lines
    assert [one[:2] for one in after] == [(key, "3" if key % 2 == 0 else number) for key, number, _ in before]
    assert "building" in str(lines)


def test_a_feed_of_this_server_is_left_alone(desk: SmallDesk) -> None:
    with psycopg.connect(desk.url, autocommit=True) as connection:
        before = connection.execute(NUMBERS).fetchall()
        forget_foreign_transactions(connection)
        assert connection.execute(NUMBERS).fetchall() == before


def test_a_new_line_still_gets_the_number_of_its_transaction(desk: SmallDesk) -> None:
    desk.run(AS_ON_A_SERVER_THAT_IS_AHEAD)
    with psycopg.connect(desk.url, autocommit=True) as connection:
        forget_foreign_transactions(connection)
        with connection.transaction():
            connection.execute("INSERT INTO building (slug, name) VALUES ('new', 'New')")
            own = connection.execute(
                "SELECT xid = pg_current_xact_id() FROM change ORDER BY id DESC LIMIT 1"
            ).fetchone()
    assert own == (True,)
