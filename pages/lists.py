"""The buildings that reports choose from, and who stands twice among the people, for those who look after them."""

import streamlit as st

from streamlit_app.buildings.building_list import keep_buildings
from streamlit_app.people.twins import twins

st.title("Buildings and people")
with st.container(key="narrow"):
    st.header("Buildings")
    keep_buildings()
    st.header("People who may be the same")
    twins()
