"""The queue's filters, which the page's URL holds (`streamlit_app/state/address.py`)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st
from pydantic import ValidationError

from contracts.tickets import TicketQuery, TicketSort
from streamlit_app.state import address
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
    address.follow("queue", _set_widgets, is_new=ORDER.key not in st.session_state)
    with st.container(horizontal=True):
        for one in IN_VIEW:
            one.draw()
    with st.expander(_more_label()):
        _draw_more()
    return _query(_chosen()) or TicketQuery()


def write_filters() -> None:
    """Writes the filters to the URL."""
    address.write({name: _as_text(value) for name, value in _chosen().items()})


def clear_filters() -> None:
    for one in FILTERS:
        st.session_state.pop(one.key, None)
    address.write({})


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


def _set_widgets() -> None:
    for one in FILTERS:
        st.session_state[one.key] = _from_address(one)


def _from_address(one: Filter) -> Any:
    """Returns the widget's value from the URL, or the default if the URL has no valid one."""
    given = address.get_all(one.name)
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
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


def _more_label() -> str:
    number = sum(bool(st.session_state.get(one.key)) for one in MORE)
    return f"More filters ({number} set)" if number else "More filters"
