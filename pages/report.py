"""A student reports a problem: what, where, how urgent. Only the description is required."""

import streamlit as st

from contracts.tickets import TicketRead
from streamlit_app.language.text import isolated, plain
from streamlit_app.language.words import count
from streamlit_app.reporting.report_form import outcome, report_form
from streamlit_app.state import lists, navigation, session


def thanks_for_report(ticket: TicketRead) -> None:
    st.header(f"Thank you. Your report is #{ticket.id}.")
    st.text(f"It goes to {isolated(lists.category_names().get(ticket.category, ticket.category))}.")
    if ticket.is_confidential:
        st.text("It is confidential: its page tells who may read it, and there you read the answers and add to it.")
    else:
        st.text("The helpdesk sees it now. You can follow it, add to it, and read the answers on its page.")
    with st.container(horizontal=True, vertical_alignment="center"):
        navigation.main_link("ticket", f"Open #{ticket.id}", {"id": str(ticket.id)})
        navigation.link("my_tickets", "My tickets")


def thanks_for_confirming() -> None:
    st.header("Thank you. Your confirmation is counted.")
    st.text("You will be told when the status of that report changes. You need not report it yourself.")
    navigation.main_link("my_tickets", "See what you confirmed", {"shown": "Confirmed"})


desk = lists.desk()

with st.container(key="narrow"):
    if (last := outcome("report")) is not None:
        with st.container(border=True, key="confirmation"):
            if isinstance(last, TicketRead):
                thanks_for_report(last)
            else:
                thanks_for_confirming()
        st.title("Report another problem")
    else:
        st.title("Report a problem")
    if desk.danger_note:
        st.warning(plain(desk.danger_note))
    if number := session.news().unread:
        navigation.link("my_tickets", f"{count(number, 'ticket has', 'tickets have')} news for you")
    report_form("report")
    st.caption(f"The helpdesk is open {plain(desk.opening_hours)}. You can report at any time.")
