"""The chart that is saved with a query: taken from the choices under the result, and put back there."""

import streamlit as st

from contracts.sql_charts import SqlChart
from streamlit_app.sql_lab import chart as charts
from streamlit_app.sql_lab.runs import Run
from streamlit_app.sql_lab.tables import names

WANTED = "sql_chart_wanted"


def begin(chart: SqlChart | None) -> None:
    """Begins with the chart of a query that is opened: it is chosen when there is a result with its columns."""
    st.session_state[WANTED] = chart
    charts.choose(None)


def choose_for(run: Run | None) -> None:
    """Chooses the chart of the opened query for its first result. Call it before the result is drawn."""
    chart: SqlChart | None = st.session_state.get(WANTED)
    if chart is None or run is None or not run.is_over or run.refusal is not None or run.error is not None:
        return
    needed = {chart.x, chart.y, *filter(None, [chart.colour])}
    if needed <= set(names(run.answer.result())):
        charts.choose(chart)
        st.session_state[WANTED] = None


def chosen(saved: SqlChart | None) -> SqlChart | None:
    """Returns the chart that is chosen now. Where nothing can be chosen, because there is no result yet, it is the one
    that is saved."""
    if not charts.can_choose() or st.session_state.get(WANTED) is not None:
        return saved
    return charts.chosen()
