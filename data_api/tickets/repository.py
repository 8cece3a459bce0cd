"""Every query on tickets, each with the permission inside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, and_, delete, exists, func, or_, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, aliased

from contracts.desk import StudentsSee
from contracts.people import Permission, Role
from contracts.tickets import Status, TicketQuery
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
from data_api.tickets.filters import conditions, order_of, search_condition, statuses_of

Requester, Assignee = aliased(Person), aliased(Person)
COUNT_LIMIT = 10_000
# Rolling back ends the time limit too, whether it struck or not.
BEGIN_COUNTING = "SAVEPOINT counting; SET LOCAL statement_timeout = 50"
END_COUNTING = "ROLLBACK TO SAVEPOINT counting"
WALKED = 5_000
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

TicketRow = Row[*tuple[Any, ...]]


class Count(NamedTuple):
    """How many there are; `is_capped` when there are at least so many."""

    total: int
    is_capped: bool


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


class TicketRepository:
    def __init__(self, session: Session, students_see: StudentsSee, campus_zone: ZoneInfo) -> None:
        self.session = session
        self.students_see = students_see
        self.campus_zone = campus_zone

    def find(self, actor: Actor, ticket_id: int) -> TicketRow | None:
        """One ticket as its reader sees it; None when there is none that they may read."""
        ids = select(Ticket.id).where(Ticket.id == ticket_id, readable_by(actor, self.students_see))
        return self.session.execute(self._as_read(actor, ids)).one_or_none()

    def lock(self, actor: Actor, ticket_id: int) -> Ticket | None:
        """The ticket for changing it, held until the transaction ends."""
        return self.session.scalar(
            select(Ticket)
            .where(Ticket.id == ticket_id, readable_by(actor, self.students_see))
            .with_for_update(of=Ticket)
            .execution_options(populate_existing=True)
        )

    def page(self, actor: Actor, query: TicketQuery, values: Sequence[Any] | None) -> Sequence[TicketRow]:
        """One row more than the limit, where there is one."""
        order = order_of(query.sort)
        ids = (
            self._found(actor, query, values) if query.q else self._ordered(self._matching(actor, query), query, values)
        )
        rows = self._as_read(actor, ids)
        return self.session.execute(
            rows.order_by(*(column.desc() if order.is_descending else column for column in order.columns))
        ).all()

    def count(self, actor: Actor, query: TicketQuery, at_least: int) -> Count:
        """Up to a number and a time; where the time ran out, what is known from elsewhere."""
        matching = self._matching(actor, query)
        if query.q:
            matching = matching.where(search_condition(query.q, Ticket.id, Ticket.search))
        statement = select(func.count()).select_from(matching.limit(COUNT_LIMIT + 1).subquery())
        connection = self.session.connection()
        connection.exec_driver_sql(BEGIN_COUNTING)
        try:
            total = connection.scalar(statement) or 0
        except OperationalError as error:
            if error.connection_invalidated:
                raise
            return Count(at_least, True)
        finally:
            if not connection.invalidated:
                connection.exec_driver_sql(END_COUNTING)
        return Count(min(total, COUNT_LIMIT), total > COUNT_LIMIT)

    def _matching(self, actor: Actor, query: TicketQuery) -> Select[int]:
        """Everything but the search."""
        return select(Ticket.id).where(
            readable_by(actor, self.students_see, statuses_of(query)),
            *conditions(query, actor, self.campus_zone),
        )

    @staticmethod
    def _ordered(ids: Select[int], query: TicketQuery, values: Sequence[Any] | None) -> Select[int]:
        order = order_of(query.sort)
        return after(ids, order.columns, values, descending=order.is_descending).limit(query.limit + 1)

    def _found(self, actor: Actor, query: TicketQuery, values: Sequence[Any] | None) -> Select[int]:
        """The search. A common word is found among the first few thousand tickets of the list's own order; a word
        that does not fill the page there is rare enough for the index of words. Left alone, the planner walks the
        whole table for words that it takes to be common and that are not."""
        assert query.q is not None
        order = order_of(query.sort)
        near = self._matching(actor, query).add_columns(Ticket.search, *order.columns[:-1])
        walked = after(near, order.columns, values, descending=order.is_descending).limit(WALKED).subquery()
        in_order = [walked.c[column.key] for column in order.columns]
        common = (
            select(walked.c.id)
            .where(search_condition(query.q, walked.c.id, walked.c.search))
            .order_by(*(column.desc() if order.is_descending else column for column in in_order))
        )
        ids = self.session.scalars(common.limit(query.limit + 1)).all()
        if len(ids) > query.limit:
            return select(Ticket.id).where(Ticket.id.in_(ids))
        found = select(Ticket.id).where(search_condition(query.q, Ticket.id, Ticket.search)).cte("found")
        rare = self._matching(actor, query).where(Ticket.id.in_(select(found.prefix_with("MATERIALIZED").c.id)))
        return self._ordered(rare, query, values)

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

    def replace_tags(self, ticket_id: int, tags: Sequence[str]) -> None:
        self.session.execute(delete(TicketTag).where(TicketTag.ticket_id == ticket_id, TicketTag.tag.not_in(tags)))
        rows = [{"ticket_id": ticket_id, "tag": tag} for tag in tags]
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

    def _as_read(self, actor: Actor, ids: Select[int]) -> Select[*tuple[Any, ...]]:
        """The page is found first, in a subquery of its own; names, tags and the rest only for its rows."""
        page = ids.subquery()
        tags = select(func.array_agg(TicketTag.tag)).where(TicketTag.ticket_id == Ticket.id).scalar_subquery()
        follows = exists().where(TicketWatcher.ticket_id == Ticket.id, TicketWatcher.person_id == actor.person_id)
        return (
            select(
                *(getattr(Ticket, name) for name in COLUMNS),
                Stage.slug.label("stage"),
                Category.slug.label("category"),
                Building.slug.label("building"),
                Requester.name.label("requester_name"),
                Assignee.name.label("assignee_name"),
                tags.label("tags"),
                follows.label("is_followed"),
            )
            .join(page, page.c.id == Ticket.id)
            .join(Stage, Stage.id == Ticket.stage_id)
            .join(Category, Category.id == Ticket.category_id)
            .outerjoin(Building, Building.id == Ticket.building_id)
            .join(Requester, Requester.id == Ticket.requester_id)
            .outerjoin(Assignee, Assignee.id == Ticket.assignee_id)
        )
