"""The problems that are known and not solved yet, so that nobody needs to report them twice."""

import streamlit as st

from contracts.desk import StudentsSee
from contracts.tickets import Status, TicketQuery
from streamlit_app.shell.live import live_part
from streamlit_app.state import lists, navigation
from streamlit_app.tickets.ticket_list import ticket_list

ALL = (
    "Everything that is reported and not solved yet. Is your problem here? Open it and follow it, or add what you know."
)
OWN = "What you reported or follow, and is not solved yet."


@live_part()
def tickets(words: str) -> None:
    query = TicketQuery(status=[Status.OPEN, Status.ACTIVE], q=words or None)
    empty = "No open ticket holds these words." if words else "Nothing is open. All is well on campus."
    ticket_list("open", "Open tickets", query, empty=empty)


st.title("Open tickets")
st.text(ALL if lists.desk().students_see is StudentsSee.ALL else OWN)
with st.container(horizontal=True, vertical_alignment="bottom"):
    words = st.text_input("Search", placeholder="Words, such as projector", key="q", type="search", max_chars=200)
    navigation.link("report", "Report a problem")
tickets((words or "").strip())
