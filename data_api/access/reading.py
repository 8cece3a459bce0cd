"""Who may read which tickets. The rule is written twice: in Python for a ticket that is loaded, and in SQL for queries.

A test checks that the two agree. Both depend on a value of `Reads`, never on roles, and statements are cached by that
value.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Exists, Select, and_, bindparam, exists, or_, select, true

from contracts.desk import StudentsSee
from contracts.people import Permission
from contracts.tickets import Status
from data_api.models import Message, Ticket, TicketWatcher

# The person who reads; bound in every statement.
ME = bindparam("me", type_=BigInteger)
ALL_STATUSES = frozenset(Status)


class Reads(StrEnum):
    """Which tickets a person may read besides those that they reported, from the most to the fewest."""

    EVERYTHING = "everything"
    ALL_BUT_CONFIDENTIAL = "all but confidential"  # and confidential ones that they follow or that are assigned to them
    SHARED = "shared"  # open and active ones that are not confidential, or that they follow
    FOLLOWED = "followed"  # open and active ones that they follow


class TicketFacts(NamedTuple):
    """What the rules need to know about a ticket."""

    status: Status
    requester_id: int
    closed_at: datetime | None = None
    assignee_id: int | None = None
    is_confidential: bool = False
    follower_ids: frozenset[int] = frozenset()


def reads_of(permissions: frozenset[Permission], students_see: StudentsSee) -> Reads:
    """Returns which tickets a person with these permissions may read. `students_see`: the installation's setting that
    says whether open and active tickets are shared with people who may read shared ones."""
    if Permission.TICKETS_READ_ALL in permissions:
        reads_confidential = Permission.TICKETS_READ_CONFIDENTIAL in permissions
        return Reads.EVERYTHING if reads_confidential else Reads.ALL_BUT_CONFIDENTIAL
    is_shared = students_see is StudentsSee.ALL and Permission.TICKETS_READ_SHARED in permissions
    return Reads.SHARED if is_shared else Reads.FOLLOWED


def is_readable_by(person_id: int, reads: Reads, ticket: TicketFacts) -> bool:
    """Returns whether the person may read this ticket. `readable_by` is the same rule in SQL."""
    if person_id == ticket.requester_id or reads is Reads.EVERYTHING:
        return True
    follows = person_id in ticket.follower_ids
    if reads is Reads.ALL_BUT_CONFIDENTIAL:
        return not ticket.is_confidential or follows or person_id == ticket.assignee_id
    if ticket.status is Status.CLOSED:
        return False
    return follows or (reads is Reads.SHARED and not ticket.is_confidential)


def readable_by(
    reads: Reads,
    statuses: frozenset[Status] = ALL_STATUSES,
    *,
    only_confidential: bool = False,
    reads_from_index: bool = False,
) -> ColumnElement[bool]:
    """Returns the rule of `is_readable_by` as a condition on the ticket table, for the person `me`. `statuses` are
    those to which the caller restricts the query anyway. The condition does not repeat that restriction, because the
    planner would multiply the two selectivities and expect too few rows. `only_confidential`: the caller restricts the
    query to confidential tickets. `reads_from_index`: the query should be answered from an index that holds what the
    rule looks at. Then followed tickets are a set, because the planner takes a subquery for each ticket to be dearer
    than reading the table."""
    own = Ticket.requester_id == ME
    followed = Ticket.id.in_(_FOLLOWED) if reads_from_index else _follows()
    if reads is Reads.EVERYTHING:
        return true()
    if reads is Reads.ALL_BUT_CONFIDENTIAL and only_confidential:
        named = select(Ticket.id).where(Ticket.is_confidential, or_(own, Ticket.assignee_id == ME))
        return Ticket.id.in_(named.union_all(_FOLLOWED))
    if reads is Reads.ALL_BUT_CONFIDENTIAL:
        return or_(Ticket.is_confidential.is_(False), own, Ticket.assignee_id == ME, followed)
    if reads is Reads.SHARED and not only_confidential:
        if statuses == {Status.CLOSED}:
            return own
        shared = or_(Ticket.is_confidential.is_(False), followed)
        return or_(own, and_(Ticket.status != Status.CLOSED, shared) if Status.CLOSED in statuses else shared)
    # Few tickets, which are found first by their own indexes: an OR over the ticket table would scan all of it.
    own_ids = select(Ticket.id).where(own)
    followed_ids = select(Ticket.id).where(Ticket.id.in_(_FOLLOWED), Ticket.status != "closed")
    return Ticket.id.in_(own_ids.union_all(followed_ids))


_FOLLOWED = select(TicketWatcher.ticket_id).where(TicketWatcher.person_id == ME)


def hidden_from(reads: Reads, statuses: frozenset[Status] = ALL_STATUSES) -> Select[int] | None:
    """Returns a query for the tickets of these statuses that the person `me` may not read. By excluding these few ids,
    thousands of tickets can be counted in an index-only scan. Returns None where no tickets or too many are hidden; the
    caller then uses `readable_by`."""
    if reads is Reads.EVERYTHING or reads is Reads.FOLLOWED or (reads is Reads.SHARED and Status.CLOSED in statuses):
        return None
    hidden = select(Ticket.id).where(Ticket.is_confidential, Ticket.requester_id != ME, ~_follows())
    if Status.CLOSED not in statuses:
        # Most confidential tickets are closed; those that are not have an index of their own.
        hidden = hidden.where(Ticket.status != Status.CLOSED)
    return hidden if reads is Reads.SHARED else hidden.where(Ticket.assignee_id.is_distinct_from(ME))


def _follows() -> Exists:
    return exists().where(TicketWatcher.ticket_id == Ticket.id, TicketWatcher.person_id == ME).correlate(Ticket)


def visible(*, is_staff: bool) -> ColumnElement[bool]:
    """Returns the condition for the messages that somebody who may read the ticket sees."""
    return true() if is_staff else Message.is_internal.is_(False)
