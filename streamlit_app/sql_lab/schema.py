"""What there is to ask about: the tables with their columns, and queries to begin with."""

from collections.abc import Sequence
from uuid import uuid4

import streamlit as st

from contracts.sql import SqlTableRead
from streamlit_app.components.schema_browser import schema_browser
from streamlit_app.components.sql_editor import Fill
from streamlit_app.sql_lab.examples import EXAMPLES

FILL = "sql_fill"


def filled() -> Fill | None:
    """Returns what the editor was last filled with."""
    fill: Fill | None = st.session_state.get(FILL)
    return fill


def draw_examples() -> None:
    with st.expander("Examples"), st.container(horizontal=True):
        for title, sql in EXAMPLES.items():
            st.button(title, key=f"sql_example_{title}", on_click=fill, args=(sql,))


def fill(sql: str) -> None:
    """Replaces what is in the editor."""
    st.session_state[FILL] = Fill(uuid4().hex, sql)


def draw_tables(tables: Sequence[SqlTableRead]) -> None:
    with st.expander("Tables and columns"):
        schema_browser("sql_schema", tables)
