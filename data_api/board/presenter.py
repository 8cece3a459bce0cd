"""Converts rows to the tickets of the board that the API answers with."""

from datetime import datetime

from contracts.board import BoardTicket
from contracts.people import PersonBrief
from contracts.tickets import Status, WaitsFor
from data_api.access.actor import Actor
from data_api.access.reading import TicketFacts
from data_api.board.repository import BoardRow
from data_api.tickets.fields import PRIORITIES, brief
from data_api.tickets.rules import allowed_statuses


def board_ticket(row: BoardRow, stage: str, actor: Actor, now: datetime, reopen_days: int) -> BoardTicket:
    """`stage` is the slug of the row's stage."""
    status = Status(row.status)
    facts = TicketFacts(status, row.requester_id, row.closed_at)
    return BoardTicket(
        id=row.id,
        title=row.title,
        status=status,
        stage=stage,
        priority=PRIORITIES[row.priority],
        requester=PersonBrief(id=row.requester_id, name=row.requester_name),
        assignee=brief(row.assignee_id, row.assignee_name),
        team=row.team,
        opened_at=row.opened_at,
        version=row.version,
        reports=row.reports,
        is_confidential=row.is_confidential,
        waits_for=WaitsFor(row.waits_for) if row.waits_for else None,
        last_message_at=row.last_message_at,
        last_message_by=brief(row.last_message_by_id, row.last_message_by_name),
        allowed_statuses=allowed_statuses(actor, facts, now, reopen_days),
        blocked_by=row.blocked_by or [],
    )
