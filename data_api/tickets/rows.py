"""Rows as their reader sees them: a ticket with its names and tags, and a line of its history."""

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, bindparam, func, select
from sqlalchemy.orm import aliased

from data_api.kit.database import planned_once
from data_api.models import Person, Ticket, TicketEvent
from data_api.tickets.fields import FIELDS

# The names of the values of `AS_READ`, in its order.
COLUMNS = [name for field in FIELDS for name in field.columns]


class TicketRow(NamedTuple):
    """The values of a row of `AS_READ` that rules need, and `values`: the whole row, for the presenter. It is a plain
    tuple because a page reads a thousand of these values, and SQLAlchemy's rows look up each one by name."""

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
    """A line of a ticket's history of a kind that holds no title or description."""

    id: int
    ticket_id: int
    kind: str
    from_value: str | None
    to_value: str | None
    actor_id: int | None
    actor_name: str | None
    occurred_at: datetime
    reason: dict[str, Any] | None


class HistoryRow(NamedTuple):
    """A line of a ticket's history as its reader sees it. `is_told`: the reader may see its texts. `is_present`: the
    ticket now has the former text. `fits`: the texts are in this row, and not left to the next page."""

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
    reason: dict[str, Any] | None
    other_ticket_id: int | None
    blanked_by_id: int | None
    blanked_by_name: str | None
    blanked_at: datetime | None
    requester_id: int
    status: str
    fits: bool


ROWS = bindparam("rows", type_=Integer)  # the most rows that a statement on tickets returns


def _as_read() -> Select[*tuple[Any, ...]]:
    columns = [column for field in FIELDS for column in field.columns.values()]
    statement: Select[*tuple[Any, ...]] = select(*columns).select_from(Ticket)
    for joined in filter(None, (field.joined for field in FIELDS)):
        statement = statement.join(joined.table, joined.condition, isouter=joined.is_optional)
    return statement


# Built once. The rows have a statement of their own, so that the one that finds the page stays a scan of one index.
AS_READ = planned_once(_as_read())


_Former, _Present = aliased(Person), aliased(Person)
# The history stores a person's id; the name that is shown is the person's present name.
FROM_VALUE = func.coalesce(_Former.name, TicketEvent.from_value)
TO_VALUE = func.coalesce(_Present.name, TicketEvent.to_value)


def with_people(events: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Joins the people whose names are in `FROM_VALUE` and `TO_VALUE`, and, as `Person`, the one who acted."""
    return (
        events.outerjoin(Person, Person.id == TicketEvent.actor_id)
        .outerjoin(_Former, _Former.id == TicketEvent.from_person_id)
        .outerjoin(_Present, _Present.id == TicketEvent.to_person_id)
    )
