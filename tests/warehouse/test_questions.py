"""The questions of the data dictionary, asked of a replica."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.following import USUAL, Following, following
from tests.warehouse.rows import fill
from warehouse.questions import ALL_QUESTIONS, Question
from warehouse.tables import Definition

STAGES = """
INSERT INTO ticket_event (ticket_id, kind, from_value, to_value, actor_id, occurred_at)
SELECT id, kind, was, became, 2, opened_at + make_interval(hours => hours)
FROM ticket, (
    VALUES ('stage', 'new', 'in-progress', 2), ('stage', 'in-progress', 'done', 5),
           ('status', 'active', 'closed', 5), ('status', 'closed', 'active', 6)
) AS line (kind, was, became, hours)
WHERE id % 3 = 2
"""


@pytest.fixture(scope="module")
def desk(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Following]:
    folder: Path = tmp_path_factory.mktemp("warehouse")
    with following(module_database_url, folder, Definition("UTC", with_text=True)) as running:
        fill(running)
        running.sql(STAGES)
        running.sql("UPDATE ticket SET reports = 4 WHERE id = 7")
        running.sql("UPDATE message SET is_internal = false, author_role = 'agent'")
        running.sql("UPDATE ticket SET first_response_at = opened_at + interval '3 hours' WHERE id % 2 = 0")
        running.catch_up()
        yield running


def rows(desk: Following, words: str) -> list[dict[str, Any]]:
    """The answer to the one question whose title holds these words."""
    (question,) = [question for question in ALL_QUESTIONS if words in question.title]
    return [dict(row) for row in desk.replica.ask(question.sql, {}).table.to_pylist()]


@pytest.mark.parametrize("question", ALL_QUESTIONS, ids=lambda question: question.title)
def test_each_has_an_answer(desk: Following, question: Question) -> None:
    assert desk.replica.ask(question.sql, {}).table.num_rows > 0


def test_only_the_one_about_rooms_needs_text() -> None:
    with duckdb.connect() as database:
        database.execute("; ".join(USUAL.statements()))
        for question in ALL_QUESTIONS:
            if not question.needs_text:
                assert database.execute(question.sql).fetchall() in ([], [(0,)])
    assert [question.title for question in ALL_QUESTIONS if question.needs_text] == [
        "Which rooms have the most tickets?"
    ]


def test_the_answers_are_right(desk: Following) -> None:
    """Counted by hand: ticket n has category 1 + n % 2, is closed if n % 3 = 2, and confidential if n % 5 = 0."""
    numbers = range(1, 61)
    first = rows(desk, "until somebody answers")
    assert sum(row["tickets"] for row in first) == 60
    assert {row["median_hours"] for row in first} == {3.0, None}
    assert sum(row["answered"] for row in first) == 30

    assert {(row["closed"], row["reopened"], row["percent"]) for row in rows(desk, "opened again")} == {(10, 10, 100.0)}

    stages = {row["stage"]: (row["stays"], row["median_hours"]) for row in rows(desk, "in each stage")}
    assert list(stages.values()) == [(20, 3.0), (20, 2.0)]

    # Every third ticket has one message; those of id % 6 = 3 and % 6 = 0 are never closed (n % 3 = 0).
    assert {row["with_one_reply"] for row in rows(desk, "one reply")} == {0}
    assert {row["tickets"]: row["mean"] for row in rows(desk, "messages has a ticket")} == {30: 0.33}

    (requester,) = rows(desk, "again and again")
    assert (requester["requester_id"], requester["tickets"]) == (1, sum(n % 5 > 0 for n in numbers))

    places = rows(desk, "building, category and month")
    assert sum(value for row in places for value in row.values() if isinstance(value, int)) == 60

    closings = rows(desk, "each agent close")
    assert [(row["assignee_id"], row["closed"]) for row in closings if row["closed"]]
    assert sum(row["closed"] for row in closings) == sum(n % 3 == 2 and n % 5 > 0 for n in numbers)

    right = rows(desk, "categoriser right")
    worked_on = [n for n in numbers if n % 3 > 0]
    assert sum(row["predictions"] for row in right) == len(worked_on)
    is_right = [1 + n % 3 == 1 + n % 2 for n in worked_on]
    share = sum(row["predictions"] * row["percent"] for row in right) / len(worked_on)
    assert share == pytest.approx(100 * sum(is_right) / len(worked_on), abs=0.1)

    assert [(row["id"], row["reports"]) for row in rows(desk, "many people")] == [(7, 4)]

    tagged = sum(n % 4 == 1 and n % 5 > 0 for n in numbers)
    assert {row["tag"]: row["tickets"] for row in rows(desk, "tags are used")} == {"loud": tagged, "wifi": tagged}

    arrivals = Counter({(row["weekday"], row["hour"]): row["tickets"] for row in rows(desk, "weekday and hour")})
    assert arrivals.total() == 60
    assert arrivals[5, 9] == 1, "the first came on Friday, 27 March 2026, at 9"

    assert sum(row["tickets"] for row in rows(desk, "rooms")) == sum(n % 5 > 0 for n in numbers)
    assert [row["id"] for row in rows(desk, "nobody answered")] == [n for n in numbers if n % 3 < 2 and n % 2]


def test_the_backlog_of_a_week(desk: Following) -> None:
    backlog = rows(desk, "backlog")
    assert all(
        row["backlog"] == row["up_to_a_day"] + row["up_to_a_week"] + row["up_to_30_days"] + row["older"]
        for row in backlog
    )
    assert backlog[-1]["older"] == 40, "all that are not closed"
