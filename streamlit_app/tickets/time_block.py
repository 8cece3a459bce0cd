"""The time that staff worked on a ticket, on its page."""

import streamlit as st

from contracts.tickets import TicketRead
from streamlit_app.components.ticket_time import ticket_time
from streamlit_app.language import moments
from streamlit_app.state import session
from streamlit_app.state.lists import desk


def time_block(ticket: TicketRead) -> None:
    """Draws the block, for those who work on tickets. The page does not wait for what is in it."""
    with st.container(gap="xsmall", key="ticket_time_block"):
        st.header("Time")
        ticket_time(ticket.id, session.me().person.id, moments.today(), desk().timezone)
