"""Tries rules on the tickets of the last 30 days: who would have got what. Writes nothing, and locks nothing."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from contracts.assignment_rules import (
    MOST_TRIED,
    TRIED_DAYS,
    AssignmentRuleDraft,
    AssignmentTrial,
    AssignmentTry,
    TrialExamples,
)
from data_api.assignment.errors import RuleNotFound
from data_api.assignment.rule_repository import RuleRepository
from data_api.assignment.rule_service import RuleLookups, stored_rule
from data_api.assignment.simulation import PastTicket, Replay
from data_api.assignment.trial_answer import Examined, Findings, Tried
from data_api.assignment.trial_repository import TrialRepository, TriedColumns
from data_api.kit.paging import read_cursor, write_cursor
from data_api.models import AssignmentRule
from service_kit.errors import InvalidInput

CURSOR = "assignment trial"
# Many rules of many words take long to compare with many tickets. After this time, no further tickets are read.
MOST_SECONDS = 3.0
# A further page of examples reads the tickets of the first again, which may take longer than it did then. A cursor
# that somebody made up may name more of them than the first page would have read.
MOST_SECONDS_AGAIN = 9.0
# For each ticket everybody of a team is considered. A million of them take a second or two.
MOST_CONSIDERED = 1_000_000
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


class Period(NamedTuple):
    """Which tickets a trial is about: the latest of these days, up to `most`, as far as `seconds` suffice. Further
    pages of examples are about just the tickets of the first."""

    until: datetime
    most: int
    seconds: float
    is_again: bool = False

    @property
    def since(self) -> datetime:
        return self.until - timedelta(days=TRIED_DAYS)


class RuleTrial:
    def __init__(self, rules: RuleRepository, repository: TrialRepository, campus_zone: ZoneInfo) -> None:
        self.rules = rules
        self.repository = repository
        self.campus_zone = campus_zone

    def do(self, wish: AssignmentTry) -> AssignmentTrial:
        """Raises RuleNotFound, InvalidInput."""
        period, after = _period(wish)
        tried = self._given(wish.rules) if wish.rules is not None else self._stored(wish.switch_on)
        findings, is_capped = self._find(tried, period)
        return AssignmentTrial(
            opened_after=period.since,
            opened_before=period.until,
            is_capped=is_capped,
            **findings.counts(),
            examples=self._examples(wish, findings, period.until, after),
            caveats=CAVEATS,
        )

    # -- which rules ------------------------------------------------------------------------------------------------

    def _given(self, drafts: Sequence[AssignmentRuleDraft]) -> list[Tried]:
        lookups = self.repository.lookups(drafts)
        return [_tried(number, None, _columns(lookups, number, draft)) for number, draft in enumerate(drafts, 1)]

    def _stored(self, switched_on: Sequence[int]) -> list[Tried]:
        rules = [row.rule for row in self.rules.all()]
        for wanted in switched_on:
            if wanted not in {rule.id for rule in rules}:
                raise RuleNotFound(wanted)
        return [
            _tried(rule.position, rule.id, _columns_of(rule)) for rule in rules if rule.is_on or rule.id in switched_on
        ]

    # -- what came of it --------------------------------------------------------------------------------------------

    def _find(self, tried: Sequence[Tried], period: Period) -> tuple[Findings, bool]:
        """Returns also whether there are tickets that were left out."""
        deadline = time.monotonic() + period.seconds
        columns = [rule.columns for rule in tried]
        found, has_more = self.repository.tickets(columns, period.since, period.until, period.most, deadline)
        if period.is_again and has_more and len(found) < period.most:
            raise InvalidInput.in_field("body.cursor", "this trial takes too long to go on with; begin it again")
        team_of_rule = {rule.columns.number: rule.team_id for rule in tried}
        teams = self.repository.teams()
        tickets = _latest(found, {number: teams[team_id].people for number, team_id in team_of_rule.items()})
        first = tickets[0].opened_at if tickets else period.since
        people = self.repository.colleagues(set(team_of_rule.values()), first)
        replay = Replay(people, team_of_rule, self.campus_zone)
        outcomes = {outcome.ticket.id: outcome for outcome in replay.outcomes(tickets)}
        findings = Findings(
            tried,
            teams,
            {one.id: one for one in people},
            replay.most_at_once,
            [Examined(ticket, outcomes.get(ticket.id)) for ticket in tickets],
        )
        return findings, has_more or len(tickets) < len(found)

    def _examples(
        self, wish: AssignmentTry, findings: Findings, until: datetime, after: Sequence[Any]
    ) -> TrialExamples:
        wanted = findings.wanted(wish)
        if after:
            wanted = [one for one in wanted if (one.ticket.opened_at, one.ticket.id) < tuple(after)]
        page, has_more = wanted[: wish.limit], len(wanted) > wish.limit
        shown = self.repository.shown([one.ticket.id for one in page])
        last = page[-1].ticket if has_more else None
        position: list[int | datetime] = [until, len(findings.examined), last.opened_at, last.id] if last else []
        return TrialExamples(
            items=[findings.example(one, shown[one.ticket.id]) for one in page if one.ticket.id in shown],
            next_cursor=write_cursor(CURSOR, position) if position else None,
        )


def _period(wish: AssignmentTry) -> tuple[Period, Sequence[Any]]:
    """Returns also the position in the examples after which to go on."""
    if not wish.cursor:
        return Period(datetime.now(UTC), MOST_TRIED, MOST_SECONDS), []
    until, most, *after = read_cursor(CURSOR, wish.cursor, (datetime, range(MOST_TRIED + 1), datetime, int))
    return Period(until, most, MOST_SECONDS_AGAIN, is_again=True), after


def _latest(tickets: Sequence[PastTicket], people: Mapping[int, int]) -> Sequence[PastTicket]:
    """Returns the latest of the tickets, so many that not too many people have to be considered for them. `people`: how
    many there are in the team of each rule, by its number."""
    considered, number = 0, 0
    for ticket in reversed(tickets):
        considered += people[ticket.rule] if ticket.rule is not None else 0
        if considered > MOST_CONSIDERED:
            break
        number += 1
    return tickets[len(tickets) - number :]


def _columns(lookups: RuleLookups, number: int, draft: AssignmentRuleDraft) -> dict[str, Any]:
    try:
        return stored_rule(lookups, draft.model_dump())
    except InvalidInput as error:
        raise error.within(f"rules.{number - 1}") from None


def _columns_of(rule: AssignmentRule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in ("name", "team_id", *TriedColumns._fields) if name != "number"}


def _tried(number: int, rule_id: int | None, values: Mapping[str, Any]) -> Tried:
    columns = {name: values[name] for name in TriedColumns._fields if name != "number"}
    return Tried(TriedColumns(number, **columns), rule_id, values["name"], values["team_id"])
