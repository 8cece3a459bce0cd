"""Queries on the people who may read a ticket."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, Row, Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from contracts.people import Permission
from data_api.access.actor import SHARED_ENTRY_KEYS
from data_api.access.permissions import roles_with
from data_api.models import Person, Ticket, TicketWatcher

# With both, somebody reads every confidential ticket (`data_api.access.reading.reads_of`).
READ_EVERYTHING = (Permission.TICKETS_READ_ALL, Permission.TICKETS_READ_CONFIDENTIAL)
TICKET, AFTER, ROWS = (
    bindparam("ticket", type_=BigInteger),
    bindparam("after", type_=BigInteger),
    bindparam("rows", type_=Integer),
)


class ReaderRepository:
    """`has_shared_people`: whether the people can sign in whom everybody of a role shares, because people enter by
    choosing a role."""

    def __init__(self, session: Session, *, has_shared_people: bool) -> None:
        self.session = session
        self.reads_everything = _reads_everything(has_shared_people)

    def of_ticket(self, ticket_id: int, after: int, rows: int) -> Sequence[Row[Any]]:
        """Returns the people who are named on the ticket, and if it is confidential, those who read everything. In the
        order of their ids, from the one after `after` on; at most `rows` of them."""
        statement = _of_ticket(self.reads_everything)
        return self.session.connection().execute(statement, {"ticket": ticket_id, "after": after, "rows": rows}).all()

    def of_everything(self, after: int, rows: int) -> Sequence[Row[int, str]]:
        """Returns the people who read every confidential ticket, in the order of their ids."""
        found = select(Person.id, Person.name).where(self.reads_everything, Person.id > AFTER)
        found = found.order_by(Person.id).limit(ROWS)
        return self.session.connection().execute(found, {"after": after, "rows": rows}).all()


def _reads_everything(has_shared_people: bool) -> ColumnElement[bool]:
    # By several roles, one of which may open all tickets and another the confidential ones.
    permitted = [Person.roles.overlap([role.value for role in roles_with(one)]) for one in READ_EVERYTHING]
    if not has_shared_people:
        permitted.append(or_(Person.entry_key.is_(None), Person.entry_key.not_in(SHARED_ENTRY_KEYS)))
    return and_(*permitted)


def _of_ticket(reads_everything: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Finds the ids by their own indexes first: an OR over the table of people would read all of it."""
    here = Ticket.id == TICKET
    followers = select(TicketWatcher.person_id).where(TicketWatcher.ticket_id == TICKET)
    readers = select(Person.id).where(reads_everything, select(Ticket.is_confidential).where(here).scalar_subquery())
    ids = select(Ticket.requester_id).where(here).union(select(Ticket.assignee_id).where(here), followers, readers)
    return (
        select(
            Person.id,
            Person.name,
            (Person.id == Ticket.requester_id).label("requester"),
            Person.id.is_not_distinct_from(Ticket.assignee_id).label("assignee"),
            Person.id.in_(followers).label("follower"),
            and_(Ticket.is_confidential, reads_everything).label("administrator"),
        )
        .join(Ticket, here)
        .where(Person.id.in_(ids), Person.id > AFTER)
        .order_by(Person.id)
        .limit(ROWS)
    )
