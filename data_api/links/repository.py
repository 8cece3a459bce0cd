"""All queries on links between tickets. Those that read links for somebody include the reading rule."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Integer,
    Row,
    Select,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from contracts.links import LinkKind
from data_api.access.actor import Actor
from data_api.access.reading import Reads, readable_by
from data_api.models import Ticket, TicketLink
from data_api.tickets.reactions import Moved

ID = bindparam("id", type_=BigInteger)
IDS = func.any(bindparam("ids", type_=ARRAY(BigInteger)))
# Until the transaction ends, nobody else adds a link by which a ticket blocks another.
HOLD_BLOCKS = select(func.pg_advisory_xact_lock(func.hashtextextended("lodge blocks", 0)))
BLOCKS = TicketLink.kind == LinkKind.BLOCKS.value


class StoredLink(NamedTuple):
    """The columns of a link."""

    ticket_id: int
    other_id: int
    kind: str


class FoundLink(NamedTuple):
    """A link of a ticket. `is_other`: that ticket is the link's `other_id`. The rest is of the ticket at the other
    end."""

    kind: str
    is_other: bool
    id: int
    title: str
    status: str
    created_at: datetime


@cache
def _of_ticket(reads: Reads) -> Select[*tuple[Any, ...]]:
    link = TicketLink
    as_first = select(link.id, link.kind, literal(False).label("is_other"), link.other_id.label("linked"))
    as_other = select(link.id, link.kind, literal(True).label("is_other"), link.ticket_id.label("linked"))
    both = as_first.add_columns(link.created_at).where(link.ticket_id == ID)
    links = both.union_all(as_other.add_columns(link.created_at).where(link.other_id == ID)).subquery("links").c
    return (
        select(links.kind, links.is_other, Ticket.id, Ticket.title, Ticket.status, links.created_at)
        .join(Ticket, Ticket.id == links.linked)
        .where(readable_by(reads))
        .order_by(links.id.desc())
    )


@cache
def _readable(reads: Reads) -> Select[int]:
    return select(Ticket.id).where(Ticket.id == IDS, readable_by(reads))


@cache
def _titles(reads: Reads) -> Select[*tuple[Any, ...]]:
    wanted = select(Ticket.id, Ticket.title, Ticket.status).where(Ticket.id == IDS, readable_by(reads))
    return wanted.order_by(Ticket.id)


def _behind() -> Select[int, int]:
    """Selects the links from the ticket `start` on: what it blocks, what these block, and so on, the nearest first,
    each link once. It does not go beyond the ticket `goal`. Postgres stops looking after `rows` links, because it
    evaluates a recursive query only as far as rows are fetched."""
    start, goal = bindparam("start", type_=BigInteger), bindparam("goal", type_=BigInteger)
    first = select(TicketLink.ticket_id, TicketLink.other_id).where(TicketLink.ticket_id == start, BLOCKS)
    behind = first.cte("behind", recursive=True)
    further = (
        select(TicketLink.ticket_id, TicketLink.other_id)
        .join(behind, TicketLink.ticket_id == behind.c.other_id)
        .where(BLOCKS, behind.c.other_id != goal)
    )
    found = behind.union(further)
    return select(found.c.ticket_id, found.c.other_id).limit(bindparam("rows", type_=Integer))


BEHIND = _behind()
ADD = insert(TicketLink)
HAS = select(TicketLink.id).where(
    TicketLink.ticket_id == bindparam("ticket_id"),
    TicketLink.other_id == bindparam("other_id"),
    TicketLink.kind == bindparam("kind"),
)
_as_first, _as_other = (
    select(end.label("id")).where(end == IDS) for end in (TicketLink.ticket_id, TicketLink.other_id)
)
_ends = _as_first.union_all(_as_other).subquery()
COUNT = select(_ends.c.id, func.count()).group_by(_ends.c.id)
BLOCKING = select(TicketLink.ticket_id).where(TicketLink.ticket_id == IDS, BLOCKS).distinct()
# The rows of the blocked tickets are not locked: whoever closes a ticket holds its lock already, and would otherwise
# wait for others while others wait for it.
TELL_BLOCKED = text(
    """
    INSERT INTO ticket_event (ticket_id, kind, from_value, to_value, other_ticket_id, actor_id, occurred_at)
    SELECT other_id, 'blocker', :before, :now, ticket_id, :actor_id, :at
    FROM ticket_link JOIN ticket ON ticket.id = other_id
    WHERE ticket_id = :id AND kind = 'blocks'
      AND CASE WHEN other_id = ANY (:known) THEN other_id = ANY (:waiting) ELSE status <> 'closed' END
    """
).bindparams(bindparam("known", type_=ARRAY(BigInteger)), bindparam("waiting", type_=ARRAY(BigInteger)))
TELL_DELETED = text(
    """
    INSERT INTO ticket_event (ticket_id, kind, from_value, actor_id, occurred_at)
    SELECT other_id, 'link', CASE kind WHEN 'blocks' THEN 'blocked-by' WHEN 'duplicates' THEN 'duplicated-by'
                                       ELSE kind END, :actor_id, :at
    FROM ticket_link WHERE ticket_id = :id
    UNION ALL
    SELECT ticket_id, 'link', kind, :actor_id, :at FROM ticket_link WHERE other_id = :id
    """
)


class LinkRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def of_ticket(self, actor: Actor, ticket_id: int) -> list[FoundLink]:
        """Returns the links of the ticket to tickets that the actor may read, the latest first. Whether they may read
        the ticket itself is for the caller to check."""
        asked = {"me": actor.person_id, "id": ticket_id}
        return [FoundLink._make(row) for row in self.session.connection().execute(_of_ticket(actor.reads), asked)]

    def readable(self, actor: Actor, ticket_ids: Collection[int]) -> set[int]:
        asked = {"me": actor.person_id, "ids": list(ticket_ids)}
        return set(self.session.connection().scalars(_readable(actor.reads), asked))

    def titles(self, actor: Actor, ticket_ids: Collection[int]) -> Sequence[Row[Any]]:
        """Returns number, title and status of those of the tickets that the actor may read."""
        asked = {"me": actor.person_id, "ids": list(ticket_ids)}
        return self.session.connection().execute(_titles(actor.reads), asked).all()

    def hold_blocks(self) -> None:
        """Waits until no other transaction adds a link by which a ticket blocks another, and keeps others waiting until
        this one ends: two links that form a circle only together are never added at the same moment. Comes before any
        ticket is locked, so that nobody who has locked a ticket waits for this."""
        self.session.execute(HOLD_BLOCKS)

    def behind(self, start: int, goal: int, most: int) -> Sequence[tuple[int, int]]:
        """Returns up to `most` links on the ways from `start`, as pairs of a ticket and one that it blocks."""
        asked = {"start": start, "goal": goal, "rows": most}
        return [(one, other) for one, other in self.session.connection().execute(BEHIND, asked)]

    def has(self, link: StoredLink) -> bool:
        return self.session.connection().scalar(HAS, link._asdict()) is not None

    def count_of_each(self, ticket_ids: Sequence[int]) -> dict[int, int]:
        """Returns how many links each of the tickets has, also to tickets that the actor may not read. Tickets without
        links are left out."""
        return dict(self.session.connection().execute(COUNT, {"ids": list(ticket_ids)}).all())

    def add(self, link: StoredLink, is_confidential: Mapping[int, bool]) -> None:
        """`is_confidential` says it of both tickets."""
        copies = {
            "ticket_is_confidential": is_confidential[link.ticket_id],
            "other_is_confidential": is_confidential[link.other_id],
        }
        self.session.connection().execute(ADD, link._asdict() | copies)

    def remove(self, link: StoredLink) -> bool:
        """Returns False if there was no such link."""
        here = (getattr(TicketLink, name) == value for name, value in link._asdict().items())
        return self.session.connection().execute(delete(TicketLink).where(*here)).rowcount > 0

    def blocking(self, ticket_ids: Collection[int]) -> set[int]:
        """Returns those of the tickets that block another one."""
        return set(self.session.connection().scalars(BLOCKING, {"ids": list(ticket_ids)}))

    def tell_blocked(self, moved: Moved, known: Collection[int] = (), waiting: Collection[int] = ()) -> None:
        """Adds a line to the history of each ticket that waits for this one: its status changed. Of the tickets
        `known`, those wait that are `waiting`; of others, those that are not closed."""
        line = {"id": moved.ticket.id, "before": moved.before.status, "now": moved.ticket.status, "at": moved.at}
        whom = {"known": list(known), "waiting": list(waiting)}
        self.session.connection().execute(TELL_BLOCKED, line | whom | {"actor_id": moved.actor.person_id})

    def tell_deleted(self, ticket_id: int, actor: Actor, at: datetime) -> None:
        """Adds a line to the history of each linked ticket: the link is removed. It does not say to which ticket, for
        nobody may read that one any more."""
        self.session.connection().execute(TELL_DELETED, {"id": ticket_id, "actor_id": actor.person_id, "at": at})
