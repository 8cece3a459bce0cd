"""The queue's filters. The page's URL holds them, so that every view can be linked to: the widgets take their values
from the URL, and update it when they change."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st
from pydantic import ValidationError

from contracts.tickets import TicketQuery, TicketSort
from streamlit_app.tickets import fields
from streamlit_app.tickets.filters import AnyOfInView, Day, Filter


@dataclass(frozen=True)
class _Search(Filter):
    def chosen(self, asked: str | None) -> str:
        return asked or ""

    def draw(self) -> None:
        hint = "Words, or a number such as #42"
        st.text_input(self.label, key=self.key, type="search", max_chars=200, placeholder=hint, width=320)


@dataclass(frozen=True)
class _Order(Filter):
    def draw(self) -> None:
        st.selectbox(
            self.label, list(TicketSort), format_func=lambda order: fields.ORDERS[order], key=self.key, width=240
        )


SEARCH, ORDER = _Search("q", "Search"), _Order("sort", "Order")
IN_VIEW = [SEARCH, *(one for one in fields.FILTERS if isinstance(one, AnyOfInView)), ORDER]
MORE = [one for one in fields.FILTERS if one not in IN_VIEW]
FILTERS = [*IN_VIEW, *MORE]
COLUMNS = 3


def draw_filters() -> TicketQuery:
    """Draws the widgets and returns the query that they describe."""
    _follow_address()
    with st.container(horizontal=True):
        for one in IN_VIEW:
            one.draw()
    with st.expander(_more_label()):
        _draw_more()
    chosen = _chosen()
    _write_address(chosen)
    return _query(chosen) or TicketQuery()


def clear_filters() -> None:
    for one in FILTERS:
        st.session_state.pop(one.key, None)
    st.query_params.clear()


def _draw_more() -> None:
    """Draws the filters inside the expander: dates side by side in a row, because they belong together; all others
    column by column."""
    others = [one for one in MORE if not isinstance(one, Day)]
    height = -(-len(others) // COLUMNS)
    for number, column in enumerate(st.columns(COLUMNS)):
        with column:
            for one in others[number * height : (number + 1) * height]:
                one.draw()
    days = [one for one in MORE if isinstance(one, Day)]
    for first in range(0, len(days), COLUMNS):
        for one, column in zip(days[first : first + COLUMNS], st.columns(COLUMNS), strict=False):
            with column:
                one.draw()


def _follow_address() -> None:
    """Sets the widgets from the URL, if a link or the browser's Back button changed it, or if the widgets are new."""
    stands = address()
    if st.session_state.get("queue_address") == stands and ORDER.key in st.session_state:
        return
    for one in FILTERS:
        st.session_state[one.key] = _from_address(one)
    st.session_state["queue_address"] = stands


def _write_address(chosen: dict[str, Any]) -> None:
    written = {name: _as_text(value) for name, value in chosen.items()}
    if written != address():
        st.query_params.from_dict(written)
    st.session_state["queue_address"] = written


def address() -> dict[str, str | list[str]]:
    """Returns the filters that are in the URL now."""
    stands = [one for one in FILTERS if one.name in st.query_params]
    return {
        one.name: st.query_params.get_all(one.name) if one.has_many else st.query_params[one.name] for one in stands
    }


def _from_address(one: Filter) -> Any:
    """Returns the widget's value from the URL, or the default if the URL has no valid one."""
    given = st.query_params.get_all(one.name)
    query = _query({one.name: given if one.has_many else given[-1]}) if given else None
    return one.chosen(getattr(query or TicketQuery(), one.name))


def _query(chosen: dict[str, Any]) -> TicketQuery | None:
    """Returns None for values that are not valid, such as a tag of a thousand letters."""
    try:
        return TicketQuery.model_validate(
            {one.name: one.asked(chosen[one.name]) for one in FILTERS if one.name in chosen}
        )
    except ValidationError:
        return None


def _chosen() -> dict[str, Any]:
    """Returns the values of those widgets that differ from their default."""
    found = {one.name: st.session_state[one.key] for one in FILTERS}
    found = {name: value.strip() if isinstance(value, str) else value for name, value in found.items()}
    return {name: value for name, value in found.items() if value and value != TicketSort.OPENED_LAST}


def _as_text(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return value.isoformat() if isinstance(value, date) else str(value)


def _more_label() -> str:
    number = sum(bool(st.session_state.get(one.key)) for one in MORE)
    return f"More filters ({number} set)" if number else "More filters"
