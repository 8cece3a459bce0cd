"""Draws the chart of an answer, as the analysis's file defines it."""

import math
import textwrap
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import streamlit as st

from contracts.analyses import AnalysisAnswer, Chart, ChartMark, ColumnRead
from streamlit_app.analyses import chart_specs
from streamlit_app.analyses.cells import is_month, month_said, said, titled
from streamlit_app.analyses.chart_specs import TIMES, Columns
from streamlit_app.language import moments

LINE_HEIGHT = 320
SHARES_HEIGHT = 240
LABEL_LETTERS, LABEL_LINES = 18, 3


def draw(chart: Chart, answer: AnalysisAnswer, *, key: str, height: int = LINE_HEIGHT) -> None:
    """Draws the chart. `key` is the Streamlit element's key; `height` is the height of a line chart in pixels."""
    columns = {column.name: column for column in answer.columns}
    series = tuple(columns[name] for name in chart.y)
    if not answer.rows:
        st.info("There is nothing to count here.")
    elif chart.mark is ChartMark.NUMBER or chart.x is None:
        _large_numbers(series, answer)
    elif chart.mark is ChartMark.BAR:
        _bars(columns[chart.x], series[0], answer, key)
    else:
        panels = [series, *((columns[name],) for name in chart.apart)]
        _lines(columns[chart.x], panels, answer, key, height)


def shares(months: Sequence[str], found: Sequence[float], tickets: Sequence[int], *, key: str) -> None:
    """Draws percentages by month. `months` are such as 2012-10, at least one; `tickets` is how many each one covers."""
    across = [_point(month, "month") for month in months]
    wide = pa.table({"x": across, "share": list(found), "tickets": list(tickets)})
    last = f"{month_said(months[-1])}: {found[-1]:.1f} of 100, {tickets[-1]:,} tickets"
    spec = chart_specs.shares(height=SHARES_HEIGHT)
    _show(spec, {"wide": wide}, key, f"Chart of how many of 100 were right, by month. Last: {last}.")


def _large_numbers(series: Columns, answer: AnalysisAnswer) -> None:
    with st.container(key="large_numbers", horizontal=True):
        for column in series:
            st.metric(titled(column), said(answer.rows[0][column.name], column), width="content")


def _bars(x: ColumnRead, y: ColumnRead, answer: AnalysisAnswer, key: str) -> None:
    names = [str(row[x.name]) for row in answer.rows]
    labels = ["\n".join(textwrap.wrap(name, LABEL_LETTERS)[:LABEL_LINES]) for name in names]
    wide = pa.table({"x": names, "label": labels, "y0": _values(y, answer)})
    spec = chart_specs.bars(x, y, rows=len(names), room=_room(max(_values(y, answer))))
    _show(spec, {"wide": wide}, key, _in_words(x, (y,), answer))


def _lines(x: ColumnRead, panels: list[Columns], answer: AnalysisAnswer, key: str, height: int) -> None:
    time = x.type if x.type in TIMES else "month" if is_month(x) else ""
    across = [_point(row[x.name], time) for row in answer.rows]
    series = tuple(column for panel in panels for column in panel)
    figures = {f"y{place}": _values(column, answer) for place, column in enumerate(series)}
    wide = pa.table({"x": across, **figures})
    for number, panel in enumerate(panels):
        spec = chart_specs.lines(x, time, series, panel, height=height)
        data = {"wide": wide, "long": _long(across, panel, answer)}
        _show(spec, data, f"{key}_{number}", _in_words(x, panel, answer))


def _long(across: list[Any], panel: Columns, answer: AnalysisAnswer) -> pa.Table:
    names = [column.title for column in panel for _ in across]
    values = [value for column in panel for value in _values(column, answer)]
    return pa.table({"x": across * len(panel), "series": names, "y": values})


def _point(value: Any, time: str) -> Any:
    """Returns the value for the x axis: months and dates as datetimes, moments as local time of the campus without a
    zone, so that the browser does not convert them to its own."""
    if not time:
        return value
    moment = datetime.fromisoformat(f"{value}-01" if time == "month" else value)
    return moments.here(moment).replace(tzinfo=None) if moment.tzinfo else moment


def _show(spec: chart_specs.Spec, data: dict[str, pa.Table], key: str, alt: str) -> None:
    st.vega_lite_chart(spec=spec | {"datasets": data}, key=key, alt=alt)


def _values(column: ColumnRead, answer: AnalysisAnswer) -> list[Any]:
    return [row[column.name] for row in answer.rows]


def _room(highest: float) -> float:
    """Returns the upper end of the axis: a round number above the highest value, so that there is room for the label of
    its bar, and the axis seldom changes."""
    wanted = max(1.0, float(highest)) * 1.15
    step = 10.0 ** math.floor(math.log10(wanted)) / 2
    return math.ceil(wanted / step) * step


def _in_words(x: ColumnRead, series: Columns, answer: AnalysisAnswer) -> str:
    """Returns the alternative text for screen readers: what the chart shows and its last row. The table holds the
    rest."""
    last = answer.rows[-1]
    figures = ", ".join(f"{titled(column)} {said(last[column.name], column)}" for column in series)
    return (
        f"Chart of {', '.join(titled(each) for each in series)} by {x.title}. Last: {said(last[x.name], x)}: {figures}."
    )
