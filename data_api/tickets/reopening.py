"""Gives a reopened ticket that is assigned to nobody to whoever of the staff has reopened it."""

from contracts.tickets import EventKind, Status
from data_api.tickets.fields import ToldPerson
from data_api.tickets.reactions import Moved, Reaction
from data_api.tickets.repository import TicketRepository


class AssignReopened(Reaction):
    """A ticket that a requester reopens is left to automatic assignment (`data_api/assignment/reactions.py`)."""

    def __init__(self, repository: TicketRepository) -> None:
        self.repository = repository

    def moved(self, moved: Moved) -> None:
        actor, ticket = moved.actor, moved.ticket
        is_reopened = moved.before.status == Status.CLOSED and ticket.status != Status.CLOSED
        if is_reopened and actor.is_staff and ticket.assignee_id is None:
            ticket.assignee_id = actor.person_id
            ticket.assigned_because = None
            assigned = ToldPerson(actor.person_id)
            self.repository.record(ticket.id, EventKind.ASSIGNEE, None, assigned, actor, moved.at)
