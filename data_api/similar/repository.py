"""Every query on similar reports and on who confirmed which. Nothing here reads a ticket's words for anybody: they go
into the encoder only."""

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
APART = bindparam("apart", type_=Integer)
_v = VECTORS.c
SIMILARITY = literal(0.0) - _v.vector.max_inner_product(bindparam("vector", type_=HALFVEC(DIMENSIONS)))
UNLIKE_SIGNS = _v.signs.hamming_distance(
    cast(
        func.binary_quantize(cast(bindparam("vector", type_=HALFVEC(DIMENSIONS)), HALFVEC(DIMENSIONS))), BIT(DIMENSIONS)
    )
)
CLOSELY = 200
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
# From the ticket as it is now: it may have changed since its words were read. Held, because whoever makes it
# confidential at this moment has deleted its vector already: after them it is looked at again.
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
# Two, so that each has an index: joined by OR, every vector would be read several times a minute.
TIDY = (
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
        """Of all that qualify: an index over vectors would look at those of other buildings first and find none of
        these. Whatever their category, which one report in eight of the same problem does not share. Those that are
        less alike than `alike` may be missing."""
        asked = {"vector": vector, "building": building_id, "since": since, "apart": _signs_apart(alike), "rows": limit}
        asked |= now()
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
        """A ticket is somewhere else now, or has nothing to be confirmed any more. A kilobyte is written only where
        something changes."""
        mine = _v.ticket_id == ticket.id
        if ticket.status == Status.CLOSED or ticket.is_confidential:
            self.session.connection().execute(delete(VECTORS).where(mine))
            return
        moved = update(VECTORS).where(mine, _v.building_id.is_distinct_from(ticket.building_id))
        self.session.connection().execute(moved.values(building_id=ticket.building_id))

    def tidy(self, since: datetime) -> None:
        for statement in TIDY:
            self.session.connection().execute(statement, {"since": since})

    # -- confirming -----------------------------------------------------------------------------------------------

    def lock(self, ticket_id: int) -> Ticket | None:
        """For counting one more; none when it cannot be confirmed any more."""
        found = select(Ticket).where(Ticket.id == ticket_id, *IS_STILL_OPEN).with_for_update(of=Ticket)
        return self.session.scalar(found, execution_options={"populate_existing": True})

    def lock_any(self, ticket_id: int) -> None:
        """For counting one less, whatever became of it."""
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
        """A confirmation is no edit: the version stays, so that whoever edits meanwhile loses nothing."""
        counted = update(Ticket).where(Ticket.id == ticket_id).values(reports=Ticket.reports + change)
        self.session.connection().execute(counted)

    def confirmed(self, person_id: int, after: Sequence[Any], limit: int) -> Sequence[Row[Any]]:
        """What somebody confirmed, the latest first; one more than the limit where there is one. What became
        confidential since is not told any more."""
        return self.session.execute(
            _confirmed(goes_on=bool(after)).limit(limit + 1), {"me": person_id} | position(after)
        ).all()

    def confirmation(self, ticket_id: int, person_id: int) -> Row[Any] | None:
        mine = _confirmed(goes_on=False).where(TicketConfirmation.ticket_id == ticket_id)
        return self.session.execute(mine, {"me": person_id}).one_or_none()

    def see(self, person_id: int, shown: Mapping[int, str]) -> None:
        """The status that each ticket was shown in. One after the other in the order of their numbers, so that two tabs
        do not wait for each other."""
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


def _signs_apart(alike: float) -> int:
    """In how many signs two reports differ that are alike by so much: on average the angle between them, as a part of
    half a turn; hardly any differ in more. Most reports do, and need not be sorted."""
    share = math.acos(alike) / math.pi
    return round(DIMENSIONS * share + DEVIATIONS * math.sqrt(DIMENSIONS * share * (1 - share)))


def _nearest(*, has_building: bool) -> Select[Any]:
    """Those whose numbers have the most signs in common are looked at closely. The first look reads an index only:
    what is a minute too old is still in it, and left out by the second."""
    first_look = select(_v.ticket_id).where(UNLIKE_SIGNS <= APART)
    if has_building:
        first_look = first_look.where(_v.building_id == bindparam("building", type_=BigInteger))
    close = (
        first_look.order_by(UNLIKE_SIGNS).limit(CLOSELY).cte("close").prefix_with("MATERIALIZED", dialect="postgresql")
    )
    found = select(_v.ticket_id, SIMILARITY.label("similarity")).join(close, close.c.ticket_id == _v.ticket_id)
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
