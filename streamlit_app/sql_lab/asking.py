"""From a press of Run to the statement that runs: first the values that it asks for, then the statement, then its line
in the history."""

from dataclasses import replace
from uuid import uuid4

import streamlit as st

from streamlit_app.components.sql_editor import Wish
from streamlit_app.sql_lab import history, parameters, runs, schema
from streamlit_app.sql_lab.runs import Run

ASKED = "sql_asked"
WAITS = "sql_waits_for_values"


def begin() -> None:
    """Begins with another text: what was asked for before, and its result, are about the one before."""
    if not is_running():
        for name in (ASKED, WAITS, runs.RUN):
            st.session_state.pop(name, None)


def ask(wish: Wish) -> None:
    """Runs what the editor asks for, unless it has parameters that nobody has given a value yet: then it waits for
    them."""
    before = _asked()
    if before and before.id == wish.id:  # the browser may send it several times
        return
    if is_running():
        return
    st.session_state[ASKED] = wish
    st.session_state[WAITS] = not parameters.show_those_of(wish.sql)
    if not st.session_state[WAITS]:
        _start(wish)


def ask_again(sql: str) -> None:
    """Puts a statement into the editor and runs it."""
    schema.fill(sql)
    ask(Wish(uuid4().hex, sql, 1))


def run_with_values() -> None:
    """Runs the statement asked for last, with the values that its parameters have now."""
    if (wish := _asked()) and not is_running():
        st.session_state[WAITS] = False
        _start(replace(wish, id=uuid4().hex))


def is_waiting() -> bool:
    """Whether a statement waits for the values of its parameters."""
    return bool(st.session_state.get(WAITS))


def has_asked() -> bool:
    """Whether there is a statement that could run again."""
    return _asked() is not None


def is_running() -> bool:
    run = runs.current()
    return run is not None and not run.is_over


def heard() -> str | None:
    """Returns the id of the statement that arrived last from the editor."""
    wish = _asked()
    return wish.id if wish else None


def current_after(seconds: float) -> Run | None:
    """Returns what `runs.current_after` does; nothing while a statement waits for values."""
    return None if is_waiting() else runs.current_after(seconds)


def _start(wish: Wish) -> None:
    runs.start(wish, parameters.values_of(wish.sql), history.noter())


def _asked() -> Wish | None:
    wish: Wish | None = st.session_state.get(ASKED)
    return wish
