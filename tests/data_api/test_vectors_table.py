"""The table of vectors: made anew where an earlier version made it, written no more than needed, and kept tidy without
reading all of it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import numpy as np
import psycopg
import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from data_api.kit.database import make_engine
from data_api.models import Ticket
from data_api.similar.repository import SimilarRepository
from data_api.similar.tables import MAX_AGE, NOT_USABLE, VECTORS, SimilarReports, make_tables
from data_api.texts.encoder import DIMENSIONS, VERSION
from tests.lodge.waiting import wait_until
from tests.support import rows

COLUMNS = "SELECT attname FROM pg_attribute WHERE attrelid = 'ticket_vector'::regclass AND attnum > 0 ORDER BY attnum"
WAITING = "SELECT FROM pg_stat_activity WHERE {} = ANY (pg_blocking_pids(pid))"
ALIKE = np.full(DIMENSIONS, DIMENSIONS**-0.5, np.float32)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url, "-c lock_timeout=60000")  # who waits for a test on a busy machine waits long
    yield engine
    engine.dispose()


EARLIER = [
    "ALTER TABLE ticket_vector ADD category_id bigint NOT NULL",
    "COMMENT ON TABLE ticket_vector IS 'encoder 0'",
    f"COMMENT ON TABLE ticket_vector IS 'encoder {VERSION}'",  # with other starting texts
    "COMMENT ON TABLE ticket_vector IS NULL",
]


@pytest.mark.parametrize("change", EARLIER)
def test_a_table_that_an_earlier_version_made_is_made_anew(engine: Engine, change: str) -> None:
    with engine.begin() as connection:
        earlier = connection.exec_driver_sql("SELECT 'ticket_vector'::regclass::oid").scalar_one()
        connection.exec_driver_sql(change)
    make_tables(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql(COLUMNS).scalars().all() == VECTORS.c.keys()
        before = connection.exec_driver_sql("SELECT 'ticket_vector'::regclass::oid").scalar_one()
    assert before != earlier
    make_tables(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 'ticket_vector'::regclass::oid").scalar_one() == before


def test_where_pgvector_may_not_be_used_the_reason_says_so(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE ticket_vector")
        connection.exec_driver_sql("REVOKE CREATE ON SCHEMA public FROM pg_database_owner")
    similar_reports = SimilarReports()
    similar_reports.look(engine)
    assert similar_reports.why_off == f"{NOT_USABLE}: InsufficientPrivilege"
    assert not similar_reports.is_on
    with engine.begin() as connection:
        connection.exec_driver_sql("GRANT CREATE ON SCHEMA public TO pg_database_owner")
    similar_reports.look(engine)
    assert similar_reports.is_on


def test_tidying_reads_no_vector_that_stays(engine: Engine) -> None:
    asked: list[tuple[str, Any]] = []
    with Session(engine) as session:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
        SimilarRepository(session).delete_unneeded(datetime.now(UTC))
        deletes = list(asked)
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # an empty table would be read whole
        for statement, values in deletes:
            plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {statement}", values).scalars())
            assert "Seq Scan on ticket_vector" not in plan, plan
    assert deletes


@pytest.mark.parametrize("building", [None, 1])
def test_the_first_look_reads_an_index_only(engine: Engine, building: int | None) -> None:
    asked: list[tuple[str, Any]] = []
    with Session(engine) as session:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
        SimilarRepository(session).nearest(ALIKE, building, datetime.now(UTC), 0.45, 20)
        [(statement, values)] = asked
        for kind in ("seqscan", "bitmapscan"):  # an empty table would be read whole
            connection.exec_driver_sql(f"SET LOCAL enable_{kind} = off")
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {statement}", values).scalars())
    # The second look cannot be: no index holds the vectors.
    assert "Index Only Scan using" in plan, plan


def test_what_is_too_old_is_not_found_before_it_is_tidied(engine: Engine) -> None:
    ticket_id = add_ticket(engine)
    keep(engine, ticket_id)
    now = datetime.now(UTC)
    with Session(engine) as session:
        found = SimilarRepository(session).nearest(ALIKE, None, now - MAX_AGE, 0.45, 20)
        assert [one.ticket_id for one in found] == [ticket_id]
        assert SimilarRepository(session).nearest(ALIKE, None, now + MAX_AGE, 0.45, 20) == []


def add_ticket(engine: Engine) -> int:
    with engine.begin() as connection:
        return rows.ticket(
            connection, requester_id=rows.person(connection), building_id=rows.building(connection, "Wing")
        )


def sql(engine: Engine, statement: str) -> list[Any]:
    with engine.begin() as connection:
        return list(connection.exec_driver_sql(statement).all())


def keep(engine: Engine, ticket_id: int) -> None:
    with Session(engine) as session, session.begin():
        SimilarRepository(session).keep(ticket_id, ALIKE)


def test_of_what_becomes_confidential_meanwhile_no_vector_is_kept(engine: Engine, database_url: str) -> None:
    """Whoever edits a ticket holds it, and finds no vector to delete."""
    ticket_id = add_ticket(engine)
    with ThreadPoolExecutor(1) as pool, psycopg.connect(database_url) as editing:
        editing.execute("SELECT FROM ticket WHERE id = %s FOR UPDATE", [ticket_id])
        keeping = pool.submit(keep, engine, ticket_id)
        waiting = WAITING.format(editing.info.backend_pid)
        wait_until(lambda: bool(sql(engine, waiting)), "the vector waits for the ticket")
        editing.execute("UPDATE ticket SET is_confidential = true WHERE id = %s", [ticket_id])
        editing.commit()
        keeping.result()
    assert sql(engine, "SELECT ticket_id FROM ticket_vector") == []


def test_a_vector_is_written_when_its_building_changes_only(engine: Engine) -> None:
    ticket_id = add_ticket(engine)
    keep(engine, ticket_id)
    written = "SELECT xmin::text, building_id FROM ticket_vector"
    before = sql(engine, written)
    cases: list[tuple[str, Any, bool]] = [("status", "active", False), ("building_id", None, True)]
    for name, value, is_written in cases:
        with Session(engine) as session, session.begin():
            ticket = session.get_one(Ticket, ticket_id)
            setattr(ticket, name, value)
            SimilarRepository(session).place(ticket)
        assert (sql(engine, written) != before) is is_written
    assert [row.building_id for row in sql(engine, written)] == [None]
