"""The names of people whom a link or a saved view brings: they may have left, or be on no list for another reason. Each
is asked for once in a tab."""

from collections.abc import Iterable

import streamlit as st

from contracts.people import Permission, PersonBrief
from streamlit_app.client.errors import ApiError
from streamlit_app.state import session

KEY = "person_names"
NOT_THERE = 404


def note(people: Iterable[PersonBrief]) -> None:
    """Keeps the names of people who were found otherwise."""
    _known().update({str(person.id): person.name for person in people})


def name_of(person_id: str) -> str:
    if person_id not in _known() and session.may(Permission.PEOPLE_READ):
        try:
            _known()[person_id] = session.api().person(int(person_id)).name
        except ApiError as error:
            # Anything else, such as an outage, passes, and the name is asked for again.
            if error.status == NOT_THERE:
                _known()[person_id] = f"someone who left (no. {person_id})"
    return _known().get(person_id, f"no. {person_id}")


def _known() -> dict[str, str]:
    names: dict[str, str] = st.session_state.setdefault(KEY, {})
    return names
