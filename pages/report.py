"""A student reports a problem: what, where, how urgent. Only the description is required."""

import streamlit as st

from streamlit_app.language.text import isolated, plain
from streamlit_app.reporting.report_form import report_form, reported
from streamlit_app.state import lists, navigation

desk = lists.desk()

with st.container(key="narrow"):
    if (ticket := reported("report")) is not None:
        with st.container(border=True, key="confirmation"):
            st.header(f"Thank you. Your report is #{ticket.id}.")
            st.text(f"It goes to {isolated(lists.category_names().get(ticket.category, ticket.category))}.")
            st.text("The helpdesk sees it now. You can follow it, add to it, and read the answers on its page.")
            with st.container(horizontal=True, vertical_alignment="center"):
                navigation.main_link("ticket", f"Open #{ticket.id}", {"id": str(ticket.id)})
                navigation.link("my_tickets", "My tickets")
        st.title("Report another problem")
    else:
        st.title("Report a problem")
    if desk.danger_note:
        st.warning(plain(desk.danger_note))
    report_form("report")
    st.caption(f"The helpdesk is open {plain(desk.opening_hours)}. You can report at any time.")
