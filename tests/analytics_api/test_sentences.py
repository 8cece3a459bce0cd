"""The sentence of an answer says what is true: it names what was set, and leaves out what is not known yet."""

import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.analyses import AnalysisRead, Parameter, ParameterKind
from tests.support import rows
from tests.support.analytics import Analytics, running_analytics
from tests.support.api import Api, Visitor, done
from warehouse.catalogue import FOLDER

NOW = datetime.now(UTC)
Given = Mapping[str, int | str]
# As somebody may write it: its sentence names no parameter.
LATER = """/*
title: Reported
question: How many?
unit: tickets
excludes: Nothing.
sentence: format('{} reported.', count_text(max(tickets), 'ticket was', 'tickets were'))
chart: {mark: number, y: [tickets]}
columns:
  tickets: {title: Tickets, unit: tickets}
parameters:
  - {name: least, label: With a priority of at least, kind: integer, minimum: 0, maximum: 3, step: 1, default: 0}
  - {name: days, label: In the last, kind: integer, unit: days, minimum: 1, maximum: 9000, step: 1, default: 30}
  - {name: status, label: Status, kind: choice, options: [{value: open, label: Open}, {value: closed, label: Closed}]}
*/
SELECT count(*) AS tickets FROM ticket
WHERE priority >= $least::INTEGER AND opened_at > $as_of::TIMESTAMP - to_days($days::INTEGER)
  AND ($status::VARCHAR IS NULL OR status = $status::VARCHAR)
"""


@pytest.fixture(scope="module")
def analytics(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analytics]:
    """With an analysis more than Lodge has. 40 tickets of each of the last six months, all closed after 132 hours but
    for those of the newest two, of which every second is active."""
    folder: Path = tmp_path_factory.mktemp("analyses")
    for file in FOLDER.glob("*.sql"):
        shutil.copy(file, folder)
    (folder / "reported.sql").write_text(LATER)
    rows.person(api)
    rows.tickets(api, [ticket(months, number) for months in range(6) for number in range(40)])
    with running_analytics(api.database_url, api.url, tmp_path_factory.mktemp("home"), analyses=folder) as running:
        yield running


def month(back: int) -> datetime:
    """Noon on the first day of the month so many months ago."""
    first = NOW.replace(day=1, hour=12, minute=0, second=0, microsecond=0)
    for _ in range(back):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def ticket(months: int, number: int) -> rows.Row:
    # All that is closed was closed before today.
    opened_at = min(month(months), NOW - timedelta(days=7))
    is_closed = months > 1 or number % 2 == 0
    return {
        "status": "closed" if is_closed else "active",
        "category_id": 1 + number % 3,
        "priority": number % 4,
        "opened_at": opened_at,
        "closed_at": opened_at + timedelta(hours=132) if is_closed else None,
    }


def catalogue(analytics: Analytics, visitor: Visitor) -> list[AnalysisRead]:
    items = done(analytics.get("/analyses", headers=visitor.headers))["items"]
    return [AnalysisRead.model_validate(item) for item in items]


def sentence(analytics: Analytics, visitor: Visitor, slug: str, given: Given) -> str:
    values: dict[str, Any] = {**given}
    return str(analytics.ask(visitor, slug, **values)["sentence"])


def values_of(parameter: Parameter) -> list[int | str]:
    if parameter.kind is ParameterKind.CHOICE:
        return [option.value for option in parameter.options]
    assert parameter.minimum is not None
    assert parameter.maximum is not None
    return [*{parameter.minimum, parameter.minimum + 1, parameter.maximum, parameter.accepted or parameter.maximum}]


def test_every_parameter_that_is_set_is_named(analytics: Analytics, api: Api) -> None:
    """Of every analysis there is, and of one that is added."""
    manager, asked = api.enter("manager"), 0
    for analysis in catalogue(analytics, manager):
        for parameter in analysis.parameters:
            labels = {option.value: option.label for option in parameter.options}
            for value in values_of(parameter):
                if value == parameter.default:
                    continue
                said = sentence(analytics, manager, analysis.slug, {parameter.name: value})
                where = f"{analysis.slug}, {parameter.name}={value}: {said}"
                text = f"{value:,}" if isinstance(value, int) else labels[value]
                if value == 1:  # "in the last hour"
                    text = (parameter.unit or "1").split()[0].removesuffix("s")
                assert re.search(rf"(?<![\w,.]){re.escape(text)}(?![\w,])", said), where
                assert not re.search(r"\b1 (tickets|days|hours|months)\b", said), where
                asked += 1
    assert asked > 20


def test_a_set_parameter_is_said_before_what_was_counted(analytics: Analytics, analyst: Visitor) -> None:
    asked: dict[str, Given] = {
        "active-by-category": {"older_than": 20},
        "reported": {"least": 2, "days": 1, "status": "open"},
        "resolution-time-by-month": {"at_least": 100},
    }
    told = {slug: sentence(analytics, analyst, slug, given) for slug, given in asked.items()}
    assert re.match(
        r"Opened at least 20 days ago: \d+ tickets are active; the most, \d+, in ", told["active-by-category"]
    )
    assert told["reported"] == (
        "With a priority of at least 2, in the last 1 day, status “Open”: 0 tickets were reported."
    )
    assert told["resolution-time-by-month"] == "Months with at least 100 tickets: there is nothing to count."
    assert analytics.ask(analyst, "reported", days=9000)["sentence"].endswith("240 tickets were reported.")


def test_months_that_are_not_closed_yet_stay_out_of_the_sentence(analytics: Analytics, analyst: Visitor) -> None:
    answer = analytics.ask(analyst, "resolution-time-by-month")
    months = [f"{month(back):%Y-%m}" for back in reversed(range(6))]
    recent = sorted({f"{ticket(back, 0)['opened_at']:%Y-%m}" for back in (0, 1)})
    assert [row["month"] for row in answer["rows"]] == [name for name in months if name in {*months[:5], *recent}]
    assert answer["provisional"] == recent
    final = month(2)
    assert answer["sentence"] == (
        f"It took 5.5 days on average to close 160 tickets; for those opened in {final:%B %Y} it took 5.5 days."
    )
    assert all(set(row) == {"month", "tickets", "mean_hours"} for row in answer["rows"])


def test_a_category_of_which_nothing_is_final_says_so(analytics: Analytics, analyst: Visitor, api: Api) -> None:
    empty = rows.category(api, "Lost and found")
    for closed_at in (month(2), None):
        rows.ticket(
            api, category_id=empty, status="closed" if closed_at else "open", opened_at=month(3), closed_at=closed_at
        )
    answer = analytics.ask(analyst, "resolution-time-by-month", category="lost-and-found")
    assert answer["provisional"] == [row["month"] for row in answer["rows"]] == [f"{month(3):%Y-%m}"]
    assert answer["sentence"].startswith("Category “Lost and found”: ")
    assert "provisional" in answer["sentence"]


def test_the_window_ends_today(analytics: Analytics, analyst: Visitor) -> None:
    """Although nothing has happened on this day."""
    before = datetime.now(UTC).date().isoformat()
    answer = analytics.ask(analyst, "created-and-closed-by-day", days=7)
    assert before <= answer["rows"][-1]["day"] <= datetime.now(UTC).date().isoformat()
    assert answer["rows"][-1]["created"] == answer["rows"][-1]["closed"] == 0
    assert answer["sentence"].startswith("In the last 7 days, ")
