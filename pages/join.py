"""Where a link leads with which somebody chooses a username and a password, or a new password."""

import streamlit as st

from streamlit_app.people.join_form import join_form

with st.container(key="narrow"):
    st.title("Choose a password")
    join_form()
