"""A ticket with its names and tags, as its reader sees it."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Integer, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from data_api.access.reading import ME
from data_api.models import Building, Category, Person, Stage, Ticket, TicketTag, TicketWatcher


class TicketRow(NamedTuple):
    """What `AS_READ` answers, in its order. Plain, because a page reads a thousand of these values: those of the
    library's own rows are looked up by name each time."""

    id: int
    title: str
    description: str
    status: str
    priority: int
    room: str | None
    requester_id: int
    assignee_id: int | None
    is_confidential: bool
    category_by: str | None
    reports: int
    waits_for: str | None
    closed_reason: str | None
    opened_at: datetime
    modified_at: datetime
    closed_at: datetime | None
    first_response_at: datetime | None
    last_message_at: datetime | None
    version: int
    source_id: str | None
    stage: str
    category: str
    building: str | None
    requester_name: str
    assignee_name: str | None
    tags: list[str] | None
    is_followed: bool


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


# How many rows a statement answers.
ROWS = bindparam("rows", type_=Integer)
_Requester, _Assignee = aliased(Person), aliased(Person)
# Built once. In a statement of its own, so that finding the page stays a walk of one index.
AS_READ = (
    select(
        *(getattr(Ticket, name) for name in TicketRow._fields if hasattr(Ticket, name)),
        Stage.slug,
        Category.slug,
        Building.slug,
        _Requester.name,
        _Assignee.name,
        select(func.array_agg(TicketTag.tag)).where(TicketTag.ticket_id == Ticket.id).scalar_subquery(),
        exists().where(TicketWatcher.ticket_id == Ticket.id, TicketWatcher.person_id == ME),
    )
    .join(Stage, Stage.id == Ticket.stage_id)
    .join(Category, Category.id == Ticket.category_id)
    .outerjoin(Building, Building.id == Ticket.building_id)
    .join(_Requester, _Requester.id == Ticket.requester_id)
    .outerjoin(_Assignee, _Assignee.id == Ticket.assignee_id)
)
