"""From rows to what the wire carries."""

import re
from datetime import datetime

from contracts.people import PersonBrief
from contracts.tickets import TEXTS, ClosedReason, TicketEventRead, TicketRead, WaitsFor
from data_api.access.actor import Actor
from data_api.models import TicketEvent
from data_api.models.ticket import MADE_UP_ID
from data_api.tickets.filters import PRIORITIES
from data_api.tickets.repository import facts_of
from data_api.tickets.rows import HistoryRow, TicketRow
from data_api.tickets.rules import allowed_acts, allowed_statuses, editable_fields


def ticket_read(row: TicketRow, actor: Actor, now: datetime, reopen_days: int) -> TicketRead:
    facts = facts_of(row)
    return TicketRead(
        id=row.id,
        external_number=external_number(row.source_id),
        title=row.title,
        description=row.description,
        status=facts.status,
        stage=row.stage,
        category=row.category,
        priority=PRIORITIES[row.priority],
        building=row.building,
        room=row.room,
        requester=PersonBrief(id=row.requester_id, name=row.requester_name),
        assignee=_assignee(row),
        opened_at=row.opened_at,
        modified_at=row.modified_at,
        closed_at=row.closed_at,
        first_response_at=row.first_response_at,
        version=row.version,
        reports=row.reports,
        closed_reason=ClosedReason(row.closed_reason) if row.closed_reason else None,
        is_confidential=row.is_confidential,
        waits_for=WaitsFor(row.waits_for) if row.waits_for else None,
        last_message_at=row.last_message_at,
        tags=sorted(row.tags or ()),
        is_followed=row.is_followed,
        allowed_statuses=allowed_statuses(actor, facts, now, reopen_days),
        editable=editable_fields(actor, facts),
    )


def _assignee(row: TicketRow) -> PersonBrief | None:
    if row.assignee_id is None or row.assignee_name is None:
        return None
    return PersonBrief(id=row.assignee_id, name=row.assignee_name)


def external_number(source_id: str | None) -> str | None:
    return None if source_id is None or re.fullmatch(MADE_UP_ID, source_id) else source_id


def event_read(event: TicketEvent | HistoryRow, actor_name: str | None) -> TicketEventRead:
    return TicketEventRead(
        id=event.id,
        ticket_id=event.ticket_id,
        kind=event.kind,
        from_value=event.from_value,
        to_value=event.to_value,
        actor=_brief(event.actor_id, actor_name),
        occurred_at=event.occurred_at,
    )


def history_read(row: HistoryRow, actor: Actor) -> TicketEventRead:
    allowed = allowed_acts(actor, row) if row.kind in TEXTS and row.from_value is not None else []
    blanked = {"blanked_by": _brief(row.blanked_by_id, row.blanked_by_name), "blanked_at": row.blanked_at}
    more = {**blanked, "is_told": row.is_told, "allowed": allowed}
    return event_read(row, row.actor_name).model_copy(update=more)


def _brief(person_id: int | None, name: str | None) -> PersonBrief | None:
    return PersonBrief(id=person_id, name=name) if person_id and name else None
