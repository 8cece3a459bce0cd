"""Moments that DuckDB, Arrow or a calendar cannot hold: the replica takes them in and stays the database."""

from pathlib import Path

import pytest

from tests.support.far_moments import FAR, TOO_EARLY, TOO_LATE
from tests.warehouse.following import Following, following
from warehouse.catalogue import so_far
from warehouse.tables import Definition

TICKET = """
UPDATE ticket SET status = 'closed', stage_id = 5, waits_for = NULL, opened_at = %s, closed_at = %s,
       first_response_at = %s, modified_at = %s, last_message_at = %s WHERE id = %s
"""


def write_far_moments(desk: Following) -> None:
    for number, far in enumerate(FAR):
        desk.sql(TICKET, *[far] * 5, 1 + 2 * number)
        desk.sql("UPDATE ticket SET status = 'closed', stage_id = 5, closed_at = %s WHERE id = %s", far, 2 + 2 * number)
    desk.sql("UPDATE message SET created_at = 'infinity' WHERE id = 1")
    desk.sql("UPDATE ticket_event SET occurred_at = '0044-03-15 BC' WHERE id = 1")
    desk.sql("UPDATE person SET created_at = '-infinity' WHERE id = 1")
    desk.sql("UPDATE ticket_watcher SET created_at = '9999-12-31' WHERE id = 1")


def test_they_are_followed_and_copied(desk: Following, tmp_path: Path) -> None:
    revision = desk.catch_up().revision
    write_far_moments(desk)
    assert desk.difference() is None
    assert desk.catch_up().revision > revision, "followed, not copied anew"
    with following(desk.database_url, tmp_path / "another", Definition("Pacific/Auckland", with_text=True)) as copy:
        assert copy.difference() is None
        for replica in (desk, copy):
            first, last = replica.ask("SELECT min(opened_at)::VARCHAR, max(opened_at)::VARCHAR FROM ticket")[0]
            assert (first, last) == ("1970-01-02 00:00:00", "2200-01-01 00:00:00")
            spans = "SELECT count(resolution_seconds) FROM ticket WHERE id <= 24 AND id % 2 = 1"
            assert replica.ask(spans) == [(len(FAR) - len(TOO_EARLY) - len(TOO_LATE),)]


@pytest.mark.parametrize("begins", ["", "WITH many AS (SELECT 1) "])
def test_an_analysis_sees_what_has_happened(shared_desk: Following, begins: str) -> None:
    write_far_moments(shared_desk)
    shared_desk.catch_up()
    query = f"{begins}SELECT count(*), count(closed_at), count(closed_day) FROM ticket"
    (found,) = shared_desk.last_numbers(so_far(query))
    ((opened, closed),) = shared_desk.sql(
        "SELECT count(*), count(*) FILTER (WHERE closed_at <= now()) FROM ticket WHERE opened_at <= now()"
    )
    assert found == (opened, closed, closed)
    assert shared_desk.last_numbers(so_far("SELECT count(*) FROM message WHERE id = 1")) == [(0,)]
    assert so_far("SELECT name FROM category") == "SELECT name FROM category"
