"""Killed in the middle of following, again and again: each time the replica is the database afterwards, and the age it
shows is true."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from service_kit.database_url import libpq_url
from tests.lodge.waiting import wait_until
from tests.support.analytics import Analytics, killable_analytics, running_analytics
from tests.support.api import Api, running_api
from tests.warehouse.following import END_CONNECTIONS

KILLS = 5
MARK = "INSERT INTO building (slug, name) VALUES (%s, 'Mark')"

# So old that the data API need not keep what each is like.
ADD = """
INSERT INTO ticket (title, description, status, stage_id, category_id, requester_id, opened_at, modified_at)
SELECT 'T', 'D', 'open', 1, 1, 1, now() - interval '30 days', now() FROM generate_series(1, %s)
"""
CHANGE = "UPDATE ticket SET priority = %s WHERE id %% 50 = %s AND id > %s"
DELETE = "DELETE FROM ticket WHERE id = (SELECT min(id) FROM ticket WHERE id %% 2 = %s)"
TAKEN_IN = "SELECT coalesce(max(id), 0) FROM change WHERE happened_at < %s"


class Writers:
    """Write fifty times a second each, which leaves the services some of the processor: single tickets, changes,
    deletions, and now and then hundreds of rows."""

    def __init__(self, database_url: str) -> None:
        self._url = libpq_url(database_url)
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(number,), daemon=True) for number in (1, 2)]

    def _write(self, writer: int) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            for number in count():
                if self._ended.wait(0.02):
                    return
                self._one(connection, writer, number)

    def _one(self, connection: psycopg.Connection, writer: int, number: int) -> None:
        with connection.transaction():
            connection.execute(ADD, [300 if number % 60 == 20 else 1])
            connection.execute(CHANGE, [number % 4, writer, number])
        if number % 7 == writer:
            connection.execute(DELETE, [writer % 2])

    @contextmanager
    def writing(self) -> Iterator[None]:
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._ended.set()
            for thread in self._threads:
                thread.join()


def wait_for_rows(analytics: Analytics, api: Api) -> None:
    """Until it has taken in something written after it was started."""
    wanted = api.sql("SELECT max(id) FROM change")[0][0]

    def has_taken_in() -> bool:
        as_of = analytics.health()["replica"]["as_of"]
        return bool(as_of and api.sql(TAKEN_IN, as_of)[0][0] > wanted)

    wait_until(has_taken_in, "something new is taken in")


def test_killed_again_and_again_while_others_write(database_url: str, tmp_path: Path) -> None:
    with running_api(database_url) as api:
        api.enter("student", "Mia Rossi")
        with Writers(database_url).writing():
            for _ in range(KILLS):
                with killable_analytics(database_url, api.url, tmp_path) as analytics:
                    wait_for_rows(analytics, api)
                    assert analytics.check()["difference"] is None
                    # Leaving the block is the kill: with SIGKILL, while the writers go on.
        with running_analytics(database_url, api.url, tmp_path) as analytics:
            found = analytics.check()
            assert found["difference"] is None
            assert found["rows"]["ticket"] == api.sql("SELECT count(*) FROM ticket")[0][0]


def test_what_is_claimed_is_there(api: Api, analytics: Analytics) -> None:
    """A row committed before the moment that is told is there, whenever somebody asks meanwhile."""
    analyst = api.enter("analyst", "Noor Haddad")
    headers = {"Authorization": f"Bearer {analyst.token}"}
    committed: list[datetime] = []
    ended = threading.Event()

    def write() -> None:
        with psycopg.connect(libpq_url(api.database_url), autocommit=True) as connection:
            for number in range(150):
                connection.execute(MARK, [f"mark-{number}"])
                # Asked after the commit, so later than it.
                row = connection.execute("SELECT clock_timestamp()").fetchone()
                assert row is not None
                committed.append(row[0])
        ended.set()

    before = analytics.health()["replica"]["rows"]["building"]
    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    looks = 0
    while not ended.is_set() or looks < 5:
        health = analytics.get("/health", headers=headers).json()["replica"]
        as_of = datetime.fromisoformat(health["as_of"])
        due = sum(moment <= as_of for moment in list(committed))
        assert health["rows"]["building"] - before >= due
        assert health["lag_seconds"] >= 0
        looks += 1
    writer.join()


@pytest.mark.parametrize("fresh", [True, False])
def test_the_age_of_an_answer_is_the_age_of_its_moment(api: Api, analytics: Analytics, fresh: bool) -> None:
    analyst = api.enter("analyst", "Noor Haddad")
    for slug in ("open-in-period", "resolution-time-by-month"):
        earlier = moment_of(analytics)
        wait_until(partial(has_looked_since, analytics, earlier), "another look at the database")
        asked = datetime.now(UTC)
        answer = analytics.ask(analyst, slug, fresh=fresh)
        answered = datetime.now(UTC)
        as_of = datetime.fromisoformat(answer["as_of"])
        assert as_of.utcoffset() is not None
        assert answer["lag_seconds"] >= (asked - as_of).total_seconds() - 0.1, "both clocks are this machine's"
        # It counts from before the snapshot was asked for, which was after the earlier one; and what is taken in while
        # the answer is made is counted once more.
        assert answer["lag_seconds"] <= 2 * (answered - earlier).total_seconds()


def moment_of(analytics: Analytics) -> datetime:
    """That its replica reflects."""
    return datetime.fromisoformat(analytics.health()["replica"]["as_of"])


def has_looked_since(analytics: Analytics, moment: datetime) -> bool:
    return moment_of(analytics) > moment


def test_the_age_grows_while_the_database_is_away(postgres_url: str, database_url: str, tmp_path: Path) -> None:
    name = database_url.rpartition("/")[2]
    with running_api(database_url) as api, running_analytics(database_url, api.url, tmp_path) as analytics:
        analyst = api.enter("analyst", "Noor Haddad")
        analytics.ask(analyst, "open-in-period")
        with psycopg.connect(libpq_url(postgres_url), autocommit=True) as server:
            server.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false".encode())
            api.close()
            server.execute(END_CONNECTIONS, [name])
            first = stuck(analytics)
            second = stuck(analytics, older_than=first["lag_seconds"] + 0.5)
            assert second["as_of"] == first["as_of"]
            assert second["rows"] == first["rows"], "the last numbers stay"
            answer = analytics.get("/analyses/open-in-period", headers={"Authorization": f"Bearer {analyst.token}"})
            assert answer.status_code in (200, 503), "503 once the data API, which is cut off too, is asked again"
            if answer.status_code == 200:
                assert answer.json()["lag_seconds"] >= second["lag_seconds"]
            server.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true".encode())
        wait_until(lambda: analytics.get("/health").status_code == 200, "it follows again")
        assert analytics.health()["replica"]["as_of"] > second["as_of"]
        assert analytics.check()["difference"] is None


def stuck(analytics: Analytics, older_than: float = 0.0) -> dict[str, Any]:
    """Its health once it says that it does not follow, and shows more than this age."""
    found: list[dict[str, Any]] = []

    def is_stuck() -> bool:
        answer = analytics.get("/health")
        if answer.status_code == 503 and answer.json()["replica"]["lag_seconds"] > older_than:
            found.append(answer.json())
        return bool(found)

    wait_until(is_stuck, "it says that it does not follow")
    assert found[0]["status"] == "degraded"
    replica: dict[str, Any] = found[0]["replica"]
    return replica
