"""Queries on similar reports, and on who confirmed which. Besides the title for people who may read the ticket, they
read a ticket's text for the encoder only, and never for showing it to anybody."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from pgvector.sqlalchemy import BIT, HALFVEC
from sqlalchemy import (
    BigInteger,
    DateTime,
    Integer,
    Row,
    Select,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from contracts.suggestions import OwnPart
from contracts.tickets import Status
from data_api.access.actor import Actor
from data_api.access.reading import ALL_STATUSES, ME, Reads, readable_by
from data_api.kit.moments import has_happened, now
from data_api.kit.paging import in_order, position
from data_api.models import Building, Category, Ticket, TicketConfirmation
from data_api.similar.tables import VECTORS
from data_api.texts.encoder import DIMENSIONS, Vectors

SINCE = bindparam("since", type_=DateTime(timezone=True))
LIMIT = bindparam("rows", type_=Integer)
MOST_DIFFERING_BITS = bindparam("most_differing_bits", type_=Integer)
_v = VECTORS.c
SIMILARITY = literal(0.0) - _v.vector.max_inner_product(bindparam("vector", type_=HALFVEC(DIMENSIONS)))
DIFFERING_BITS = _v.signs.hamming_distance(
    cast(
        func.binary_quantize(cast(bindparam("vector", type_=HALFVEC(DIMENSIONS)), HALFVEC(DIMENSIONS))), BIT(DIMENSIONS)
    )
)
# The number of candidates, those with the fewest differing bits, that are compared by their whole vectors.
CANDIDATES = 200
# How many standard deviations a candidate's differing bits may be above the expected number.
DEVIATIONS = 4
IS_STILL_OPEN = (Ticket.status != Status.CLOSED, Ticket.is_confidential.is_(False))
OWN_PART = case(
    (Ticket.requester_id == ME, OwnPart.REPORTED.value),
    (
        exists().where(TicketConfirmation.ticket_id == Ticket.id, TicketConfirmation.person_id == ME),
        OwnPart.CONFIRMED.value,
    ),
)
MISSING = (
    select(Ticket.id, Ticket.title, Ticket.description)
    .where(
        *IS_STILL_OPEN,
        Ticket.opened_at > SINCE,
        has_happened(Ticket.opened_at),
        ~exists(select(_v.ticket_id).where(_v.ticket_id == Ticket.id)),
    )
    .order_by(Ticket.opened_at.desc())
    .limit(LIMIT)
)
# Reads the ticket as it is now, because it may have changed since its text was read. Locks it, because another
# transaction may be making it confidential and have deleted its vector already: this statement then waits for that
# transaction, and stores nothing.
KEEP = insert(VECTORS).from_select(
    ["ticket_id", "building_id", "opened_at", "vector"],
    select(
        Ticket.id,
        Ticket.building_id,
        Ticket.opened_at,
        bindparam("vector", type_=HALFVEC(DIMENSIONS)),
    )
    .where(Ticket.id == bindparam("id", type_=BigInteger), *IS_STILL_OPEN)
    .with_for_update(read=True, key_share=True),
)
KEEP = KEEP.on_conflict_do_update(
    index_elements=[_v.ticket_id],
    set_={name: KEEP.excluded[name] for name in ("building_id", "vector")},
)
REMOVE = delete(VECTORS).where(_v.ticket_id == func.any(bindparam("ids", type_=ARRAY(BigInteger))))
# Two statements, so that each uses an index: a single one with OR would read every vector, several times a minute.
DELETE_UNNEEDED = (
    delete(VECTORS).where(_v.opened_at <= SINCE),
    delete(VECTORS).where(
        _v.ticket_id.in_(select(Ticket.id).where(Ticket.status == Status.CLOSED, Ticket.closed_at > SINCE))
    ),
)


class Near(NamedTuple):
    ticket_id: int
    similarity: float


class SimilarRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def nearest(
        self, vector: Vectors, building_id: int | None, since: datetime, alike: float, limit: int
    ) -> list[Near]:
        """Returns the nearest tickets, the most similar first. Compares all tickets that qualify, without an index on
        vectors: such an index would find the nearest tickets of all buildings, and perhaps none of these is in this
        building. Includes all categories, because one report in eight is in another category than a report of the same
        problem. Tickets whose similarity is less than `alike` may be missing."""
        asked = {"vector": vector, "building": building_id, "since": since, "rows": limit} | now()
        asked["most_differing_bits"] = _most_differing_bits(alike)
        found = self.session.connection().execute(_nearest(has_building=building_id is not None), asked)
        return [Near(*row) for row in found]

    def facts(self, ticket_ids: Sequence[int], actor: Actor) -> dict[int, Row[Any]]:
        asked = {"ids": list(ticket_ids), "me": actor.person_id}
        return {row.ticket_id: row for row in self.session.connection().execute(_facts(actor.reads), asked)}

    # -- vectors --------------------------------------------------------------------------------------------------

    def missing(self, since: datetime, limit: int) -> Sequence[Row[int, str, str]]:
        return self.session.connection().execute(MISSING, {"since": since, "rows": limit} | now()).all()

    def keep(self, ticket_id: int, vector: Vectors) -> None:
        self.session.connection().execute(KEEP, {"id": ticket_id, "vector": vector})

    def place(self, ticket: Ticket) -> None:
        """Updates the vector's row after its ticket has changed: sets the ticket's building, or deletes the row if the
        ticket cannot be confirmed any more. Writes only if the building differs, because a vector takes a kilobyte."""
        mine = _v.ticket_id == ticket.id
        if ticket.status == Status.CLOSED or ticket.is_confidential:
            self.remove([ticket.id])
            return
        moved = update(VECTORS).where(mine, _v.building_id.is_distinct_from(ticket.building_id))
        self.session.connection().execute(moved.values(building_id=ticket.building_id))

    def remove(self, ticket_ids: Sequence[int]) -> None:
        self.session.connection().execute(REMOVE, {"ids": ticket_ids})

    def delete_unneeded(self, since: datetime) -> None:
        for statement in DELETE_UNNEEDED:
            self.session.connection().execute(statement, {"since": since})

    # -- confirming -----------------------------------------------------------------------------------------------

    def lock(self, ticket_id: int) -> Ticket | None:
        """Locks the ticket for adding a confirmation. Returns None if it cannot be confirmed any more."""
        found = select(Ticket).where(Ticket.id == ticket_id, *IS_STILL_OPEN).with_for_update(of=Ticket)
        return self.session.scalar(found, execution_options={"populate_existing": True})

    def lock_any(self, ticket_id: int) -> None:
        """Locks the ticket for taking back a confirmation, also if it is closed or confidential by now."""
        self.session.connection().execute(select(Ticket.id).where(Ticket.id == ticket_id).with_for_update())

    def confirm(self, ticket_id: int, person_id: int, status: str, at: datetime) -> bool:
        """Returns False if this person had already confirmed the ticket."""
        row = {"ticket_id": ticket_id, "person_id": person_id, "seen_status": status, "confirmed_at": at}
        added = insert(TicketConfirmation).on_conflict_do_nothing().returning(TicketConfirmation.id)
        return self.session.connection().scalar(added, row) is not None

    def take_back(self, ticket_id: int, person_id: int) -> bool:
        mine = delete(TicketConfirmation).where(
            TicketConfirmation.ticket_id == ticket_id, TicketConfirmation.person_id == person_id
        )
        return self.session.connection().execute(mine).rowcount > 0

    def count(self, ticket_id: int, change: int) -> None:
        """Adds `change` to the ticket's number of reports. Does not raise the ticket's version: otherwise an edit by
        somebody who has the ticket open would be refused as outdated."""
        counted = update(Ticket).where(Ticket.id == ticket_id).values(reports=Ticket.reports + change)
        self.session.connection().execute(counted)

    def confirmed(self, actor: Actor, after: Sequence[Any], limit: int) -> Sequence[Row[Any]]:
        """Returns the reports that somebody confirmed, the latest first, without those that are confidential by now.
        Returns up to limit + 1 rows; the extra row shows that there is a next page."""
        statement = _confirmed(actor.reads, goes_on=bool(after)).limit(limit + 1)
        return self.session.execute(statement, {"me": actor.person_id} | position(after)).all()

    def confirmation(self, ticket_id: int, actor: Actor) -> Row[Any] | None:
        mine = _confirmed(actor.reads, goes_on=False).where(TicketConfirmation.ticket_id == ticket_id)
        return self.session.execute(mine, {"me": actor.person_id}).one_or_none()

    def see(self, person_id: int, shown: Mapping[int, str]) -> None:
        """Stores the status that each ticket was shown with. Updates in the order of the tickets' ids, so that two tabs
        cannot deadlock."""
        rows = [{"me": person_id, "ticket": ticket_id, "shown": shown[ticket_id]} for ticket_id in sorted(shown)]
        if rows:
            self.session.connection().execute(SEE, rows)


SEE = (
    update(TicketConfirmation)
    .where(
        TicketConfirmation.person_id == ME,
        TicketConfirmation.ticket_id == bindparam("ticket", type_=BigInteger),
        exists().where(Ticket.id == TicketConfirmation.ticket_id, Ticket.is_confidential.is_(False)),
    )
    .values(seen_status=bindparam("shown"))
)


def _most_differing_bits(alike: float) -> int:
    """Returns how many bits may differ between two vectors whose cosine is at least `alike`. A vector has one bit for
    the sign of each of its numbers. Two vectors with the cosine `alike` differ in about acos(alike) / pi of these bits,
    as with random hyperplanes (Charikar 2002). The limit is that number and four standard deviations, which hardly any
    such pair exceeds. Most tickets exceed it, and are left out before the others are sorted."""
    share = math.acos(alike) / math.pi
    return round(DIMENSIONS * share + DEVIATIONS * math.sqrt(DIMENSIONS * share * (1 - share)))


def _nearest(*, has_building: bool) -> Select[Any]:
    """Returns the query, which works in two steps. The first reads from an index alone, and finds the candidates, which
    have the fewest differing bits. The second reads and compares the whole vectors of these candidates only. It also
    leaves out tickets that have become too old, which the index may still hold for a minute."""
    by_bits = select(_v.ticket_id).where(DIFFERING_BITS <= MOST_DIFFERING_BITS)
    if has_building:
        by_bits = by_bits.where(_v.building_id == bindparam("building", type_=BigInteger))
    candidates = (
        by_bits.order_by(DIFFERING_BITS)
        .limit(CANDIDATES)
        .cte("candidates")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    found = select(_v.ticket_id, SIMILARITY.label("similarity")).join(
        candidates, candidates.c.ticket_id == _v.ticket_id
    )
    found = found.where(_v.opened_at > SINCE, has_happened(_v.opened_at))
    return found.order_by(SIMILARITY.desc(), _v.ticket_id).limit(LIMIT)


def _told(reads: Reads, statuses: frozenset[Status]) -> Select[*tuple[Any, ...]]:
    """Selects what anybody may know of a ticket, and for those who may read it `id` and `title`, which are NULL to
    others. `statuses` are those of the tickets."""
    is_readable = readable_by(reads, statuses)
    return (
        select(
            Ticket.id.label("ticket_id"),
            case((is_readable, Ticket.id)).label("id"),
            case((is_readable, Ticket.title)).label("title"),
            Category.slug.label("category"),
            Building.slug.label("building"),
            Ticket.status,
            Ticket.opened_at,
            Ticket.reports,
        )
        .join(Category, Category.id == Ticket.category_id)
        .outerjoin(Building, Building.id == Ticket.building_id)
    )


@cache
def _facts(reads: Reads) -> Select[*tuple[Any, ...]]:
    wanted = Ticket.id == func.any(bindparam("ids", type_=ARRAY(BigInteger)))
    told = _told(reads, ALL_STATUSES - {Status.CLOSED}).add_columns(OWN_PART.label("own_part"))
    return told.where(wanted, *IS_STILL_OPEN)


@cache
def _confirmed(reads: Reads, *, goes_on: bool) -> Select[*tuple[Any, ...]]:
    confirmed = (
        _told(reads, ALL_STATUSES)
        .add_columns(
            TicketConfirmation.id.label("confirmation_id"),
            TicketConfirmation.confirmed_at,
            TicketConfirmation.seen_status,
        )
        .join(TicketConfirmation, TicketConfirmation.ticket_id == Ticket.id)
        .where(TicketConfirmation.person_id == ME, Ticket.is_confidential.is_(False))
    )
    return in_order(confirmed, (TicketConfirmation.id,), descending=True, goes_on=goes_on)
