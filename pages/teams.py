"""Teams, for the people who manage them: keeping them, and how much each person of one has to do."""

import streamlit as st

from streamlit_app.teams.load import draw_load
from streamlit_app.teams.team_list import keep_teams

st.title("Teams")
with st.container(key="narrow"):
    st.text("People who work together. Which team somebody is in is set on the page People.")
    keep_teams()
    draw_load()
