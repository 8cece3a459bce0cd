"""The stages of the board, for the people who manage them."""

import streamlit as st

from streamlit_app.stages.stage_list import keep_stages

st.title("Stages")
with st.container(key="narrow"):
    keep_stages()
