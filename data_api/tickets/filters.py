"""The list's filters and orders, as conditions on the ticket table.

A condition names the value that it compares with and does not hold it, so that a statement is built once for all
lists that filter in the same way.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

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
from data_api.access.actor import Actor
from data_api.kit.paging import CursorType, OrNull
from data_api.kit.words import all_of
from data_api.models import Ticket
from data_api.models.ticket import MADE_UP_ID
from data_api.tickets.fields import FIELDS, FILTERS, LIVE, Attribute

# Below three letters a beginning would match half the dictionary.
SHORTEST = 3
NUMBER = re.compile(r"(#?)([1-9]\d{0,17})")

# The ticket table, or the columns of a subquery that has those of it that are searched.
Searched = type[Ticket] | ReadOnlyColumnCollection[str, Any]
Form = tuple[tuple[str, bool], ...]  # the filters that are set, and of each whether it has one value only


@dataclass(frozen=True, eq=False)
class Order:
    """A sort in one direction. `types`: what its columns' values may be in a cursor."""

    columns: Sequence[Attribute]
    types: Sequence[CursorType]
    is_descending: bool

    @property
    def end(self) -> datetime:
        """Beyond every moment that is walked in this order."""
        return FIRST_SHOWN if self.is_descending else LAST_SHOWN

    @property
    def may_be_null(self) -> bool:
        """Whether there may be tickets without a value in the first column: they come after all that have one."""
        return isinstance(self.types[0], OrNull)


# Each is one object, of which the statements of lists are kept.
ORDERS = {
    TicketSort(sign + field.name): Order(field.sort.columns, field.sort.types, is_descending=sign == "-")
    for field in FIELDS
    if field.sort is not None
    for sign in ("", "-")
}


def filters_of(query: TicketQuery, actor: Actor, campus_zone: ZoneInfo) -> dict[str, Sequence[Any]]:
    """The values of each condition that is asked for; all but the search, which has a way of its own."""
    found = [one.values(getattr(query, one.name), actor, campus_zone) for one in FILTERS]
    return {name: values for conditions in found for name, values in conditions.items() if values}


def form_of(filters: Mapping[str, Sequence[Any]]) -> Form:
    return tuple((name, len(values) == 1) for name, values in filters.items())


def values_of(filters: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    return {name: values[0] if len(values) == 1 else values for name, values in filters.items()}


def conditions(form: Form) -> list[ColumnElement[bool]]:
    return [CONDITIONS[name](is_one) for name, is_one in form]


def search_of(typed: str, terms: list[str]) -> dict[str, Any]:
    """What to look for. `#42` is that ticket; `42` that ticket or the word; anything else tickets that hold a word
    beginning with each of the words. And always the tickets whose former number begins with all of what was typed.
    `terms`: of what was typed."""
    number = NUMBER.fullmatch(typed)
    words = "" if number and number[1] else all_of(terms)
    formerly = re.sub(r"([\\%_])", r"\\\1", typed) + ("%" if len(typed) >= SHORTEST else "")
    return (
        ({"number": int(number[2])} if number else {})
        | ({"terms": words} if words else {})
        | ({"formerly": formerly} if re.search(r"\w", typed) else {})
    )


def search_condition(search: frozenset[str], searched: Searched, terms: str = "terms") -> ColumnElement[bool]:
    """`search`: which of the three there are; `terms`: what the value is called that holds the words."""
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
    """In the words of the index on it. `typed` is a pattern of LIKE unless it is meant `exactly`."""
    former, asked = func.lower(source_id), func.lower(typed)
    is_called = former == asked if exactly else former.like(asked)
    return and_(is_called, source_id.bool_op("!~")(literal_column(f"'{MADE_UP_ID}'")))


def holds(search_column: SQLColumnExpression[str], terms: str) -> ColumnElement[bool]:
    return search_column.bool_op("@@")(cast(bindparam(terms, type_=String), TSQUERY))


def statuses_of(query: TicketQuery) -> frozenset[Status]:
    """Those that the filters leave in."""
    return frozenset(query.status or Status) & (LIVE if query.waits_for else frozenset(Status))


CONDITIONS = {name: condition for one in FILTERS for name, condition in one.conditions.items()}
