"""Tickets as the rows of a list."""

from collections.abc import Callable, Iterable, Mapping

from contracts.desk import OverviewEvent, OverviewMessage
from contracts.tickets import TEXTS, EventKind, TicketRead
from streamlit_app.components.rows import Row
from streamlit_app.components.ticket_card import place
from streamlit_app.language import moments
from streamlit_app.language.text import apart, one_line
from streamlit_app.language.words import ACTIVITY, EVENTS, STATUSES, Chip, Reader, chips_of
from streamlit_app.state import lists


def ticket_rows(tickets: Iterable[TicketRead], reader: Reader) -> list[Row]:
    return [_row(ticket, reader) for ticket in tickets]


def _row(ticket: TicketRead, reader: Reader) -> Row:
    category = lists.category_names().get(ticket.category, ticket.category)
    formerly = f"formerly {apart(one_line(ticket.external_number, 40))}" if ticket.external_number else ""
    meta = [moments.said(ticket.opened_at), place(ticket), category]
    if reader.is_staff:
        meta += [
            f"from {apart(ticket.requester.name)}",
            f"for {apart(ticket.assignee.name)}" if ticket.assignee else "unassigned",
        ]
    meta.append(formerly)
    return Row(
        id=ticket.id,
        title=one_line(ticket.title),
        chips=chips_of(ticket, reader),
        meta=[text for text in meta if text],
    )


def event_rows(events: Iterable[OverviewEvent]) -> list[Row]:
    return [
        Row(
            id=event.ticket_id,
            title=one_line(event.ticket_title, 90),
            meta=[
                sentence(event.kind, event.from_value, event.to_value, _actor(event)),
                moments.said(event.occurred_at),
            ],
        )
        for event in events
    ]


def message_rows(messages: Iterable[OverviewMessage]) -> list[Row]:
    return [
        Row(
            id=message.ticket_id,
            title=one_line(message.ticket_title, 90),
            note=one_line(message.body, 140),
            chips=[Chip("Internal note", "amber")] if message.is_internal else [],
            meta=[message.author.name, moments.said(message.created_at)],
        )
        for message in messages
    ]


def sentence(kind: str, before: str | None, after: str | None, who: str) -> str:
    """One line of history as a sentence."""
    who, did = apart(who), EVENTS.get(kind, f"changed {kind}")
    if kind in {EventKind.OPENED, *TEXTS, EventKind.CONFIDENTIAL}:
        return f"{who} {did}"
    values = [apart(_said(kind, value)) for value in (before, after)]
    if kind == ACTIVITY:
        return f"{who} {did} “{values[1]}”"
    if before is None:
        return f"{who} {did} to {values[1]}"
    return f"{who} {did} from {values[0]} to {values[1]}"


def _said(kind: str, value: str | None) -> str:
    if not value:
        return "nothing"
    if kind == EventKind.STATUS and value in STATUSES:
        return value
    names: dict[str, Callable[[], Mapping[str, str]]] = {
        EventKind.STAGE: lists.stage_names,
        EventKind.CATEGORY: lists.category_names,
        EventKind.BUILDING: lists.building_names,
    }
    return names[kind]().get(value, value) if kind in names else one_line(value, 80)


def _actor(event: OverviewEvent) -> str:
    return event.actor.name if event.actor else "Somebody"
