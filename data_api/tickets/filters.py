"""The list's filters and orders, as conditions on the ticket table."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, SQLColumnExpression, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from contracts.tickets import Priority, Status, TicketQuery, TicketSort
from data_api.auth import Actor
from data_api.models import Building, Category, Ticket, TicketTag, TicketWatcher
from data_api.words import prefix_terms

PRIORITIES = list(Priority)
LIVE = frozenset({Status.OPEN, Status.ACTIVE})
NUMBER = re.compile(r"(#?)([1-9]\d{0,17})")


@dataclass(frozen=True)
class Order:
    """A sort: its columns, all in one direction, and the types of their values in a cursor."""

    columns: Sequence[InstrumentedAttribute[Any]]
    types: Sequence[type]
    is_descending: bool


def order_of(sort: TicketSort) -> Order:
    moments: dict[str, InstrumentedAttribute[Any]] = {"opened_at": Ticket.opened_at, "modified_at": Ticket.modified_at}
    name = sort.value.removeprefix("-")
    is_descending = sort.value.startswith("-")
    if name == "priority":
        return Order((Ticket.priority, Ticket.opened_at, Ticket.id), (int, datetime, int), is_descending)
    return Order((moments[name], Ticket.id), (datetime, int), is_descending)


def conditions(query: TicketQuery, actor: Actor, campus_zone: ZoneInfo) -> list[ColumnElement[bool]]:
    """All filters but the search, which `repository.py` looks up in its own way."""
    found = [make(query, actor) for name, make in FILTERS.items() if getattr(query, name)]
    if query.opened_after is not None:
        found.append(Ticket.opened_at >= _in_zone(query.opened_after, campus_zone))
    if query.opened_before is not None:
        found.append(Ticket.opened_at < _in_zone(query.opened_before, campus_zone))
    return found


def search_condition(
    typed: str, id_column: SQLColumnExpression[int], search_column: SQLColumnExpression[str]
) -> ColumnElement[bool]:
    """`#42` is that ticket; `42` that ticket or the word; anything else tickets that hold a word beginning with
    each of the words."""
    number = NUMBER.fullmatch(typed)
    if number and number[1]:
        return id_column == int(number[2])
    # Below three letters a beginning would match half the dictionary.
    terms = prefix_terms(typed, shortest=3)
    if not terms:
        return false()
    matches: ColumnElement[bool] = search_column.bool_op("@@")(func.to_tsquery("simple", terms))
    return or_(id_column == int(number[2]), matches) if number else matches


def statuses_of(query: TicketQuery) -> frozenset[Status]:
    """Those that the filters leave in."""
    return frozenset(query.status or Status) & (LIVE if query.waits_for else frozenset(Status))


def _assigned(query: TicketQuery, actor: Actor) -> ColumnElement[bool]:
    people = [actor.person_id if value == "me" else int(value) for value in query.assignee if value != "none"]
    is_one_of = _any_of(Ticket.assignee_id, people)
    return or_(Ticket.assignee_id.is_(None), is_one_of) if "none" in query.assignee else is_one_of


def _requested(query: TicketQuery, actor: Actor) -> ColumnElement[bool]:
    return _any_of(Ticket.requester_id, [actor.person_id if value == "me" else int(value) for value in query.requester])


def _followed(query: TicketQuery, actor: Actor) -> ColumnElement[bool]:
    return Ticket.id.in_(select(TicketWatcher.ticket_id).where(TicketWatcher.person_id == actor.person_id))


def _any_of(column: InstrumentedAttribute[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """An equality where there is one value, so that the index gives the order too."""
    return column == values[0] if len(values) == 1 else column.in_(values)


def _by_slug(column: InstrumentedAttribute[Any], table: type[Category] | type[Building], slugs: Sequence[str]) -> Any:
    ids = select(table.id).where(table.slug.in_(slugs))
    return column == ids.scalar_subquery() if len(slugs) == 1 else column.in_(ids)


FILTERS: dict[str, Callable[[TicketQuery, Actor], ColumnElement[bool]]] = {
    "status": lambda query, _: (
        Ticket.status != Status.CLOSED if set(query.status) == LIVE else _any_of(Ticket.status, query.status)
    ),
    "category": lambda query, _: _by_slug(Ticket.category_id, Category, query.category),
    "building": lambda query, _: _by_slug(Ticket.building_id, Building, query.building),
    "priority": lambda query, _: _any_of(Ticket.priority, [PRIORITIES.index(value) for value in query.priority]),
    "assignee": _assigned,
    "requester": _requested,
    "waits_for": lambda query, _: (Ticket.status != "closed") & _any_of(Ticket.waits_for, query.waits_for),
    "tag": lambda query, _: Ticket.id.in_(select(TicketTag.ticket_id).where(TicketTag.tag.in_(query.tag))),
    "followed": _followed,
}


def _in_zone(moment: datetime, campus_zone: ZoneInfo) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=campus_zone)
