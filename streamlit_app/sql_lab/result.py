"""What became of the statement: how far it is, its rows, or why there are none."""

import streamlit as st

from contracts.sql import MOST_ROWS, SqlState, SqlStatementRead
from streamlit_app.client.errors import ApiError, ServiceAway
from streamlit_app.language import moments
from streamlit_app.language.text import plain
from streamlit_app.language.words import count
from streamlit_app.shell.frame import errors_shown, show_error
from streamlit_app.sql_lab import runs
from streamlit_app.sql_lab.chart import draw_chart
from streamlit_app.sql_lab.files import draw_files
from streamlit_app.sql_lab.filters import draw_filters
from streamlit_app.sql_lab.hints import hint
from streamlit_app.sql_lab.plan import draw_plan, is_plan
from streamlit_app.sql_lab.runs import Run
from streamlit_app.sql_lab.tables import kind

ASKS_EVERY_SECONDS = 0.5


AWAY = "The SQL lab cannot be reached at the moment. What you wrote in it is kept."


def show_away(error: ServiceAway) -> None:
    """Says why nothing can be run now: in the service's own words, if it has any, such as that it copies the data."""
    st.info(plain(error.answered.detail) if error.answered else AWAY)


def draw_result(run: Run | None) -> None:
    if run is None:
        st.info("Write a query above, or begin with an example. It is answered from data that is a few seconds old.")
    elif not run.is_over:
        _progress()
    elif run.refusal is not None:
        st.error(plain(run.refusal))
    elif run.error is not None:
        _why_not(run, run.error)
    else:
        _rows(run)


@st.fragment(run_every=ASKS_EVERY_SECONDS)
def _progress() -> None:
    """Redrawn on its own until the statement is over."""
    run = runs.current()
    if run is None or run.is_over:
        st.rerun()
    with errors_shown():
        if run.is_cancelled:  # pressed before the statement had arrived
            runs.cancel()
        st.info(_said(run, runs.state(run)))
        st.button("Cancel", key="sql_cancel", on_click=_cancel, disabled=run.is_cancelled)


def _cancel() -> None:
    with errors_shown():
        runs.cancel()


def _said(run: Run, state: SqlStatementRead) -> str:
    if run.is_cancelled:
        return "Cancelling…"
    if state.state is not SqlState.WAITING:
        return f"Running for {run.seconds:.0f} s."
    ahead = f"{state.ahead} statements are" if state.ahead > 1 else "1 statement is"
    return f"Waiting for {run.seconds:.0f} s." + (f" {ahead} ahead of yours." if state.ahead else " Yours is next.")


def _why_not(run: Run, error: BaseException) -> None:
    if not isinstance(error, ApiError):
        raise error
    if error.envelope.error == "StatementCancelled":
        st.info(f"Cancelled after {run.seconds:.1f} s.")
    elif isinstance(error, ServiceAway):
        show_away(error)
    elif error.status == 401:
        show_error(error)
    else:
        # DuckDB repeats the line with a mark under the place, and counts from the statement's first line.
        told = error.envelope.detail.split("\n\nLINE ")[0].strip() + hint(error)
        st.error(plain(f"Line {run.error_line}: {told}" if run.error_line else told))


def _rows(run: Run) -> None:
    answer = run.answer.result()
    if is_plan(answer):
        draw_plan(answer)
        return
    st.caption(
        f"{count(len(answer.rows), 'row', 'rows')} in {_duration(answer.elapsed_ms)}, "
        f"as of {moments.here(answer.as_of):%H:%M:%S}."
    )
    if answer.truncated:
        st.warning(_cut(len(answer.rows)))
    types = dict(zip(run.table.column_names, [kind(column.type) for column in answer.columns], strict=True))
    table = draw_filters(run.table)
    if table.num_rows < len(answer.rows):
        st.caption(f"{table.num_rows:,} of {len(answer.rows):,} rows pass the filters.")
    # Lazy: the browser gets a thousand rows at a time, and asks the server to sort by a column.
    st.dataframe(
        table,
        lazy=True,
        hide_index=True,
        column_config={name: st.column_config.Column(help=type_) for name, type_ in types.items()},
        key="sql_rows",
        alt="Rows of the result",
    )
    draw_files(run)
    draw_chart(table, types)


def _cut(rows: int) -> str:
    most = "the page shows" if rows == MOST_ROWS else "fit into the 8 MB that the page shows"
    return (
        f"These are the first {rows:,} rows, as many as {most}; there are more. Filters, sorting and charts are about "
        "these; a file has all. ORDER BY in the query decides which come first."
    )


def _duration(milliseconds: float) -> str:
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"
