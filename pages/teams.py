"""Teams, for the people who manage them."""

import streamlit as st

from streamlit_app.teams.team_list import keep_teams

st.title("Teams")
with st.container(key="narrow"):
    st.text("People who work together. Which team somebody is in is set on the page People.")
    keep_teams()
