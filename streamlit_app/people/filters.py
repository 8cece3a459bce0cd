"""The search and the filters of the list of people, which the page's URL holds."""

from typing import Any

import streamlit as st
from pydantic import ValidationError

from contracts.people import Active, PersonQuery
from streamlit_app.state import address, lists

SEARCH, ROLE, TEAM, ACTIVE = "people_q", "people_role", "people_team", "people_active"
NAMES = {Active.TRUE: "Active", Active.FALSE: "Deactivated", Active.ALL: "All"}


def draw_filters() -> PersonQuery:
    """Draws the widgets, writes the URL, and returns the query that they describe."""
    address.follow("people", _set_widgets, is_new=ACTIVE not in st.session_state)
    with st.container(horizontal=True, vertical_alignment="bottom", key="people_filters"):
        st.text_input("Search", key=SEARCH, type="search", max_chars=200, placeholder="Name or mail address", width=232)
        _any_of("Role", ROLE, lists.role_names())
        _any_of("Team", TEAM, lists.team_names())
        st.selectbox("Who", list(NAMES), format_func=lambda one: NAMES[one], key=ACTIVE, width=150)
    address.write(_in_address())
    return _query()


def _any_of(label: str, key: str, names: Any) -> None:
    st.multiselect(label, list(names), format_func=lambda slug: names[slug], key=key, placeholder="Any", width=190)


def _set_widgets() -> None:
    st.session_state[SEARCH] = (address.get("q") or "")[:200].replace("\x00", "")
    st.session_state[ROLE] = [slug for slug in address.get_all("role") if slug in lists.role_names()]
    st.session_state[TEAM] = [slug for slug in address.get_all("team") if slug in lists.team_names()]
    given = address.get("active")
    st.session_state[ACTIVE] = next((one for one in Active if one == given), Active.TRUE)


def _in_address() -> dict[str, str | list[str]]:
    """Returns what differs from the defaults."""
    active = Active(st.session_state[ACTIVE])
    chosen: dict[str, str | list[str]] = {
        "q": st.session_state[SEARCH].strip(),
        "role": st.session_state[ROLE],
        "team": st.session_state[TEAM],
        "active": "" if active == Active.TRUE else str(active.value),
    }
    return {name: value for name, value in chosen.items() if value}


def _query() -> PersonQuery:
    try:
        return PersonQuery.model_validate(_in_address())
    except ValidationError:
        return PersonQuery()
