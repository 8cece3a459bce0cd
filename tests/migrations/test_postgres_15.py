"""The oldest server that LODGE_DATABASE_URL may name: migrations, the API's core, the change feed."""

from collections.abc import Iterator

import psycopg
import pytest

from data_api.migrate import upgrade
from service_kit.change_feed import ChangeFeed
from tests.support.api import done, running_api
from tests.support.databases import cloned_database
from tests.support.live import listen
from tests.support.suggestions import suggested


@pytest.fixture(scope="module")
def old_url(postgres_15_url: str) -> Iterator[str]:
    """A database of its own there, by the server's socket, as the address of many a server is."""
    with cloned_database(postgres_15_url, "template1") as url:
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT current_setting('unix_socket_directories')").fetchone()
            assert row is not None
            place = connection.info
            by_socket = f"postgresql://{place.user}@/{place.dbname}?host={row[0]}&port={place.port}"
        yield by_socket


def test_a_whole_desk_runs_on_it(old_url: str) -> None:
    upgrade(old_url)
    with running_api(old_url) as api, psycopg.connect(old_url) as reader:
        assert api.sql("SHOW server_version_num")[0][0].startswith("15")
        feed = ChangeFeed(reader)
        student, agent = api.enter("student", "Mia"), api.enter("agent", "Ada")
        to_student = listen(student)[0]
        ticket_id = student.report("The lift is stuck/again", priority="high")["id"]
        note = agent.say(ticket_id, "note", is_internal=True)
        agent.say(ticket_id, "We come", reply_to=None)
        agent.edit(ticket_id, tags=["lift"], assignee=agent.person_id, stage="pending")
        student.say(ticket_id, "Thanks")
        agent.move(ticket_id, "closed")
        assert student.read(ticket_id)["status"] == "closed"
        assert agent.list_ids(q="again", status="closed", tag="lift", assignee="me") == [ticket_id]
        assert len(student.walk(f"/tickets/{ticket_id}/messages", limit=1)) == 2
        assert student.walk(f"/tickets/{ticket_id}/history", limit=2)[0]["kind"] == "opened"
        assert done(agent.get("/overview"))["closed_today"] == 1
        assert to_student.next() is not None
        lines = feed.read(1000).lines
        assert ("message", "insert", note["id"]) in [(line.table_name, line.op, line.row_id) for line in lines]
        assert {line.actor_id for line in lines} == {None, student.person_id, agent.person_id}


def test_words_suggest_a_category_without_pgvector(old_url: str) -> None:
    """Similar reports are off there, and said to be; all else goes on."""
    upgrade(old_url)
    with running_api(old_url) as api:
        assert api.sql("SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'") == [(0,)]
        health = done(api.get("/health"))
        assert (health["status"], health["checks"]["categories"]) == ("ok", "ok")
        assert health["checks"]["similar_reports"].startswith("off")
        student, other, agent = api.enter("student", "Mia"), api.enter("student", "Jonas"), api.enter("agent", "Ada")
        ticket_id = student.report("The lift is stuck between two floors")["id"]
        found = suggested(other, "The lift is stuck between two floors")
        assert (found["category"], found["similar"]) == ("facility-management", [])
        agent.edit(ticket_id, category="technical-it", title="The lift", building=None)
        agent.move(ticket_id, "active", "closed")
        assert suggested(other, "The lift\nThe lift is stuck between two floors")["category"] == "technical-it"
        assert done(other.get("/tickets/me-too"))["items"] == []
