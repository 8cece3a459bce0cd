"""Assigns tickets that are reported, or reopened, and that nobody is assigned to."""

from contracts.tickets import Status
from data_api.assignment.assigner import Assigner, Decision
from data_api.tickets.reactions import Moved, Reaction, Reported, Reporting


class AssignReported(Reaction):
    """Decides before the ticket is stored, so that it is written once. Comes after the prediction of the category,
    which rules ask for."""

    def __init__(self, assigner: Assigner) -> None:
        self.assigner = assigner
        self._decision: Decision | None = None
        self._had_team = False

    def reporting(self, reporting: Reporting) -> None:
        values = reporting.values
        if values["assignee_id"] is not None:
            return
        self._had_team = values["team_id"] is not None
        self._decision = self.assigner.new_ticket(values)
        if self._decision is not None:
            values |= self._decision.values

    def reported(self, reported: Reported) -> None:
        if (made := self._decision) is not None:
            team = None if self._had_team else made.destination.team_slug
            self.assigner.repository.record(reported.ticket.id, team, made.person_id, made.reason, made.at)


class AssignReopenedByRules(Reaction):
    """Comes after the reaction that gives a reopened ticket to whoever of the staff reopened it, and before the one
    that learns: those who report hold a team's lock while they wait to learn, so nobody may wait the other way
    round."""

    def __init__(self, assigner: Assigner) -> None:
        self.assigner = assigner

    def moved(self, moved: Moved) -> None:
        ticket = moved.ticket
        is_reopened = moved.before.status == Status.CLOSED and ticket.status != Status.CLOSED
        if not is_reopened or ticket.assignee_id is not None:
            return
        had_team = ticket.team_id
        decision = self.assigner.reopened_ticket(ticket)
        if decision is None:
            return
        for name, value in decision.values.items():
            setattr(ticket, name, value)
        destination = decision.destination
        team = None if destination.team_id == had_team else destination.team_slug
        self.assigner.repository.record(ticket.id, team, decision.person_id, decision.reason, decision.at)
