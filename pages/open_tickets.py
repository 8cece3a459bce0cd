"""The problems that are known and not solved yet, so that nobody needs to report them twice."""

import streamlit as st
from pydantic import ValidationError

from contracts.tickets import NOT_CLOSED, TicketQuery
from streamlit_app.shell.live import live_part
from streamlit_app.state import address, lists
from streamlit_app.tickets import exporting
from streamlit_app.tickets.ticket_list import ticket_list

ALL = (
    "What is reported and not solved yet, as far as you may see it. Is your problem here? Open it and follow it, or "
    "add what you know."
)
OWN = "What you reported or follow, and is not solved yet."
# Also the parameter in the URL.
WORDS = "q"
NONE_OF_ALL = "No ticket that you may see is open."
NONE_OF_OWN = "No ticket that you reported or follow is open."
NONE_WITH_THESE_WORDS = "No open ticket that you may see has these words."


def query_of(words: str) -> TicketQuery:
    return TicketQuery(status=NOT_CLOSED, q=words or None)


@live_part()
def tickets(words: str, none: str) -> None:
    ticket_list("open", "Open tickets", query_of(words), empty=NONE_WITH_THESE_WORDS if words else none)


def set_words() -> None:
    asked = address.get(WORDS) or ""
    try:
        TicketQuery(q=asked)
    except ValidationError:
        asked = ""
    st.session_state[WORDS] = asked


st.title("Open tickets")
address.follow("open_tickets", set_words, is_new=WORDS not in st.session_state)
is_of_all = lists.sees_tickets_of_others()
st.text(ALL if is_of_all else OWN)
with st.container(horizontal=True, vertical_alignment="bottom"):
    hint = "Words, such as projector"
    words = st.text_input("Search open tickets", placeholder=hint, key=WORDS, type="search", max_chars=200).strip()
    exporting.button(query_of(words))
exporting.show()
address.write({WORDS: words} if words else {})
tickets(words, NONE_OF_ALL if is_of_all else NONE_OF_OWN)
