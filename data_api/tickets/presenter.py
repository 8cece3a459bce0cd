"""Converts rows to what the API answers with."""

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from contracts.tickets import TEXTS, TicketEventRead, TicketRead
from data_api.access.actor import Actor
from data_api.tickets.fields import FIELDS, brief, reason_read
from data_api.tickets.repository import facts_of
from data_api.tickets.rows import COLUMNS, EventRow, HistoryRow, TicketRow
from data_api.tickets.rules import allowed_acts, allowed_statuses, editable_fields

# The positions of each field's values in a row. Values that are carried unchanged are picked in a single call, because
# a page has a thousand of them.
PLACES = {field.name: [COLUMNS.index(name) for name in field.columns] for field in FIELDS}
AS_THEY_ARE = [field.name for field in FIELDS if field.shown is None]
_as_they_are = itemgetter(*(PLACES[name][0] for name in AS_THEY_ARE))
MADE: list[tuple[str, Callable[..., Any], Callable[[Sequence[Any]], Any], bool]] = [
    (field.name, field.shown, itemgetter(*PLACES[field.name]), len(PLACES[field.name]) == 1)
    for field in FIELDS
    if field.shown is not None
]


def ticket_read(row: TicketRow, actor: Actor, now: datetime, reopen_days: int) -> TicketRead:
    facts, values = facts_of(row), row.values
    fields: dict[str, Any] = dict(zip(AS_THEY_ARE, _as_they_are(values), strict=True))
    for name, shown, pick, is_one in MADE:
        fields[name] = shown(pick(values)) if is_one else shown(*pick(values))
    if not actor.is_staff:
        fields["assigned_because"] = None
    return TicketRead(
        **fields,
        allowed_statuses=allowed_statuses(actor, facts, now, reopen_days),
        editable=editable_fields(actor, facts),
    )


def event_read(event: EventRow | HistoryRow) -> TicketEventRead:
    return TicketEventRead(
        id=event.id,
        ticket_id=event.ticket_id,
        kind=event.kind,
        from_value=event.from_value,
        to_value=event.to_value,
        actor=brief(event.actor_id, event.actor_name),
        occurred_at=event.occurred_at,
        is_automatic=event.reason is not None,
    )


def history_read(row: HistoryRow, actor: Actor) -> TicketEventRead:
    allowed = allowed_acts(actor, row) if row.kind in TEXTS and row.from_value is not None else []
    blanked = {"blanked_by": brief(row.blanked_by_id, row.blanked_by_name), "blanked_at": row.blanked_at}
    more: dict[str, Any] = {**blanked, "is_told": row.is_told, "allowed": allowed, "other_ticket": row.other_ticket_id}
    if actor.is_staff:
        more["reason"] = reason_read(row.reason)
    return event_read(row).model_copy(update=more)
