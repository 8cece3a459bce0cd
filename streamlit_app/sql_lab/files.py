"""The whole result as a file: the query is run again, the analytics API writes the file, and the browser fetches it."""

import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Thread
from uuid import uuid4

import streamlit as st

from contracts.sheets import MOST_CELL_LETTERS, MOST_SHEET_ROWS
from contracts.sql import MOST_EXPORTED_ROWS
from contracts.sql_files import FileFormat, SqlFileAsk, SqlFileRead
from streamlit_app.client.analytics import Analytics
from streamlit_app.client.errors import ApiError, ServiceAway
from streamlit_app.components.download import download
from streamlit_app.language import moments
from streamlit_app.language.text import plain
from streamlit_app.language.words import count
from streamlit_app.shell.frame import errors_shown, show_error
from streamlit_app.sql_lab.hints import hint
from streamlit_app.sql_lab.runs import Run
from streamlit_app.state import session

FILE = "sql_file"
ASKS_EVERY_SECONDS = 0.5
NAMES = {FileFormat.CSV: "CSV", FileFormat.XLSX: "Excel", FileFormat.PARQUET: "Parquet", FileFormat.ARROW: "Arrow"}
MEGABYTE = 1024 * 1024


@dataclass
class Export:
    """A file that is being written, or is ready. `run_id` is the statement whose result it has."""

    run_id: str
    ask: SqlFileAsk
    file: Future[SqlFileRead] = field(default_factory=Future)
    began: float = field(default_factory=time.monotonic)
    is_cancelled: bool = False


def draw_files(run: Run) -> None:
    """Draws a button for each format, and what became of the file that was asked for last."""
    export: Export | None = st.session_state.get(FILE)
    if export is not None and export.run_id != run.wish.id:
        export = None
    is_writing = export is not None and not export.file.done()
    with st.container(horizontal=True, vertical_alignment="center", key="sql_files"):
        st.markdown("All rows as a file:", width="content")
        for format_, name in NAMES.items():
            st.button(name, key=f"sql_file_{format_}", on_click=_start, args=(run, format_), disabled=is_writing)
    if is_writing:
        _progress()
    elif export is not None:
        _result(export)


def _start(run: Run, format_: FileFormat) -> None:
    if run.ask is None:
        return
    ask = SqlFileAsk(sql=run.ask.sql, parameters=run.ask.parameters, id=uuid4().hex, format=format_)
    export = st.session_state[FILE] = Export(run.wish.id, ask)
    Thread(target=_write, args=(export, session.analytics()), name="file", daemon=True).start()


def _write(export: Export, analytics: Analytics) -> None:
    try:
        export.file.set_result(analytics.write_file(export.ask))
    except BaseException as error:
        export.file.set_exception(error)


@st.fragment(run_every=ASKS_EVERY_SECONDS)
def _progress() -> None:
    """Redrawn on its own until the file is ready."""
    export: Export | None = st.session_state.get(FILE)
    if export is None or export.file.done():
        st.rerun()
    seconds = time.monotonic() - export.began
    st.info(
        "Cancelling…" if export.is_cancelled else f"Writing the {NAMES[export.ask.format]} file for {seconds:.0f} s."
    )
    st.button("Cancel", key="sql_file_cancel", on_click=_cancel, args=(export,), disabled=export.is_cancelled)


def _cancel(export: Export) -> None:
    export.is_cancelled = True
    with errors_shown():
        session.analytics().cancel_statement(str(export.ask.id))


def _result(export: Export) -> None:
    error = export.file.exception()
    if error is None:
        _ready(export.file.result())
    elif not isinstance(error, ApiError):
        raise error
    elif error.envelope.error == "StatementCancelled":
        st.info("No file was written.")
    elif isinstance(error, ServiceAway) or error.status == 401:
        show_error(error)
    else:
        st.error(plain(f"No file was written. {error.envelope.detail}{hint(error)}"))


def _ready(file: SqlFileRead) -> None:
    size = f"{file.size / MEGABYTE:,.1f} MB" if file.size >= MEGABYTE / 10 else f"{max(1, file.size // 1024):,} kB"
    rows = count(file.rows, "row", "rows")
    download("sql_download", file.id, f"sql-files/{file.id}", file.name, f"Save {file.name}")
    st.caption(f"{rows}, {size}, as of {moments.here(file.as_of):%H:%M:%S}. The file is kept for ten minutes.")
    if told := _missing(file):
        st.warning(told)


def _missing(file: SqlFileRead) -> str:
    """Says what the file lacks, and what to do."""
    told = []
    if file.truncated and file.format is FileFormat.XLSX and file.rows == MOST_SHEET_ROWS:
        told.append(f"There are more rows than the {MOST_SHEET_ROWS:,} that a sheet holds; another format has them.")
    elif file.truncated and file.rows == MOST_EXPORTED_ROWS:
        told.append(f"There are more rows than the {MOST_EXPORTED_ROWS:,} that a file holds; ask for a part of them.")
    elif file.truncated:
        told.append(
            f"The file is full after {file.rows:,} rows, and there are more. Choose fewer columns or rows, "
            "or another format."
        )
    if file.shortened:
        cut = "1 text was" if file.shortened == 1 else f"{file.shortened:,} texts were"
        told.append(f"{cut} cut to the {MOST_CELL_LETTERS:,} characters that a cell holds; other formats have all.")
    return " ".join(told)
