"""The last answers of the data API, which pages go on showing while the data API cannot be reached."""

import contextlib
from collections.abc import Callable
from typing import Any, TypeVar, cast

import streamlit as st

from streamlit_app.client.errors import ApiError, DeskAway

T = TypeVar("T")

MOST_HELD = 12


def ask_or_reuse(name: str, ask: Callable[[], T]) -> T:
    """Returns the data API's answer; while the data API is away, the last answer under this name in this tab.

    Raises DeskAway when there is none.
    """
    answers: dict[str, Any] = st.session_state.setdefault("held", {})
    try:
        # No spinner if an earlier answer is on the screen already.
        with contextlib.nullcontext() if name in answers else st.spinner("Asking the desk…"):
            answer = ask()
    except DeskAway:
        st.session_state["is_away"] = True
        if name not in answers:
            raise
        return cast("T", answers[name])
    st.session_state["is_away"] = False
    answers.pop(name, None)
    answers[name] = answer
    if len(answers) > MOST_HELD:
        del answers[next(iter(answers))]
    return answer


def note_if_away(error: ApiError) -> None:
    """Call it where an error is handled whose sentence stays on the page. Then the page also says that the data API is
    away, and is redrawn when it is back."""
    if isinstance(error, DeskAway):
        st.session_state["is_away"] = True


def has_passed(sentence: str) -> bool:
    """Whether this sentence says that the data API is away although it is back."""
    return sentence == DeskAway.words and not is_away()


def is_away() -> bool:
    return bool(st.session_state.get("is_away"))
