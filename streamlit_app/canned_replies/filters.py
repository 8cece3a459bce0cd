"""The search and the filters of the list of canned replies, which the page's URL holds."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from pydantic import ValidationError

from contracts.canned_replies import FOR_EVERYBODY, CannedReplyQuery, Language
from streamlit_app.language.words import LANGUAGES
from streamlit_app.state import address, lists

SEARCH, TEAM, LANGUAGE, ARCHIVED = "replies_q", "replies_team", "replies_language", "replies_archived"
EVERYBODY = "Everybody"


def draw_filters() -> CannedReplyQuery:
    """Draws the widgets, writes the URL, and returns the query that they describe."""
    address.follow("canned_replies", _set_widgets, is_new=ARCHIVED not in st.session_state)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Find a reply", key=SEARCH, type="search", max_chars=200, placeholder="Words or shortcut", width=196
        )
        _any_of("Team", TEAM, _teams())
        _any_of("Language", LANGUAGE, LANGUAGES)
        st.checkbox("Archived ones", key=ARCHIVED)
    chosen = _in_address()
    address.write(chosen)
    try:
        return CannedReplyQuery.model_validate(chosen)
    except ValidationError:
        return CannedReplyQuery()


def _teams() -> dict[str, str]:
    return {FOR_EVERYBODY: EVERYBODY} | lists.with_distinct_names(lists.team_names())


def _any_of(label: str, key: str, names: Mapping[Any, str]) -> None:
    st.multiselect(label, list(names), format_func=lambda one: names[one], key=key, placeholder="Any", width=164)


def _set_widgets() -> None:
    st.session_state[SEARCH] = (address.get("q") or "")[:200].replace("\x00", "")
    st.session_state[TEAM] = [slug for slug in address.get_all("team") if slug in _teams()]
    st.session_state[LANGUAGE] = [Language(one) for one in address.get_all("language") if one in LANGUAGES]
    st.session_state[ARCHIVED] = address.get("is_archived") == "true"


def _in_address() -> dict[str, str | list[str]]:
    """Returns what differs from the defaults."""
    chosen: dict[str, str | list[str]] = {
        "q": st.session_state[SEARCH].strip(),
        "team": st.session_state[TEAM],
        "language": [str(one) for one in st.session_state[LANGUAGE]],
        "is_archived": "true" if st.session_state[ARCHIVED] else "",
    }
    return {name: value for name, value in chosen.items() if value}
