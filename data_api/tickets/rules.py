"""Who may move, edit and answer a ticket that they may read. Pure functions."""

from datetime import datetime, timedelta
from functools import cache

from contracts.tickets import HistoryAct, Status, TicketUpdate
from data_api.access.actor import Actor
from data_api.access.reading import TicketFacts
from data_api.tickets.fields import EDITS
from data_api.tickets.rows import HistoryRow

STAFF_EDITS = [name for name in TicketUpdate.model_fields if name in EDITS]
REQUESTER_EDITS = [name for name in STAFF_EDITS if EDITS[name].by_requester]
STAFF_MOVES = {Status.OPEN: [Status.ACTIVE], Status.ACTIVE: [Status.CLOSED], Status.CLOSED: [Status.ACTIVE]}


def allowed_statuses(actor: Actor, ticket: TicketFacts, now: datetime, reopen_days: int) -> list[Status]:
    """Returns the statuses to which this person may move the ticket now. If `reopen_days` is 0, nobody may reopen a
    ticket."""
    is_requester = actor.person_id == ticket.requester_id
    is_recent = ticket.closed_at is not None and now - ticket.closed_at <= timedelta(days=reopen_days)
    return list(_moves(ticket.status, actor.is_staff, is_requester, is_recent, reopen_days > 0))


@cache
def _moves(status: Status, is_staff: bool, is_requester: bool, is_recent: bool, may_reopen: bool) -> tuple[Status, ...]:
    allowed = set(STAFF_MOVES[status] if is_staff else ())
    if is_requester:
        if status is not Status.CLOSED:
            allowed.add(Status.CLOSED)
        elif is_recent:
            allowed.add(Status.ACTIVE)
    if status is Status.CLOSED and not may_reopen:
        allowed.clear()
    return tuple(one for one in Status if one in allowed)


def editable_fields(actor: Actor, ticket: TicketFacts) -> list[str]:
    """Returns the fields that this person may change. Nobody but staff may change a closed ticket."""
    if actor.is_staff:
        return STAFF_EDITS
    return [] if ticket.status is Status.CLOSED else REQUESTER_EDITS


def may_take_back(actor: Actor, requester_id: int) -> bool:
    """Returns whether this person may undo a change with one click: staff and the requester. Others who changed the
    text can change it again by an edit."""
    return actor.is_staff or actor.person_id == requester_id


def allowed_acts(actor: Actor, row: HistoryRow) -> list[HistoryAct]:
    """Returns what this person may do now with a former text that is stored and that they may read."""
    acts = [HistoryAct.BLANK] if actor.is_staff else []
    is_editable = row.kind in editable_fields(actor, TicketFacts(Status(row.status), row.requester_id))
    if may_take_back(actor, row.requester_id) and is_editable and not row.is_present:
        return [HistoryAct.TAKE_BACK, *acts]
    return acts


def may_answer(ticket: TicketFacts) -> bool:
    """Returns whether a public message may be written: a closed ticket must be reopened first."""
    return ticket.status is not Status.CLOSED


def speaks_for_desk(actor: Actor, ticket: TicketFacts) -> bool:
    """Returns whether the actor writes for the helpdesk: staff do, except under a problem that they reported
    themselves."""
    return actor.is_staff and actor.person_id != ticket.requester_id
