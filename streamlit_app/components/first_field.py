"""Puts the cursor into a page's first field, for which Streamlit's own fields have no setting."""

import streamlit as st

from streamlit_app.components.component_files import component

_first_field = component("first_field")


def first_field(key: str) -> None:
    """Call it after the field with this key was drawn."""
    with st.container(key="hidden_first_field"):
        _first_field(key="first_field", data={"key": key})
