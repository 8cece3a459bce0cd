"""Lists are counted up to ten thousand, and say so when there is more."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from contracts.desk import StudentsSee
from contracts.people import Role
from contracts.sessions import SessionCreate
from contracts.tickets import TicketQuery
from data_api.access.actor import find_actor
from data_api.credentials.repository import CredentialRepository
from data_api.kit.database import make_counting_engine
from data_api.sessions.repository import SessionRepository
from data_api.sessions.service import SessionService
from data_api.tickets import list_repository
from data_api.tickets.list_repository import TicketListRepository
from service_kit.settings import Settings
from tests.support.api import Api, Visitor, done

# Long ago: of young ones the background work would look at the words, and keep the machine busy.
MANY = """
INSERT INTO ticket (title, description, status, stage_id, category_id, requester_id, waits_for, opened_at, modified_at)
SELECT 'Bulk ' || n, 'common text', 'open', 1, CASE WHEN n <= 9990 THEN 1 ELSE 2 END, %s, 'desk', long_ago, long_ago
FROM generate_series(1, 10050) AS n, (SELECT now() - interval '1 month') AS old (long_ago)
"""


@pytest.fixture(scope="module", autouse=True)
def many(api: Api, student: Visitor) -> None:
    api.sql(MANY, student.person_id)
    api.sql("ANALYZE ticket")


def test_more_than_ten_thousand_are_capped(agent: Visitor) -> None:
    page = done(agent.get("/tickets", params={"limit": 1}))
    assert (page["total"], page["total_capped"]) == (10_000, True)


def test_less_is_counted_exactly(agent: Visitor) -> None:
    page = done(agent.get("/tickets", params={"limit": 1, "category": "technical-it"}))
    assert (page["total"], page["total_capped"]) == (60, False)


def test_the_count_travels_with_the_cursor(agent: Visitor) -> None:
    first = done(agent.get("/tickets", params={"limit": 5}))
    second = done(agent.get("/tickets", params={"limit": 5, "cursor": first["next_cursor"]}))
    assert (second["total"], second["total_capped"]) == (first["total"], first["total_capped"])


def test_a_count_that_takes_too_long_is_cut_short(
    database: Session, module_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its own limit, which is far below that of all other questions."""
    actor = find_actor(database, entered(database), "request", StudentsSee.ALL)
    assert actor is not None
    counting = make_counting_engine(module_database_url)
    monkeypatch.setattr(list_repository, "count_statement", lambda *_, **__: select(func.pg_sleep(60)))

    lists = TicketListRepository(database, counting, ZoneInfo("UTC"))
    assert lists.asked(actor, TicketQuery(), []).count(at_least=51) == (51, True)
    with counting.connect() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "50ms"
    counting.dispose()


def entered(database: Session) -> str:
    service = SessionService(SessionRepository(database), CredentialRepository(database), Settings(), None)
    return service.enter(SessionCreate(role=Role.ADMIN)).token
