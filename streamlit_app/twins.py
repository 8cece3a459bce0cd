"""People whose names cannot be told apart, for administrators to know of. Nobody is merged."""

import streamlit as st

from contracts.people import Namesake
from streamlit_app import session
from streamlit_app.components.table import Column, table
from streamlit_app.moments import said
from streamlit_app.words import ROLES

COLUMNS = [
    Column("Name"),
    Column("Role"),
    Column("No.", is_number=True),
    Column("Here since"),
    Column("Reports", is_number=True),
]


def twins() -> None:
    """Looked for when asked: that reads the names of everybody."""
    st.text("Names of the same role that look alike, such as José typed in two ways, or entered with and imported.")
    if not st.toggle("Show them", key="twins_shown"):
        return
    found = session.api().twins()
    if not found.items:
        st.text("There are none.")
        return
    table("twins", "People who may be the same", COLUMNS, [_row(one) for pair in found.items for one in pair.people])
    if found.next_cursor:
        st.text(f"These are the first {len(found.items)} names; there are more.")


def _row(person: Namesake) -> list[str]:
    roles = ", ".join(ROLES[role] for role in person.roles)
    return [person.name, roles, str(person.id), said(person.created_at), str(person.tickets)]
