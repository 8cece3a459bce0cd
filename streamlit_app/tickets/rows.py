"""Makes the rows of lists: of tickets, of events, and of messages."""

from collections.abc import Collection, Iterable

from contracts.desk import OverviewEvent, OverviewMessage
from contracts.tickets import TicketRead
from streamlit_app.components.rows import Row
from streamlit_app.language import moments
from streamlit_app.language.text import one_line
from streamlit_app.language.words import Chip
from streamlit_app.state.session import Reader
from streamlit_app.tickets import fields
from streamlit_app.tickets.events import sentence, who_did

NEW_ANSWER = Chip("New answer", "green")


def ticket_rows(tickets: Iterable[TicketRead], reader: Reader, answered: Collection[int] = frozenset()) -> list[Row]:
    """Returns a row for each ticket. Those in `answered` are marked as having a new answer."""
    return [_row(ticket, reader, is_answered=ticket.id in answered) for ticket in tickets]


def _row(ticket: TicketRead, reader: Reader, *, is_answered: bool) -> Row:
    return Row(
        id=ticket.id,
        title=one_line(ticket.title),
        chips=[*([NEW_ANSWER] if is_answered else []), *fields.chips(ticket, reader)],
        meta=fields.row_texts(ticket, reader),
    )


def event_rows(events: Iterable[OverviewEvent]) -> list[Row]:
    return [
        Row(
            id=event.ticket_id,
            title=one_line(event.ticket_title, 90),
            chips=[fields.CONFIDENTIAL] if event.is_confidential else [],
            meta=[
                sentence(event.kind, event.from_value, event.to_value, who_did(event)),
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
            note=one_line(message.body, 140) or "Files without a text",
            chips=[
                *([fields.CONFIDENTIAL] if message.is_confidential else []),
                *([Chip("Internal note", "amber")] if message.is_internal else []),
            ],
            meta=[message.author.name, moments.said(message.created_at)],
        )
        for message in messages
    ]
