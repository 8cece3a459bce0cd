"""Formats the values of an analysis's answer for the screen, and for a CSV file."""

import re
from datetime import date, datetime
from typing import Any

from contracts.analyses import AnalysisAnswer, ColumnRead
from contracts.people import Permission
from streamlit_app.language import moments
from streamlit_app.language.csv_files import csv_file
from streamlit_app.language.words import duration, duration_unit
from streamlit_app.state import lists, person_names, session

NUMBERS = frozenset({"integer", "number"})
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3_600, "days": 86_400, "years": 31_557_600}
NOTHING = "–"
BY_AGENT = "agent"  # a column
PROVISIONAL = ColumnRead(name="is_provisional", title="Provisional", type="boolean")
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def titled(column: ColumnRead) -> str:
    """Returns the column's title, with its unit if the title does not contain it."""
    if not column.unit or column.unit.casefold() in column.title.casefold():
        return column.title
    return f"{column.title} ({column.unit})"


def heading(column: ColumnRead) -> str:
    """Returns the column's title where its values are written by `said`, which names the unit of a duration itself."""
    return column.title if is_duration(column) else titled(column)


def said(value: Any, column: ColumnRead) -> str:
    """Returns the value as it is shown on the screen."""
    if value is None:
        return NOTHING
    if is_duration(column):
        return duration(value * SECONDS[column.unit or ""])
    match column.type:
        case "integer":
            return f"{value:,}"
        case "number":
            return f"{value:,.1f}"
        case "date":
            day = date.fromisoformat(value)
            return f"{day.day} {day:%B %Y}"
        case "moment":
            return moments.exact(datetime.fromisoformat(value))
        case "boolean":
            return "yes" if value else "no"
        case _ if is_month(column) and MONTH.fullmatch(str(value)):
            return month_said(value)
        case _:
            return str(value)


def month_said(month: str) -> str:
    """Formats a month such as 2012-10 as "October 2012"."""
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}"


def is_duration(column: ColumnRead) -> bool:
    return column.type in NUMBERS and column.unit in SECONDS


def in_readable_units(answer: AnalysisAnswer) -> AnalysisAnswer:
    """Returns the answer with each column of durations in the unit in which people say its longest one, for an axis."""
    columns, rows = [], answer.rows
    for column in answer.columns:
        longest = max((abs(row[column.name] or 0) for row in rows), default=0) if is_duration(column) else 0
        if longest:
            name, seconds = column.name, SECONDS[column.unit or ""]
            unit = duration_unit(longest * seconds)
            values = (None if row[name] is None else row[name] * seconds / SECONDS[unit] for row in rows)
            rows = [row | {name: value} for row, value in zip(rows, values, strict=True)]
            column = column.model_copy(update={"unit": unit, "type": "number"})
        columns.append(column)
    return answer.model_copy(update={"columns": columns, "rows": rows})


def is_month(column: ColumnRead) -> bool:
    """Whether the column holds months such as 2012-10."""
    return column.type == "text" and column.name.endswith("month")


def with_names(answer: AnalysisAnswer) -> AnalysisAnswer:
    """Returns the answer with the names of categories and agents in place of the slugs and numbers that the analytics
    API sends."""
    columns = {column.name for column in answer.columns}
    if "category" in columns:
        names = lists.category_names()
        rows = [row | {"category": names.get(row["category"], row["category"])} for row in answer.rows]
        return answer.model_copy(update={"rows": rows, "provisional": [names.get(x, x) for x in answer.provisional]})
    if BY_AGENT in columns:
        rows = [row | {BY_AGENT: _agent_name(row[BY_AGENT])} for row in answer.rows]
        return answer.model_copy(update={"rows": rows})
    return answer


def _agent_name(agent: str) -> str:
    """Returns the name of the person with this number. Somebody on the list of staff need not be asked for."""
    if not agent.isdecimal():
        return "On confidential tickets"
    staff = lists.staff_names() if session.may(Permission.PEOPLE_READ) else {}
    return staff.get(int(agent)) or person_names.name_of(agent)


def with_provisional(answer: AnalysisAnswer, x: str | None) -> AnalysisAnswer:
    """Returns the answer with a column that says which rows are provisional, if any is; `x` is the chart's column."""
    if not answer.provisional or x is None:
        return answer
    rows = [row | {PROVISIONAL.name: str(row[x]) in answer.provisional} for row in answer.rows]
    return answer.model_copy(update={"rows": rows, "columns": [*answer.columns, PROVISIONAL]})


def as_csv(answer: AnalysisAnswer) -> bytes:
    header = [titled(column) for column in answer.columns]
    return csv_file(header, ([row[column.name] for column in answer.columns] for row in answer.rows))
