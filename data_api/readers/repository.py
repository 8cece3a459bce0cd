"""Queries on the people who may read a ticket."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, Row, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from contracts.desk import SignIn
from contracts.people import Permission
from data_api.access.roles import may
from data_api.models import Credential, Person, PersonIdentity, Ticket, TicketWatcher

# With both, somebody reads every confidential ticket (`data_api.access.reading.reads_of`).
READ_EVERYTHING = (Permission.TICKETS_READ_ALL, Permission.TICKETS_READ_CONFIDENTIAL)
TICKET, AFTER, ROWS = (
    bindparam("ticket", type_=BigInteger),
    bindparam("after", type_=BigInteger),
    bindparam("rows", type_=Integer),
)


class ReaderRepository:
    """`ways_in`: the ways in which people may sign in. Those who cannot sign in do not count as readers."""

    def __init__(self, session: Session, ways_in: Collection[SignIn]) -> None:
        self.session = session
        self.reads_everything = _reads_everything(ways_in)

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


def _reads_everything(ways_in: Collection[SignIn]) -> ColumnElement[bool]:
    # By several roles, one of which may open all tickets and another the confidential ones.
    permitted = and_(*(may(one) for one in READ_EVERYTHING), Person.deactivated_at.is_(None))
    if SignIn.CHOICE in ways_in:
        return permitted
    # The identity provider recognises people by their mail address when they first come from there.
    provider_knows = or_(Person.email.is_not(None), exists().where(PersonIdentity.person_id == Person.id))
    can_sign_in = {
        SignIn.PASSWORD: exists().where(Credential.person_id == Person.id),
        SignIn.OIDC: provider_knows,
    }
    return and_(permitted, or_(*(can_sign_in[way] for way in ways_in)))


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
