"""Formats the values of an analysis's answer for the screen, and for a CSV file."""

import re
from datetime import date, datetime
from typing import Any

from contracts.analyses import AnalysisAnswer, ColumnRead
from streamlit_app.language import moments
from streamlit_app.language.csv_files import csv_file
from streamlit_app.state import lists

NUMBERS = frozenset({"integer", "number"})
NOTHING = "–"
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def titled(column: ColumnRead) -> str:
    """Returns the column's title, with its unit if the title does not contain it."""
    if not column.unit or column.unit.casefold() in column.title.casefold():
        return column.title
    return f"{column.title} ({column.unit})"


def said(value: Any, column: ColumnRead) -> str:
    """Returns the value as it is shown on the screen."""
    if value is None:
        return NOTHING
    match column.type:
        case "integer":
            return f"{value:,}"
        case "number":
            return f"{value:,.1f}"
        case "date":
            day = date.fromisoformat(value)
            return f"{day.day} {day:%b %Y}"
        case "moment":
            return moments.exact(datetime.fromisoformat(value))
        case "boolean":
            return "yes" if value else "no"
        case _ if is_month(column) and MONTH.fullmatch(str(value)):
            return month_said(value)
        case _:
            return str(value)


def month_said(month: str) -> str:
    """Formats a month such as 2012-10 as "Oct 2012"."""
    return f"{date.fromisoformat(f'{month}-01'):%b %Y}"


def is_month(column: ColumnRead) -> bool:
    """Whether the column holds months such as 2012-10."""
    return column.type == "text" and column.name.endswith("month")


def with_names(answer: AnalysisAnswer) -> AnalysisAnswer:
    """Returns the answer with the names of categories in place of the slugs that the analytics API sends."""
    if not any(column.name == "category" for column in answer.columns):
        return answer
    names = lists.category_names()
    rows = [row | {"category": names.get(row["category"], row["category"])} for row in answer.rows]
    return answer.model_copy(update={"rows": rows})


def as_csv(answer: AnalysisAnswer) -> bytes:
    header = [titled(column) for column in answer.columns]
    return csv_file(header, ([row[column.name] for column in answer.columns] for row in answer.rows))
