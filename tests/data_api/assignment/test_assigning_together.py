"""Many reports at the same moment."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from sqlalchemy.orm import Session

from benchmarks.assignment import buildings_of, make_rules, make_teams, report_of
from benchmarks.assignment_oracle import Oracle
from data_api.assignment.repository import AssignmentRepository
from data_api.kit.database import TimeLimits, make_engine
from tests.data_api.assignment.conftest import Rules, Team
from tests.lodge.waiting import wait_until
from tests.support import rows
from tests.support.api import Api, Visitor, done, running_api
from tests.support.meanwhile import held_up, is_waited_for

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('lodge assignment', %s))"
THREADS = 20
REPORTS = 300


@pytest.fixture
def busy_api(database_url: str) -> Iterator[Api]:
    """A desk with teams and rules of many kinds."""
    with running_api(database_url) as api:
        for name in ("One", "Two", "Three"):
            rows.building(api, name)
        with psycopg.connect(database_url) as connection:
            make_teams(connection, capacity=8)
            make_rules(connection)
        yield api


def test_twenty_who_report_at_once_are_assigned_as_one_after_the_other(busy_api: Api) -> None:
    """Each ticket goes where an independent calculation says, which knows of all that were decided before."""
    oracle = Oracle(busy_api.database_url, ZoneInfo("UTC"))
    chance, buildings = random.Random(16), buildings_of(busy_api.database_url)
    # One person, so that each text is encoded only once.
    reporter = busy_api.enter("student", "Reporter")
    reports = [report_of(chance, buildings) for _ in range(REPORTS)]
    with ThreadPoolExecutor(THREADS) as together:
        answers = list(together.map(lambda report: reporter.post("/tickets", json=report), reports))
    assert {answer.status_code for answer in answers} == {201}
    verdict = oracle.judge()
    assert verdict.faults == []
    assert verdict.assigned + verdict.queued + verdict.unmatched == REPORTS
    assert min(verdict.assigned, verdict.queued, verdict.unmatched) > 0
    assert verdict.spread <= 2


def test_the_last_free_place_is_given_once(student: Visitor, team: Team, rules: Rules) -> None:
    for _ in range(3):
        team.person(capacity=1)
    rules.add(team)
    with ThreadPoolExecutor(8) as together:
        tickets = list(together.map(lambda _: student.report(), range(8)))
    assert sorted(ticket["assignee"] is None for ticket in tickets) == [False] * 3 + [True] * 5
    assert len({ticket["assignee"]["id"] for ticket in tickets if ticket["assignee"]}) == 3


def test_reports_reopenings_and_a_team_that_goes_do_not_wait_for_each_other_in_a_circle(
    api: Api, admin: Visitor, student: Visitor, other_team: Team, rules: Rules
) -> None:
    other_team.person()
    teams = [Team(api) for _ in range(3)]
    reopened = []
    for team in teams:
        team.person()
        for _ in range(4):
            ticket = admin.report(requester=student.person_id, team=team.slug)
            admin.move(ticket["id"], "active", "closed")
            admin.edit(ticket["id"], assignee=None)
            reopened.append(ticket["id"])
        rules.add(team, priorities=["normal"])
    rules.add(other_team)

    def reopen(number: int) -> int:
        return student.post(f"/tickets/{number}/status", json={"status": "active"}).status_code

    def delete(team: Team) -> int:
        return admin.delete(f"/teams/{team.slug}", params={"people_to": other_team.slug}).status_code

    def report(team: Team | None) -> int:
        return admin.post("/tickets", json={"description": "x", "team": team.slug if team else None}).status_code

    wishes: list[tuple[Callable[[Any], int], Any]] = [
        *((reopen, number) for number in reopened),
        *((delete, team) for team in teams),
        *((report, None) for _ in range(20)),
        *((report, team) for team in teams),
    ]
    random.Random(5).shuffle(wishes)
    with ThreadPoolExecutor(THREADS) as together:
        answers = list(together.map(lambda wish: (wish[0].__name__, wish[0](wish[1])), wishes))
    # A team that somebody names may have gone by then.
    assert set(answers) <= {("reopen", 200), ("delete", 204), ("report", 201), ("report", 422), ("report", 409)}
    there = done(admin.get("/tickets", params={"team": other_team.slug, "limit": 200}))["items"]
    assert set(reopened) <= {ticket["id"] for ticket in there}


def test_a_report_passes_over_a_team_that_is_being_deleted(
    api: Api, student: Visitor, team: Team, other_team: Team, rules: Rules
) -> None:
    """It must not wait: moving the team's tickets may take minutes."""
    person = other_team.person()
    rules.add(team)
    rules.add(other_team)
    with psycopg.connect(api.database_url) as deleting:
        deleting.execute("SELECT FROM team WHERE id = %s FOR UPDATE", [team.id])
        assert student.report()["assignee"]["id"] == person


def test_whoever_changes_the_team_is_waited_for(
    api: Api, admin: Visitor, team: Team, other_team: Team, rules: Rules
) -> None:
    """A ticket that is being assigned in the former team counts in the new one."""
    person = team.person(capacity=1)
    with psycopg.connect(api.database_url) as assigning:
        assigning.execute(LOCK.encode(), [team.id])
        change = {"version": 1, "team": other_team.slug}
        with held_up(api, lambda: admin.patch(f"/people/{person}", json=change), assigning) as answers:
            rows.ticket(assigning, assignee_id=person)
    assert answers[0].status_code == 200
    rules.add(other_team)
    assert admin.report()["assignee"] is None


def test_a_report_waits_longer_than_other_requests(api: Api, team: Team) -> None:
    """Where very many report to one team at the same moment, none of them is refused."""
    engine = make_engine(api.database_url, limits=TimeLimits(lock_milliseconds=1))

    def found() -> str:
        with Session(engine) as session:
            destination = AssignmentRepository(session).stay(team.id)
            assert destination is not None
            return destination.team_name

    with ThreadPoolExecutor(1) as pool, psycopg.connect(api.database_url) as assigning:
        assigning.execute(LOCK.encode(), [team.id])
        waiting = pool.submit(found)
        wait_until(lambda: is_waited_for(api, assigning), "a report that waits")
        assigning.commit()
        assert waiting.result() == team.name
    engine.dispose()
