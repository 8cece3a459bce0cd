"""Checks automatic assignments against a calculation of its own, which shares no code with the data API: it reads what
was decided, in the order in which it was decided, and says of each ticket who should have got it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, LiteralString
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

PEOPLE: LiteralString = """
SELECT person.id, team.slug AS team, capacity, away_from, away_until,
       ARRAY(SELECT lower(span) / 1440 || ' ' || lower(span) %% 1440 || ' ' || upper(span) - lower(span)
             FROM unnest(working_hours) AS span) AS spans, working_hours IS NULL AS always,
       ARRAY(SELECT category_id FROM person_expertise WHERE person_id = person.id) AS categories,
       ARRAY(SELECT building_id FROM person_building WHERE person_id = person.id) AS buildings
FROM person JOIN team ON team.id = person.team_id
WHERE deactivated_at IS NULL AND roles && ARRAY['agent', 'manager', 'admin']::varchar[]
"""
RULES: LiteralString = """
SELECT position, category_ids, building_ids, priorities, words, confidential, team.slug AS team
FROM assignment_rule JOIN team ON team.id = team_id WHERE is_on ORDER BY position
"""
TICKETS: LiteralString = """
SELECT ticket.id, title || ' ' || ticket.description AS text, category_id, building_id, priority, is_confidential,
       opened_at, assignee_id, team.slug AS team, assigned_because,
       (SELECT min(occurred_at) FROM ticket_event WHERE ticket_id = ticket.id AND reason IS NOT NULL) AS decided_at
FROM ticket LEFT JOIN team ON team.id = team_id WHERE ticket.id > %s ORDER BY ticket.id
"""
BEFORE: LiteralString = """
SELECT assignee_id, count(*) FILTER (WHERE status <> 'closed') AS load, max(opened_at) AS last
FROM ticket WHERE id <= %s AND assignee_id IS NOT NULL GROUP BY assignee_id
"""

Facts = dict[str, Any]


@dataclass
class Verdict:
    """`faults`: what is not as it should be, in sentences. `assigned`, `queued`, `unmatched`: how many tickets went to
    a person, to a team's queue, or nowhere. `spread`: the largest difference of loads among those who were free, in
    teams in which nobody has an expertise."""

    faults: list[str] = field(default_factory=list)
    assigned: int = 0
    queued: int = 0
    unmatched: int = 0
    spread: int = 0


class Oracle:
    """Knows the desk as it is when this is made, and judges the tickets that were reported later. Nothing but reports
    may have happened between."""

    def __init__(self, database_url: str, campus_zone: ZoneInfo) -> None:
        self.database_url = database_url
        self.zone = campus_zone
        self.last_id: int = self._rows("SELECT coalesce(max(id), 0) AS id FROM ticket")[0]["id"]
        self.rules = self._rows(RULES)
        self.teams: dict[str, list[Facts]] = defaultdict(list)
        for person in self._rows(PEOPLE):
            self.teams[person["team"]].append(person)
        self.load: dict[int, int] = defaultdict(int)
        self.last: dict[int, datetime] = {}
        for row in self._rows(BEFORE, self.last_id):
            self.load[row["assignee_id"]], self.last[row["assignee_id"]] = row["load"], row["last"]

    def judge(self) -> Verdict:
        verdict = Verdict()
        tickets = self._rows(TICKETS, self.last_id)
        for ticket in tickets:
            if ticket["decided_at"] is None:
                verdict.unmatched += 1
                verdict.faults += self._unmatched(ticket)
        # Of two decisions in one team, the later one knew the earlier one.
        for ticket in sorted((one for one in tickets if one["decided_at"]), key=lambda one: one["decided_at"]):
            verdict.faults += self._replay(ticket, verdict)
        return verdict

    def _unmatched(self, ticket: Facts) -> Iterator[str]:
        if rule := self._rule_of(ticket):
            yield f"ticket {ticket['id']} fits rule {rule['position']} and was not assigned"
        if ticket["assignee_id"] or ticket["team"] or ticket["assigned_because"]:
            yield f"ticket {ticket['id']} fits no rule and went to somebody"

    def _replay(self, ticket: Facts, verdict: Verdict) -> list[str]:
        rule, at = self._rule_of(ticket), ticket["decided_at"].astimezone(self.zone)
        if rule is None or rule["team"] != ticket["team"]:
            return [f"ticket {ticket['id']} is in {ticket['team']}, but its rule is {rule and rule['position']}"]
        present = [person for person in self.teams[rule["team"]] if is_present(person, at)]
        able = [person for person in present if self._has_room(person)]
        knowing = [
            person
            for person in able
            if ticket["category_id"] in person["categories"] or ticket["building_id"] in person["buildings"]
        ]
        ordered = sorted(knowing or able, key=self._order)
        expected, got = (ordered[0]["id"] if ordered else None), ticket["assignee_id"]
        verdict.assigned += got is not None
        verdict.queued += got is None
        if got is not None:
            self.load[got] += 1
            self.last[got] = max(ticket["opened_at"], self.last.get(got, ticket["opened_at"]))
            verdict.spread = max(verdict.spread, self._spread(rule["team"], able))
        because = ticket["assigned_because"] or {}
        outcome = "nobody-free" if got is None else "assigned"
        is_told = (because.get("rule"), because.get("outcome")) == (rule["position"], outcome)
        return [
            *([f"ticket {ticket['id']}: {got} got it, {expected} should have"] if got != expected else []),
            *([] if is_told else [f"ticket {ticket['id']} says {because}"]),
        ]

    def _spread(self, team: str, able: Sequence[Facts]) -> int:
        if any(person["categories"] or person["buildings"] for person in self.teams[team]):
            return 0
        loads = [self.load[person["id"]] for person in able]
        return max(loads, default=0) - min(loads, default=0)

    def _rule_of(self, ticket: Facts) -> Facts | None:
        return next((rule for rule in self.rules if fits(rule, ticket)), None)

    def _has_room(self, person: Facts) -> bool:
        return person["capacity"] is None or self.load[person["id"]] < person["capacity"]

    def _order(self, person: Facts) -> tuple[int, float, int]:
        last = self.last.get(person["id"])
        return self.load[person["id"]], last.timestamp() if last else float("-inf"), person["id"]

    def _rows(self, statement: LiteralString, *values: Any) -> Sequence[Facts]:
        with psycopg.connect(self.database_url, row_factory=dict_row) as connection:
            return connection.execute(statement, values).fetchall()


def fits(rule: Facts, ticket: Facts) -> bool:
    """Words are compared in lower case; a word of three letters or more may be the beginning of a longer one."""
    if rule["confidential"] == ("only" if not ticket["is_confidential"] else "never"):
        return False
    wanted = {"category_id": "category_ids", "building_id": "building_ids", "priority": "priorities"}
    if any(rule[listed] and ticket[column] not in rule[listed] for column, listed in wanted.items()):
        return False
    return not rule["words"] or any(_holds(ticket["text"], entry) for entry in rule["words"])


def _holds(text: str, entry: str) -> bool:
    said = re.findall(r"\w+", text.lower())
    return all(
        any(word.startswith(wanted) if len(wanted) >= 3 else word == wanted for word in said)
        for wanted in re.findall(r"\w+", entry.lower())
    )


def is_present(person: Facts, at: datetime) -> bool:
    """Whether the person is not away, and works at this moment by the clock on the campus."""
    first, last = person["away_from"], person["away_until"]
    if (first or last) and (first or date.min) <= at.date() <= (last or date.max):
        return False
    if person["always"]:
        return True
    minutes = at.weekday() * 24 * 60 + at.hour * 60 + at.minute
    spans = [tuple(map(int, span.split())) for span in person["spans"]]
    return any(day * 1440 + start <= minutes < day * 1440 + start + length for day, start, length in spans)
