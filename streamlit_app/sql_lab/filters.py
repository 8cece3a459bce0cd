"""Filters of a result: which of its rows are shown, by the values of its columns."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from streamlit_app.language.text import plain

MOST = 5
NONE = "No filter"


class How(StrEnum):
    CONTAINS = "contains"
    IS = "="
    AT_LEAST = "≥"
    AT_MOST = "≤"
    IS_EMPTY = "is empty"


COMPARED = {How.IS: pc.equal, How.AT_LEAST: pc.greater_equal, How.AT_MOST: pc.less_equal}
TRUTH = {"true": True, "false": False}


@dataclass(frozen=True)
class Filter:
    column: str
    how: How
    value: str = ""


class NotAValue(Exception):
    """The column cannot have this value."""


def draw_filters(table: pa.Table) -> pa.Table:
    """Draws the filters, and returns the rows that pass all of them. After each one that is used, another is
    offered."""
    with st.expander("Filter the rows"):
        for number in range(MOST):
            chosen = _draw_one(number, table.column_names)
            if chosen is None:
                break
            if chosen.value or chosen.how is How.IS_EMPTY:
                try:
                    table = filtered(table, chosen)
                except NotAValue as error:
                    st.error(plain(str(error)))
    return table


def _draw_one(number: int, names: list[str]) -> Filter | None:
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"sql_filter_{number}"):
        column = st.selectbox("Column", [NONE, *names], key=f"sql_filter_column_{number}", width=220)
        if column == NONE or column not in names:
            return None
        how = st.selectbox("Comparison", list(How), key=f"sql_filter_how_{number}", width=130) or How.CONTAINS
        if how is How.IS_EMPTY:
            return Filter(column, how)
        return Filter(column, how, st.text_input("Value", key=f"sql_filter_value_{number}", width=220).strip())


def filtered(table: pa.Table, chosen: Filter) -> pa.Table:
    """Returns the rows that pass. Raises NotAValue."""
    column = table.column(chosen.column)
    return table.filter(pc.fill_null(_passes(column, chosen), False))


def _passes(column: pa.ChunkedArray, chosen: Filter) -> pa.ChunkedArray:
    if chosen.how is How.IS_EMPTY:
        is_missing = pc.is_null(column)
        return pc.or_(is_missing, pc.equal(column, "")) if pa.types.is_string(column.type) else is_missing
    if chosen.how is How.CONTAINS:
        return pc.match_substring(column.cast(pa.string()), chosen.value, ignore_case=True)
    try:
        return COMPARED[chosen.how](column, pa.scalar(_value(chosen.value, column.type)))
    except (KeyError, ValueError, InvalidOperation, OverflowError, pa.ArrowException):
        raise NotAValue(f"The column {chosen.column} has no value such as {chosen.value!r}.") from None


def _value(text: str, type_: pa.DataType) -> Any:
    """Returns the text as a value that can be compared with values of this type."""
    kinds = pa.types
    if kinds.is_boolean(type_):
        return TRUTH[text.lower()]
    if kinds.is_integer(type_):
        return int(text) if text.lstrip("+-").isdecimal() else float(text)
    if kinds.is_decimal(type_):
        return Decimal(text)
    if kinds.is_floating(type_):
        return float(text)
    if kinds.is_date(type_):
        return date.fromisoformat(text)
    if kinds.is_timestamp(type_):
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC) if type_.tz else moment
    return text
