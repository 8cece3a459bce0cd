"""What happened to a ticket, line by line, with the words that a change took away and brought."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from streamlit_app.components.component_files import component
from streamlit_app.language.differences import Piece

STEP, MOST = 50, 200

_history = component("history")


@dataclass(frozen=True)
class Act:
    """A button. One with a `question` asks it first, and does what it is for when `sure` is pressed."""

    name: str
    label: str
    question: str = ""
    sure: str = ""


@dataclass(frozen=True)
class Line:
    """`pieces` of a text are people's words; `note` stands under them."""

    id: int
    said: str
    exact: str
    text: str
    pieces: Sequence[Piece] = ()
    note: str = ""
    acts: Sequence[Act] = ()


def history_list(key: str, lines: Sequence[Line], do: Callable[[str, int], None], *, has_earlier: bool) -> None:
    """`do` is called with the name of an act and the line's number. More are asked for through `shown_lines`."""

    def acted() -> None:
        if pressed := (st.session_state.get(key) or {}).get("act"):
            do(str(pressed["name"]), int(pressed["id"]))

    def more() -> None:
        if (st.session_state.get(key) or {}).get("earlier"):
            st.session_state[f"{key}_limit"] = shown_lines(key) + STEP

    data = {"lines": [asdict(line) for line in lines], "has_earlier": has_earlier and shown_lines(key) < MOST}
    _history(key=key, data=data, on_act_change=acted, on_earlier_change=more)


def shown_lines(key: str) -> int:
    """How many of the latest lines this reader wants to see."""
    return min(MOST, int(st.session_state.get(f"{key}_limit", STEP)))
