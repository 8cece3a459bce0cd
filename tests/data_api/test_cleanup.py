"""What the regular cleanup deletes, and what it keeps."""

from collections.abc import Callable, Iterator

import pytest

from data_api.background import cleanup
from data_api.kit.database import make_engine
from tests.support.api import Api


@pytest.fixture
def clean_up(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """A round, in small steps."""
    monkeypatch.setattr(cleanup, "BATCH", 2)
    engine = make_engine(api.database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield lambda: cleanup.delete_old_rows(connection)
    engine.dispose()


def test_keys_for_retries_are_kept_for_a_day(api: Api, clean_up: Callable[[], None]) -> None:
    student = api.enter("student", "Ida")

    def post(key: str) -> int:
        answer = student.post("/tickets", json={"description": "x"}, headers={"Idempotency-Key": key})
        assert answer.status_code == 201
        return int(answer.json()["id"])

    first = {key: post(key) for key in ("old-1", "old-2", "old-3", "young")}
    api.sql("UPDATE idempotency_key SET created_at = now() - interval '25 hours' WHERE key LIKE 'old-_'")
    clean_up()
    assert api.sql("SELECT key FROM idempotency_key WHERE key LIKE 'old-_'") == []
    assert post("young") == first["young"]
    assert post("old-1") != first["old-1"]


def test_tokens_that_admit_nobody_are_deleted_after_a_day(api: Api, clean_up: Callable[[], None]) -> None:
    ids = [api.enter("student", name).person_id for name in ("Gone", "Expired", "Left today", "Here")]
    gone, expired, left, here = ids
    api.sql("UPDATE session_token SET revoked_at = now() - interval '25 hours' WHERE person_id = %s", gone)
    api.sql("UPDATE session_token SET expires_at = now() - interval '25 hours' WHERE person_id = %s", expired)
    api.sql("UPDATE session_token SET revoked_at = now() WHERE person_id = %s", left)
    clean_up()
    kept = api.sql("SELECT person_id FROM session_token WHERE person_id = ANY (%s)", ids)
    assert {row[0] for row in kept} == {left, here}


def test_who_could_read_a_deleted_ticket_is_deleted_after_minutes(api: Api, clean_up: Callable[[], None]) -> None:
    student, admin = api.enter("student", "Ida"), api.enter("admin", "Ad Min")
    long_ago, now = (student.report()["id"] for _ in range(2))
    for ticket_id in (long_ago, now):
        admin.delete(f"/tickets/{ticket_id}")
    api.sql("UPDATE deletion_notice SET created_at = now() - interval '6 minutes' WHERE ticket_id = %s", long_ago)
    clean_up()
    kept = api.sql("SELECT ticket_id FROM deletion_notice WHERE ticket_id = ANY (%s)", [long_ago, now])
    assert kept == [(now,)]


def test_changes_of_tags_are_kept_for_a_week_and_while_they_go_on(api: Api, clean_up: Callable[[], None]) -> None:
    owner = api.enter("admin", "Ad Min").person_id
    days = {"finished": (8, 8), "stopped": (8, 8), "going on": (8, 0), "young": (6, 6)}
    for tag, (begun, stepped) in days.items():
        api.sql(
            "INSERT INTO tag_change (owner_id, tag, total, done, counts_confidential, created_at, stepped_at) "
            "VALUES (%s, %s, 1, 0, true, now() - make_interval(days => %s), now() - make_interval(days => %s))",
            *(owner, tag, begun, stepped),
        )
    api.sql("UPDATE tag_change SET finished_at = stepped_at WHERE tag = 'finished'")
    clean_up()
    kept = api.sql("DELETE FROM tag_change WHERE owner_id = %s RETURNING tag", owner)
    assert sorted(kept) == [("going on",), ("young",)]
