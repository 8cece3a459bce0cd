"""What is said of a trial of rules: how many tickets each rule, team and person would have got, and examples."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from contracts.assignment import AssignmentReason
from contracts.assignment_rules import AssignmentTry, TriedPerson, TriedRule, TriedTeam, TriedTicket
from contracts.people import PersonBrief
from contracts.teams import TeamBrief
from data_api.assignment.assigner import reason_of
from data_api.assignment.repository import Destination
from data_api.assignment.simulation import Colleague, Outcome, PastTicket
from data_api.assignment.trial_repository import TriedColumns, TriedTeamRow
from data_api.tickets.fields import PRIORITIES, brief


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


class Findings(NamedTuple):
    """What came of a trial. `teams` by their ids. `most_at_once`: how many tickets each person would have had at most
    at the same time."""

    tried: Sequence[Tried]
    teams: Mapping[int, TriedTeamRow]
    people: Mapping[int, Colleague]
    most_at_once: Mapping[int, int]
    examined: Sequence[Examined]

    def counts(self) -> dict[str, Any]:
        """Returns the fields of AssignmentTrial that count."""
        outcomes = [one.outcome for one in self.examined if one.outcome is not None]
        assigned = [one for one in outcomes if one.choice.person_id is not None]
        return {
            "tickets": len(self.examined),
            "fitting": len(outcomes),
            "assigned": len(assigned),
            "by_rule": self._by_rule(outcomes, assigned),
            "by_team": self._by_team(outcomes, assigned),
            "by_person": self._by_person(assigned),
        }

    def wanted(self, wish: AssignmentTry) -> list[Examined]:
        """Returns the tickets that are asked for as examples, the latest first."""
        return [one for one in reversed(self.examined) if self._is_wanted(wish, one)]

    def example(self, one: Examined, row: Any) -> TriedTicket:
        """`row`: what is shown of the ticket."""
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

    # -- inside -----------------------------------------------------------------------------------------------------

    def _by_rule(self, outcomes: Sequence[Outcome], assigned: Sequence[Outcome]) -> list[TriedRule]:
        fitting, to_people = (Counter(one.ticket.rule for one in some) for some in (outcomes, assigned))
        return [
            TriedRule(
                number=rule.columns.number,
                id=rule.id,
                name=rule.name,
                team=self._team(rule.team_id),
                tickets=fitting[rule.columns.number],
                assigned=to_people[rule.columns.number],
            )
            for rule in self.tried
        ]

    def _by_team(self, outcomes: Sequence[Outcome], assigned: Sequence[Outcome]) -> list[TriedTeam]:
        to_people = Counter(one.team_id for one in assigned)
        return [
            TriedTeam(team=self._team(team_id), tickets=tickets, assigned=to_people[team_id])
            for team_id, tickets in Counter(one.team_id for one in outcomes).most_common()
        ]

    def _by_person(self, assigned: Sequence[Outcome]) -> list[TriedPerson]:
        theirs = Counter(one.choice.person_id for one in assigned)
        return [
            TriedPerson(
                person=_person(person),
                team=self._team(person.team_id),
                tickets=theirs[person.id],
                most_at_once=self.most_at_once[person.id],
            )
            for person in sorted(self.people.values(), key=lambda one: (-theirs[one.id], one.name, one.id))
        ]

    def _is_wanted(self, wish: AssignmentTry, one: Examined) -> bool:
        outcome = one.outcome
        if wish.rule is not None and wish.rule != (one.ticket.rule or 0):
            return False
        if wish.team is not None and (outcome is None or self.teams[outcome.team_id].slug != wish.team):
            return False
        return wish.person is None or (outcome is not None and outcome.choice.person_id == wish.person)

    def _reason(self, outcome: Outcome) -> AssignmentReason:
        rule = next(one for one in self.tried if one.columns.number == outcome.ticket.rule)
        team = self.teams[rule.team_id]
        destination = Destination(rule.team_id, team.slug, team.name, rule.columns.number, rule.name)
        return reason_of(destination, outcome.choice)

    def _team(self, team_id: int) -> TeamBrief:
        return TeamBrief(slug=self.teams[team_id].slug, name=self.teams[team_id].name)


def _person(person: Colleague) -> PersonBrief:
    return PersonBrief(id=person.id, name=person.name)
