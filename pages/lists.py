"""The buildings that reports choose from, for those who look after them."""

import streamlit as st

from streamlit_app.list_keeping import keep_buildings

st.title("Buildings")
with st.container(key="narrow"):
    keep_buildings()
