"""The tags of a ticket, which are removed and added one by one."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from contracts.base import LONGEST_TAG
from contracts.tickets import MOST_TAGS
from streamlit_app.components.component_files import component, draw

_tag_editor = component("tag_editor")


def tag_editor(
    key: str,
    ticket_id: int,
    version: int,
    tags: Sequence[str],
    wish: Callable[[list[str], int], None],
    *,
    is_field: bool = False,
) -> None:
    """Draws the tags of the ticket in this version. When somebody adds or removes some, `wish` is called with all that
    the ticket shall have, and the version that they saw. The browser shows what they wish until that was done. With
    `is_field`, it is part of a larger form, and `typed_in` returns what is still in the field."""
    rounds = f"{key}_round"

    def wished(value: dict[str, Any]) -> None:
        st.session_state[rounds] = st.session_state.get(rounds, 0) + 1
        wish([str(tag) for tag in value["tags"]], int(value["version"]))

    data = {
        "ticket": ticket_id,
        "version": version,
        "tags": list(tags),
        "most": MOST_TAGS,
        "longest": LONGEST_TAG,
        "round": st.session_state.get(rounds, 0),
        "is_field": is_field,
    }
    draw(_tag_editor, key, data, {"tags": wished}, on_typed_change=lambda: None)


def typed_in(key: str) -> list[str]:
    """Returns the tags that somebody has typed without pressing Enter."""
    typed = str((st.session_state.get(key) or {}).get("typed") or "")
    return [tag for one in typed.split(",") if (tag := one.strip())]
