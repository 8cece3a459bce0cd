"""Every query on similar reports, and on who confirmed which. Nobody is shown a ticket's text from here: it is read for
the encoder only."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
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
from data_api.kit.moments import has_happened, now
from data_api.kit.paging import in_order, position
from data_api.models import Building, Category, Ticket, TicketConfirmation
from data_api.similar.tables import VECTORS
from data_api.texts.encoder import DIMENSIONS, Vectors

ME = bindparam("me", type_=BigInteger)
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
# So many candidates, those with the fewest differing bits, are compared by their whole vectors.
CANDIDATES = 200
# How far above the expected number of differing bits a candidate may be, in standard deviations.
DEVIATIONS = 4
IS_STILL_OPEN = (Ticket.status != Status.CLOSED, Ticket.is_confidential.is_(False))
OWN_PART = case(
    (Ticket.requester_id == ME, OwnPart.REPORTED.value),
    (
        exists().where(TicketConfirmation.ticket_id == Ticket.id, TicketConfirmation.person_id == ME),
        OwnPart.CONFIRMED.value,
    ),
)
FACTS = (
    select(
        Ticket.id,
        Category.slug.label("category"),
        Building.slug.label("building"),
        Ticket.status,
        Ticket.opened_at,
        Ticket.reports,
        OWN_PART.label("own_part"),
    )
    .join(Category, Category.id == Ticket.category_id)
    .outerjoin(Building, Building.id == Ticket.building_id)
    .where(Ticket.id == func.any(bindparam("ids", type_=ARRAY(BigInteger))), *IS_STILL_OPEN)
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
# From the ticket as it is now: it may have changed since its text was read. It is locked, because another transaction
# may be making it confidential and have deleted its vector already: then this waits, and finds it confidential.
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
# Two statements, so that each uses an index: one with OR would read every vector, several times a minute.
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
        """The most similar first. Compares all tickets that qualify, without an index on vectors: that would find the
        nearest of all buildings, of which none may be in this one. Tickets of all categories, because one report in
        eight has another category than one of the same problem. Those whose similarity is less than `alike` may be
        missing."""
        asked = {"vector": vector, "building": building_id, "since": since, "rows": limit} | now()
        asked["most_differing_bits"] = _most_differing_bits(alike)
        found = self.session.connection().execute(_nearest(has_building=building_id is not None), asked)
        return [Near(*row) for row in found]

    def facts(self, ticket_ids: Sequence[int], person_id: int) -> dict[int, Row[Any]]:
        rows = self.session.connection().execute(FACTS, {"ids": list(ticket_ids), "me": person_id})
        return {row.id: row for row in rows}

    # -- vectors --------------------------------------------------------------------------------------------------

    def missing(self, since: datetime, limit: int) -> Sequence[Row[int, str, str]]:
        return self.session.connection().execute(MISSING, {"since": since, "rows": limit} | now()).all()

    def keep(self, ticket_id: int, vector: Vectors) -> None:
        self.session.connection().execute(KEEP, {"id": ticket_id, "vector": vector})

    def place(self, ticket: Ticket) -> None:
        """After a ticket has changed: its vector follows it to another building, and is deleted where nobody may
        confirm the ticket any more. Written only where it differs: a vector takes a kilobyte."""
        mine = _v.ticket_id == ticket.id
        if ticket.status == Status.CLOSED or ticket.is_confidential:
            self.session.connection().execute(delete(VECTORS).where(mine))
            return
        moved = update(VECTORS).where(mine, _v.building_id.is_distinct_from(ticket.building_id))
        self.session.connection().execute(moved.values(building_id=ticket.building_id))

    def delete_unneeded(self, since: datetime) -> None:
        for statement in DELETE_UNNEEDED:
            self.session.connection().execute(statement, {"since": since})

    # -- confirming -----------------------------------------------------------------------------------------------

    def lock(self, ticket_id: int) -> Ticket | None:
        """To add a confirmation; none when it cannot be confirmed any more."""
        found = select(Ticket).where(Ticket.id == ticket_id, *IS_STILL_OPEN).with_for_update(of=Ticket)
        return self.session.scalar(found, execution_options={"populate_existing": True})

    def lock_any(self, ticket_id: int) -> None:
        """To take a confirmation back, whatever has become of the ticket."""
        self.session.connection().execute(select(Ticket.id).where(Ticket.id == ticket_id).with_for_update())

    def confirm(self, ticket_id: int, person_id: int, status: str, at: datetime) -> bool:
        """Whether it was not confirmed by this person before."""
        row = {"ticket_id": ticket_id, "person_id": person_id, "seen_status": status, "confirmed_at": at}
        added = insert(TicketConfirmation).on_conflict_do_nothing().returning(TicketConfirmation.id)
        return self.session.connection().scalar(added, row) is not None

    def take_back(self, ticket_id: int, person_id: int) -> bool:
        mine = delete(TicketConfirmation).where(
            TicketConfirmation.ticket_id == ticket_id, TicketConfirmation.person_id == person_id
        )
        return self.session.connection().execute(mine).rowcount > 0

    def count(self, ticket_id: int, change: int) -> None:
        """The version stays: whoever is editing the ticket at this moment should not be refused because of this."""
        counted = update(Ticket).where(Ticket.id == ticket_id).values(reports=Ticket.reports + change)
        self.session.connection().execute(counted)

    def confirmed(self, person_id: int, after: Sequence[Any], limit: int) -> Sequence[Row[Any]]:
        """What somebody confirmed, the latest first, without what is confidential by now; one more than the limit where
        there is one."""
        return self.session.execute(
            _confirmed(goes_on=bool(after)).limit(limit + 1), {"me": person_id} | position(after)
        ).all()

    def confirmation(self, ticket_id: int, person_id: int) -> Row[Any] | None:
        mine = _confirmed(goes_on=False).where(TicketConfirmation.ticket_id == ticket_id)
        return self.session.execute(mine, {"me": person_id}).one_or_none()

    def see(self, person_id: int, shown: Mapping[int, str]) -> None:
        """Stores the status that each ticket was shown with. In the order of their numbers, so that two tabs cannot
        wait for each other."""
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
    """Each vector has a bit for the sign of each of its numbers. Two vectors with the cosine `alike` differ in about
    acos(alike) / pi of these bits, as with random hyperplanes (Charikar 2002). This is that number and four standard
    deviations, which hardly any such pair exceeds. Most tickets do, and are left out before the others are sorted."""
    share = math.acos(alike) / math.pi
    return round(DIMENSIONS * share + DEVIATIONS * math.sqrt(DIMENSIONS * share * (1 - share)))


def _nearest(*, has_building: bool) -> Select[Any]:
    """In two steps: the candidates are those with the fewest differing bits, read from an index alone; only their whole
    vectors are read and compared. The index may hold tickets that are a minute too old: the second step leaves them
    out."""
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


CONFIRMED: Sequence[Any] = (
    *(getattr(TicketConfirmation, name) for name in ("id", "ticket_id", "confirmed_at", "seen_status")),
    *(getattr(Ticket, name) for name in ("status", "opened_at", "reports")),
    Category.slug.label("category"),
    Building.slug.label("building"),
)


def _confirmed(*, goes_on: bool) -> Select[*tuple[Any, ...]]:
    confirmed: Select[*tuple[Any, ...]] = (
        select(*CONFIRMED)
        .join(Ticket, Ticket.id == TicketConfirmation.ticket_id)
        .join(Category, Category.id == Ticket.category_id)
        .outerjoin(Building, Building.id == Ticket.building_id)
        .where(TicketConfirmation.person_id == ME, Ticket.is_confidential.is_(False))
    )
    return in_order(confirmed, (TicketConfirmation.id,), descending=True, goes_on=goes_on)
