"""The search and the filters of the list of people, which the page's URL holds."""

from typing import Any

import streamlit as st
from pydantic import ValidationError

from contracts.invitations import MOST_AT_ONCE
from contracts.people import PersonQuery
from streamlit_app.state import address, lists

SEARCH, ROLE, TEAM, WHO = "people_q", "people_role", "people_team", "people_active"
# What the URL holds for each choice of "Who".
ACTIVE, NO_PASSWORD, DEACTIVATED, ALL = "active", "no-password", "deactivated", "all"
NAMES = {ACTIVE: "Active", NO_PASSWORD: "No password yet", DEACTIVATED: "Deactivated", ALL: "All"}
IN_ADDRESS: dict[str, dict[str, str]] = {
    ACTIVE: {},
    NO_PASSWORD: {"has_password": "false"},
    DEACTIVATED: {"active": "false"},
    ALL: {"active": "all"},
}


def draw_filters() -> PersonQuery:
    """Draws the widgets, writes the URL, and returns the query that they describe."""
    address.follow("people", _set_widgets, is_new=WHO not in st.session_state)
    with st.container(horizontal=True, vertical_alignment="bottom", key="people_filters"):
        st.text_input(
            "Search people", key=SEARCH, type="search", max_chars=200, placeholder="Name or mail address", width=212
        )
        _any_of("Role", ROLE, lists.role_names())
        _any_of("Team", TEAM, lists.team_names())
        offered = [who for who in NAMES if who != NO_PASSWORD or lists.is_sign_in_by_password()]
        st.selectbox("Who", offered, format_func=lambda who: NAMES[who], key=WHO, width=168)
    address.write(_in_address())
    return _query()


def _any_of(label: str, key: str, names: Any) -> None:
    st.multiselect(label, list(names), format_func=lambda slug: names[slug], key=key, placeholder="Any", width=190)


def _set_widgets() -> None:
    st.session_state[SEARCH] = (address.get("q") or "")[:200].replace("\x00", "")
    st.session_state[ROLE] = [slug for slug in address.get_all("role") if slug in lists.role_names()]
    st.session_state[TEAM] = [slug for slug in address.get_all("team") if slug in lists.team_names()]
    given = {name: value for name in ("has_password", "active") if (value := address.get(name))}
    who = next((who for who, told in IN_ADDRESS.items() if told == given), ACTIVE)
    st.session_state[WHO] = who if who != NO_PASSWORD or lists.is_sign_in_by_password() else ACTIVE


def _in_address() -> dict[str, str | list[str]]:
    """Returns what differs from the defaults."""
    chosen: dict[str, str | list[str]] = {
        "q": st.session_state[SEARCH].strip(),
        "role": st.session_state[ROLE],
        "team": st.session_state[TEAM],
        **IN_ADDRESS[st.session_state[WHO]],
    }
    return {name: value for name, value in chosen.items() if value}


def _query() -> PersonQuery:
    # A page of people without a password is as long as the list of links that is made for it.
    limit = {"limit": MOST_AT_ONCE} if st.session_state[WHO] == NO_PASSWORD else {}
    try:
        return PersonQuery.model_validate(_in_address() | limit)
    except ValidationError:
        return PersonQuery()
