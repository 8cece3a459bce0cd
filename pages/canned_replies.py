"""All canned replies, for the people who keep them."""

import streamlit as st

from streamlit_app.canned_replies.reply_list import keep_replies

st.title("Canned replies")
with st.container(key="narrow"):
    keep_replies()
