"""Automatic assignment: whether 1,000 tickets of 20 people who report at once go to whom they should, and what it adds
to the time of a report."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, LiteralString
from uuid import uuid4
from zoneinfo import ZoneInfo

import psycopg

from benchmarks.assignment_oracle import Oracle, Verdict
from benchmarks.desk import as_json, enter
from benchmarks.figures import Figure
from benchmarks.http_load import Load, Operation, Server, run
from benchmarks.measure import Limits, Row, Samples
from benchmarks.services import running_data_api
from benchmarks.told import tell
from contracts.people import Role
from lodge.seeding import seed
from service_kit.database_url import libpq_url

SEEDED, REPORTS, REPORTERS, CAPACITY = 2_000, 1_000, 20, 40
ALL_AT_ONCE = Load(clients=REPORTERS, each=REPORTS // REPORTERS, seconds=600.0)
ONE_AFTER_ANOTHER = Load(clients=1, each=40, seconds=60.0)
ROUNDS = 6
# Reporting may take so much longer with rules than without.
MOST_TIMES = 1.15
PROBLEMS = (
    "The wireless network drops every few minutes in the reading room.",
    "A radiator in the lecture hall is cold since yesterday.",
    "The printer on the second floor asks for paper, and it is full.",
    "The lift stops between two floors and then goes on.",
    "Nobody answers the telephone of the registrar.",
    "The projector shows a blue picture.",
)
TEAMS = {"networks": 6, "buildings": 5, "desk": 7}
ADD_TEAM: LiteralString = "INSERT INTO team (slug, name) VALUES (%s, %s) RETURNING id"
ADD_PERSON: LiteralString = """
INSERT INTO person (name, roles, team_id, capacity, away_from, away_until, working_hours)
VALUES (%(name)s, ARRAY['agent'], %(team_id)s, %(capacity)s, %(away_from)s, %(away_until)s,
        CAST(%(working_hours)s AS int4multirange)) RETURNING id
"""
ADD_EXPERTISE: LiteralString = """
INSERT INTO person_expertise (person_id, category_id) SELECT %s, id FROM category ORDER BY id LIMIT 1
"""
ADD_RULE: LiteralString = """
INSERT INTO assignment_rule (position, name, is_on, category_ids, building_ids, priorities, words, query, confidential,
                             team_id)
SELECT %(position)s, %(name)s, true,
       ARRAY(SELECT id FROM category WHERE %(by_category)s ORDER BY id LIMIT 1),
       ARRAY(SELECT id FROM building WHERE %(by_building)s ORDER BY id LIMIT 2),
       %(priorities)s::smallint[], %(words)s::text[],
       (SELECT string_agg(array_to_string(lodge_terms(word, 3), ' & '), ' | ') FROM unnest(%(words)s::text[]) AS word)
           ::tsquery,
       %(confidential)s, team.id
FROM team WHERE slug = %(team)s
"""
RULE: dict[str, Any] = {
    "by_category": False,
    "by_building": False,
    "priorities": [],
    "words": [],
    "confidential": "never",
}


def measure_assignment(database_url: str, logs: Path, workers: int) -> tuple[list[Figure], list[Row]]:
    seed(database_url, SEEDED, 1)
    with psycopg.connect(libpq_url(database_url)) as connection:
        make_teams(connection)
        make_rules(connection)
    with running_data_api(database_url, logs, workers=workers) as url:
        reporters = [enter(url, Role.STUDENT, f"Assignment reporter {number}") for number in range(REPORTERS)]
        oracle = Oracle(libpq_url(database_url), ZoneInfo("UTC"))
        tell(f"assignment: {REPORTS:,} reports of {REPORTERS} people at once")
        operations = _reports(reporters, buildings_of(database_url))
        run(ALL_AT_ONCE, url, operations)
        verdict = oracle.judge()
        for fault in verdict.faults[:10]:
            tell(f"assignment: {fault}")
        row = _with_and_without_rules(database_url, url, operations)
    return figures_of(verdict), [row]


def figures_of(verdict: Verdict) -> list[Figure]:
    tickets = verdict.assigned + verdict.queued + verdict.unmatched
    return [
        _count("assignments that differ from the calculation", tickets, len(verdict.faults), at_most=0),
        _count("tickets that went to a person", tickets, verdict.assigned),
        _count("tickets left to a team's queue, nobody being free", tickets, verdict.queued),
        _count("largest difference of loads in a team", tickets, verdict.spread, at_most=2),
    ]


def make_teams(connection: psycopg.Connection, capacity: int = CAPACITY) -> None:
    """Makes teams in which some people are away, outside their working hours, limited in how many tickets they take, or
    know a category."""
    for slug, size in TEAMS.items():
        row = connection.execute(ADD_TEAM, [slug, slug.title()]).fetchone()
        assert row is not None
        for number in range(size):
            person = {"name": f"{slug} {number}", "team_id": row[0], **_what_is_known(slug, number, capacity)}
            added = connection.execute(ADD_PERSON, person).fetchone()
            assert added is not None
            if slug == "networks" and number < 2:
                connection.execute(ADD_EXPERTISE, [added[0]])


def _what_is_known(slug: str, number: int, capacity: int) -> dict[str, Any]:
    known: dict[str, Any] = dict.fromkeys(("capacity", "away_from", "away_until", "working_hours"))
    if slug == "desk":
        return known
    if number == 2:
        return known | {"away_from": datetime.now(UTC).date() - timedelta(days=3)}
    if number == 3:
        return known | {"working_hours": "{[0,1)}"}  # the first minute of Monday
    return known | {"capacity": capacity + number}


def make_rules(connection: psycopg.Connection) -> None:
    rules: list[dict[str, Any]] = [
        {"name": "Confidential", "confidential": "only", "team": "desk"},
        {"name": "Network words", "words": ["wireless network", "printer"], "team": "networks"},
        {"name": "A category", "by_category": True, "priorities": [2, 3], "team": "networks"},
        {"name": "Two buildings", "by_building": True, "team": "buildings"},
        {"name": "All that is not low", "priorities": [1, 2, 3], "team": "desk"},
    ]
    for position, rule in enumerate(rules, 1):
        connection.execute(ADD_RULE, RULE | rule | {"position": position})


def buildings_of(database_url: str) -> list[str | None]:
    with psycopg.connect(libpq_url(database_url)) as connection:
        return [None, *(slug for (slug,) in connection.execute("SELECT slug FROM building ORDER BY id LIMIT 4"))]


def report_of(chance: random.Random, buildings: list[str | None]) -> dict[str, Any]:
    """Returns a report that fits one of the rules, or none."""
    return {
        "description": chance.choice(PROBLEMS),
        "priority": chance.choice(["low", "normal", "high"]),
        "building": chance.choice(buildings),
        "is_confidential": chance.random() < 0.1,
    }


def _reports(reporters: list[Server], buildings: list[str | None]) -> Iterator[Operation]:
    chance = random.Random(54)
    for number in count():
        body = as_json(**report_of(chance, buildings))
        yield [reporters[number % len(reporters)].request("POST", "/tickets", body, f"Idempotency-Key: {uuid4().hex}")]


def _with_and_without_rules(database_url: str, url: str, operations: Iterator[Operation]) -> Row:
    """Measures reports without rules as small, with rules as large, in turns."""
    row = Row("report a ticket: without rules, with rules", Limits({50: 50}, ratio=MOST_TIMES), small=Samples())
    assert row.small is not None
    tell("assignment: reports without rules and with rules, in turns")
    with psycopg.connect(libpq_url(database_url)) as connection:
        connection.execute("UPDATE person SET capacity = NULL")
    for number in range(ROUNDS + 1):
        for samples, is_on in ((row.small, False), (row.large, True)):
            with psycopg.connect(libpq_url(database_url)) as connection:
                connection.execute("UPDATE assignment_rule SET is_on = %s", [is_on])
            taken = run(ONE_AFTER_ANOTHER, url, operations)
            if number:  # the first round warms up
                samples.add(taken)
    return row


def _count(name: str, of: int, value: int, at_most: float | None = None) -> Figure:
    return Figure(name, of, float(value), float(value), float(value), at_most=at_most)
