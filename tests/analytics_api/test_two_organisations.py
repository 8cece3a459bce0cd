"""Two organisations served by one process: each is told its own numbers, and only its own people are."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from contracts.people import Role
from tests.support.analytics import Analytics, running_analytics
from tests.support.api import Visitor, running_api
from tests.support.databases import cloned_database


class Desk(NamedTuple):
    analytics: Analytics
    student: Visitor
    analyst: Visitor


@pytest.fixture
def desks(postgres_url: str, template_database: str, tmp_path: Path) -> Iterator[list[Desk]]:
    with ExitStack() as stack:

        def desk(name: str) -> Desk:
            database_url = stack.enter_context(cloned_database(postgres_url, template_database))
            api = stack.enter_context(running_api(database_url))
            analytics = stack.enter_context(running_analytics(database_url, api.url, tmp_path / name))
            return Desk(analytics, api.enter(Role.STUDENT, "Mia"), api.enter(Role.ANALYST, "Noor"))

        yield [desk("first"), desk("second")]


def test_each_follows_its_own_database(desks: list[Desk]) -> None:
    first, second = desks
    for desk, tickets in ((first, 2), (second, 3)):
        for _ in range(tickets):
            desk.student.report()
    counts = [desk.analytics.ask(desk.analyst, "open-in-period")["rows"] for desk in desks]
    assert counts == [[{"tickets": 2}], [{"tickets": 3}]]


def test_each_knows_its_own_people(desks: list[Desk]) -> None:
    first, second = desks
    for asked, status in ((first, 200), (second, 401)):
        headers = {"Authorization": f"Bearer {first.analyst.token}"}
        assert asked.analytics.get("/analyses", headers=headers).status_code == status
