"""How often somebody may try a password."""

from pathlib import Path

import pytest

from data_api.access.counts import FAILURES_SECONDS, Counts, counts_file, make_counts_file
from data_api.access.rate_limits import TooManyRequests
from data_api.access.wrong_passwords import WrongPasswords


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The present moment, to be moved."""
    now = [1_000.0]
    monkeypatch.setattr("data_api.access.counts.time.monotonic", lambda: now[0])
    return now


def wait_of(tries: WrongPasswords, name: str, address: str) -> int:
    """Tries a wrong password, and returns for how many seconds it was refused."""
    try:
        tries.begin_try(name, address)
    except TooManyRequests as refused:
        return int(refused.headers["Retry-After"])
    return 0


def test_each_wrong_password_doubles_the_wait(clock: list[float]) -> None:
    tries = WrongPasswords(Counts(), is_on=True)
    assert [wait_of(tries, "mia", "10.0.0.1") for _ in range(6)] == [0, 0, 0, 0, 0, 1]
    waits = []
    for _ in range(13):
        wait = wait_of(tries, "mia", "10.0.0.1")
        waits.append(wait)
        clock[0] += wait
        assert wait_of(tries, "mia", "10.0.0.1") == 0
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


def test_a_thousand_tries_at_once_are_five(clock: list[float]) -> None:
    tries = WrongPasswords(Counts(), is_on=True)
    assert [wait_of(tries, "mia", "10.0.0.1") for _ in range(1000)].count(0) == 5
    assert wait_of(tries, "mia", "10.0.0.2") == 0, "the owner, at another address"
    clock[0] += 1
    assert wait_of(tries, "mia", "10.0.0.1") == 0, "and here too, a second later"


def test_the_right_password_ends_the_wait_of_its_name_there(clock: list[float]) -> None:
    tries = WrongPasswords(Counts(), is_on=True)
    for _ in range(4):
        tries.begin_try("mia", "10.0.0.1")
    tries.begin_try("mia", "10.0.0.1")
    tries.was_right("mia", "10.0.0.1")
    assert [wait_of(tries, "mia", "10.0.0.1") for _ in range(5)] == [0] * 5


def test_an_address_that_tries_many_names_has_to_wait(clock: list[float]) -> None:
    tries = WrongPasswords(Counts(), is_on=True)
    waits = [wait_of(tries, f"name {number}", "10.0.0.1") for number in range(310)]
    assert waits == [0] * 300 + [1] * 10
    assert wait_of(tries, "name 1", "10.0.0.2") == 0


def test_a_hall_that_signs_in_does_not_have_to_wait(clock: list[float]) -> None:
    tries = WrongPasswords(Counts(), is_on=True)
    for number in range(1000):
        tries.begin_try(f"name {number}", "10.0.0.1")
        tries.was_right(f"name {number}", "10.0.0.1")
    assert wait_of(tries, "another", "10.0.0.1") == 0


def test_many_addresses_that_try_one_name_have_to_wait_a_minute_at_most(clock: list[float]) -> None:
    tries = WrongPasswords(Counts(), is_on=True)
    waits = []
    for number in range(60):
        waits.append(wait_of(tries, "mia", f"10.0.1.{number}"))
        clock[0] += waits[-1]
    assert waits[:30] == [0] * 30
    assert max(waits) == 60


def test_workers_count_together_and_an_hour_later_all_is_forgotten(clock: list[float], tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    make_counts_file(tmp_path)
    first, second = (WrongPasswords(Counts(counts_file(tmp_path), worker), is_on=True) for worker in (1, 2))
    assert [wait_of(tries, "mia", "10.0.0.1") for tries in (first, second, first, second, first, second)][-1] == 1
    clock[0] += FAILURES_SECONDS + 1
    assert [wait_of(second, "mia", "10.0.0.1") for _ in range(5)] == [0] * 5


def test_no_name_is_in_the_file_because_it_may_be_a_password(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    make_counts_file(tmp_path)
    tries = WrongPasswords(Counts(counts_file(tmp_path), 1), is_on=True, key="of this desk")
    assert [wait_of(tries, "eleven brave herons", "10.0.0.1") for _ in range(6)][-1] == 1
    files = list((tmp_path / "run").iterdir())
    assert b"10.0.0.1" in b"".join(file.read_bytes() for file in files)
    assert not any(b"eleven brave herons" in file.read_bytes() for file in files)


def test_a_desk_without_limits_counts_nothing() -> None:
    tries = WrongPasswords(Counts(), is_on=False)
    assert [wait_of(tries, "mia", "10.0.0.1") for _ in range(50)] == [0] * 50
