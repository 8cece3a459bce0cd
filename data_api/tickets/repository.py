"""Every query on tickets, each with the permission inside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, and_, bindparam, delete, exists, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session, aliased

from contracts.desk import StudentsSee
from contracts.people import Permission, Role
from contracts.tickets import Status
from data_api.auth import Actor
from data_api.models import (
    Building,
    Category,
    Person,
    Stage,
    Ticket,
    TicketEvent,
    TicketRead,
    TicketTag,
    TicketWatcher,
)
from data_api.paging import after
from data_api.tickets.rules import TicketFacts, is_readable_by

Requester, Assignee = aliased(Person), aliased(Person)
COLUMNS = [
    "id",
    "title",
    "description",
    "status",
    "priority",
    "room",
    "requester_id",
    "assignee_id",
    "is_confidential",
    "waits_for",
    "closed_reason",
    "opened_at",
    "modified_at",
    "closed_at",
    "first_response_at",
    "last_message_at",
    "version",
]

ME = bindparam("me", type_=BigInteger)
IDS = bindparam("ids", type_=ARRAY(BigInteger))
# Built once: what a reader sees of tickets that were found before. In a statement of its own, so that finding
# the page stays a walk of one index.
AS_READ = (
    select(
        *(getattr(Ticket, name) for name in COLUMNS),
        Stage.slug.label("stage"),
        Category.slug.label("category"),
        Building.slug.label("building"),
        Requester.name.label("requester_name"),
        Assignee.name.label("assignee_name"),
        select(func.array_agg(TicketTag.tag)).where(TicketTag.ticket_id == Ticket.id).scalar_subquery().label("tags"),
        exists().where(TicketWatcher.ticket_id == Ticket.id, TicketWatcher.person_id == ME).label("is_followed"),
    )
    .join(Stage, Stage.id == Ticket.stage_id)
    .join(Category, Category.id == Ticket.category_id)
    .outerjoin(Building, Building.id == Ticket.building_id)
    .join(Requester, Requester.id == Ticket.requester_id)
    .outerjoin(Assignee, Assignee.id == Ticket.assignee_id)
    .where(Ticket.id == func.any(IDS))
)

TicketRow = Row[*tuple[Any, ...]]


def facts_of(ticket: Ticket | TicketRow, follower_ids: frozenset[int] = frozenset()) -> TicketFacts:
    return TicketFacts(
        Status(ticket.status),
        ticket.requester_id,
        ticket.closed_at,
        ticket.assignee_id,
        ticket.is_confidential,
        follower_ids,
    )


def readable_by(
    actor: Actor, students_see: StudentsSee, statuses: frozenset[Status] = frozenset(Status)
) -> ColumnElement[bool]:
    """The rule of `rules.is_readable_by`, as a condition on the ticket table. `statuses` are those that the caller
    leaves in anyway: said twice, the planner would expect the square of what there is."""
    me = actor.person_id
    own = Ticket.requester_id == me
    if Role.ADMIN in actor.roles:
        return true()
    follows = exists().where(TicketWatcher.ticket_id == Ticket.id, TicketWatcher.person_id == me).correlate(Ticket)
    if actor.may(Permission.TICKETS_READ_ALL):
        return or_(Ticket.is_confidential.is_(False), own, Ticket.assignee_id == me, follows)
    if students_see is StudentsSee.ALL and Role.STUDENT in actor.roles:
        shared = or_(Ticket.is_confidential.is_(False), follows)
        if statuses == {Status.CLOSED}:
            return own
        return or_(own, and_(Ticket.status != Status.CLOSED, shared) if Status.CLOSED in statuses else shared)
    # A short list found by its own indexes first: an OR over the big table would walk all of it.
    followed = select(TicketWatcher.ticket_id).where(TicketWatcher.person_id == me)
    own_ids = select(Ticket.id).where(own)
    followed_ids = select(Ticket.id).where(Ticket.id.in_(followed), Ticket.status != "closed")
    return Ticket.id.in_(own_ids.union_all(followed_ids))


def hidden_from(actor: Actor) -> Select[int]:
    """The confidential tickets that do not name this person."""
    me = actor.person_id
    follows = exists().where(TicketWatcher.ticket_id == Ticket.id, TicketWatcher.person_id == me).correlate(Ticket)
    hidden = select(Ticket.id).where(Ticket.is_confidential, Ticket.requester_id != me, ~follows)
    return hidden.where(Ticket.assignee_id.is_distinct_from(me)) if actor.is_staff else hidden


class TicketRepository:
    def __init__(self, session: Session, students_see: StudentsSee) -> None:
        self.session = session
        self.students_see = students_see

    def find(self, actor: Actor, ticket_id: int) -> TicketRow | None:
        """One ticket as its reader sees it; None when there is none that they may read."""
        found = self._readable_id(actor, ticket_id)
        rows = [] if found is None else self.rows(actor, [found])
        return rows[0] if rows else None

    def rows(self, actor: Actor, ids: Sequence[int]) -> Sequence[TicketRow]:
        """These tickets with their names and tags, in this order. What was deleted or closed to the reader since the
        ids were found is left out: reads have no transaction, so each of their questions sees a moment of its own."""
        self.session.flush()
        found = self.session.connection().execute(AS_READ, {"me": actor.person_id, "ids": list(ids)})
        by_id = {row.id: row for row in found if self._is_still_readable(actor, row)}
        return [by_id[ticket_id] for ticket_id in ids if ticket_id in by_id]

    def _is_still_readable(self, actor: Actor, row: TicketRow) -> bool:
        followers = frozenset({actor.person_id} if row.is_followed else ())
        return is_readable_by(actor, facts_of(row, followers), self.students_see)

    def _readable_id(self, actor: Actor, ticket_id: int) -> int | None:
        self.session.flush()
        readable = select(Ticket.id).where(Ticket.id == ticket_id, readable_by(actor, self.students_see))
        return self.session.connection().scalar(readable)

    def lock(self, actor: Actor, ticket_id: int) -> Ticket | None:
        """The ticket for changing it, held until the transaction ends."""
        return self.session.scalar(
            select(Ticket)
            .where(Ticket.id == ticket_id, readable_by(actor, self.students_see))
            .with_for_update(of=Ticket)
            .execution_options(populate_existing=True)
        )

    def is_readable(self, actor: Actor, ticket_id: int) -> bool:
        return self._readable_id(actor, ticket_id) is not None

    # -- writing ------------------------------------------------------------------------------------------------

    def add(self, ticket: Ticket) -> None:
        self.session.add(ticket)
        self.session.flush()

    def record(
        self, ticket_id: int, kind: str, before: str | None, now: str | None, actor: Actor, at: datetime
    ) -> None:
        """A line of the ticket's history."""
        self.session.add(
            TicketEvent(
                ticket_id=ticket_id,
                kind=kind,
                from_value=before,
                to_value=now,
                actor_id=actor.person_id,
                occurred_at=at,
            )
        )

    def tags_of(self, ticket_id: int) -> list[str]:
        return sorted(self.session.scalars(select(TicketTag.tag).where(TicketTag.ticket_id == ticket_id)))

    def replace_tags(self, ticket: Ticket, tags: Sequence[str]) -> None:
        self.session.execute(delete(TicketTag).where(TicketTag.ticket_id == ticket.id, TicketTag.tag.not_in(tags)))
        rows = [{"ticket_id": ticket.id, "tag": tag, "opened_at": ticket.opened_at} for tag in tags]
        if rows:
            self.session.execute(insert(TicketTag).on_conflict_do_nothing(), rows)

    def delete(self, ticket: Ticket) -> None:
        self.session.delete(ticket)

    def follow(self, actor: Actor, ticket_id: int) -> None:
        row = {"ticket_id": ticket_id, "person_id": actor.person_id}
        self.session.execute(insert(TicketWatcher).values(row).on_conflict_do_nothing())

    def unfollow(self, actor: Actor, ticket_id: int) -> None:
        self.session.execute(
            delete(TicketWatcher).where(
                TicketWatcher.ticket_id == ticket_id, TicketWatcher.person_id == actor.person_id
            )
        )

    def drop_followers(self, ticket_id: int) -> None:
        self.session.execute(delete(TicketWatcher).where(TicketWatcher.ticket_id == ticket_id))

    def mark_read(self, actor: Actor, ticket_id: int, at: datetime) -> None:
        row = insert(TicketRead).values(ticket_id=ticket_id, person_id=actor.person_id, read_at=at)
        self.session.execute(
            row.on_conflict_do_update(
                index_elements=[TicketRead.person_id, TicketRead.ticket_id], set_={"read_at": row.excluded.read_at}
            )
        )

    def history(
        self, actor: Actor, ticket_id: int, values: Sequence[Any] | None, limit: int
    ) -> Sequence[Row[TicketEvent, str | None]]:
        """One event more than the limit, oldest first."""
        events = (
            select(TicketEvent, Person.name)
            .join(Ticket, Ticket.id == TicketEvent.ticket_id)
            .outerjoin(Person, Person.id == TicketEvent.actor_id)
            .where(TicketEvent.ticket_id == ticket_id, readable_by(actor, self.students_see))
        )
        columns = (TicketEvent.occurred_at, TicketEvent.id)
        return self.session.execute(after(events, columns, values, descending=False).limit(limit + 1)).all()
