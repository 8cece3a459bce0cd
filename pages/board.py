"""The tickets as cards, in a column for each stage, as staff move them on. It has the filters, views and URLs of the
queue."""

import streamlit as st

from contracts.tickets import TicketQuery
from streamlit_app.shell.live import live_part
from streamlit_app.state import navigation
from streamlit_app.tickets import assigning, exporting, filter_bar, queue_filters
from streamlit_app.tickets.board_columns import board_columns
from streamlit_app.views import saving


@live_part()
def cards(query: TicketQuery) -> None:
    board_columns(query)


queue_filters.follow_address()
query = queue_filters.query()
filter_bar.go_to_number(query)
queue_filters.write_address()
with st.container(key="wide_board"):
    with st.container(horizontal=True, vertical_alignment="center", key="queue_bar"):
        st.title(filter_bar.heading("Board"), width="content")
        queue_filters.draw_search()
        queue_filters.draw_more_filters()
    filter_bar.draw_chips(navigation.BOARD)
    saving.draw_dialog()
    assigning.draw()
    exporting.show()
    cards(query)
