"""What this person ran: noted at the end of each statement, and shown as a list."""

from collections.abc import Callable

import streamlit as st
from pydantic import ValidationError

from contracts.queries import QueryRunCreate, QueryRunRead, RunState
from streamlit_app.client.errors import ApiError, ServiceAway
from streamlit_app.components.entries import Entry, entries
from streamlit_app.language import moments
from streamlit_app.language.text import one_line
from streamlit_app.language.words import count
from streamlit_app.shell.dialogs import attempt, keep_button, open_dialog, show_dialog
from streamlit_app.shell.frame import errors_shown
from streamlit_app.sql_lab import schema
from streamlit_app.sql_lab.runs import Run
from streamlit_app.state import session

OWNER = "sql_history"
OPEN = "sql_history_open"
SHOWN_FIRST, SHOWN_AT_MOST = 20, 200
NONE = "Nothing yet. What you run is noted here, and only you can read it."


def noter() -> Callable[[Run], None]:
    """Returns a function that adds a statement to the history. It may be called in another thread."""
    api = session.api()

    def note(run: Run) -> None:
        try:
            if (line := _line(run)) is not None:
                api.add_query_run(line)
        except (ApiError, ValidationError):
            pass  # The result is what somebody waits for, and it is there without its line in the history.

    return note


def draw_history(run_again: Callable[[str], None]) -> None:
    """Draws the list, which is only asked for while it is open."""
    box = st.expander("History", key=OPEN, on_change="rerun")
    with box, errors_shown():
        if box.open:
            _draw(run_again)
    show_dialog(OWNER)


def _draw(run_again: Callable[[str], None]) -> None:
    limit = SHOWN_AT_MOST if st.session_state.get("sql_history_all") else SHOWN_FIRST
    page = session.api().query_runs(limit)
    if not page.items:
        st.info(NONE)
        return
    texts = {str(run.id): run.sql for run in page.items}

    def pressed(act: str, number: str) -> None:
        if (sql := texts.get(number)) is not None:
            st.session_state[OPEN] = False  # so that the editor comes into view
            (run_again if act == "run" else schema.fill)(sql)

    entries("entries_sql_history", "History", [_entry(run) for run in page.items], pressed)
    with st.container(horizontal=True):
        if page.next_cursor and limit < SHOWN_AT_MOST:
            st.button("Show all", key="sql_history_more", on_click=_show_all)
        st.button("Clear the history", key="sql_history_clear", on_click=_ask_to_clear)


def _show_all() -> None:
    st.session_state["sql_history_all"] = True


def _ask_to_clear() -> None:
    open_dialog(OWNER, "Clear your history?", _clear)


def _clear() -> None:
    st.text("What you ran is forgotten for good. Saved queries stay.")
    place = st.container()
    with st.container(horizontal=True):
        if st.button("Clear", type="primary", key="sql_history_clear_now"):
            attempt({"": place}, lambda api: api.clear_query_runs(), "Cleared.")
        keep_button("sql_history_keep")


def _entry(run: QueryRunRead) -> Entry:
    took = f"{run.elapsed_ms:.0f} ms" if run.elapsed_ms < 1000 else f"{run.elapsed_ms / 1000:.1f} s"
    what = {
        RunState.DONE: f"{count(run.rows or 0, 'row', 'rows')} in {took}",
        RunState.FAILED: f"Failed after {took}",
        RunState.CANCELLED: f"Cancelled after {took}",
    }
    fact = f"{moments.said(run.ran_at)} · {what[run.state]}"
    # The comments before a statement are not what somebody looks for.
    lines = [line for line in run.sql.splitlines() if not line.lstrip().startswith("--")]
    return Entry(
        str(run.id), one_line("\n".join(lines)) or one_line(run.sql), fact=fact, acts=("run", "edit"), is_text=True
    )


def _line(run: Run) -> QueryRunCreate | None:
    """Returns None for a statement that did not run because a service was away."""
    error = run.error
    if isinstance(error, ServiceAway):
        return None
    rows = len(run.answer.result().rows) if error is None else None
    is_cancelled = isinstance(error, ApiError) and error.envelope.error == "StatementCancelled"
    state = RunState.DONE if error is None else RunState.CANCELLED if is_cancelled else RunState.FAILED
    return QueryRunCreate(sql=run.wish.sql, state=state, elapsed_ms=1000 * run.seconds, rows=rows)
