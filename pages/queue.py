"""All tickets, as staff work on them: filtered, sorted and searched. Each view has its own address."""

import streamlit as st

from contracts.tickets import TicketQuery
from streamlit_app.shell.live import live_part
from streamlit_app.state import navigation
from streamlit_app.tickets import assigning, bulk_dialog, exporting, filter_bar, queue_filters
from streamlit_app.tickets.queue_list import queue_list
from streamlit_app.views import saving


@live_part()
def tickets(query: TicketQuery) -> None:
    queue_list(query)


queue_filters.follow_address()
query = queue_filters.query()
filter_bar.go_to_number(query)
# Before the list, which reads the number of its page from the address.
queue_filters.write_address()
with st.container(key="wide"):
    with st.container(horizontal=True, vertical_alignment="center", key="queue_bar"):
        st.title(filter_bar.heading("Queue"), width="content")
        queue_filters.draw_search()
        queue_filters.draw_more_filters()
        queue_filters.draw_order()
        queue_filters.draw_looks()
    filter_bar.draw_chips(navigation.QUEUE)
    saving.draw_dialog()
    assigning.draw()
    bulk_dialog.show()
    exporting.show()
    tickets(query)
