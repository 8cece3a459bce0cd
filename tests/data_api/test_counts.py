"""What several processes count together: here several of their counters, on one file."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from data_api.access import counts as module
from data_api.access.counts import TRY_AGAIN_SECONDS, WINDOW_SECONDS, Counts, counts_file, make_counts_file

REPORTS = [("report of person 1", 3), ("report from 10.0.0.1", 5)]
STREAMS = [("streams of person 1", 2), ("streams of 10.0.0.1", 3)]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The present moment, to be moved."""
    now = [1_000.0]
    monkeypatch.setattr("data_api.access.counts.time.monotonic", lambda: now[0])
    return now


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    make_counts_file(tmp_path)
    return counts_file(tmp_path)


def workers(file: Path | None, number: int = 2) -> list[Counts]:
    return [Counts(file, worker) for worker in range(1, number + 1)]


def test_a_limit_is_one_for_all_workers(file: Path, clock: list[float]) -> None:
    first, second = workers(file)
    done = [counts.do(REPORTS) for counts in (first, second, first)]
    assert done == [0, 0, 0]
    assert [counts.do(REPORTS) for counts in (first, second)] == [WINDOW_SECONDS] * 2
    assert second.do([("report of person 2", 3)]) == 0


def test_the_window_moves_and_says_when_there_is_room_again(file: Path, clock: list[float]) -> None:
    first, second = workers(file)
    for counts in (first, second, first):
        assert counts.do(REPORTS) == 0
        clock[0] += 10
    assert second.do(REPORTS) == WINDOW_SECONDS - 30
    clock[0] += WINDOW_SECONDS - 30
    assert [counts.do(REPORTS) for counts in (second, first)] == [0, 10]


def test_who_is_refused_uses_up_nothing_of_those_at_the_same_address(clock: list[float]) -> None:
    counts = Counts()
    assert [counts.do(REPORTS) for _ in range(4)] == [0, 0, 0, WINDOW_SECONDS]
    another = [("report of person 2", 3), REPORTS[1]]
    assert [counts.do(another) for _ in range(3)] == [0, 0, WINDOW_SECONDS]


def test_what_was_done_long_ago_is_forgotten(file: Path, clock: list[float]) -> None:
    [counts] = workers(file, 1)
    for number in range(5):
        counts.do([(f"report of person {number}", 3)])
    clock[0] += WINDOW_SECONDS + 1
    counts.do(REPORTS)
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT count(*) FROM done").fetchone() == (len(REPORTS),)


def test_many_at_once_are_no_more_than_may_be(file: Path) -> None:
    found = workers(file, 4)
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda number: found[number % 4].do([("report of person 1", 50)]), range(200)))
    assert waits.count(0.0) == 50


def test_what_is_held_is_held_in_all_workers_until_it_is_released(file: Path) -> None:
    first, second = workers(file)
    assert [first.hold("a", STREAMS), second.hold("b", STREAMS)] == [None, None]
    assert [counts.hold("c", STREAMS) for counts in (first, second)] == ["streams of person 1"] * 2
    assert first.hold("c", [("streams of person 2", 2), STREAMS[1]]) is None
    assert second.full(STREAMS[1:]) == "streams of 10.0.0.1"
    first.release("a")
    assert second.full(STREAMS) is None


def test_what_a_killed_worker_held_is_free_when_it_is_back(file: Path) -> None:
    first, second = workers(file)
    first.hold("a", STREAMS)
    second.hold("b", STREAMS)
    assert first.full(STREAMS) == "streams of person 1"
    Counts(file, 2)
    assert [first.hold("c", STREAMS), first.full(STREAMS)] == [None, "streams of person 1"]


def test_where_the_file_cannot_be_used_each_worker_counts_alone(
    file: Path, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what began then ends then or later."""
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.01)
    found = workers(file)
    with sqlite3.connect(file, isolation_level=None) as somebody:
        somebody.execute("BEGIN IMMEDIATE")
        for counts in found:
            assert [counts.do(REPORTS) for _ in range(4)] == [0, 0, 0, WINDOW_SECONDS]
            assert [counts.hold(holder, STREAMS) for holder in "abc"] == [None, None, "streams of person 1"]
            counts.release("a")
            assert counts.full(STREAMS) is None
        somebody.execute("COMMIT")
    clock[0] += TRY_AGAIN_SECONDS
    assert [counts.do(REPORTS) for counts in (*found, *found)] == [0, 0, 0, WINDOW_SECONDS]


def test_a_file_that_is_held_for_long_keeps_no_request_waiting_but_the_first(
    file: Path, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.01)
    tried: list[int] = []
    with sqlite3.connect(file, isolation_level=None) as somebody:
        somebody.execute("BEGIN IMMEDIATE")
        [counts] = workers(file, 1)
        monkeypatch.setattr(Counts, "_release_and", lambda *_: tried.append(1))
        for _ in range(3):
            counts.do(REPORTS)
        somebody.execute("COMMIT")
    assert tried == []
    clock[0] += TRY_AGAIN_SECONDS
    counts.do(REPORTS)
    assert tried == [1]


def test_what_is_released_while_the_file_cannot_be_used_is_free_afterwards(
    file: Path, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.01)
    first, second = workers(file)
    assert [first.hold(holder, STREAMS) for holder in "ab"] == [None, None]
    with sqlite3.connect(file, isolation_level=None) as somebody:
        somebody.execute("BEGIN IMMEDIATE")
        first.release("a")
        again = Counts(file, 2)
        somebody.execute("COMMIT")
    assert second.full(STREAMS) == "streams of person 1"
    clock[0] += TRY_AGAIN_SECONDS
    assert [first.full(STREAMS), again.full(STREAMS), second.full(STREAMS)] == [None] * 3


def test_what_an_earlier_process_held_goes_as_soon_as_the_file_can_be_used(
    file: Path, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.01)
    first, killed = workers(file)
    assert [killed.hold(holder, STREAMS) for holder in "ab"] == [None, None]
    with sqlite3.connect(file, isolation_level=None) as somebody:
        somebody.execute("BEGIN IMMEDIATE")
        again = Counts(file, 2)
        somebody.execute("COMMIT")
    assert first.full(STREAMS) == "streams of person 1"
    clock[0] += TRY_AGAIN_SECONDS
    assert [again.full(STREAMS), first.full(STREAMS)] == [None, None]


def test_a_file_that_cannot_be_opened_keeps_no_worker_from_starting(tmp_path: Path, clock: list[float]) -> None:
    [counts] = workers(tmp_path / "nowhere" / "counts", 1)
    assert [counts.do(REPORTS) for _ in range(4)] == [0, 0, 0, WINDOW_SECONDS]
