"""A search looks near first, then by the rarest word or by all of them: each way finds the same."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from contracts.desk import StudentsSee
from contracts.tickets import TicketQuery, TicketSort
from data_api.access.actor import find_actor
from data_api.tickets import list_repository
from data_api.tickets.list_repository import TicketListRepository
from data_api.tickets.list_statements import page_statement, rare_statement
from tests.support.api import Api, Visitor

WORDS = ("lift", "stuck", "library", "again")
# Twenty tickets, each with the words of its number's bits.
TEXTS = [" ".join(["Report", *(word for bit, word in enumerate(WORDS) if number >> bit & 1)]) for number in range(20)]


@pytest.fixture(scope="module")
def numbers(student: Visitor) -> list[int]:
    return [student.report(text)["id"] for text in TEXTS]


def lists_of(database: Session) -> TicketListRepository:
    return TicketListRepository(database, database.get_bind().engine, ZoneInfo("UTC"))


@pytest.mark.parametrize("walked", [1, 7, 5_000])
@pytest.mark.parametrize("rare", [-1, 3, 10_000])
@pytest.mark.parametrize(
    "typed", ["lift", "lift stuck", "stuck lift again", "library report", "lift nothing", "report"]
)
@pytest.mark.parametrize("sort", [TicketSort.OPENED_LAST, TicketSort.OPENED_FIRST])
def test_every_way_finds_the_same(
    api: Api,
    agent: Visitor,
    database: Session,
    numbers: list[int],
    monkeypatch: pytest.MonkeyPatch,
    walked: int,
    rare: int,
    typed: str,
    sort: TicketSort,
) -> None:
    monkeypatch.setattr(list_repository, "WALKED", walked)
    monkeypatch.setattr(list_repository, "RARE", rare)
    expected = [
        number for number, text in zip(numbers, TEXTS, strict=True) if set(typed.split()) <= set(text.lower().split())
    ]
    actor = find_actor(database, agent.token, "request", StudentsSee.ALL)
    assert actor is not None
    query = TicketQuery(q=typed, sort=sort, limit=50)
    asked = lists_of(database).asked(actor, query, [])
    found = [position[-1] for position in asked.positions()]
    assert found == (expected if sort is TicketSort.OPENED_FIRST else expected[::-1])
    assert asked.count(0) == (len(expected), False)


@pytest.mark.parametrize("typed", ["lift", "वे लिफ्ट", "น้ำ", "ห้องน้ำชั้นสอง"])
def test_what_is_rare_is_looked_up_in_the_index_of_words(
    agent: Visitor, database: Session, numbers: list[int], typed: str
) -> None:
    actor = find_actor(database, agent.token, "request", StudentsSee.ALL)
    assert actor is not None
    asked = lists_of(database).asked(actor, TicketQuery(q=typed), [])
    statement = rare_statement(asked.shape, by_one_word=False).compile(database.connection())
    database.execute(text("SET LOCAL enable_seqscan = off"))
    plan = database.connection().exec_driver_sql(f"EXPLAIN {statement}", statement.construct_params(asked.values))
    assert "ix_ticket_search" in "\n".join(line for (line,) in plan)


def test_old_closed_tickets_are_not_walked_to(agent: Visitor, database: Session, numbers: list[int]) -> None:
    """Those that were changed late are found in their index, and all others where they were closed."""
    actor = find_actor(database, agent.token, "request", StudentsSee.ALL)
    assert actor is not None
    query = TicketQuery(closed_before=datetime(2020, 1, 1, tzinfo=UTC), sort=TicketSort.MODIFIED_LAST)
    asked = lists_of(database).asked(actor, query, [])
    statement = page_statement(asked.shape).compile(database.connection())
    database.execute(text("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off"))
    plan = database.connection().exec_driver_sql(f"EXPLAIN {statement}", statement.construct_params(asked.values))
    lines = "\n".join(line for (line,) in plan)
    assert "ix_ticket_changed_late" in lines
    assert "'168:00:00'" in lines, "a bound of the order"


def test_people_are_looked_up_in_the_index_of_their_names(database: Session) -> None:
    database.execute(text("SET LOCAL enable_seqscan = off"))
    asked = "EXPLAIN SELECT id FROM person WHERE lodge_search(name) @@ CAST(:terms AS tsquery)"
    assert "ix_person_search" in "\n".join(database.scalars(text(asked), {"terms": "'mia':*"}))
