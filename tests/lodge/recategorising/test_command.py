"""`lodge recategorise` as it is typed, and killed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lodge.recategorising.recategorising import BATCH
from tests.lodge.command import ROOT, lodge, lodge_program
from tests.lodge.recategorising.conftest import WIFI, Desk
from tests.lodge.waiting import wait_until

COMMAND = [sys.executable, "-m", "lodge.main", "recategorise"]
MANY = 8 * BATCH + 10
OTHERS = """
SELECT FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


@pytest.fixture
def place(desk: Desk, tmp_path: Path) -> dict[str, str]:
    return {"LODGE_DATABASE_URL": desk.url, "LODGE_HOME": str(tmp_path), "LODGE_TIMEZONE": "Europe/Rome"}


def test_what_people_chose_needs_a_yes(desk: Desk, place: dict[str, str]) -> None:
    desk.add(WIFI, "services-complaints", "staff")
    assert lodge("recategorise", **place).stdout.splitlines()[-2:] == [
        "There is nothing to look at.",
        "1 ticket has a category that people chose; with --all it is looked at too.",
    ]
    refused = lodge("recategorise", "--all", answer="n\n", **place)
    assert (refused.exit_code, desk.places()) == (1, [("services-complaints", "staff")])
    assert "staff of 1. Change them too?" in refused.stdout
    assert lodge("recategorise", "--all", "--yes", **place).exit_code == 0
    assert desk.places() == [("technical-it", "predicted")]


def test_the_example_of_the_quick_start(desk: Desk, place: dict[str, str]) -> None:
    """The documented import leaves something to predict; what is left then is told with the option that includes it."""
    page = (ROOT / "docs" / "quick-start.md").read_text("utf-8")
    for command in ("lodge import", "lodge recategorise"):
        found = re.search(
            rf"^\.venv/bin/{command}([^\n]*)\n```\n[^`]+?```text\n(.+?)```", page, re.MULTILINE | re.DOTALL
        )
        assert found is not None
        done = lodge(*command.split()[1:], *found[1].split(), **place)
        assert told(done.stdout)[-len(told(found[2])) :] == told(found[2])
    assert lodge("recategorise", **place).stdout.splitlines()[-3:] == [
        "There is nothing to look at.",
        "5 tickets have the category that an import named; with --imported they are looked at too.",
        "1 ticket has a category that the present model has predicted; with --again it is looked at too.",
    ]


def told(text: str) -> list[str]:
    """Returns the lines, each with its words only, because a table is as wide as the terminal. The import's number may
    be any."""
    return [" ".join(re.findall(r"[\w-]+", re.sub(r"(import|undo) \d+", r"\1 1", line))) for line in text.splitlines()]


def test_a_day_begins_at_the_campus(desk: Desk, place: dict[str, str]) -> None:
    """On the second of March in Rome, which is the first in Greenwich for an hour."""
    for moment in ("2026-03-01 22:59:00Z", "2026-03-01 23:00:00Z"):
        desk.rows(
            "UPDATE ticket SET opened_at = %s, modified_at = %s WHERE id = %s RETURNING id",
            [moment, moment, desk.add(WIFI, "services-complaints", "default")],
        )
    done = lodge("recategorise", "--since", "2026-03-02", **place)
    assert "1 ticket looked at: 1 moved." in done.stdout
    assert desk.places() == [("services-complaints", "default"), ("technical-it", "predicted")]
    assert lodge("recategorise", "--since", "yesterday", **place).exit_code == 2


def test_killed_it_loses_a_batch_at_most_and_goes_on(desk: Desk, place: dict[str, str]) -> None:
    desk.add(WIFI, "services-complaints", "default")
    copied = "stage_id, category_id, category_by, requester_id, opened_at, modified_at"
    desk.rows(
        f"INSERT INTO ticket (title, description, status, {copied}) "
        f"SELECT title || n, description || n, status, {copied} FROM ticket, generate_series(2, {MANY}) AS n "
        "RETURNING id"
    )
    done = "SELECT count(*) FROM ticket WHERE category_by = 'predicted'"
    with subprocess.Popen(COMMAND, cwd=ROOT, env=os.environ | place, stdout=subprocess.DEVNULL) as process:
        wait_until(lambda: desk.rows(done) > [(0,)], "the first batch", seconds=120)
        process.kill()
    # The server may still be at its last commit.
    wait_until(lambda: desk.rows(OTHERS) == [], "nobody else in the database")
    ((before,),) = desk.rows(done)
    assert before % BATCH == 0
    assert f"{MANY - before:,} tickets looked at" in lodge_program("recategorise", **place).stdout
    consistent = (
        "SELECT count(*), count(DISTINCT e.ticket_id) FROM ticket_event e JOIN ticket_prediction USING (ticket_id)"
    )
    assert desk.rows(consistent) == [(MANY, MANY)]
    assert desk.rows("SELECT DISTINCT category_by, version FROM ticket") == [("predicted", 2)]
