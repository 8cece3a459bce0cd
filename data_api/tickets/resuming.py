"""Resumes work on a ticket that waits for its requester when they answer."""

from contracts.tickets import EventKind
from data_api.lists.lookups import Lookups
from data_api.tickets.reactions import Answered, Reaction
from data_api.tickets.repository import TicketRepository


class ResumeWork(Reaction):
    """Moves the ticket to the stage where work resumes. Changes nothing if the board has no other stage for it."""

    def __init__(self, repository: TicketRepository, lookups: Lookups) -> None:
        self.repository = repository
        self.lookups = lookups

    def answered(self, answered: Answered) -> None:
        actor, ticket = answered.actor, answered.ticket
        if actor.person_id != ticket.requester_id:
            return
        before = self.lookups.stage_by_id(ticket.stage_id)
        now = self.lookups.resuming_stage(before)
        if now is not before:
            ticket.stage_id = now.id
            self.repository.record(ticket.id, EventKind.STAGE, before.slug, now.slug, actor, answered.at)
