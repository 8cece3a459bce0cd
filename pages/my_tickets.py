"""The tickets that this person reported or follows, and the reports that they confirmed."""

import streamlit as st

from contracts.tickets import NOT_CLOSED, Status, TicketQuery, TicketSort
from streamlit_app.reporting.confirmed_list import confirmed_list, confirmed_news
from streamlit_app.shell.frame import errors_shown
from streamlit_app.shell.live import live_part
from streamlit_app.state import address, lists, session
from streamlit_app.state.last_answers import ask_or_reuse
from streamlit_app.tickets import exporting
from streamlit_app.tickets.ticket_list import ticket_list

SHOWN = {
    "Not closed": TicketQuery(requester=["me"], status=NOT_CLOSED, sort=TicketSort.MODIFIED_LAST),
    "Closed": TicketQuery(requester=["me"], status=[Status.CLOSED], sort=TicketSort.MODIFIED_LAST),
    "Followed": TicketQuery(followed=True, sort=TicketSort.MODIFIED_LAST),
}
CONFIRMED = "Confirmed"
CHOICES = [*SHOWN, CONFIRMED]
FIRST = CHOICES[0]
# Also the parameter in the URL.
SHOWN_KEY = "shown"
EMPTY = {
    "Not closed": "None of your tickets is open. When you report a problem, it stands here until it is solved.",
    "Closed": "None of your tickets is closed.",
    "Followed": "You follow no ticket that you may see.",
}
HOW_TO_FOLLOW = "Open one and choose Follow to find it here."


@live_part()
def tickets(shown: str) -> None:
    if shown == CONFIRMED:
        confirmed_list()
    else:
        answered = news(shown)
        label = f"My tickets: {shown}"
        ticket_list(f"mine_{shown}", label, SHOWN[shown], empty=empty(shown), answered=answered)


def news(shown: str) -> frozenset[int]:
    """Says what is new, and returns the tickets in which somebody wrote since this person last looked."""
    answered: frozenset[int] = frozenset()
    # An error in the news must not hide the tickets, which people come for.
    with errors_shown():
        unread = ask_or_reuse("unread", session.api().unread)
        answered = frozenset(unread.ticket_ids)
        confirmed_news(unread.confirmed)
        # For staff, the tickets of others are counted too.
        if shown == FIRST and answered and not session.reader().is_staff:
            has = "has a new answer" if len(answered) == 1 else "have new answers"
            st.info(f"{len(answered):,} of your tickets {has}.")
    return answered


def empty(shown: str) -> str:
    """Only people who may see the tickets of others can follow one."""
    can_follow = shown == "Followed" and lists.sees_tickets_of_others()
    return f"{EMPTY[shown]} {HOW_TO_FOLLOW}" if can_follow else EMPTY[shown]


def set_shown() -> None:
    asked = address.get(SHOWN_KEY)
    st.session_state[SHOWN_KEY] = asked if asked in CHOICES else FIRST


st.title("My tickets")
address.follow("my_tickets", set_shown, is_new=SHOWN_KEY not in st.session_state)
with st.container(horizontal=True, vertical_alignment="center"):
    chosen = st.segmented_control("Which tickets", CHOICES, required=True, label_visibility="collapsed", key=SHOWN_KEY)
    shown = chosen or FIRST
    if shown != CONFIRMED:
        exporting.button(SHOWN[shown])
exporting.show()
address.write({SHOWN_KEY: shown} if shown != FIRST else {})
tickets(shown)
