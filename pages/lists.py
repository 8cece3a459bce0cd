"""The buildings that reports choose from, for the people who manage them."""

import streamlit as st

from streamlit_app.buildings.building_list import keep_buildings

st.title("Buildings")
with st.container(key="narrow"):
    keep_buildings()
