"""The short lists that reports choose from: categories and buildings, for those who look after them."""

import streamlit as st

from streamlit_app.list_keeping import BUILDINGS, CATEGORIES, keep

st.title("Categories and buildings")
left, right = st.columns(2, gap="large")
with left:
    keep(CATEGORIES)
with right:
    keep(BUILDINGS)
