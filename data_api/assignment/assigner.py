"""Decides who gets a ticket that is assigned to nobody."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from contracts.assignment import AssignmentOutcome, AssignmentReason
from data_api.assignment.choosing import Availability, Choice, Member, choose
from data_api.assignment.repository import AssignmentRepository, Destination, TicketFeatures
from data_api.models import Ticket


class Decision(NamedTuple):
    """`person_id` is None where nobody is free: the ticket is in the team's queue."""

    destination: Destination
    person_id: int | None
    reason: AssignmentReason
    at: datetime

    @property
    def values(self) -> dict[str, Any]:
        """The ticket's columns."""
        return {
            "team_id": self.destination.team_id,
            "assignee_id": self.person_id,
            "assigned_because": self.reason.model_dump(mode="json", exclude={"text"}),
        }


class Assigner:
    def __init__(self, repository: AssignmentRepository, campus_zone: ZoneInfo) -> None:
        self.repository = repository
        self.campus_zone = campus_zone

    def new_ticket(self, values: Mapping[str, Any]) -> Decision | None:
        """Decides about a ticket with these columns, which is about to be stored: inside the team that somebody has
        chosen, or by the rules. Returns None if no rule fits, and for a confidential one whose team somebody has
        chosen: only a rule for such tickets says that anybody of a team may become its reader."""
        ticket = TicketFeatures(
            text=f"{values['title']} {values['description']}",
            **{name: values[name] for name in TicketFeatures._fields if name != "text"},
        )
        team_id = values["team_id"]
        if team_id and ticket.is_confidential:
            return None
        destination = self.repository.enter(team_id, ticket) if team_id else self.repository.rule_of(ticket)
        return self._inside(destination, ticket)

    def reopened_ticket(self, stored: Ticket) -> Decision | None:
        """Decides about a ticket that is locked: inside its team, or by the rules. A confidential one may have come to
        its team when it was not confidential, so it is assigned only by a rule for such tickets."""
        ticket = TicketFeatures(
            text=f"{stored.title} {stored.description}",
            **{name: getattr(stored, name) for name in TicketFeatures._fields if name != "text"},
        )
        if stored.team_id and not stored.is_confidential:
            return self._inside(self.repository.stay(stored.team_id), ticket)
        return self._inside(self.repository.rule_of(ticket), ticket)

    def _inside(self, destination: Destination | None, ticket: TicketFeatures) -> Decision | None:
        if destination is None:
            return None
        # After the lock, so that whoever waited decides later than the one they waited for.
        now = datetime.now(UTC)
        here = now.astimezone(self.campus_zone)
        choice = choose(
            [
                Member.of(one, here, load=one.load, is_expert=one.is_expert, last_opened_at=one.last_opened_at)
                for one in self.repository.members(destination.team_id, ticket)
            ]
        )
        return Decision(destination, choice.person_id, reason_of(destination, choice), now)


def reason_of(destination: Destination, choice: Choice) -> AssignmentReason:
    is_assigned = choice.person_id is not None
    return AssignmentReason(
        outcome=AssignmentOutcome.ASSIGNED if is_assigned else AssignmentOutcome.NOBODY_FREE,
        rule=destination.rule,
        rule_name=destination.rule_name,
        team=destination.team_name,
        people=choice.counts.total(),
        **{availability.value: choice.counts[availability] for availability in Availability},
        experts=choice.experts,
    )
