"""The chart that is saved with a query: taken from the choices under the result, and put back there."""

import streamlit as st
from pydantic import ValidationError

from contracts.queries import QueryChart
from streamlit_app.sql_lab.chart import NO_COLOUR
from streamlit_app.sql_lab.runs import Run
from streamlit_app.sql_lab.tables import names

WANTED = "sql_chart_wanted"
NO_CHART = "No chart"


def begin(chart: QueryChart | None) -> None:
    """Begins with the chart of a query that is opened: it is chosen when there is a result with its columns."""
    st.session_state[WANTED] = chart
    st.session_state["sql_mark"] = NO_CHART


def choose_for(run: Run | None) -> None:
    """Chooses the chart of the opened query for its first result. Call it before the result is drawn."""
    chart: QueryChart | None = st.session_state.get(WANTED)
    if chart is None or run is None or not run.is_over or run.refusal is not None or run.error is not None:
        return
    needed = {chart.x, chart.y, *filter(None, [chart.colour])}
    if not needed <= set(names(run.answer.result())):
        return
    st.session_state["sql_mark"] = chart.mark.capitalize()
    st.session_state["sql_x"], st.session_state["sql_y"] = chart.x, chart.y
    st.session_state["sql_colour"] = chart.colour or NO_COLOUR
    st.session_state[WANTED] = None


def chosen(saved: QueryChart | None) -> QueryChart | None:
    """Returns the chart that is chosen now. Where nothing can be chosen, because there is no result yet, it is the one
    that is saved."""
    mark, x, y, colour = (st.session_state.get(f"sql_{choice}") for choice in ("mark", "x", "y", "colour"))
    if mark is None or st.session_state.get(WANTED) is not None:
        return saved
    if mark == NO_CHART or x is None or y is None:
        return None
    try:
        return QueryChart(mark=str(mark).lower(), x=x, y=y, colour=None if colour in (None, NO_COLOUR) else colour)
    except ValidationError:  # a column's name can be a whole expression, too long to be saved
        return None
