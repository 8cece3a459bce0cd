"""What the data team finds here today."""

import streamlit as st

from streamlit_app import navigation

with st.container(key="narrow"):
    st.title("Data")
    st.text(
        "Analyses are not part of this desk yet: they come with the replica, a second copy of the data made for "
        "questions and kept up to date by itself."
    )
    st.text("Until then this is open to you:")
    with st.container(border=True):
        navigation.link("open_tickets", "Open tickets")
        st.text("The tickets you may read, with a word search.")
    with st.container(border=True):
        navigation.link("report", "Report a problem")
        st.text("For problems of your own.")
