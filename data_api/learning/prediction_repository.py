"""Queries on the predictions of tickets' categories, and on how often they were right."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Row, String, bindparam, exists, func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from contracts.tickets import Status
from data_api.kit.database import planned_once
from data_api.kit.moments import has_happened, now
from data_api.learning.knowledge import Prediction
from data_api.models import Ticket, TicketPrediction, TrainingExample

# Built once, because every report executes it.
KEEP = planned_once(insert(TicketPrediction))
_MONTH = func.to_char(
    func.timezone(bindparam("zone", type_=String), TicketPrediction.predicted_at), bindparam("form", "YYYY-MM")
)
# The predictions of those of the tickets from which nothing was learned, not even an example that is inactive by now:
# one that an administrator removed must not come back by itself.
NOT_LEARNED_FROM = select(TicketPrediction.ticket_id, TicketPrediction.category_id, TicketPrediction.sureness).where(
    TicketPrediction.ticket_id == func.any(bindparam("ids", type_=ARRAY(BigInteger))),
    ~exists().where(TrainingExample.ticket_id == TicketPrediction.ticket_id),
)
SINCE = bindparam("since", type_=DateTime(timezone=True))
# Leaves out tickets that nobody has worked on yet: their category says nothing about where they belong. Leaves out
# predictions that were made after the report, because `lodge recategorise` moves a ticket to the category that it
# predicts. Since both moments must be equal, a bound on one of them would be enough. Both have one because `lodge
# recategorise` predicts a million old tickets today: without the bound on `opened_at`, each of these tickets would be
# read only to find that it is old.
MEASURED = (
    select(
        _MONTH.label("month"),
        TicketPrediction.category_id.label("predicted"),
        Ticket.category_id.label("actual"),
        func.count().label("tickets"),
    )
    .join(Ticket, Ticket.id == TicketPrediction.ticket_id)
    .where(
        TicketPrediction.predicted_at > SINCE,
        Ticket.opened_at > SINCE,
        has_happened(Ticket.opened_at),
        Ticket.status != Status.OPEN,
        TicketPrediction.predicted_at == Ticket.opened_at,
    )
    .group_by("month", TicketPrediction.category_id, Ticket.category_id)
    .order_by("month")
)


class PredictionRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def keep(self, ticket_id: int, prediction: Prediction, at: datetime) -> None:
        self.session.connection().execute(KEEP, row_of(ticket_id, prediction, at))

    def find(self, ticket_id: int) -> TicketPrediction | None:
        return self.session.get(TicketPrediction, ticket_id)

    def not_learned_from(self, ticket_ids: Sequence[int]) -> dict[int, Row[int, int, str]]:
        """Returns `category_id` and `sureness` of what was predicted for those of the tickets from which nothing was
        learned, by the tickets' ids."""
        found = self.session.connection().execute(NOT_LEARNED_FROM, {"ids": ticket_ids})
        return {row.ticket_id: row for row in found}

    def measured(self, since: datetime, zone: str) -> Sequence[Row[Any]]:
        """Returns the number of tickets by month, predicted category and actual category."""
        return self.session.connection().execute(MEASURED, {"since": since, "zone": zone} | now()).all()


def row_of(ticket_id: int, prediction: Prediction, at: datetime) -> dict[str, Any]:
    """Returns a row for the table `ticket_prediction`."""
    return {
        "ticket_id": ticket_id,
        "category_id": prediction.category_id,
        "model_version": prediction.model_version,
        "confidence": prediction.confidence,
        "sureness": prediction.sureness,
        "probabilities": {str(id_): round(share, 6) for id_, share in prediction.probabilities.items()},
        "like_tickets": prediction.like_tickets,
        "like_examples": prediction.like_examples,
        "predicted_at": at,
    }
