"""Draws the chart of an answer, as the analysis's file defines it."""

import math
import textwrap
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import streamlit as st

from contracts.analyses import AnalysisAnswer, Chart, ChartMark, ColumnRead, Grain
from streamlit_app.analyses import chart_specs
from streamlit_app.analyses.cells import heading, in_readable_units, is_month, month_said, said, titled
from streamlit_app.analyses.chart_specs import TIMES, Columns
from streamlit_app.language import moments
from streamlit_app.language.words import count

Row = dict[str, Any]

LINE_HEIGHT = 320
SHARES_HEIGHT = 240
LABEL_LETTERS, LABEL_LINES = 18, 3


def draw(chart: Chart, answer: AnalysisAnswer, *, key: str, height: int = LINE_HEIGHT) -> None:
    """Draws the chart. `key` is the Streamlit element's key; `height` is the height of a line chart in pixels."""
    chart, answer = _with_series(chart, in_readable_units(answer))
    columns = {column.name: column for column in answer.columns}
    series = tuple(columns[name] for name in chart.y)
    if not answer.rows:
        st.info("There is nothing to count here.")
    elif chart.mark is ChartMark.NUMBER or chart.x is None:
        _large_numbers(series, answer)
    elif chart.mark is ChartMark.BAR:
        _bars(columns[chart.x], series[0], answer, key)
    else:
        x = columns[chart.x]
        panels = [series, *((columns[name],) for name in chart.apart)]
        grain = Grain.MONTH if is_month(x) else chart.grain if x.type == "date" else None
        _lines(x, panels, answer, _with_gaps(answer, x, grain), key, height)


def _with_series(chart: Chart, answer: AnalysisAnswer) -> tuple[Chart, AnalysisAnswer]:
    """Returns a chart `by` a column as one with a column for each of its values, the largest series first. Such an
    answer has one row for each x."""
    if chart.by is None or chart.x is None:
        return chart, answer
    x, y = (next(column for column in answer.columns if column.name == name) for name in (chart.x, chart.y[0]))
    totals, rows = Counter[str](), dict[Any, Row]()
    for row in answer.rows:
        at, name, value = rows.setdefault(row[x.name], {x.name: row[x.name]}), str(row[chart.by]), row[y.name] or 0
        at[f"of {name}"] = at.get(f"of {name}", 0) + value
        totals[name] += value
    columns = [y.model_copy(update={"name": f"of {name}", "title": name}) for name, _ in totals.most_common()]
    drawn = {"y": [column.name for column in columns] or chart.y, "by": None}
    return chart.model_copy(update=drawn), answer.model_copy(
        update={"columns": [x, *(columns or [y])], "rows": list(rows.values())}
    )


def shares(months: Sequence[str], found: Sequence[float], tickets: Sequence[int], *, key: str) -> None:
    """Draws percentages by month. `months` are such as 2012-10, at least one; `tickets` is how many each one covers."""
    across = [_point(month, "month") for month in months]
    wide = pa.table({"x": across, "share": list(found), "tickets": list(tickets)})
    last = f"{month_said(months[-1])}: {found[-1]:.1f} of 100, {count(tickets[-1], 'ticket', 'tickets')}"
    spec = chart_specs.shares(height=SHARES_HEIGHT)
    _show(spec, {"wide": wide}, key, f"Chart of how many of 100 were right, by month. Last: {last}.")


def _with_gaps(answer: AnalysisAnswer, x: ColumnRead, grain: Grain | None) -> list[Row]:
    """Returns the rows in the order of time, and for each month or day without a row, up to the day of the answer, one
    without values: a line straight over them would show numbers that nobody counted."""
    if grain is None:
        return answer.rows
    by_day = {_day(row[x.name]): row for row in answer.rows}
    day, last = min(by_day), max(*by_day, moments.here(answer.as_of).date())
    while day <= last:
        by_day.setdefault(day, {x.name: f"{day:%Y-%m}" if is_month(x) else day.isoformat()})
        day = _next(day, grain)
    return [by_day[day] for day in sorted(by_day)]


def _day(value: str) -> date:
    """Returns the day of a date, and the first day of a month such as 2012-10."""
    return date.fromisoformat(value if len(value) > len("2012-10") else f"{value}-01")


def _next(day: date, grain: Grain) -> date:
    if grain is Grain.MONTH:
        return (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return day + timedelta(days=7 if grain is Grain.WEEK else 1)


def _large_numbers(series: Columns, answer: AnalysisAnswer) -> None:
    with st.container(key="large_numbers", horizontal=True):
        for column in series:
            st.metric(heading(column), said(answer.rows[0][column.name], column), width="content")


def _bars(x: ColumnRead, y: ColumnRead, answer: AnalysisAnswer, key: str) -> None:
    names = [str(row[x.name]) for row in answer.rows]
    labels = ["\n".join(textwrap.wrap(name, LABEL_LETTERS)[:LABEL_LINES]) for name in names]
    values = _values(y, answer.rows)
    is_provisional = [name in answer.provisional for name in names]
    wide = pa.table({"x": names, "label": labels, "y0": values, "is_provisional": is_provisional})
    spec = chart_specs.bars(x, y, rows=len(names), room=_room(max(values)))
    _show(spec, {"wide": wide}, key, _in_words(x, (y,), answer))


def _lines(
    x: ColumnRead, panels: list[Columns], answer: AnalysisAnswer, rows: list[Row], key: str, height: int
) -> None:
    time = x.type if x.type in TIMES else "month" if is_month(x) else ""
    across = [_point(row[x.name], time) for row in rows]
    provisional = [str(row[x.name]) in answer.provisional for row in rows]
    series = tuple(column for panel in panels for column in panel)
    # The tooltip shows texts, because the chart would write a missing number as 0.
    told = {f"y{place}": _tooltips(column, rows, provisional) for place, column in enumerate(series)}
    wide = pa.table({"x": across, **told})
    for number, panel in enumerate(panels):
        spec = chart_specs.lines(x, time, series, panel, height=height)
        data = {"wide": wide, "long": _long(across, panel, rows, provisional)}
        _show(spec, data, f"{key}_{number}", _in_words(x, panel, answer))


def _tooltips(column: ColumnRead, rows: list[Row], provisional: list[bool]) -> list[str]:
    texts = [said(value, column) for value in _values(column, rows)]
    return [f"{text} (provisional)" if is_so else text for text, is_so in zip(texts, provisional, strict=True)]


def _long(across: list[Any], panel: Columns, rows: list[Row], provisional: list[bool]) -> pa.Table:
    """Returns the values of the lines. Each series has a line of what is final and, if anything is provisional, a faint
    one of that, which begins and ends at its final neighbours. `is_point`: the value is not on a line, or is
    provisional, and so is drawn as a point too."""
    near = [any(provisional[max(place - 1, 0) : place + 2]) for place in range(len(across))]
    parts = [(False, [not is_so for is_so in provisional]), *([(True, near)] if any(provisional) else [])]
    points = []
    for column in panel:
        values = _values(column, rows)
        for is_faint, is_drawn in parts:
            drawn = [value if is_so else None for value, is_so in zip(values, is_drawn, strict=True)]
            points += [
                {"x": across[place], "series": column.title, "y": value, "is_provisional": is_faint}
                | {"is_point": provisional[place] if is_faint else _is_alone(drawn, place)}
                for place, value in enumerate(drawn)
            ]
    return pa.Table.from_pylist(points)


def _is_alone(values: list[Any], place: int) -> bool:
    neighbours = [*values[max(place - 1, 0) : place], *values[place + 1 : place + 2]]
    return values[place] is not None and all(value is None for value in neighbours)


def _point(value: Any, time: str) -> Any:
    """Returns the value for the x axis: months and dates as datetimes, moments as local time of the campus without a
    zone, so that the browser does not convert them to its own."""
    if not time:
        return value
    moment = datetime.fromisoformat(f"{value}-01" if time == "month" else value)
    return moments.here(moment).replace(tzinfo=None) if moment.tzinfo else moment


def _show(spec: chart_specs.Spec, data: dict[str, pa.Table], key: str, alt: str) -> None:
    st.vega_lite_chart(spec=spec | {"datasets": data}, key=key, alt=alt)


def _values(column: ColumnRead, rows: list[Row]) -> list[Any]:
    return [row.get(column.name) for row in rows]


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
    figures = ", ".join(f"{heading(column)} {said(last[column.name], column)}" for column in series)
    state = " (provisional)" if str(last[x.name]) in answer.provisional else ""
    charted = ", ".join(titled(each) for each in series)
    return f"Chart of {charted} by {x.title}. Last: {said(last[x.name], x)}: {figures}{state}."
