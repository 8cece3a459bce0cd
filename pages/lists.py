"""For the people who manage the lists: the buildings that reports choose from, and people who may be registered
twice."""

import streamlit as st

from streamlit_app.buildings.building_list import keep_buildings
from streamlit_app.people.twins import twins

st.title("Buildings and people")
with st.container(key="narrow"):
    st.header("Buildings")
    keep_buildings()
    st.header("People who may be the same")
    twins()
