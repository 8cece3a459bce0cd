"""Whoever is signed in: who they are, what they may do, their password, their sign-ins, their API tokens."""

import streamlit as st

from streamlit_app.account.about import about_me, what_i_may_do
from streamlit_app.account.password import password_part
from streamlit_app.account.sign_ins import my_sign_ins
from streamlit_app.account.tokens import my_tokens

with st.container(key="narrow"):
    st.title("Profile")
    about_me()
    what_i_may_do()
    password_part()
    my_sign_ins()
    my_tokens()
