"""Finding the tickets of a list: which ids, in which order, and how many there are."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Select, Subquery, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from contracts.desk import StudentsSee
from contracts.people import Permission, Role
from contracts.tickets import Status, TicketQuery
from data_api.auth import Actor
from data_api.database import counting_connection
from data_api.models import Ticket, TicketTag
from data_api.paging import after
from data_api.tickets.filters import conditions, order_of, search_condition, statuses_of
from data_api.tickets.repository import hidden_from, readable_by

COUNT_LIMIT = 10_000
# The first tickets of the list's own order in which a search looks; see docs/adr/0006-search.md.
WALKED = 5_000


class Count(NamedTuple):
    """How many there are; `is_capped` when there are at least so many."""

    total: int
    is_capped: bool


class TicketListRepository:
    def __init__(self, session: Session, students_see: StudentsSee, campus_zone: ZoneInfo) -> None:
        self.session = session
        self.students_see = students_see
        self.campus_zone = campus_zone

    def page(self, actor: Actor, query: TicketQuery, values: Sequence[Any] | None) -> Sequence[int]:
        """The ids, in order; one more than the limit, where there is one."""
        if query.q:
            return self._found(actor, query, values)
        if len(query.tag) == 1 and order_of(query.sort).columns[0] is Ticket.opened_at:
            return self._ids(self._tagged(actor, query, values))
        return self._ids(self._ordered(self._matching(actor, query), query, values))

    def count(self, actor: Actor, query: TicketQuery, at_least: int) -> Count:
        """Up to a number and a time; where the time ran out, what is known from elsewhere."""
        counted = self._countable(actor, query)
        if query.q:
            counted = counted.where(search_condition(query.q, Ticket.id, Ticket.search))
        statement = select(func.count()).select_from(counted.limit(COUNT_LIMIT + 1).subquery())
        try:
            with counting_connection() as connection:
                total = connection.scalar(statement) or 0
        except OperationalError as error:
            if error.connection_invalidated:
                raise
            return Count(at_least, True)
        return Count(min(total, COUNT_LIMIT), total > COUNT_LIMIT)

    def _countable(self, actor: Actor, query: TicketQuery) -> Select[int]:
        """What `_matching` finds, asked in another way: whoever reads nearly all reads all but a few. Thousands are
        then counted in an index, without a look at their rows."""
        if not self._reads_nearly_all(actor, query):
            return self._matching(actor, query)
        if set(query.model_dump(exclude_defaults=True)) <= {"tag", "sort", "limit"} and len(query.tag) == 1:
            tagged = select(TicketTag.ticket_id).where(TicketTag.tag == query.tag[0])
            return tagged.where(TicketTag.ticket_id.not_in(hidden_from(actor)))
        filters = conditions(query, actor, self.campus_zone)
        return select(Ticket.id).where(Ticket.id.not_in(hidden_from(actor)), *filters)

    def _reads_nearly_all(self, actor: Actor, query: TicketQuery) -> bool:
        if Role.ADMIN in actor.roles:
            return False
        sees_all = self.students_see is StudentsSee.ALL and Role.STUDENT in actor.roles
        return actor.may(Permission.TICKETS_READ_ALL) or (sees_all and Status.CLOSED not in statuses_of(query))

    def _matching(self, actor: Actor, query: TicketQuery) -> Select[int]:
        """Everything but the search."""
        return select(Ticket.id).where(
            readable_by(actor, self.students_see, statuses_of(query)),
            *conditions(query, actor, self.campus_zone),
        )

    def _ordered(self, ids: Select[int], query: TicketQuery, values: Sequence[Any] | None) -> Select[int]:
        order = order_of(query.sort)
        return after(ids, order.columns, values, descending=order.is_descending).limit(query.limit + 1)

    def _tagged(self, actor: Actor, query: TicketQuery, values: Sequence[Any] | None) -> Select[int]:
        """The tickets of one tag, in the order in which its own index has them."""
        others = self._matching(actor, query.model_copy(update={"tag": []}))
        tagged = others.join(TicketTag, TicketTag.ticket_id == Ticket.id).where(TicketTag.tag == query.tag[0])
        columns = (TicketTag.opened_at, TicketTag.ticket_id)
        is_descending = order_of(query.sort).is_descending
        return after(tagged, columns, values, descending=is_descending).limit(query.limit + 1)

    def _found(self, actor: Actor, query: TicketQuery, values: Sequence[Any] | None) -> Sequence[int]:
        """The search. A common word is found among the first few thousand tickets of the list's own order; a word
        that does not fill the page there is rare enough for the index of words. Left alone, the planner walks the
        whole table for words that it takes to be common and that are not."""
        assert query.q is not None
        order = order_of(query.sort)
        matching = self._matching(actor, query).add_columns(*order.columns[:-1])
        walked = after(matching.add_columns(Ticket.search), order.columns, values, descending=order.is_descending)
        near = walked.limit(WALKED).subquery()
        common = select(near.c.id).where(search_condition(query.q, near.c.id, near.c.search))
        ids = self._first(common, near, query, None)
        if len(ids) > query.limit:
            return ids
        # The offset of nothing keeps the planner from walking the order instead.
        rare = matching.where(search_condition(query.q, Ticket.id, Ticket.search)).offset(0).subquery()
        return self._first(select(rare.c.id), rare, query, values)

    def _first(
        self, ids: Select[int], found: Subquery, query: TicketQuery, values: Sequence[Any] | None
    ) -> Sequence[int]:
        order = order_of(query.sort)
        columns = [found.c[column.key] for column in order.columns]
        return self._ids(after(ids, columns, values, descending=order.is_descending).limit(query.limit + 1))

    def _ids(self, statement: Select[int]) -> Sequence[int]:
        return self.session.connection().scalars(statement).all()
