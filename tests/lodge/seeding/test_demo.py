"""`lodge up --demo`: something to look at, with a lively present day."""

from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest

from data_api.files.judging import judge
from data_api.files.kinds import extension_of
from data_api.files.storage import FolderStorage
from lodge.seeding import demo
from lodge.seeding.attached import OF_ANSWERS, OF_NOTES, OF_REPORTS
from tests.lodge.seeding.invariants import INVARIANTS
from tests.support.databases import cloned_database

MONDAY_MORNING = datetime(2026, 11, 23, 10, 30, 12, tzinfo=UTC)
SUNDAY_NIGHT = datetime(2026, 8, 16, 23, 50, tzinfo=UTC)

# How many recent reports of one problem in one building have not been solved, and were confirmed by others.
ALIKE = """
    SELECT count(*) FROM ticket WHERE title ~ 'WiFi|WLAN' AND opened_at > %s AND status <> 'closed' AND reports > 2
    GROUP BY category_id, building_id ORDER BY count(*) DESC LIMIT 1"""


# What whoever signs in as an agent, without a name, has worked in this week.
OWN_WEEK = """
SELECT count(*) FROM time_entry JOIN person ON person.id = person_id, (SELECT %s::date AS today) AS now
WHERE entry_key = 'agent' AND day BETWEEN date_trunc('week', today) AND today
"""


@dataclass(frozen=True)
class Demo:
    url: str
    now: datetime
    said: str
    storage: FolderStorage


@pytest.fixture(scope="module", params=[MONDAY_MORNING, SUNDAY_NIGHT], ids=["Monday morning", "Sunday night"])
def shown(
    request: pytest.FixtureRequest, postgres_url: str, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demo]:
    """A desk filled at that moment, for tests that leave it so."""
    storage = FolderStorage(tmp_path_factory.mktemp("files"))
    with cloned_database(postgres_url, template_database) as url:
        with redirect_stdout(StringIO()) as said:
            demo(url, now=request.param, storage=storage)
        yield Demo(url, request.param, said.getvalue(), storage)


def one(url: str, query: str, values: list[Any] | None = None) -> Any:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode(), values).fetchone()
        return row[0] if row else None


def test_there_is_something_in_every_corner(shown: Demo) -> None:
    url = shown.url
    assert one(url, "SELECT count(*) FROM ticket") == 300
    assert 20 < one(url, "SELECT count(*) FROM ticket WHERE status <> 'closed'") < 80
    assert one(url, "SELECT count(*) FROM ticket WHERE status = 'open'") >= 2
    assert one(url, "SELECT count(*) FROM ticket WHERE waits_for = 'desk'") >= 5
    assert one(url, "SELECT count(*) FROM ticket WHERE waits_for = 'requester'") >= 5
    lately = [shown.now - timedelta(hours=10)]
    assert one(url, "SELECT count(*) FROM ticket WHERE opened_at > %s", lately) >= 10
    assert one(url, "SELECT count(*) FROM message WHERE created_at > %s", lately) >= 5
    assert one(url, "SELECT count(*) FROM ticket WHERE closed_at > %s", lately) >= 1
    assert one(url, "SELECT count(*) FROM ticket WHERE modified_at > %s", [shown.now]) == 0
    assert one(url, ALIKE, lately) >= 3
    assert one(url, "SELECT count(*) FROM message_mention WHERE seen_at IS NULL") == 1
    assert one(url, "SELECT count(*) FROM canned_reply WHERE language = 'de'") == 3
    assert one(url, "SELECT count(DISTINCT canned_reply_id) FROM canned_reply_use") >= 9
    assert one(url, "SELECT count(*) FROM message WHERE body ~ '\\{[a-z]+\\}'") == 0
    assert one(url, "SELECT count(*) FROM message_mention JOIN person ON person.id = person_id") == 3
    assert one(url, "SELECT count(*) FROM tag_use") > 10
    assert one(url, OWN_WEEK, [shown.now.date()]) >= 3
    broken = [rule for rule in INVARIANTS if one(url, f"SELECT count(*) FROM ({INVARIANTS[rule]}) AS broken")]
    assert broken == []


def test_people_have_teams_and_one_role_is_the_campuss_own(shown: Demo) -> None:
    url = shown.url
    assert one(url, "SELECT count(DISTINCT team_id) FROM person") == one(url, "SELECT count(*) FROM team") == 3
    assert one(url, "SELECT count(*) FROM role WHERE NOT is_built_in") == 1
    agents = "SELECT count(*) FROM person WHERE 'agent' = ANY (roles) AND {}"
    assert one(url, agents.format("NOT (capacity > 0 AND team_id > 0)")) == 0
    assert one(url, agents.format("'dispatcher' = ANY (roles)")) == 3
    assert one(url, agents.format("NOT EXISTS (SELECT FROM person_expertise WHERE person_id = person.id)")) == 0


def test_new_tickets_are_assigned_by_rules(shown: Demo) -> None:
    url = shown.url
    assert one(url, "SELECT array_agg(is_on ORDER BY position) FROM assignment_rule") == [True, True, False]
    empty = "SELECT count(*) FROM assignment_rule WHERE cardinality(category_ids || building_ids) = 0 AND query IS NULL"
    assert one(url, empty) == 0
    assert one(url, "SELECT cardinality(building_ids) FROM assignment_rule WHERE position = 2") == 2
    agents = "SELECT count(*) FROM person WHERE 'agent' = ANY (roles) AND {}"
    assert one(url, agents.format("working_hours IS NULL")) == 3
    assert one(url, agents.format("NOT EXISTS (SELECT FROM person_building WHERE person_id = person.id)")) == 0


def test_tickets_stand_in_the_queues_of_teams(shown: Demo) -> None:
    url = shown.url
    of_teams = "SELECT count(*) FROM ticket WHERE team_id > 0 AND status <> 'closed' AND {}"
    assert one(url, of_teams.format("assignee_id > 0")) > 10
    assert one(url, of_teams.format("assignee_id IS NULL")) >= 2
    assert one(url, "SELECT count(*) FROM ticket WHERE team_id IS NULL AND status = 'open'") >= 1
    mostly = """
        SELECT count(*) FILTER (WHERE person.team_id = ticket.team_id) * 100 / count(*)
        FROM ticket JOIN person ON person.id = ticket.assignee_id WHERE ticket.team_id > 0"""
    assert 80 < one(url, mostly) < 100


def test_reports_answers_and_notes_have_files(shown: Demo) -> None:
    url = shown.url
    names = "SELECT array_agg(DISTINCT name ORDER BY name) FROM attachment"
    assert one(url, names) == [
        "ceiling.jpg",
        "lift.jpg",
        "no-connection.png",
        "spare-part.pdf",
        "wifi-in-three-steps.txt",
    ]
    for_staff = "SELECT bool_and(is_internal) FROM attachment JOIN message m ON m.id = message_id WHERE name ~ 'spare'"
    assert one(url, for_staff)
    assert not one(url, "SELECT bool_or(is_confidential) FROM attachment JOIN ticket ON ticket.id = ticket_id")
    contents = one(url, "SELECT array_agg(encode(content_hash, 'hex')) FROM attachment")
    small = one(url, "SELECT array_agg(encode(thumbnail_hash, 'hex')) FROM attachment WHERE name ~ 'jpg|png'")
    assert all(map(shown.storage.has, [*contents, *small]))
    sizes = one(url, "SELECT array_agg(size) FROM attachment")
    assert [shown.storage.size(name) for name in contents] == sizes


def test_what_was_drawn_would_be_taken_as_an_upload(tmp_path: Path) -> None:
    for file in (*OF_REPORTS.values(), OF_ANSWERS, OF_NOTES):
        path = tmp_path / file.name
        path.write_bytes(file.make())
        assert judge(path, extension_of(file.name)).kind is file.kind


def test_a_desk_with_tickets_stays_as_it_is(shown: Demo) -> None:
    changes = one(shown.url, "SELECT count(*) FROM change")
    demo(shown.url, now=shown.now)
    assert one(shown.url, "SELECT count(*) FROM ticket") == 300
    assert one(shown.url, "SELECT count(*) FROM change") == changes


def test_it_says_nothing_unasked(shown: Demo) -> None:
    assert shown.said == ""
