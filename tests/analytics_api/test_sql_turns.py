"""Statements of several people: they take turns, and a few people cannot keep out the others."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest

from analytics_api.sql.service import MOST_WAITING, MOST_WAITING_OF_ONE
from tests.lodge.waiting import wait_until
from tests.support.analytics import Analytics, running_analytics
from tests.support.api import Api, Visitor

ENDLESS = "SELECT count(*) FROM range(10000000) a, range(10000000) b"


class Person:
    """Somebody with statements that do not end by themselves."""

    def __init__(self, lab: Analytics, visitor: Visitor, pool: ThreadPoolExecutor) -> None:
        self._lab = lab
        self._headers = dict(visitor.headers)
        self._pool = pool
        self._answers: dict[str, Future[httpx.Response]] = {}

    def ask(self) -> str:
        """Asks, and returns the statement's id when the lab knows it."""
        name = uuid4().hex
        self._answers[name] = self._pool.submit(self._post, name)
        wait_until(lambda: bool(self.state(name)), "the statement is known", 30)
        return name

    def _post(self, name: str) -> httpx.Response:
        return self._lab.post("/sql", json={"sql": ENDLESS, "id": name}, headers=self._headers)

    def refused(self) -> httpx.Response:
        return self._post(uuid4().hex)

    def state(self, name: str) -> str | None:
        found: str | None = self._lab.get(f"/sql/{name}", headers=self._headers).json().get("state")
        return found

    def ahead(self, name: str) -> int:
        return int(self._lab.get(f"/sql/{name}", headers=self._headers).json()["ahead"])

    def runs(self, name: str) -> None:
        wait_until(lambda: self.state(name) == "running", "the statement runs", 30)

    def cancel(self, name: str) -> None:
        self._lab.delete(f"/sql/{name}", headers=self._headers)

    def leave(self) -> None:
        for name in reversed(self._answers):  # so that none begins in between
            self.cancel(name)
        assert all(answer.result().status_code == 409 for answer in self._answers.values())


@pytest.fixture(scope="module")
def lab(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analytics]:
    """A lab that runs one statement at a time."""
    home = tmp_path_factory.mktemp("turns")
    with running_analytics(api.database_url, api.url, home, statements_at_once=1) as running:
        yield running


@pytest.fixture
def people(lab: Analytics, api: Api) -> Iterator[list[Person]]:
    with ThreadPoolExecutor(40) as pool:
        found = [Person(lab, api.enter("analyst", name), pool) for name in ("Noor Haddad", "Ines Costa", "Kai Berg")]
        yield found
        for person in reversed(found):
            person.leave()


def test_people_take_turns(people: list[Person]) -> None:
    one, other, third = people
    running, *waiting = [one.ask() for _ in range(4)]
    one.runs(running)
    first, second = other.ask(), other.ask()
    last = third.ask()
    assert [other.ahead(first), third.ahead(last), one.ahead(waiting[0]), other.ahead(second)] == [0, 1, 2, 3]
    assert [one.ahead(name) for name in waiting[1:]] == [4, 5]
    one.cancel(running)
    other.runs(first)
    other.cancel(first)
    third.runs(last)
    third.cancel(last)
    one.runs(waiting[0])


def test_two_people_do_not_fill_the_queue_for_a_third(people: list[Person]) -> None:
    one, other, third = people
    one.runs(one.ask())
    for person in (one, other):
        for _ in range(MOST_WAITING_OF_ONE):
            person.ask()
        assert person.refused().json()["error"] == "LabBusy"
    name = third.ask()
    assert third.state(name) == "waiting"
    detail = f"{MOST_WAITING + 1} statements wait already, 1 of them yours. Try again in a moment."
    assert third.refused().json()["detail"] == detail
