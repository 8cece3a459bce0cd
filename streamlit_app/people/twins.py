"""A list, for administrators, of people whose names look the same. Nobody is merged."""

import streamlit as st

from contracts.pages import Page
from contracts.people import Namesake, Twins
from streamlit_app.components.table import Column, table
from streamlit_app.language.moments import said
from streamlit_app.state import session

COLUMNS = [
    Column("Name"),
    Column("Role"),
    Column("No.", is_number=True),
    Column("Here since"),
    Column("Reports", is_number=True),
]


def twins() -> None:
    """Draws a button and what it found. The search runs only at a press, because it reads the names of all people."""
    st.text("People with the same role whose names look the same, for example because one was imported.")
    if st.button("Look for them", key="look_for_twins"):
        with st.spinner("Asking the desk…"):
            st.session_state["twins"] = session.api().twins()
    found: Page[Twins] | None = st.session_state.get("twins")
    if found is None:
        return
    if not found.items:
        st.text("There are none.")
        return
    table("twins", "People who may be the same", COLUMNS, [_row(one) for pair in found.items for one in pair.people])
    if found.next_cursor:
        st.text(f"These are the first {len(found.items)} names; there are more.")


def _row(person: Namesake) -> list[str]:
    return [person.name, ", ".join(person.role_names), str(person.id), said(person.created_at), str(person.tickets)]
