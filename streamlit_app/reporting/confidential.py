"""The box of the report form with which a report is sent as confidential, and what it then says about who reads it."""

import streamlit as st

from contracts.people import PersonBrief
from streamlit_app.language.text import isolated, plain
from streamlit_app.state import lists

FOR_ONESELF = "Confidential: only you, administrators and whoever is named on the ticket may read it."
FOR_ANOTHER = "Confidential: only its requester, you, administrators and whoever is named on the ticket may read it."
WITHOUT_PASSWORDS = (
    "On this helpdesk everybody may sign in as an administrator, without a password. So anybody here could read it."
)
NOBODY = "No administrator could read it yet, so nobody at the helpdesk would see your report. Leave this box empty."
MOST_NAMED = 5


def confidential_box(key: str, *, for_oneself: bool) -> None:
    if not st.checkbox(FOR_ONESELF if for_oneself else FOR_ANOTHER, key=key):
        return
    if lists.is_sign_in_by_choice():
        st.warning(WITHOUT_PASSWORDS)
    elif readers := lists.confidential_readers().items:
        st.caption(plain(f"Administrators who read it: {_names(readers)}."))
    else:
        st.warning(NOBODY)


def _names(people: list[PersonBrief]) -> str:
    named = [isolated(person.name) for person in people[:MOST_NAMED]]
    if len(people) > MOST_NAMED:
        return f"{', '.join(named)} and others"
    *others, last = named
    return f"{', '.join(others)} and {last}" if others else last
