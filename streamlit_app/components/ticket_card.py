"""What a ticket says: number, title, marks, description, and the facts around it."""

from contracts.tickets import TicketRead
from streamlit_app.components.parts import part
from streamlit_app.language import moments
from streamlit_app.language.text import apart, one_line
from streamlit_app.language.words import CLOSED_REASONS, Chip, Reader, chips_of
from streamlit_app.state import lists

_card = part("ticket_card")


def ticket_card(ticket: TicketRead, reader: Reader) -> None:
    chips = [*chips_of(ticket, reader), *(Chip(tag) for tag in ticket.tags)]
    _card(
        key="ticket_card",
        data={
            "number": f"#{ticket.id}",
            "title": one_line(ticket.title, 200),
            "description": ticket.description,
            "chips": [vars(chip) for chip in chips],
            "facts": [{"name": name, "value": value, "title": title} for name, value, title in _facts(ticket)],
        },
    )


def _facts(ticket: TicketRead) -> list[tuple[str, str, str]]:
    facts = [
        ("Formerly", apart(ticket.external_number or ""), ""),
        (
            "Reported",
            f"{moments.said(ticket.opened_at)} by {apart(ticket.requester.name)}",
            moments.exact(ticket.opened_at),
        ),
        ("Where", place(ticket), ""),
        ("Category", lists.category_names().get(ticket.category, ticket.category), ""),
        ("Handled by", ticket.assignee.name if ticket.assignee else "Nobody yet", ""),
    ]
    if ticket.closed_at:
        why = f", {CLOSED_REASONS[ticket.closed_reason]}" if ticket.closed_reason else ""
        facts.append(("Closed", moments.said(ticket.closed_at) + why, moments.exact(ticket.closed_at)))
    return [fact for fact in facts if fact[1]]


def place(ticket: TicketRead) -> str:
    building = lists.building_names().get(ticket.building, ticket.building) if ticket.building else ""
    return ", ".join(part for part in (building, f"room {apart(one_line(ticket.room))}" if ticket.room else "") if part)
