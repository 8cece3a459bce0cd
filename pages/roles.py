"""Roles and what they permit: to read for those who manage people, to change for those who manage roles."""

import streamlit as st

from streamlit_app.roles.role_list import keep_roles

st.title("Roles")
st.text("What somebody may do follows from their roles. A change holds at once; menus follow within a minute.")
keep_roles()
