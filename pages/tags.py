"""All tags, for the people who manage them."""

import streamlit as st

from streamlit_app.tags.tag_list import keep_tags

st.title("Tags")
with st.container(key="narrow"):
    keep_tags()
