"""Two organisations served by one process: neither sees anything of the other."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import psycopg
import pytest

from contracts.people import Role
from data_api.access.rate_limits import PERSON_LIMITS, Limited
from tests.support.api import Api, Visitor, done, running_api
from tests.support.databases import cloned_database
from tests.support.live import listen_from
from tests.support.suggestions import confirm, ref_of, suggested
from tests.support.teaching import ODD

NO_VECTORS = "DROP TABLE ticket_vector; REVOKE CREATE ON SCHEMA public FROM pg_database_owner"
LIFT = "The lift in the library is stuck between two floors"


class Desk(NamedTuple):
    """People who have the same numbers at each desk."""

    api: Api
    student: Visitor
    other: Visitor
    admin: Visitor


@pytest.fixture(scope="module")
def desks(postgres_url: str, template_database: str) -> Iterator[tuple[Desk, Desk]]:
    """Both count what people do. At the first, students see others' tickets, and similar reports are looked for."""
    with ExitStack() as stack:
        first, second = (stack.enter_context(cloned_database(postgres_url, template_database)) for _ in range(2))
        with psycopg.connect(second) as connection:
            connection.execute(NO_VECTORS)
        yield (
            opened(stack.enter_context(running_api(first, LODGE_RATE_LIMITS="on", LODGE_STUDENTS_SEE="all"))),
            opened(stack.enter_context(running_api(second, LODGE_RATE_LIMITS="on", LODGE_STUDENTS_SEE="own"))),
        )


def opened(api: Api) -> Desk:
    desk = Desk(
        api, api.enter(Role.STUDENT, "Mia"), api.enter(Role.STUDENT, "Jonas"), api.enter(Role.ADMIN, "Ines Lima")
    )
    assert [visitor.person_id for visitor in desk[1:]] == [1, 2, 3]
    return desk


def test_a_token_of_one_is_none_of_the_other(desks: tuple[Desk, Desk]) -> None:
    first, second = desks
    at_the_other = second.api.get("/me", headers={"Authorization": f"Bearer {first.student.token}"})
    assert (first.student.get("/me").status_code, at_the_other.status_code) == (200, 401)


def test_each_decides_what_students_see(desks: tuple[Desk, Desk]) -> None:
    found = [desk.student.get(f"/tickets/{desk.other.report()['id']}").status_code for desk in desks]
    assert found == [200, 404]


def test_each_knows_what_it_was_taught(desks: tuple[Desk, Desk]) -> None:
    """As much as the other, so that nothing but what it is differs."""
    for desk, category in zip(desks, ("services-complaints", "technical-it"), strict=True):
        done(desk.admin.post(f"/categories/{category}/phrases", json={"phrases": [ODD]}), 201)
    suggestions = [suggested(desk.student, ODD) for desk in desks]
    assert [one["category"] for one in suggestions] == ["services-complaints", "technical-it"]
    assert [one["sureness"] for one in suggestions] == ["sure", "sure"]


def test_each_looks_for_similar_reports_where_its_own_database_can(desks: tuple[Desk, Desk]) -> None:
    told = [done(desk.api.get("/health"))["checks"]["similar_reports"] for desk in desks]
    assert told[0] == "ok"
    assert told[1].startswith("off: ")


def test_a_name_for_a_report_is_good_at_its_own_desk_only(desks: tuple[Desk, Desk]) -> None:
    """Of a ticket that the other desk has too."""
    for desk in desks:
        desk.other.report(LIFT)
    first, second = desks
    ref = ref_of(first.student, LIFT)
    assert second.student.post("/tickets/me-too", json={"ref": ref}).status_code == 422
    assert confirm(first.student, ref)["reports"] == 2


def test_each_counts_what_its_own_people_do(desks: tuple[Desk, Desk]) -> None:
    first, second = desks
    for _ in range(PERSON_LIMITS[Limited.REPORT]):
        first.student.report("Flood")
    assert first.student.post("/tickets", json={"description": "Flood"}).status_code == 429
    assert second.student.post("/tickets", json={"description": "Flood"}).status_code == 201


def test_live_events_are_told_at_their_own_desk_only(desks: tuple[Desk, Desk]) -> None:
    marks = [desk.other.report()["id"] for desk in desks]
    (to_first,), (to_second,) = (
        listen_from(mark, desk.admin, desk.admin) for desk, mark in zip(desks, marks, strict=True)
    )
    ticket_id = desks[0].other.report()["id"]
    for desk, mark in zip(desks, marks, strict=True):
        desk.admin.say(mark)
    assert to_first.before_message_under(marks[0]) == [("ticket", ticket_id)]
    assert to_second.before_message_under(marks[1]) == []
