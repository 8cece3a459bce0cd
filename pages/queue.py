"""All tickets, as staff work on them: filtered, sorted and searched. Each view has its own address."""

import re

import streamlit as st

from contracts.tickets import TicketQuery
from streamlit_app.components.go_to import go_to
from streamlit_app.shell.live import live_part
from streamlit_app.tickets.queue_filters import clear_filters, draw_filters, write_filters
from streamlit_app.tickets.ticket_list import ticket_list

NONE = "No tickets to show. New reports appear here."
NONE_THAT_FITS = "No ticket that you may see fits these filters."


@live_part()
def tickets(query: TicketQuery) -> None:
    ticket_list("queue", "Tickets", query, empty=NONE if query == TicketQuery() else NONE_THAT_FITS)


with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.title("Queue", width="content")
    st.button("Clear filters", on_click=clear_filters, type="tertiary")
query = draw_filters()
if number := re.fullmatch(r"#([1-9]\d{0,17})", query.q or ""):
    st.session_state.pop("queue_q", None)
    go_to("ticket", {"id": number[1]})
write_filters()
tickets(query)
