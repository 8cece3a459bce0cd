"""A chart of a result: its mark, and which column is on which axis, are chosen on the page."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pyarrow as pa
import streamlit as st

from contracts.sql_charts import LONGEST_COLUMN_NAME, SqlChart, SqlMark
from streamlit_app.components.chart_files import chart_files
from streamlit_app.language.words import count
from streamlit_app.sql_lab.tables import NUMBERS, TIMES

NO_CHART = "No chart"
NO_COLOUR = "One colour"
HEIGHT = 320
# A label at the end of an axis is wider than the axis, and a saved picture would cut it.
PADDING = {"left": 8, "top": 8, "right": 24, "bottom": 16}
MARK, X, Y, COLOUR = "sql_mark", "sql_x", "sql_y", "sql_colour"
PICTURE = "sql_picture"
CHANNELS = {"x": alt.X, "y": alt.Y, "colour": alt.Color}
# As SVG however many marks there are, so that it can be saved as such.
AS_SVG = {"embedOptions": {"renderer": "svg"}}


def choose(chart: SqlChart | None) -> None:
    """Chooses this chart, as if somebody had. To be called before the choices are drawn."""
    st.session_state[MARK] = chart.mark.value.capitalize() if chart else NO_CHART
    if chart:
        st.session_state.update({X: chart.x, Y: chart.y, COLOUR: chart.colour or NO_COLOUR})


def can_choose() -> bool:
    """Returns whether there is, or was, a result with columns to choose from."""
    return MARK in st.session_state


def chosen() -> SqlChart | None:
    """Returns the chart that is chosen; None without one."""
    mark = st.session_state.get(MARK, NO_CHART)
    if mark == NO_CHART or X not in st.session_state or Y not in st.session_state:
        return None
    colour = st.session_state.get(COLOUR, NO_COLOUR)
    return SqlChart(
        mark=SqlMark(mark.lower()),
        x=st.session_state[X],
        y=st.session_state[Y],
        colour=None if colour == NO_COLOUR else colour,
    )


def draw_chart(table: pa.Table, types: Mapping[str, str]) -> None:
    """Draws the choices, and the chart of the rows that they describe. `types` are the kinds of the columns."""
    names = [name for name in types if 0 < len(name) <= LONGEST_COLUMN_NAME]
    numbers = [name for name in names if types[name] in NUMBERS]
    if not table.num_rows or not numbers:
        return
    with st.container(horizontal=True, key="sql_chart"):
        chart = _draw_choices(names, numbers)
    if chart is None:
        return
    with st.container(key=PICTURE):
        st.vega_lite_chart(
            spec=spec(chart, types) | {"datasets": {"result": _data(table, chart)}, "usermeta": AS_SVG},
            key="sql_vega",
            alt=_in_words(chart, table.num_rows),
        )
    chart_files("sql_chart_files", PICTURE, "lodge-chart")


def _draw_choices(names: Sequence[str], numbers: Sequence[str]) -> SqlChart | None:
    marks = [NO_CHART, *(mark.value.capitalize() for mark in SqlMark)]
    if _choice("Chart", marks, MARK, width=150) == NO_CHART:
        return None
    is_heatmap = st.session_state[MARK].lower() == SqlMark.HEATMAP
    _choice("Across", names, X)
    if is_heatmap:
        _choice("Up", names, Y, usual=min(1, len(names) - 1))
        _choice("Colour", numbers, COLOUR, usual=len(numbers) - 1)
    else:
        _choice("Up", numbers, Y, usual=len(numbers) - 1)
        _choice("Colour", [NO_COLOUR, *names], COLOUR)
    return chosen()


def _choice(label: str, options: Sequence[str], key: str, *, usual: int = 0, width: int = 200) -> str:
    """Draws a choice. What was chosen for another result and does not exist in this one is forgotten."""
    if st.session_state.get(key, options[usual]) not in options:
        del st.session_state[key]
    return st.selectbox(label, options, index=usual, key=key, width=width)


def _in_words(chart: SqlChart, points: int) -> str:
    colour = f", coloured by {chart.colour}" if chart.colour else ""
    return (
        f"{chart.mark.value.capitalize()} chart of {chart.y} by {chart.x}{colour}, "
        f"{count(points, 'point', 'points')}. The table above has the figures."
    )


def _shown(chart: SqlChart) -> dict[str, str]:
    """Returns the columns by their place in the chart."""
    return {"x": chart.x, "y": chart.y} | ({"colour": chart.colour} if chart.colour else {})


def _data(table: pa.Table, chart: SqlChart) -> pa.Table:
    """The columns under the names of their places, because a name of a column may have a meaning in Vega-Lite."""
    columns = {place: table.column(name) for place, name in _shown(chart).items()}
    decimals = {place: column.cast("float64") for place, column in columns.items() if pa.types.is_decimal(column.type)}
    columns |= decimals
    if chart.mark is SqlMark.HEATMAP:
        columns |= {place: columns[place].cast(pa.string()) for place in ("x", "y")}
    return pa.table(columns)


def spec(chart: SqlChart, types: Mapping[str, str]) -> dict[str, Any]:
    """Returns the chart in Vega-Lite, without its data."""
    is_heatmap = chart.mark is SqlMark.HEATMAP
    encoding: dict[str, Any] = {}
    for place, name in _shown(chart).items():
        measure = "N" if is_heatmap and place != "colour" else _measure(types[name])
        channel = CHANNELS[place](f"{place}:{measure}", title=name)
        is_text_axis = place != "colour" and measure == "N"
        encoding["color" if place == "colour" else place] = channel.sort(None) if is_text_axis else channel
    picture = alt.Chart(alt.NamedData("result"), height=HEIGHT, padding=PADDING).encode(**encoding)
    mark = "rect" if is_heatmap else chart.mark.value
    drawn: dict[str, Any] = getattr(picture, f"mark_{mark}")(tooltip=True).properties(width="container").to_dict()
    return drawn


def _measure(kind: str) -> str:
    return "Q" if kind in NUMBERS else "T" if kind in TIMES else "N"
