"""The list's filters and orders, as conditions on the ticket table.

A condition compares with a named parameter and holds no value, so that a statement is built once for all lists that
filter in the same way.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    String,
    and_,
    bindparam,
    cast,
    false,
    func,
    literal_column,
    or_,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from contracts.moments import FIRST_SHOWN, LAST_SHOWN
from contracts.tickets import Status, TicketQuery, TicketSort
from data_api.kit.paging import Column, CursorType, OrNull
from data_api.kit.words import all_of
from data_api.models import Ticket
from data_api.models.ticket import MADE_UP_ID
from data_api.tickets.asker import Asker
from data_api.tickets.fields import FIELDS, FILTERS, PRIORITIES, as_pattern

# A prefix of fewer than three letters would match half the dictionary.
SHORTEST = 3
NUMBER = re.compile(r"(#?)([1-9]\d{0,17})")

# The ticket table, or the columns of a subquery that includes the columns to search.
Searched = type[Ticket] | ReadOnlyColumnCollection[str, Any]
Form = tuple[tuple[str, bool], ...]  # the conditions that are set, each with whether it has only one value


@dataclass(frozen=True, eq=False)
class Order:
    """A sort in one direction. `types` are the types that its columns' values may have in a cursor. `valued`: the
    statuses whose tickets have a value in the first column, if it depends on the status alone."""

    columns: Sequence[Column]
    types: Sequence[CursorType]
    is_descending: bool
    valued: frozenset[Status] | None = None

    @property
    def end(self) -> datetime:
        """A moment beyond every credible one in this order."""
        return FIRST_SHOWN if self.is_descending else LAST_SHOWN

    @property
    def may_be_null(self) -> bool:
        """Whether there may be tickets with NULL in the first column; they come after all that have a value."""
        return isinstance(self.types[0], OrNull)

    @property
    def is_by_moment(self) -> bool:
        """Whether the first column is itself the moment that should be in the past."""
        return self.columns[0] is self.columns[-2]


# Each order is a single object, because statements are cached by it.
ORDERS = {
    TicketSort(sign + (sort.name or field.name)): Order(sort.columns, sort.types, sign == "-", sort.valued)
    for field in FIELDS
    if (sort := field.sort) is not None
    for sign in ("", "-")
}
# The highest priority first, and then the oldest. All columns of an order go in one direction, so the priority is
# negative: that is what the index of the board holds.
MOST_URGENT = Order(
    ((-Ticket.priority).label("urgency"), Ticket.opened_at, Ticket.id),
    (range(1 - len(PRIORITIES), 1), datetime, int),
    is_descending=False,
)


def filters_of(query: TicketQuery, asker: Asker) -> dict[str, Sequence[Any]]:
    """Returns the values of each condition that is asked for, except the search, which `search_of` returns."""
    found = [one.values(getattr(query, one.name), asker) for one in FILTERS]
    return {name: values for conditions in found for name, values in conditions.items() if values}


def form_of(filters: Mapping[str, Sequence[Any]]) -> Form:
    return tuple((name, len(values) == 1) for name, values in filters.items())


def values_of(filters: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    return {name: values[0] if len(values) == 1 else values for name, values in filters.items()}


def conditions(form: Form) -> list[ColumnElement[bool]]:
    return [CONDITIONS[name](is_one) for name, is_one in form]


def search_of(typed: str, terms: list[str]) -> dict[str, Any]:
    """Returns what to search for. `#42` finds that ticket; `42` finds that ticket and those that contain the word; any
    other text finds tickets that contain, for each word, one that begins with it. In addition, tickets are found whose
    number before an import begins with the whole text. `terms` are the tsqueries of the text's words."""
    number = NUMBER.fullmatch(typed)
    words = "" if number and number[1] else all_of(terms)
    formerly = as_pattern(typed) + ("%" if len(typed) >= SHORTEST else "")
    return (
        ({"number": int(number[2])} if number else {})
        | ({"terms": words} if words else {})
        | ({"formerly": formerly} if re.search(r"\w", typed) else {})
    )


def search_condition(search: frozenset[str], searched: Searched, terms: str = "terms") -> ColumnElement[bool]:
    """`search` says which of `number`, `terms` and `formerly` are searched for; `terms` is the name of the parameter
    with the words."""
    found: list[ColumnElement[bool]] = []
    if "number" in search:
        found.append(searched.id == bindparam("number"))
    if "terms" in search:
        found.append(holds(searched.search, terms))
    if "formerly" in search:
        found.append(was_called(searched.source_id, bindparam("formerly", type_=String)))
    return or_(*found) if found else false()


def was_called(
    source_id: SQLColumnExpression[str | None], typed: ColumnElement[str], *, exactly: bool = False
) -> ColumnElement[bool]:
    """Returns the condition that a ticket had this number before an import, in the form that its index needs. `typed`
    is a LIKE pattern, or with `exactly` the number itself."""
    former, asked = func.lower(source_id), func.lower(typed)
    is_called = former == asked if exactly else former.like(asked)
    return and_(is_called, source_id.bool_op("!~")(literal_column(f"'{MADE_UP_ID}'")))


def holds(search_column: SQLColumnExpression[str], terms: str) -> ColumnElement[bool]:
    return search_column.bool_op("@@")(cast(bindparam(terms, type_=String), TSQUERY))


def statuses_of(filters: Mapping[str, Sequence[Any]]) -> frozenset[Status]:
    """Returns the statuses that the filters can match."""
    found = frozenset(Status) & set(filters.get("status", Status))
    for name in filters:
        found &= STATUSES.get(name, found)
    return found


def bounds_of(form: Form, order: Order) -> list[ColumnElement[bool]]:
    """Returns what follows from the filters for the moment that the list is sorted by, if a ticket's moments are in
    order."""
    moment = order.columns[-2]
    bounds: list[Mapping[Column, ColumnElement[bool]]] = [BOUNDS.get(name, {}) for name, _ in form]
    return [bound[moment] for bound in bounds if moment in bound]


CONDITIONS = {name: condition for one in FILTERS for name, condition in one.conditions.items()}
STATUSES = {name: statuses for one in FILTERS for name, statuses in one.statuses.items()}
BOUNDS: dict[str, dict[Column, ColumnElement[bool]]] = {
    one.name: dict(one.bounds.items()) for one in FILTERS if one.bounds
}
