"""The same question about the same data is computed once; about other data, anew."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from analytics_api.analyses.service import MOST_KEPT, AnalysisService
from service_kit.single_flight import SingleFlight
from tests.warehouse.following import USUAL, Following, following
from tests.warehouse.rows import fill
from warehouse.catalogue import catalogue
from warehouse.checked_catalogue import checked_catalogue
from warehouse.replica import Answer

SLUGS = pytest.mark.parametrize("slug", catalogue())


class Counted:
    """A service over a replica whose computations are counted by query."""

    def __init__(self, desk: Following, monkeypatch: pytest.MonkeyPatch) -> None:
        self.desk = desk
        self.service = AnalysisService(checked_catalogue(USUAL), desk.replica, desk.follower, fresh_seconds=0.1)
        self.computed: Counter[str] = Counter()
        ask = desk.replica.ask

        def counted(query: str, parameters: Mapping[str, Any]) -> Answer:
            self.computed[query] += 1
            return ask(query, parameters)

        monkeypatch.setattr(desk.replica, "ask", counted)

    def rows(self, slug: str, **given: str) -> list[dict[str, Any]]:
        return self.service.answer(slug, list(given.items()), fresh=False)[0].rows

    def times(self, slug: str) -> int:
        return self.computed[catalogue()[slug].query]


@pytest.fixture
def counted(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    """It does not follow until it is told to: the data stay the same."""
    with following(database_url, tmp_path) as desk:
        fill(desk)
        desk.catch_up()
        desk.follower.stop()
        yield Counted(desk, monkeypatch)


@SLUGS
def test_many_who_ask_at_once(counted: Counted, slug: str) -> None:
    with ThreadPoolExecutor(16) as askers:
        answers = list(askers.map(lambda _: counted.rows(slug), range(64)))
    assert answers == [answers[0]] * 64
    assert counted.times(slug) == 1


def test_other_parameters_are_another_question(counted: Counted) -> None:
    for hours in ("1", "720", "1", "01", "720"):
        counted.rows("open-in-period", hours=hours)
    counted.rows("open-in-period", days="1")
    assert counted.times("open-in-period") == 3


@SLUGS
def test_after_a_change_it_is_computed_anew(
    database_url: str, tmp_path: Path, slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with following(database_url, tmp_path) as desk:
        fill(desk)
        desk.catch_up()
        counted = Counted(desk, monkeypatch)
        before = counted.rows(slug)
        desk.sql(
            "UPDATE ticket SET status = 'closed', stage_id = 5, closed_at = now(), opened_at = now() WHERE id % 3 < 2"
        )
        desk.sql("UPDATE ticket SET status = 'active', stage_id = 2, closed_at = NULL WHERE id = 1")
        desk.sql("UPDATE time_entry SET seconds = seconds + 60")
        desk.catch_up()
        now = counted.rows(slug)
        assert counted.times(slug) == 2
        assert (now != before) or not now  # an analysis may find nothing in these tickets


def test_an_answer_of_an_earlier_file_is_not_given_again(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the file was given up and built anew, its count of changes begins where nobody has been before."""
    with following(database_url, tmp_path) as desk:
        fill(desk)
        desk.catch_up()
        counted = Counted(desk, monkeypatch)
        for number in range(4):
            desk.sql("DELETE FROM ticket WHERE id %% 4 = %s AND status = 'closed'", number)
            desk.catch_up()
            now = counted.rows("resolution-time-by-month")
            ((closed,),) = desk.sql("SELECT count(*) FROM ticket WHERE status = 'closed'")
            assert sum(row["tickets"] for row in now) == closed
            desk.replica.close()


def test_who_asks_as_of_now_is_told_how_far_it_is_when_it_does_not_get_there(counted: Counted) -> None:
    counted.desk.sql("UPDATE ticket SET status = 'closed', stage_id = 5, closed_at = now(), waits_for = NULL")
    ((now,),) = counted.desk.sql("SELECT clock_timestamp()")
    answer, _ = counted.service.answer("active-by-category", [], fresh=True)
    assert answer.as_of < now
    assert answer.rows == counted.rows("active-by-category") != []


def test_what_fails_is_told_to_all_who_waited_and_tried_again() -> None:
    once = SingleFlight(MOST_KEPT)
    begun, go_on = threading.Event(), threading.Event()

    def fail() -> int:
        begun.set()
        go_on.wait(30)
        raise LookupError("away")

    with ThreadPoolExecutor(3) as askers:
        waiting = [askers.submit(once.get, "question", fail)]
        assert begun.wait(30)
        waiting += [askers.submit(once.get, "question", lambda: 7) for _ in range(2)]
        go_on.set()
        told = [one.exception() for one in waiting]
    assert isinstance(told[0], LookupError)
    assert all(error is None or isinstance(error, LookupError) for error in told)
    assert once.get("question", lambda: 7) == 7


def test_only_so_many_are_kept() -> None:
    once = SingleFlight(MOST_KEPT)
    computed: list[int] = []

    def compute(number: int) -> int:
        computed.append(number)
        return number

    for number in [*range(MOST_KEPT + 10), MOST_KEPT + 9, 0]:
        assert once.get(number, lambda number=number: compute(number)) == number  # type: ignore[misc]
    assert len(computed) == MOST_KEPT + 11
