"""The oldest server that LODGE_DATABASE_URL may name: migrations, the API's core, the change feed."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from data_api.migrate import upgrade
from lodge.account import Account, server_account
from lodge.cluster import server_environment
from service_kit.change_feed import ChangeFeed
from tests.support.api import done, running_api
from tests.support.live import listen
from tests.support.suggestions import suggested

BINARIES = Path("/usr/lib/postgresql/15/bin")
SETTINGS = "-c listen_addresses='' -c fsync=off -c autovacuum=off -c unix_socket_directories="

pytestmark = pytest.mark.skipif(not (BINARIES / "postgres").exists(), reason="PostgreSQL 15 is not installed")


def run(account: Account | None, *command: str) -> None:
    arguments = account.popen_arguments() if account else {}
    subprocess.run(command, check=True, capture_output=True, env=server_environment(), cwd="/", **arguments)


@pytest.fixture(scope="module")
def old_server_url() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="pg15-"))
    account = server_account(folder)
    if account:
        shutil.chown(folder, account.uid, account.gid)
    data = folder / "data"
    run(account, str(BINARIES / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N")
    control = [str(BINARIES / "pg_ctl"), "-D", str(data), "-w"]
    run(account, *control, "-o", f"{SETTINGS}{folder}", "-l", str(folder / "log"), "start")
    yield f"postgresql://postgres@/postgres?host={folder}"
    run(account, *control, "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)  # the last of its processes may still be ending


def test_a_whole_desk_runs_on_it(old_server_url: str) -> None:
    upgrade(old_server_url)
    with running_api(old_server_url) as api, psycopg.connect(old_server_url) as reader:
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


def test_words_suggest_a_category_without_pgvector(old_server_url: str) -> None:
    """Similar reports are off there, and said to be; all else goes on."""
    upgrade(old_server_url)
    with running_api(old_server_url) as api:
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
