"""All tickets, as staff work on them: filtered, sorted and searched. Each view has its own address."""

import re

import streamlit as st

from contracts.tickets import TicketQuery
from streamlit_app.components.filter_chips import filter_chips
from streamlit_app.components.go_to import go_to
from streamlit_app.language.text import isolated, plain
from streamlit_app.shell.live import live_part
from streamlit_app.tickets import assigning, bulk_dialog, queue_filters
from streamlit_app.tickets.queue_list import queue_list
from streamlit_app.views import kept, saving

CLEAR = ("clear", "Clear all")


@live_part()
def tickets(query: TicketQuery) -> None:
    queue_list(query)


def pressed(kind: str, name: str) -> None:
    """Removes a filter, or does what the button beside the filters is for."""
    if kind == "remove":
        queue_filters.remove(name)
    elif name == CLEAR[0]:
        queue_filters.clear()
    else:
        saving.act(name, queue_filters.shown())


def draw_chips() -> None:
    chips = {name: words for name, words in queue_filters.said().items() if name != queue_filters.SEARCH.name}
    clear = [] if queue_filters.is_plain() else [CLEAR]
    save = [] if queue_filters.is_as_first() else saving.acts(queue_filters.shown())
    filter_chips("queue_chips", chips, [*clear, *save], pressed)


queue_filters.follow_address()
query = queue_filters.query()
if number := re.fullmatch(r"#([1-9]\d{0,17})", query.q or ""):
    queue_filters.remove(queue_filters.SEARCH.name)
    go_to("ticket", {"id": number[1]})
# Before the list, which reads the number of its page from the address.
queue_filters.write_address()
view = kept.in_address()
with st.container(key="wide"):
    with st.container(horizontal=True, vertical_alignment="center", key="queue_bar"):
        st.title(plain(isolated(view.name)) if view else "Queue", width="content")
        queue_filters.draw_search()
        queue_filters.draw_more_filters()
        queue_filters.draw_order()
        queue_filters.draw_looks()
    draw_chips()
    saving.draw()
    assigning.draw()
    bulk_dialog.show()
    tickets(query)
