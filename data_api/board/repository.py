"""Reads the tickets that are shown as cards on the board."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, Subquery, and_, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from contracts.tickets import Status
from data_api.access.actor import Actor
from data_api.access.reading import Reads, readable_by
from data_api.models import Person, Team, Ticket
from data_api.tickets.repository import IS_ONE_OF, blockers_statement

_Requester, _Assignee, _LastAuthor = aliased(Person), aliased(Person), aliased(Person)


class BoardRow(NamedTuple):
    """What a card needs of its ticket. `blocked_by`: the tickets that block it, as far as its reader may read them;
    None if there are none."""

    id: int
    title: str
    status: str
    stage_id: int
    priority: int
    requester_id: int
    requester_name: str
    assignee_id: int | None
    assignee_name: str | None
    team: str | None
    opened_at: datetime
    closed_at: datetime | None
    version: int
    reports: int
    is_confidential: bool
    waits_for: str | None
    last_message_at: datetime | None
    last_message_by_id: int | None
    last_message_by_name: str | None
    blocked_by: list[int] | None


@cache
def _rows(reads: Reads) -> Select[*tuple[Any, ...]]:
    """Selects those of the tickets `ids` that `me` may read, as `BoardRow`."""
    blocked = _blocked(reads)
    return (
        select(
            Ticket.id,
            Ticket.title,
            Ticket.status,
            Ticket.stage_id,
            Ticket.priority,
            Ticket.requester_id,
            _Requester.name,
            Ticket.assignee_id,
            _Assignee.name,
            Team.slug,
            Ticket.opened_at,
            Ticket.closed_at,
            Ticket.version,
            Ticket.reports,
            Ticket.is_confidential,
            Ticket.waits_for,
            Ticket.last_message_at,
            Ticket.last_message_author_id,
            _LastAuthor.name,
            blocked.c.by,
        )
        .join(_Requester, _Requester.id == Ticket.requester_id)
        .outerjoin(_Assignee, _Assignee.id == Ticket.assignee_id)
        .outerjoin(_LastAuthor, _LastAuthor.id == Ticket.last_message_author_id)
        .outerjoin(Team, Team.id == Ticket.team_id)
        .outerjoin(blocked, and_(blocked.c.id == Ticket.id, Ticket.status != Status.CLOSED))
        .where(IS_ONE_OF, readable_by(reads))
    )


def _blocked(reads: Reads) -> Subquery:
    pairs = blockers_statement(reads).subquery()
    ticket_id, blocker = pairs.c
    blockers = func.array_agg(aggregate_order_by(blocker, blocker))
    return select(ticket_id.label("id"), blockers.label("by")).group_by(ticket_id).subquery()


class BoardRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def rows(self, actor: Actor, ids: Sequence[int]) -> dict[int, BoardRow]:
        """Returns these tickets by their ids. Those that were deleted, or that the reader may no longer read, since
        the ids were found are left out: reads have no transaction, so each query sees its own snapshot."""
        asked = {"me": actor.person_id, "ids": ids}
        found = self.session.connection().execute(_rows(actor.reads), asked)
        return {row.id: row for row in map(BoardRow._make, found)}
