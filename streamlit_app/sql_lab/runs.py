"""The statement that this tab runs. It runs in a thread, so that the page can tell how far it is and cancel it."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from threading import Thread

import pyarrow as pa
import streamlit as st
from pydantic import ValidationError
from streamlit import runtime
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from contracts.sql import MOST_ROWS, SqlAnswer, SqlAsk, SqlState, SqlStatementRead, Value
from streamlit_app.client.analytics import Analytics
from streamlit_app.client.errors import ApiError, faults
from streamlit_app.components.sql_editor import Wish
from streamlit_app.sql_lab.tables import as_table
from streamlit_app.state import session

RUN = "sql_run"
# On the line of the statement's first word, so that lines are counted as in the editor.
EXPLAIN = "EXPLAIN (FORMAT json) "
# A cancelled statement ends well within this time; then the page says so at once.
CANCELLED_WITHIN_SECONDS = 2.0
LOOKS_FOR_TAB_SECONDS = 2.0


@dataclass
class Run:
    """A statement, and its answer as soon as there is one. `ask` is what was sent; `refusal` says why nothing was.
    `began` and `ended` are on the monotonic clock."""

    wish: Wish
    ask: SqlAsk | None = None
    answer: Future[SqlAnswer] = field(default_factory=Future)
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None
    is_cancelled: bool = False
    refusal: str | None = None

    @property
    def is_over(self) -> bool:
        return self.refusal is not None or self.answer.done()

    @property
    def seconds(self) -> float:
        """For how long it has been running, or ran; the time of waiting for its turn included."""
        return (self.ended or time.monotonic()) - self.began

    @cached_property
    def table(self) -> pa.Table:
        """The rows of a statement that has some. They are kept here, on the server."""
        return as_table(self.answer.result())

    @property
    def error(self) -> BaseException | None:
        """Why there is no result, once the statement is over."""
        return self.answer.exception() if self.answer.done() else None

    @property
    def error_line(self) -> int | None:
        """The line of the editor in which the statement is wrong, counted from 1."""
        error = self.error
        line = error.envelope.line if isinstance(error, ApiError) else None
        return self.wish.first_line + line - 1 if line else None

    def wait(self, seconds: float) -> None:
        """Waits for the end, but not longer than this."""
        if not self.is_over:
            wait([self.answer], seconds)


def current() -> Run | None:
    run: Run | None = st.session_state.get(RUN)
    return run


def current_after(seconds: float) -> Run | None:
    """Returns the current statement after its end, but waits for that not longer than this."""
    if run := current():
        run.wait(seconds)
    return run


def start(wish: Wish, parameters: Mapping[str, Value], when_over: Callable[[Run], None]) -> None:
    """Starts the statement with these values of its parameters; `when_over` is called in its thread at its end. Does
    nothing while another one runs, or if this one arrived before: the browser may send it several times."""
    before = current()
    if before is not None and (not before.is_over or before.wish.id == wish.id):
        return
    run = st.session_state[RUN] = Run(wish)
    try:
        sql = f"{EXPLAIN if wish.explains else ''}{wish.sql}"
        run.ask = ask = SqlAsk(sql=sql, id=wish.id, parameters=dict(parameters), limit=MOST_ROWS)
    except ValidationError as error:
        run.refusal = faults(error)
    else:
        analytics = session.analytics()
        Thread(target=_run, args=(run, analytics, ask, when_over), name="statement", daemon=True).start()
        if runtime.exists() and (context := get_script_run_ctx()):
            is_open = partial(runtime.get_instance().is_active_session, context.session_id)
            Thread(target=_end_with_tab, args=(run, analytics, is_open), name="statement's tab", daemon=True).start()


def _end_with_tab(run: Run, analytics: Analytics, is_open: Callable[[], bool]) -> None:
    """Ends the statement when its tab is closed. Looks twice, because a tab that has lost its connection for a moment
    comes back."""
    was_open = True
    while not run.is_over:
        run.wait(LOOKS_FOR_TAB_SECONDS)
        is_still_open = is_open()
        if not (is_still_open or was_open):
            with suppress(ApiError):  # it has not arrived yet, or is over
                analytics.cancel_statement(run.wish.id)
        was_open = is_still_open


def _run(run: Run, analytics: Analytics, ask: SqlAsk, when_over: Callable[[Run], None]) -> None:
    try:
        answer = analytics.run_statement(ask)
    except BaseException as error:
        run.ended = time.monotonic()
        run.answer.set_exception(error)
    else:
        run.ended = time.monotonic()
        run.answer.set_result(answer)
    when_over(run)


def cancel() -> None:
    """Ends the current statement."""
    run = current()
    if run is None or run.is_over:
        return
    run.is_cancelled = True
    try:
        session.analytics().cancel_statement(run.wish.id)
    except ApiError as error:
        if error.status == 404:  # it has not arrived yet, or is over
            return
        raise
    run.wait(CANCELLED_WITHIN_SECONDS)


def state(run: Run) -> SqlStatementRead:
    """Returns how far the statement is, as far as the analytics API says so now."""
    try:
        return session.analytics().statement(run.wish.id)
    except ApiError:
        return SqlStatementRead(id=run.wish.id, state=SqlState.RUNNING)
