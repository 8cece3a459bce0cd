"""A chart of a result: its mark, and which column is on which axis, are chosen on the page."""

from typing import Any

import altair as alt
import pyarrow as pa
import streamlit as st

from contracts.sql import SqlAnswer
from streamlit_app.sql_lab.tables import NUMBERS, TIMES, as_table, kind, names

MARKS = ("No chart", "Bar", "Line", "Area", "Point")
NO_COLOUR = "One colour"
HEIGHT = 320


def draw_chart(answer: SqlAnswer) -> None:
    """Draws the choices, and the chart that they describe."""
    columns = dict(zip(names(answer), [kind(column.type) for column in answer.columns], strict=True))
    numbers = [name for name, kind_ in columns.items() if kind_ in NUMBERS]
    if not answer.rows or not numbers:
        return
    with st.container(horizontal=True, key="sql_chart"):
        mark = st.selectbox("Chart", MARKS, key="sql_mark", width=150)
        if mark == MARKS[0]:
            return
        x = st.selectbox("Across", list(columns), key="sql_x", width=200)
        y = st.selectbox("Up", numbers, index=len(numbers) - 1, key="sql_y", width=200)
        colour = st.selectbox("Colour", [NO_COLOUR, *columns], key="sql_colour", width=200)
    shown = {"x": x, "y": y} | ({"colour": colour} if colour != NO_COLOUR else {})
    spec = _spec(mark.lower(), {place: (name, columns[name]) for place, name in shown.items()})
    st.vega_lite_chart(
        spec=spec | {"datasets": {"result": _data(answer, shown)}},
        key="sql_picture",
        alt=f"{mark} chart of {y} by {x}. The table above has the figures.",
    )


def _data(answer: SqlAnswer, shown: dict[str, str]) -> pa.Table:
    """The columns under the names of their places, because a name of a column may have a meaning in Vega-Lite."""
    table = as_table(answer)
    columns = {place: table.column(name) for place, name in shown.items()}
    decimals = {place: column.cast("float64") for place, column in columns.items() if pa.types.is_decimal(column.type)}
    return pa.table(columns | decimals)


def _spec(mark: str, shown: dict[str, tuple[str, str]]) -> dict[str, Any]:
    channels = {"x": alt.X, "y": alt.Y, "colour": alt.Color}
    encoding = {
        "color" if place == "colour" else place: channels[place](f"{place}:{_measure(kind_)}", title=name)
        for place, (name, kind_) in shown.items()
    }
    if shown["x"][1] not in NUMBERS | TIMES:
        encoding["x"] = encoding["x"].sort(None)  # in the order of the result
    chart = alt.Chart(alt.NamedData("result"), height=HEIGHT).encode(**encoding)
    drawn = getattr(chart, f"mark_{mark}")(tooltip=True)
    spec: dict[str, Any] = drawn.properties(width="container").to_dict()
    return spec


def _measure(kind_: str) -> str:
    return "Q" if kind_ in NUMBERS else "T" if kind_ in TIMES else "N"
