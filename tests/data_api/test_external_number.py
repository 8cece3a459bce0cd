"""An imported ticket is known by its old number: shown, and found whatever case it is typed in."""

from typing import Any

import psycopg
import pytest

from data_api.models.ticket import MADE_UP_ID
from service_kit.database_url import libpq_url
from tests.support.api import Api, Visitor, done

MADE_UP = "0123456789abcdef0123456789abcdef-1"


def imported(api: Api, by: Visitor, old_number: str, **fields: Any) -> int:
    """A ticket as an import leaves it."""
    ticket_id = int(by.report(**{"description": "The beamer stays dark.", **fields})["id"])
    api.sql("UPDATE ticket SET source = 'Old desk', source_id = %s WHERE id = %s", old_number, ticket_id)
    return ticket_id


@pytest.fixture(scope="module")
def by_old_number(api: Api, student: Visitor) -> dict[str, int]:
    """Imported tickets, and one that is not and mentions another."""
    named = {name: imported(api, student, name) for name in ("INC-4711", "INC-47110", "ab", "100%_of\\it", MADE_UP)}
    return named | {"mention": student.report("Is INC-4711 of the old desk solved?")["id"]}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("INC-4711", ["INC-4711", "mention", "INC-47110"]),
        ("inc-4711", ["INC-4711", "mention", "INC-47110"]),
        ("inc-47110", ["INC-47110"]),
        ("Inc-471", ["mention", "INC-47110", "INC-4711"]),
        ("nc-47", []),
        ("AB", ["ab"]),
        ("a", []),
        ("100%", ["100%_of\\it"]),
        ("100%_of\\it", ["100%_of\\it"]),
        ("100_", []),
        (MADE_UP, []),
        (MADE_UP[:8], []),
    ],
)
def test_it_is_found_by_its_old_number(
    student: Visitor, by_old_number: dict[str, int], typed: str, found: list[str]
) -> None:
    wanted = [by_old_number[name] for name in found]
    page = done(student.get("/tickets", params={"q": typed}))
    assert [ticket["id"] for ticket in page["items"]] == wanted
    assert page["total"] == len(wanted)
    one_by_one, two_by_two = (
        [ticket["id"] for ticket in student.walk("/tickets", q=typed, limit=limit)] for limit in (1, 2)
    )
    assert sorted(one_by_one) == sorted(wanted)
    assert two_by_two == wanted


def test_of_two_numbers_the_new_one_comes_first(api: Api, student: Visitor, agent: Visitor) -> None:
    first = student.report("The heating knocks.")["id"]
    latest = imported(api, student, str(first))
    mention = student.report(f"As in {first}: it knocks.")["id"]
    for sort in ("-opened_at", "opened_at", "-priority", "modified_at"):
        assert agent.list_ids(q=str(first), sort=sort)[:2] == [first, latest]
    assert set(agent.list_ids(q=str(first))) == {first, latest, mention}
    assert agent.list_ids(q=f"#{first}") == [first]
    assert agent.list_ids(q=str(first), requester=student.person_id, status="closed") == []


def test_it_is_shown_unless_the_import_made_it_up(student: Visitor, by_old_number: dict[str, int]) -> None:
    assert student.read(by_old_number["INC-4711"])["external_number"] == "INC-4711"
    assert student.read(by_old_number[MADE_UP])["external_number"] is None
    assert student.read(by_old_number["mention"])["external_number"] is None
    assert {ticket["external_number"] for ticket in done(student.get("/tickets"))["items"]} > {"INC-47110", None}


def test_no_client_sets_it(student: Visitor, agent: Visitor, by_old_number: dict[str, int]) -> None:
    assert student.post("/tickets", json={"description": "x", "external_number": "1"}).status_code == 422
    changed = agent.patch(f"/tickets/{by_old_number['INC-4711']}", json={"version": 1, "external_number": "1"})
    assert changed.status_code == 422


def test_who_may_not_read_it_does_not_find_it(
    api: Api, student: Visitor, other_student: Visitor, admin: Visitor
) -> None:
    hidden = imported(api, student, "HR-17")
    admin.edit(hidden, is_confidential=True)
    assert student.list_ids(q="hr-17") == [hidden]
    assert other_student.list_ids(q="hr-17") == []


def test_it_is_looked_up_in_its_index(api: Api, by_old_number: dict[str, int]) -> None:
    """Whatever the planner thinks of so few tickets: it can."""
    with psycopg.connect(libpq_url(api.database_url)) as connection:
        connection.execute("SET enable_seqscan = off")
        asked = "SELECT id FROM ticket WHERE lower(source_id) LIKE lower('INC-47%') AND source_id !~ "
        plan = connection.execute(f"EXPLAIN {asked} '{MADE_UP_ID}'".encode()).fetchall()
    assert "ix_ticket_external_number" in str(plan)
    assert "~>=~" in str(plan)
