"""Changes one ticket: its fields, and its status with all that follows from a move."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from contracts.tickets import TEXTS, ClosedReason, EventKind, Status, WaitsFor
from data_api.access.actor import Actor
from data_api.lists.lookups import Lookups
from data_api.models import Person, Stage, Ticket
from data_api.tickets.blockers import Blockers
from data_api.tickets.errors import TicketBlocked, TransitionRefused
from data_api.tickets.fields import EDITS, Told
from data_api.tickets.repository import TicketRepository, facts_of, history_line
from data_api.tickets.rules import allowed_statuses
from service_kit.errors import InvalidInput, NotPermitted

# After a change of one of these by hand, the ticket is where it is because somebody said so.
ASSIGNING = (EventKind.ASSIGNEE, EventKind.TEAM)


class TicketChanges:
    """Makes the changes of one actor at one moment. Each change adds a line to the ticket's history."""

    def __init__(
        self, actor: Actor, repository: TicketRepository, lookups: Lookups, reopen_days: int, now: datetime
    ) -> None:
        self.actor = actor
        self.repository = repository
        self.lookups = lookups
        self.reopen_days = reopen_days
        self.now = now
        self.blockers = Blockers(actor, repository)
        self.despite_blockers = False

    def edit(self, ticket: Ticket, name: str, value: Any) -> bool:
        """Changes one field. Returns False when the field already had this value."""
        in_their_own_way: dict[str, Callable[[Ticket, Any], bool]] = {
            "assignee": self._set_assignee,
            "stage": self._set_stage,
            "is_confidential": self._set_confidential,
            "tags": self._set_tags,
        }
        if name in in_their_own_way:
            return in_their_own_way[name](ticket, value)
        return self._set(ticket, name, value)

    def _set(self, ticket: Ticket, name: str, sent: Any) -> bool:
        """Changes a field as its `Edit` in `fields.py` says. For titles and descriptions, the history stores only the
        former text; the present one is in the ticket."""
        edit = EDITS[name]
        column = edit.column or name
        before, now = getattr(ticket, column), edit.stored(self.lookups, sent)
        if before == now:
            return False
        setattr(ticket, column, now)
        if edit.kind in ASSIGNING:
            ticket.assigned_because = None
        told = None if edit.kind in TEXTS else edit.told(self.lookups, now)
        self.record(ticket, edit.kind, edit.told(self.lookups, before), told)
        return True

    def _set_assignee(self, ticket: Ticket, person_id: int | None) -> bool:
        return self._set(ticket, "assignee", self.staff_member(person_id).id if person_id else None)

    def staff_member(self, person_id: int) -> Person:
        """Returns the person. Raises InvalidInput for somebody to whom no ticket can be assigned."""
        person, works_on_tickets = self.lookups.assignee(person_id)
        if person.deactivated_at is not None:
            raise InvalidInput.in_field("body.assignee", f"{person.name} was deactivated")
        if not works_on_tickets:
            raise InvalidInput.in_field("body.assignee", f"{person.name} does not work at the helpdesk")
        return person

    def _set_confidential(self, ticket: Ticket, value: bool) -> bool:
        """Removes the followers of a ticket that becomes confidential. They followed it while everybody could read it,
        and that must not let them read a confidential ticket."""
        is_changed = self._set(ticket, "is_confidential", value)
        if is_changed:
            self.repository.note_confidential_in_links(ticket.id, value)
        if is_changed and value:
            self.repository.drop_followers(ticket.id)
        return is_changed

    def add_tags(self, ticket: Ticket, tags: list[str]) -> None:
        """Gives a new ticket, which has none yet, its tags."""
        self._replace_tags(ticket, [], sorted(set(tags)))

    def _set_tags(self, ticket: Ticket, tags: list[str]) -> bool:
        wanted, present = sorted(set(tags)), self.repository.tags_of(ticket.id)
        if wanted == present:
            return False
        self._replace_tags(ticket, present, wanted)
        return True

    def _replace_tags(self, ticket: Ticket, present: list[str], wanted: list[str]) -> None:
        self.repository.replace_tags(ticket, wanted)
        self.record(ticket, EventKind.TAGS, ", ".join(present) or None, ", ".join(wanted) or None)

    def _set_stage(self, ticket: Ticket, slug: str) -> bool:
        """Moves the ticket to a stage. If the stage belongs to another status, the ticket moves to that status too;
        otherwise it is only a step on the board."""
        stage = self.lookups.stage(slug)
        if stage.status != ticket.status:
            self.move(ticket, stage, None)
            return True
        return self._set(ticket, "stage", slug)

    def move(self, ticket: Ticket, stage: Stage, reason: ClosedReason | None) -> None:
        """Moves the ticket to the stage and its status, with all that follows from that. Raises NotPermitted,
        TransitionRefused, TicketBlocked."""
        present, wanted, facts = Status(ticket.status), Status(stage.status), facts_of(ticket)
        allowed = allowed_statuses(self.actor, facts, self.now, self.reopen_days)
        if not self.actor.is_staff and self.actor.person_id != ticket.requester_id:
            raise NotPermitted("Only helpdesk staff and the requester move a ticket.")
        if wanted not in allowed:
            raise TransitionRefused(ticket.id, present, wanted, allowed)
        closes = wanted is Status.CLOSED
        if closes:
            self._check_blockers(ticket.id)
        before = self.lookups.stage_by_id(ticket.stage_id).slug
        ticket.status = wanted
        ticket.stage_id = stage.id
        ticket.closed_at = self.now if closes else None
        ticket.closed_reason = (reason or ClosedReason.SOLVED) if closes else None
        if closes or present is Status.CLOSED:
            ticket.waits_for = None if closes else WaitsFor.DESK
        ticket.modified_at = self.now
        moved = ((EventKind.STATUS, present, wanted), (EventKind.STAGE, before, stage.slug))
        self.repository.record_lines(
            [history_line(ticket.id, kind, was, now, self.actor, self.now) for kind, was, now in moved]
        )

    def _check_blockers(self, ticket_id: int) -> None:
        """Raises TicketBlocked for staff who close a ticket that waits for others, and have not said that they know. A
        requester is not asked: what they no longer need, or have solved, waits for nothing."""
        if self.actor.is_staff and not self.despite_blockers and (blockers := self.blockers.of(ticket_id)):
            raise TicketBlocked(ticket_id, blockers)

    def record(self, ticket: Ticket, kind: EventKind, before: Told, now: Told) -> None:
        self.repository.record(ticket.id, kind, before, now, self.actor, self.now)
