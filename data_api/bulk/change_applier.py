"""Applies one change to one ticket after the other, by the service that changes single tickets."""

from collections.abc import Sequence
from typing import Any

from contracts.bulk import BulkChange, BulkRefusal
from contracts.tickets import MOST_TAGS, Status, StatusChange
from data_api.kit.errors import StaleVersion
from data_api.models import Ticket
from data_api.tickets.changes import TicketChanges
from data_api.tickets.errors import TicketNotFound, changed_meanwhile
from data_api.tickets.fields import EDITS
from data_api.tickets.service import TicketService
from service_kit.errors import InvalidInput, LodgeError

FIELDS = [name for name in BulkChange.model_fields if name in EDITS]
MOVE = ("status", "reason", "starts_work")


class ChangeApplier:
    """Applies `change` to tickets that are locked, or to copies of tickets to see what it would do. The service's
    repository gathers what is to be written."""

    def __init__(self, service: TicketService, change: BulkChange) -> None:
        self.service = service
        self.change = change
        self.fields = {name: getattr(change, name) for name in FIELDS if name in change.model_fields_set}
        move = change.model_dump(include=set(MOVE), exclude_unset=True)
        self.move = StatusChange.model_validate(move) if change.status is not None else None

    def look_up_blockers(self, ticket_ids: Sequence[int]) -> None:
        """Finds out by one query what blocks each of the tickets, if they may be closed."""
        if self.named & {"status", "stage"}:
            self.service.changes.blockers.look_up(ticket_ids)

    def check(self) -> None:
        """Looks up what the change names, and holds it until the transaction ends. Raises InvalidInput for what there
        is not, with the field of the request, and CategoryGoing."""
        try:
            _look_up_values(self.service.changes, self.fields)
        except InvalidInput as error:
            raise error.within("change") from None

    @property
    def named(self) -> set[str]:
        """The fields that the change names, apart from tags."""
        return {*self.fields, *(["status"] if self.move is not None else [])}

    @property
    def closes(self) -> bool:
        """Whether the change closes tickets, as a status or by a stage of closed ones."""
        if self.change.stage is not None:
            return bool(self.service.lookups.stage(self.change.stage).status == Status.CLOSED)
        return self.change.status is Status.CLOSED

    def apply(self, ticket_id: int, ticket: Ticket | None, version: int | None) -> bool:
        """Returns whether the ticket was changed. `version` is the one that was seen. Raises what a change of this
        ticket alone would raise."""
        if ticket is None:
            raise TicketNotFound(ticket_id)
        if version is not None and version != ticket.version:
            raise StaleVersion(changed_meanwhile(ticket_id))
        wanted = self.fields | self._tags(ticket_id)
        is_changed = self.service.change_locked(
            ticket, wanted, self.move, despite_blockers=self.change.despite_blockers
        )
        self.service.keep_readable(ticket)
        return is_changed

    def _tags(self, ticket_id: int) -> dict[str, list[str]]:
        """Returns the tags that the ticket shall have, if that is another thing than it has."""
        present = self.service.repository.tags_of(ticket_id)
        wanted = (set(present) | set(self.change.tags_added)) - set(self.change.tags_removed)
        if wanted == set(present):
            return {}
        if len(wanted) > max(MOST_TAGS, len(present)):
            problem = f"ticket {ticket_id} would have {len(wanted)} tags, and {MOST_TAGS} are the most"
            raise InvalidInput.in_field("body.change.tags_added", problem)
        return {"tags": sorted(wanted)}


def refusal(ticket_id: int, error: LodgeError) -> BulkRefusal:
    return BulkRefusal(id=ticket_id, error=type(error).__name__, detail=error.detail)


def _look_up_values(changes: TicketChanges, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if value is None:
            continue
        if name == "assignee":
            changes.staff_member(value)
        else:
            EDITS[name].stored(changes.lookups, value)
