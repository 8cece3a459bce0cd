"""A ticket's history as a list, with the words that each change of a text removed and added."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from streamlit_app.components.component_files import component
from streamlit_app.language.differences import Piece

STEP, MOST = 50, 200

_history = component("history")


@dataclass(frozen=True)
class Act:
    """A button of a line. With a `question`, a press first shows that question, and a second button, labelled `sure`,
    does the act."""

    name: str
    label: str
    question: str = ""
    sure: str = ""


@dataclass(frozen=True)
class Line:
    """One line. `pieces` are the unchanged, removed and added parts of a text that people wrote; `note` is shown under
    them."""

    id: int
    said: str
    exact: str
    text: str
    pieces: Sequence[Piece] = ()
    note: str = ""
    acts: Sequence[Act] = ()


def history_list(
    key: str, version: int, lines: Sequence[Line], do: Callable[[str, int, int], None], *, has_earlier: bool
) -> None:
    """Draws the list of the ticket in this version. When a button is pressed, `do` is called with the name of the act,
    the line's id, and the version that the person saw. When the user wants earlier lines, `shown_lines` returns a
    larger number at the next redraw."""

    def acted() -> None:
        if pressed := (st.session_state.get(key) or {}).get("act"):
            do(str(pressed["name"]), int(pressed["id"]), int(pressed["version"]))

    def more() -> None:
        if (st.session_state.get(key) or {}).get("earlier"):
            st.session_state[f"{key}_limit"] = shown_lines(key) + STEP

    more_lines = has_earlier and shown_lines(key) < MOST
    data = {"version": version, "lines": [asdict(line) for line in lines], "has_earlier": more_lines}
    _history(key=key, data=data, on_act_change=acted, on_earlier_change=more)


def shown_lines(key: str) -> int:
    """Returns how many of the latest lines to load: more after each press of "Show earlier"."""
    return min(MOST, int(st.session_state.get(f"{key}_limit", STEP)))
