"""The messages that mention this person, until they have opened their tickets, and all of them."""

import streamlit as st

from streamlit_app.shell.live import live_part
from streamlit_app.state import address
from streamlit_app.tickets.mention_list import mention_list

CHOICES = UNSEEN, ALL = "Unseen", "All"
# Also the parameter in the URL.
SHOWN_KEY = "mentions_shown"
SHOWN = "shown"


def set_shown() -> None:
    asked = address.get(SHOWN)
    st.session_state[SHOWN_KEY] = asked if asked in CHOICES else UNSEEN


@live_part()
def mentions(*, unseen: bool) -> None:
    mention_list(unseen=unseen)


st.title("Mentions")
st.text("Messages and notes in which somebody named you with @. Opening the ticket marks them as seen.")
address.follow("mentions", set_shown, is_new=SHOWN_KEY not in st.session_state)
chosen = st.segmented_control("Which ones", CHOICES, required=True, label_visibility="collapsed", key=SHOWN_KEY)
address.write({SHOWN: ALL} if chosen == ALL else {})
mentions(unseen=chosen != ALL)
