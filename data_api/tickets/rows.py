"""A ticket with its names and tags, and a line of its history, as their reader sees them."""

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, bindparam, func, select
from sqlalchemy.orm import aliased

from data_api.models import Person, Ticket, TicketEvent
from data_api.tickets.fields import FIELDS

# What the values of `AS_READ` are called, in its order.
COLUMNS = [name for field in FIELDS for name in field.columns]


class TicketRow(NamedTuple):
    """What rules ask for of a row that `AS_READ` answers, and `values`: the whole row, for the presenter. Plain,
    because a page reads a thousand of these values: those of the library's own rows are looked up by name each time."""

    id: int
    status: str
    category: str
    category_by: str | None
    requester_id: int
    assignee_id: int | None
    is_confidential: bool
    is_followed: bool
    closed_at: datetime | None
    values: Sequence[Any]

    @classmethod
    def of(cls, values: Sequence[Any]) -> "TicketRow":
        return cls._make((*_named(values), values))


_named = itemgetter(*map(COLUMNS.index, TicketRow._fields[:-1]))


class EventRow(NamedTuple):
    """A line of a ticket's history, whose texts are told to nobody here."""

    id: int
    ticket_id: int
    kind: str
    from_value: str | None
    to_value: str | None
    actor_id: int | None
    actor_name: str | None
    occurred_at: datetime


class HistoryRow(NamedTuple):
    """A line of a ticket's history as its reader sees it. `is_told`: the reader is told its texts. `is_present`: the
    former text stands in the ticket now. `fits`: its texts are in this row, and not left to the next page."""

    id: int
    ticket_id: int
    kind: str
    from_value: str | None
    to_value: str | None
    is_told: bool
    is_present: bool
    actor_id: int | None
    actor_name: str | None
    occurred_at: datetime
    blanked_by_id: int | None
    blanked_by_name: str | None
    blanked_at: datetime | None
    requester_id: int
    status: str
    fits: bool


ROWS = bindparam("rows", type_=Integer)  # how many of them a statement on tickets is to answer


def _as_read() -> Select[*tuple[Any, ...]]:
    columns = [column for field in FIELDS for column in field.columns.values()]
    statement: Select[*tuple[Any, ...]] = select(*columns).select_from(Ticket)
    for joined in filter(None, (field.joined for field in FIELDS)):
        statement = statement.join(joined.table, joined.condition, isouter=joined.is_optional)
    return statement


# Built once. In a statement of its own, so that finding the page stays a walk of one index.
AS_READ = _as_read()


_Former, _Present = aliased(Person), aliased(Person)
# A person in the history is their id, and is called what they are called now.
FROM_VALUE = func.coalesce(_Former.name, TicketEvent.from_value)
TO_VALUE = func.coalesce(_Present.name, TicketEvent.to_value)


def with_people(events: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """With the people whose names `FROM_VALUE` and `TO_VALUE` say, and who acted, as `Person`."""
    return (
        events.outerjoin(Person, Person.id == TicketEvent.actor_id)
        .outerjoin(_Former, _Former.id == TicketEvent.from_person_id)
        .outerjoin(_Present, _Present.id == TicketEvent.to_person_id)
    )
