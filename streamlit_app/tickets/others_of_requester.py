"""What else the requester of a ticket has reported, for staff, as far as they may see it."""

import streamlit as st

from contracts.tickets import TicketQuery, TicketRead
from streamlit_app.components.ticket_links import TicketLink, ticket_links
from streamlit_app.language import moments
from streamlit_app.language.text import isolated, one_line, plain
from streamlit_app.language.words import STATUSES
from streamlit_app.state import navigation, session
from streamlit_app.state.last_answers import ask_or_reuse

SHOWN = 5


def others_of_requester(ticket: TicketRead) -> None:
    """Draws the latest ones, how many there are, and the link to all of them. Draws nothing if there are none."""
    asked = TicketQuery(requester=[str(ticket.requester.id)], limit=SHOWN + 1)
    page = ask_or_reuse(f"others_{ticket.id}", lambda: session.api().tickets(asked))
    others = [one for one in page.items if one.id != ticket.id][:SHOWN]
    if not others:
        return
    with st.container(gap="xsmall", key="others_of_requester"):
        st.header(plain(f"Also from {isolated(ticket.requester.name)}"))
        links = [
            TicketLink(one.id, one_line(one.title, 90), STATUSES[one.status], moments.said(one.opened_at))
            for one in others
        ]
        ticket_links("others", f"Other tickets of {ticket.requester.name}", links)
        if page.next_cursor:
            number = f"{'more than ' if page.total_capped else ''}{page.total:,}"
            navigation.link("queue", plain(f"All {number} tickets"), {"requester": str(ticket.requester.id)})
