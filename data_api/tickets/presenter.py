"""From rows to what the wire carries."""

from datetime import datetime

from contracts.people import PersonBrief
from contracts.tickets import TicketEventRead, TicketRead
from data_api.auth import Actor
from data_api.models import TicketEvent
from data_api.tickets.filters import PRIORITIES
from data_api.tickets.repository import facts_of
from data_api.tickets.rows import TicketRow
from data_api.tickets.rules import allowed_statuses, editable_fields


def ticket_read(row: TicketRow, actor: Actor, now: datetime, reopen_days: int) -> TicketRead:
    facts = facts_of(row)
    return TicketRead(
        id=row.id,
        title=row.title,
        description=row.description,
        status=facts.status,
        stage=row.stage,
        category=row.category,
        priority=PRIORITIES[row.priority],
        building=row.building,
        room=row.room,
        requester=PersonBrief(id=row.requester_id, name=row.requester_name),
        assignee=PersonBrief(id=row.assignee_id, name=row.assignee_name) if row.assignee_id else None,
        opened_at=row.opened_at,
        modified_at=row.modified_at,
        closed_at=row.closed_at,
        first_response_at=row.first_response_at,
        version=row.version,
        closed_reason=row.closed_reason,
        is_confidential=row.is_confidential,
        waits_for=row.waits_for,
        last_message_at=row.last_message_at,
        tags=sorted(row.tags or ()),
        is_followed=row.is_followed,
        allowed_statuses=allowed_statuses(actor, facts, now, reopen_days),
        editable=editable_fields(actor, facts),
    )


def event_read(event: TicketEvent, actor_name: str | None) -> TicketEventRead:
    return TicketEventRead(
        id=event.id,
        ticket_id=event.ticket_id,
        kind=event.kind,
        from_value=event.from_value,
        to_value=event.to_value,
        actor=PersonBrief(id=event.actor_id, name=actor_name) if event.actor_id and actor_name else None,
        occurred_at=event.occurred_at,
    )
