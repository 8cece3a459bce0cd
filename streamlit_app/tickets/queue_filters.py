"""What the queue shows: the filters, the order, and how the list looks. The page's URL holds it
(`streamlit_app/state/address.py`), by itself or as the name of a saved view.

A URL without filters means the tickets that are not closed. So the URL of a list without filters has `status=any`.

The board has the same filters and the same URLs. It has columns for closed tickets, so there the filter that leaves
only those out is none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import streamlit as st
from pydantic import ValidationError

from contracts.board import BoardQuery
from contracts.tickets import NOT_CLOSED, TicketQuery, TicketSort
from contracts.views import ViewRead, ticket_query
from streamlit_app.state import address
from streamlit_app.tickets import fields
from streamlit_app.tickets.filters import Changed, Filter
from streamlit_app.views import kept, saving

CHOSEN = "queue_chosen"
# How somebody last wanted the list to look in this tab, for lists whose URL does not say it.
LOOKS = "queue_looks"
FIRST_FILTERS = {"status": NOT_CLOSED}
ANY = "any"
ADD_FILTER, CHANGE_LOOKS = "queue_add_filter", "queue_change_looks"

Values = dict[str, Any]


@dataclass(frozen=True)
class _Search(Filter):
    def chosen(self, asked: str | None) -> str:
        return asked or ""

    def asked(self, chosen: str) -> str | None:
        return chosen.strip() or None

    def draw(self, changed: Changed) -> None:
        # The menu has a search of its own, in everything: this one must not be called the same.
        st.text_input(
            "Search the queue",
            key=self.key,
            type="search",
            max_chars=200,
            placeholder="Search the queue, or #42",
            label_visibility="collapsed",
            width=250,
            on_change=changed,
        )


@dataclass(frozen=True)
class _Order(Filter):
    def draw(self, changed: Changed) -> None:
        st.selectbox(
            self.label,
            list(TicketSort),
            format_func=lambda order: fields.ORDERS[order],
            key=self.key,
            label_visibility="collapsed",
            width=220,
            on_change=changed,
        )


@dataclass(frozen=True)
class _Columns(Filter):
    def draw(self, changed: Changed) -> None:
        names = {name: column.label for name, column in fields.COLUMNS.items()}
        st.multiselect(self.label, list(names), format_func=names.__getitem__, key=self.key, on_change=changed)


@dataclass(frozen=True)
class _Density(Filter):
    def draw(self, changed: Changed) -> None:
        st.segmented_control(
            self.label, DENSITIES, required=True, format_func=str.capitalize, key=self.key, on_change=changed
        )


DENSE, ROOMY = "dense", "roomy"
DENSITIES = [DENSE, ROOMY]
SEARCH, ORDER = _Search("q", "Search"), _Order("sort", "Order")
COLUMNS, DENSITY = _Columns("columns", "Columns"), _Density("density", "Rows")
FILTERS = [SEARCH, *fields.FILTERS]
ASKED = [*FILTERS, ORDER]
AS_FIRST = {COLUMNS.name: list(fields.FIRST_COLUMNS), DENSITY.name: DENSE}


def follow_address() -> None:
    """Takes over what the URL says, if somebody went to it."""
    address.follow("queue", _set_from_address, is_new=CHOSEN not in st.session_state)


def query() -> TicketQuery:
    return _query(_values())


def query_without(name: str) -> TicketQuery:
    """Returns the query without this filter."""
    return _query({other: value for other, value in _values().items() if other != name})


def board_query(query: TicketQuery) -> BoardQuery:
    """Returns the filters of this query as the board has them."""
    asked = query.model_dump(exclude_unset=True, include=set(BoardQuery.model_fields) - {"limit"})
    if set(query.status) == set(NOT_CLOSED):
        asked.pop("status", None)
    return BoardQuery.model_validate(asked)


def listed(board: BoardQuery) -> TicketQuery:
    """Returns the query of the list that finds what the board does."""
    return TicketQuery.model_validate(board.model_dump(exclude_unset=True))


def shows_all_not_closed() -> bool:
    """Whether there is no other filter than the one that leaves out closed tickets."""
    return _are_first_filters(_set_filters())


def is_as_it_opens() -> bool:
    """Whether this is the queue as it is without any choice."""
    return not _in_address()


def said() -> dict[str, str]:
    """Returns the filters that are set, in words, by name."""
    return {one.name: _in_words(one) for one in FILTERS if one.name in _set_filters()}


def said_on_board() -> dict[str, str]:
    """Returns the filters that are set on the board, in words, by name."""
    is_none = set(_set_filters().get("status", ())) == set(NOT_CLOSED)
    return {name: words for name, words in said().items() if not (is_none and name == "status")}


def link_to(stem: str) -> str:
    """Returns the address of the queue or the board with the same filters."""
    query = urlencode(_in_address(), doseq=True)
    return f"{stem}?{query}" if query else stem


def columns() -> list[str]:
    """Returns the names of the columns, at least one."""
    return list(_values()[COLUMNS.name] or AS_FIRST[COLUMNS.name])


def is_dense() -> bool:
    return bool(_values()[DENSITY.name] == DENSE)


def shown() -> saving.Shown:
    """Returns what is shown as a view holds it."""
    held = [] if columns() == AS_FIRST[COLUMNS.name] else columns()
    return saving.Shown(query(), held, is_dense())


def draw_search() -> None:
    _draw(SEARCH)


def draw_order() -> None:
    _draw(ORDER)


def draw_more_filters() -> None:
    """Draws the button that opens the other filters. They are drawn only while it is open, because they are many."""
    box = st.popover("Add filter", key=ADD_FILTER, on_change="rerun")
    if not box.open:
        return
    with box:
        halves = st.columns(2)
        for place, one in enumerate(fields.FILTERS):
            with halves[place % 2]:
                _draw(one)


def draw_looks() -> None:
    """Draws the button that opens the choice of columns and of the distance of the rows."""
    box = st.popover("Columns", key=CHANGE_LOOKS, on_change="rerun")
    if not box.open:
        return
    with box:
        _draw(COLUMNS, _keep_looks)
        _draw(DENSITY, _keep_looks)


def write_address() -> None:
    address.write(_in_address())


def remove(name: str) -> None:
    """Removes one filter."""
    one = next(each for each in FILTERS if each.name == name)
    _values()[name] = one.chosen(TicketQuery.model_fields[name].get_default())


def clear() -> None:
    """Removes all filters but the one of the plain queue, and leaves the view."""
    for one in FILTERS:
        remove(one.name)
    _values().update({name: list(values) for name, values in FIRST_FILTERS.items()})
    address.write({})


def _values() -> Values:
    values: Values = st.session_state[CHOSEN]
    return values


def _draw(one: Filter, then: Callable[[], None] = lambda: None) -> None:
    """Draws the widget with the value that counts. The widget is only set where it has another one: whoever uses it
    again before the page is drawn must not lose that."""

    def changed() -> None:
        _values()[one.name] = st.session_state[one.key]
        then()

    value = one.drawn(_values()[one.name])
    if one.key not in st.session_state or st.session_state[one.key] != value:
        st.session_state[one.key] = value
    one.draw(changed)


def _keep_looks() -> None:
    st.session_state[LOOKS] = {name: _values()[name] for name in AS_FIRST}


def _set_from_address() -> None:
    view = kept.in_address()
    if view is None and address.get(kept.VIEW):
        saving.say_not_there()
    is_view_alone = view is not None and not address.names() - {kept.VIEW, address.PAGE}
    asked = _asked_by(view) if view and is_view_alone else _asked_in_address()
    values = {one.name: one.chosen(getattr(asked, one.name)) for one in ASKED}
    st.session_state[CHOSEN] = values | (_looks_of(view) if view and is_view_alone else _looks_in_address(view))


def _asked_by(view: ViewRead) -> TicketQuery:
    try:
        return ticket_query(view.query)
    except ValueError:  # a filter of it exists no more
        saving.say_not_understood()
        return TicketQuery()


def _looks_of(view: ViewRead) -> Values:
    names = [name for name in view.columns if name in fields.COLUMNS]
    return {
        COLUMNS.name: names or AS_FIRST[COLUMNS.name],
        DENSITY.name: DENSE if view.is_dense else ROOMY,
    }


def _looks_in_address(view: ViewRead | None) -> Values:
    """Returns how the list looks by the URL; otherwise as somebody last wanted it in this tab."""
    found: Values = {}
    if names := [name for name in address.get_all(COLUMNS.name) if name in fields.COLUMNS]:
        found[COLUMNS.name] = list(dict.fromkeys(names))
    if (density := address.get(DENSITY.name)) in DENSITIES:
        found[DENSITY.name] = density
    kept_looks = {} if found or view else st.session_state.get(LOOKS, {})
    return AS_FIRST | kept_looks | found


def _asked_in_address() -> TicketQuery:
    given = {one: _from_address(one) for one in ASKED}
    found = {one.name: value for one, value in given.items() if value is not None and one.chosen(value)}
    has_filters = set(found) - {ORDER.name} or address.get("status") == ANY
    return TicketQuery.model_validate(found if has_filters else FIRST_FILTERS | found)


def _from_address(one: Filter) -> Any:
    """Returns the value in the URL; None if there is no valid one."""
    given = address.get_all(one.name)
    try:
        value = given if one.has_many else given[-1]
        return getattr(TicketQuery.model_validate({one.name: value}), one.name)
    except (IndexError, ValidationError):
        return None


def _query(values: Mapping[str, Any]) -> TicketQuery:
    """Returns the query for these values. A value that is not valid, such as a tag of a thousand letters, filters
    nothing."""
    asked = {one.name: one.asked(values[one.name]) for one in ASKED if values.get(one.name)}
    try:
        return TicketQuery.model_validate(asked)
    except ValidationError as error:
        wrong = {fault["loc"][0] for fault in error.errors()}
        return TicketQuery.model_validate({name: value for name, value in asked.items() if name not in wrong})


def _set_filters() -> Values:
    values = {one.name: _values()[one.name] for one in FILTERS}
    return {name: value for name, value in _stripped(values).items() if value}


def _in_address() -> dict[str, str | list[str]]:
    view = kept.in_address()
    if view is not None and shown().is_as_in(view):
        return {kept.VIEW: str(view.key)}
    filters = _set_filters()
    if not filters:
        filters = {"status": ANY}
    elif _are_first_filters(filters) and view is None:
        filters = {}
    others: Values = {ORDER.name: TicketSort.OPENED_LAST} | AS_FIRST
    changed = {name: _values()[name] for name, first in others.items() if _values()[name] not in ([], first)}
    named = {kept.VIEW: str(view.key)} if view is not None else {}
    return named | {name: _as_text(value) for name, value in (filters | changed).items()}


def _are_first_filters(filters: Values) -> bool:
    return set(filters) == set(FIRST_FILTERS) and set(filters["status"]) == set(NOT_CLOSED)


def _stripped(values: Values) -> Values:
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def _in_words(one: Filter) -> str:
    value = one.said(_values()[one.name])
    return f"{one.label}: {value}" if value else one.label


def _as_text(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)
