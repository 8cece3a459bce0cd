"""The tables of the SQL lab with their columns: what they hold, and their names for the editor."""

from collections.abc import Sequence

from contracts.sql import SqlTableRead
from streamlit_app.components.component_files import component
from streamlit_app.language import moments

_browser = component("schema_browser")
SUMMARY = "sql/schema/"  # the route of streamlit_app/server/sql_requests.py


def schema_browser(key: str, tables: Sequence[SqlTableRead]) -> None:
    """Draws the tables. What the columns of a table hold is asked for by the browser when the table is opened. A press
    on a name puts it into the editor (sql_editor.js), at the cursor."""
    _browser(
        key=key,
        data={
            "summary": SUMMARY,
            "zone": str(moments.zone()),
            "tables": [table.model_dump() for table in tables],
        },
    )
