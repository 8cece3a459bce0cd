"""The list's filters and orders, as conditions on the ticket table.

A condition names the value that it compares with and does not hold it, so that a statement is built once for all
lists that filter in the same way.
"""

import re
from collections.abc import Callable, Mapping, Sequence
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
    select,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from contracts.moments import FIRST_SHOWN, LAST_SHOWN
from contracts.tickets import Priority, Status, TicketQuery, TicketSort
from data_api.access.actor import Actor
from data_api.access.reading import ME
from data_api.kit.words import all_of
from data_api.models import Building, Category, Ticket, TicketTag, TicketWatcher
from data_api.models.ticket import MADE_UP_ID

PRIORITIES = list(Priority)
LIVE = frozenset({Status.OPEN, Status.ACTIVE})
# Below three letters a beginning would match half the dictionary.
SHORTEST = 3
NUMBER = re.compile(r"(#?)([1-9]\d{0,17})")

# The ticket table, or the columns of a subquery that has those of it that are searched.
Searched = type[Ticket] | ReadOnlyColumnCollection[str, Any]
Form = tuple[tuple[str, bool], ...]  # the filters that are set, and of each whether it has one value only


@dataclass(frozen=True)
class Order:
    """A sort: its columns, of which the last two are a moment and the number, all in one direction, and what their
    values in a cursor may be."""

    columns: Sequence[InstrumentedAttribute[Any]]
    types: Sequence[type | range]
    is_descending: bool

    @property
    def end(self) -> datetime:
        """Beyond every moment that is walked in this order."""
        return FIRST_SHOWN if self.is_descending else LAST_SHOWN


def order_of(sort: TicketSort) -> Order:
    moments: dict[str, InstrumentedAttribute[Any]] = {"opened_at": Ticket.opened_at, "modified_at": Ticket.modified_at}
    name = sort.value.removeprefix("-")
    is_descending = sort.value.startswith("-")
    if name == "priority":
        columns = (Ticket.priority, Ticket.opened_at, Ticket.id)
        return Order(columns, (range(len(PRIORITIES)), datetime, int), is_descending)
    if name == "reports":
        return Order((Ticket.reports, Ticket.opened_at, Ticket.id), (int, datetime, int), is_descending)
    return Order((moments[name], Ticket.id), (datetime, int), is_descending)


def filters_of(query: TicketQuery, actor: Actor, campus_zone: ZoneInfo) -> dict[str, Sequence[Any]]:
    """The values of each filter that is set; all but the search, which has a way of its own."""
    found: dict[str, Sequence[Any]] = {
        "live" if set(query.status) == LIVE else "status": query.status,
        "category": query.category,
        "building": query.building,
        "priority": [PRIORITIES.index(value) for value in query.priority],
        "requester": _people(query.requester, actor),
        "waits_for": query.waits_for,
        "tag": query.tag,
        "followed": [True] if query.followed else [],
        "opened_after": _in_zone(query.opened_after, campus_zone),
        "opened_before": _in_zone(query.opened_before, campus_zone),
        "closed_after": _in_zone(query.closed_after, campus_zone),
    }
    assignees = _people(query.assignee, actor)
    if "none" not in query.assignee:
        found["assignee"] = assignees
    elif assignees:
        found["assignee_or_none"] = assignees
    else:
        found["unassigned"] = [True]
    return {name: values for name, values in found.items() if values}


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


def _people(values: Sequence[str], actor: Actor) -> list[int]:
    return [actor.person_id if value == "me" else int(value) for value in values if value != "none"]


def _in_zone(moment: datetime | None, campus_zone: ZoneInfo) -> list[datetime]:
    if moment is None:
        return []
    return [moment if moment.tzinfo else moment.replace(tzinfo=campus_zone)]


def _any_of(column: InstrumentedAttribute[Any], name: str, is_one: bool) -> ColumnElement[bool]:
    """An equality where there is one value, so that the index gives the order too."""
    value = bindparam(name, type_=column.type, expanding=not is_one)
    return column == value if is_one else column.in_(value)


def _by_slug(
    column: InstrumentedAttribute[Any], table: type[Category] | type[Building], name: str, is_one: bool
) -> ColumnElement[bool]:
    ids = select(table.id).where(_any_of(table.slug, name, is_one))
    return column == ids.scalar_subquery() if is_one else column.in_(ids)


CONDITIONS: dict[str, Callable[[bool], ColumnElement[bool]]] = {
    "live": lambda _: Ticket.status != Status.CLOSED,
    "status": lambda is_one: _any_of(Ticket.status, "status", is_one),
    "category": lambda is_one: _by_slug(Ticket.category_id, Category, "category", is_one),
    "building": lambda is_one: _by_slug(Ticket.building_id, Building, "building", is_one),
    "priority": lambda is_one: _any_of(Ticket.priority, "priority", is_one),
    "requester": lambda is_one: _any_of(Ticket.requester_id, "requester", is_one),
    "assignee": lambda is_one: _any_of(Ticket.assignee_id, "assignee", is_one),
    "assignee_or_none": lambda is_one: or_(
        Ticket.assignee_id.is_(None), _any_of(Ticket.assignee_id, "assignee_or_none", is_one)
    ),
    "unassigned": lambda _: Ticket.assignee_id.is_(None),
    "waits_for": lambda is_one: (Ticket.status != "closed") & _any_of(Ticket.waits_for, "waits_for", is_one),
    "tag": lambda is_one: Ticket.id.in_(select(TicketTag.ticket_id).where(_any_of(TicketTag.tag, "tag", is_one))),
    "followed": lambda _: Ticket.id.in_(select(TicketWatcher.ticket_id).where(TicketWatcher.person_id == ME)),
    "opened_after": lambda _: Ticket.opened_at >= bindparam("opened_after", type_=Ticket.opened_at.type),
    "opened_before": lambda _: Ticket.opened_at < bindparam("opened_before", type_=Ticket.opened_at.type),
    "closed_after": lambda _: Ticket.closed_at >= bindparam("closed_after", type_=Ticket.closed_at.type),
}
