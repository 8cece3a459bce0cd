"""Tries rules on the tickets of the last 30 days: who would have got what. Writes nothing."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from contracts.assignment import AssignmentReason
from contracts.assignment_rules import (
    MOST_TRIED,
    TRIED_DAYS,
    AssignmentRuleDraft,
    AssignmentTrial,
    AssignmentTry,
    TrialExamples,
    TriedPerson,
    TriedRule,
    TriedTeam,
    TriedTicket,
)
from contracts.people import PersonBrief
from contracts.teams import TeamBrief
from data_api.assignment.assigner import reason_of
from data_api.assignment.errors import RuleNotFound
from data_api.assignment.repository import Destination
from data_api.assignment.rule_repository import RuleRepository
from data_api.assignment.rule_service import stored_rule
from data_api.assignment.simulation import Colleague, Outcome, PastTicket, Replay
from data_api.assignment.trial_repository import TrialRepository, TriedColumns
from data_api.kit.paging import read_cursor, write_cursor
from data_api.models import AssignmentRule
from data_api.tickets.fields import PRIORITIES, brief
from service_kit.errors import InvalidInput

CURSOR = "assignment trial"
CAVEATS = [
    "Tickets are matched as they are now: their words, category, building, priority and whether they are confidential "
    "may have been changed since they were reported.",
    "Teams, working hours, capacities and expertise are those of today, and of absences only those are known that are "
    "entered now.",
    "Each ticket is taken to have been closed when it was closed in truth. At the beginning, people have the tickets "
    "that are assigned to them today and that they had then; tickets that were assigned by hand since are left out.",
    "Tickets for which staff chose a team or a person at once are tried too, although no rule is asked about these; "
    "tickets that were reopened are tried once.",
]


class Tried(NamedTuple):
    """A rule that is tried. `id` is None for one that is not stored."""

    columns: TriedColumns
    id: int | None
    name: str
    team_id: int


class Examined(NamedTuple):
    """A ticket, and what would have become of it; None if no rule fits."""

    ticket: PastTicket
    outcome: Outcome | None


class RuleTrial:
    def __init__(self, rules: RuleRepository, repository: TrialRepository, campus_zone: ZoneInfo) -> None:
        self.rules = rules
        self.repository = repository
        self.campus_zone = campus_zone

    def do(self, wish: AssignmentTry) -> AssignmentTrial:
        """Raises RuleNotFound, InvalidInput."""
        until, *after = read_cursor(CURSOR, wish.cursor, (datetime, datetime, int)) if wish.cursor else [_now()]
        self.since = until - timedelta(days=TRIED_DAYS)
        self.tried = self._given(wish) if wish.rules is not None else self._stored(wish.switch_on)
        self.names = self.repository.team_names()
        tickets = self.repository.tickets([rule.columns for rule in self.tried], self.since, until, MOST_TRIED)
        is_capped = len(tickets) > MOST_TRIED
        tickets = tickets[-MOST_TRIED:]
        self.people = {
            one.id: one
            for one in self.repository.colleagues({rule.team_id for rule in self.tried}, self._first(tickets))
        }
        self.replay = Replay(self.people.values(), {r.columns.number: r.team_id for r in self.tried}, self.campus_zone)
        outcomes = {outcome.ticket.id: outcome for outcome in self.replay.outcomes(tickets)}
        examined = [Examined(ticket, outcomes.get(ticket.id)) for ticket in tickets]
        return AssignmentTrial(
            opened_after=self.since,
            opened_before=until,
            tickets=len(tickets),
            is_capped=is_capped,
            **self._counts(list(outcomes.values())),
            examples=self._examples(wish, examined, until, after),
            caveats=CAVEATS,
        )

    # -- which rules ------------------------------------------------------------------------------------------------

    def _given(self, wish: AssignmentTry) -> list[Tried]:
        return [_tried(number, None, self._columns(number, draft)) for number, draft in enumerate(wish.rules or (), 1)]

    def _columns(self, number: int, draft: AssignmentRuleDraft) -> dict[str, Any]:
        try:
            return stored_rule(self.rules, draft.model_dump())
        except InvalidInput as error:
            raise error.within(f"rules.{number - 1}") from None

    def _stored(self, switched_on: Sequence[int]) -> list[Tried]:
        rules = [row.rule for row in self.rules.all()]
        for wanted in switched_on:
            if wanted not in {rule.id for rule in rules}:
                raise RuleNotFound(wanted)
        return [
            _tried(rule.position, rule.id, _columns_of(rule)) for rule in rules if rule.is_on or rule.id in switched_on
        ]

    def _first(self, tickets: Sequence[PastTicket]) -> datetime:
        return tickets[0].opened_at if tickets else self.since

    # -- what came of it --------------------------------------------------------------------------------------------

    def _counts(self, outcomes: Sequence[Outcome]) -> dict[str, Any]:
        fitting = Counter(one.ticket.rule for one in outcomes)
        assigned = [one for one in outcomes if one.choice.person_id is not None]
        by_rule, by_team = Counter(one.ticket.rule for one in assigned), Counter(one.team_id for one in assigned)
        people = Counter(one.choice.person_id for one in assigned)
        return {
            "fitting": len(outcomes),
            "assigned": len(assigned),
            "by_rule": [
                TriedRule(
                    number=rule.columns.number,
                    id=rule.id,
                    name=rule.name,
                    team=self._team(rule.team_id),
                    tickets=fitting[rule.columns.number],
                    assigned=by_rule[rule.columns.number],
                )
                for rule in self.tried
            ],
            "by_team": [
                TriedTeam(team=self._team(team_id), tickets=tickets, assigned=by_team[team_id])
                for team_id, tickets in Counter(one.team_id for one in outcomes).most_common()
            ],
            "by_person": [
                TriedPerson(
                    person=_person(person),
                    team=self._team(person.team_id),
                    tickets=people[person.id],
                    most_at_once=self.replay.most_at_once[person.id],
                )
                for person in sorted(self.people.values(), key=lambda one: (-people[one.id], one.name, one.id))
            ],
        }

    def _examples(
        self, wish: AssignmentTry, examined: Sequence[Examined], until: datetime, after: Sequence[Any]
    ) -> TrialExamples:
        wanted = [one for one in reversed(examined) if self._is_wanted(wish, one)]
        if after:
            wanted = [one for one in wanted if (one.ticket.opened_at, one.ticket.id) < tuple(after)]
        page, has_more = wanted[: wish.limit], len(wanted) > wish.limit
        shown = self.repository.shown([one.ticket.id for one in page])
        last = page[-1].ticket if has_more else None
        return TrialExamples(
            items=[self._example(one, shown[one.ticket.id]) for one in page if one.ticket.id in shown],
            next_cursor=write_cursor(CURSOR, [until, last.opened_at, last.id]) if last else None,
        )

    def _is_wanted(self, wish: AssignmentTry, one: Examined) -> bool:
        outcome = one.outcome
        if wish.rule is not None and wish.rule != (one.ticket.rule or 0):
            return False
        if wish.team is not None and (outcome is None or self.names[outcome.team_id][0] != wish.team):
            return False
        return wish.person is None or (outcome is not None and outcome.choice.person_id == wish.person)

    def _example(self, one: Examined, row: Any) -> TriedTicket:
        outcome = one.outcome
        person_id = outcome.choice.person_id if outcome else None
        return TriedTicket(
            id=row.id,
            title=row.title,
            opened_at=one.ticket.opened_at,
            category=row.category,
            building=row.building,
            priority=PRIORITIES[row.priority],
            is_confidential=row.is_confidential,
            rule=one.ticket.rule,
            team=self._team(outcome.team_id) if outcome else None,
            assignee=_person(self.people[person_id]) if person_id else None,
            because=self._reason(outcome) if outcome else None,
            assignee_now=brief(row.assignee_id, row.assignee_name),
        )

    def _reason(self, outcome: Outcome) -> AssignmentReason:
        rule = next(one for one in self.tried if one.columns.number == outcome.ticket.rule)
        destination = Destination(rule.team_id, *self.names[rule.team_id], rule.columns.number, rule.name)
        return reason_of(destination, outcome.choice)

    def _team(self, team_id: int) -> TeamBrief:
        slug, name = self.names[team_id]
        return TeamBrief(slug=slug, name=name)


def _columns_of(rule: AssignmentRule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in ("name", "team_id", *TriedColumns._fields) if name != "number"}


def _tried(number: int, rule_id: int | None, values: Any) -> Tried:
    columns = {name: values[name] for name in TriedColumns._fields if name != "number"}
    return Tried(TriedColumns(number, **columns), rule_id, values["name"], values["team_id"])


def _person(person: Colleague) -> PersonBrief:
    return PersonBrief(id=person.id, name=person.name)


def _now() -> datetime:
    return datetime.now(UTC)
