"""Vega-Lite specifications of charts, made with Altair and without data. Each is built once for each form of answer. A
new answer only brings new data, so that the browser moves the marks instead of drawing a new chart. The colours of
marks come from the theme, those of text from static/page.css.

The data sets are named. `wide` has one row for each x: for lines the columns x, y0, y1 …, which hold texts; for bars x,
label, y0 (a number) and is_provisional. `long` has the columns x, series, y, is_provisional and is_point.
"""

from functools import lru_cache
from typing import Any

import altair as alt

from contracts.analyses import ColumnRead
from streamlit_app.analyses.cells import NUMBERS, heading, titled

Columns = tuple[ColumnRead, ...]
Spec = dict[str, Any]
Picture = alt.LayerChart | alt.FacetChart

BAR_HEIGHT, AXIS_HEIGHT = 52, 60
HEIGHT_OF_A_TICK = 60
TIMES = {"month": "%b %Y", "date": "%-d %b", "moment": "%-d %b %H:%M"}
WHOLE_TIMES = {"month": "%B %Y", "date": "%a %-d %b %Y", "moment": "%-d %b %Y, %H:%M"}
# Lines must be distinguishable without their colours too.
DASHES = [[1, 0], [8, 3], [2, 2], [8, 3, 2, 3]]
RULE = "#8b918c"
FAINT = 0.4

# Altair's default theme sets widths of its own.
alt.theme.enable("none")


@lru_cache(maxsize=128)
def bars(x: ColumnRead, y: ColumnRead, *, rows: int, room: float) -> Spec:
    """Returns a bar chart with one bar a row and its value at its end. `room` is the upper end of the axis."""
    axis = alt.Axis(title=None, labelExpr="split(datum.value, '\\n')", labelLimit=160, ticks=False, domain=False)
    base = alt.Chart(alt.NamedData("wide"), height=BAR_HEIGHT * rows + AXIS_HEIGHT).encode(
        y=alt.Y("label:N", sort=None, axis=axis),
        x=alt.X("y0:Q", title=titled(y), scale=alt.Scale(domain=[0, room]), axis=alt.Axis(tickCount=4)),
        tooltip=[alt.Tooltip("x:N", title=x.title), _figure("y0", y)],
    )
    words = base.mark_text(align="left", dx=6, fontSize=14)
    figures = words.encode(text=alt.Text("y0:Q", format=_format(y)))
    faint = alt.condition("datum.is_provisional", alt.value(FAINT), alt.value(1))
    return _finished(alt.layer(base.mark_bar(cornerRadiusEnd=4, size=26).encode(opacity=faint), figures))


@lru_cache(maxsize=128)
def lines(x: ColumnRead, time: str, series: Columns, shown: Columns, *, height: int) -> Spec:
    """Returns a line chart of the series in `shown`. The tooltip at the pointer gives the values of all of `series`.
    `time` is a key of TIMES, or empty if x is not a time."""
    titles = [column.title for column in shown]
    told = _legend(titles) if len(titles) > 1 else None
    # The colour scale covers all series, so that a series has the same colour in each chart.
    all_titles = [column.title for column in series]
    near = alt.selection_point(nearest=True, on="pointerover", clear="pointerout", fields=["x"], empty=False)
    is_near = alt.condition(near, alt.value(1), alt.value(0))
    across, moment = _across(x, time)
    base = alt.Chart(alt.NamedData("long"), height=height).encode(
        across,
        alt.Y("y:Q", axis=alt.Axis(title=_side(shown), tickCount=height // HEIGHT_OF_A_TICK)),
        alt.Color("series:N", legend=told, scale=alt.Scale(domain=all_titles)),
    )
    dashes = alt.StrokeDash("series:N", legend=told, scale=alt.Scale(domain=all_titles, range=DASHES))
    faint = alt.condition("datum.is_provisional", alt.value(FAINT), alt.value(1))
    # No filter: of a layer without a row, Vega would say in the console that its extent is infinite.
    is_point = alt.condition("datum.is_point", alt.value(50), alt.value(0))
    figures = [alt.Tooltip(f"y{place}:N", title=heading(column)) for place, column in enumerate(series)]
    rule = alt.Chart(alt.NamedData("wide")).mark_rule(strokeWidth=1.5, color=RULE)
    picture = alt.layer(
        base.mark_line(strokeWidth=2.5).encode(dashes, alt.Detail("is_provisional:N"), opacity=faint),
        rule.encode(across, opacity=is_near, tooltip=[moment, *figures]).add_params(near),
        base.mark_point(filled=True, size=60).encode(opacity=is_near),
        base.mark_point(filled=True).encode(opacity=faint, size=is_point),
    )
    return _finished(picture)


@lru_cache(maxsize=8)
def shares(*, height: int) -> Spec:
    """Returns a line chart of percentages by month. Each month has a point too, because a single month makes no line.
    `wide` has the columns x, share, tickets."""
    axis = alt.Axis(
        title=None, format=TIMES["month"], labelOverlap=True, labelFlush=True, grid=False, tickCount="month"
    )
    picture = alt.Chart(alt.NamedData("wide"), height=height).encode(
        alt.X("x:T", axis=axis),
        alt.Y("share:Q", title="Right of 100", scale=alt.Scale(domain=[0, 100]), axis=alt.Axis(tickCount=5)),
        tooltip=[
            alt.Tooltip("x:T", title="Month", format=WHOLE_TIMES["month"]),
            alt.Tooltip("share:Q", title="Right of 100", format=",.1f"),
            alt.Tooltip("tickets:Q", title="Tickets", format=",d"),
        ],
    )
    return _finished(alt.layer(picture.mark_line(strokeWidth=2.5), picture.mark_point(filled=True, size=90, opacity=1)))


def _finished(picture: Picture) -> Spec:
    spec: Spec = picture.to_dict()
    return spec


def _across(x: ColumnRead, time: str) -> tuple[alt.X, alt.Tooltip]:
    """Returns the x axis, and its part of the tooltip."""
    if not time:
        kind = "Q" if x.type in NUMBERS else "N"
        return alt.X(f"x:{kind}", sort=None, title=titled(x)), alt.Tooltip(f"x:{kind}", title=x.title)
    axis = alt.Axis(title=None, format=TIMES[time], labelOverlap=True, labelFlush=True, grid=False, tickCount=8)
    return alt.X("x:T", axis=axis), alt.Tooltip("x:T", title=x.title, format=WHOLE_TIMES[time])


def _legend(titles: list[str]) -> alt.Legend:
    # Two beside each other: more would be wider than a phone, and so would be the chart.
    columns = 2 if len(titles) > 2 else 0
    return alt.Legend(title=None, orient="top", symbolType="stroke", symbolSize=400, values=titles, columns=columns)


def _side(series: Columns) -> str:
    """Returns the title of the y axis: the one series, or the units of all."""
    if len(series) == 1:
        return titled(series[0])
    return ", ".join(sorted({column.unit for column in series if column.unit})).capitalize()


def _figure(field: str, column: ColumnRead) -> alt.Tooltip:
    return alt.Tooltip(f"{field}:Q", title=titled(column), format=_format(column))


def _format(column: ColumnRead) -> str:
    return ",d" if column.type == "integer" else ",.1f"
