"""Why a ticket is in its category: who chose it, and what was predicted from its text when it was reported."""

from collections.abc import Mapping

from contracts.categorising import CategoryBy, CategoryReasonRead
from contracts.suggestions import Sureness
from data_api.access.actor import Actor
from data_api.learning.prediction_repository import PredictionRepository
from data_api.lists.likeliest import likeliest_first
from data_api.lists.lookups import Lookups
from data_api.models import TicketPrediction
from data_api.tickets.errors import TicketNotFound
from data_api.tickets.repository import TicketRepository
from data_api.tickets.rows import TicketRow
from service_kit.errors import NotPermitted


class CategoryReasons:
    def __init__(
        self, actor: Actor, tickets: TicketRepository, predictions: PredictionRepository, lookups: Lookups
    ) -> None:
        self.actor = actor
        self.tickets = tickets
        self.predictions = predictions
        self.lookups = lookups

    def read(self, ticket_id: int) -> CategoryReasonRead:
        """Returns the reason, for staff only. Raises NotPermitted, TicketNotFound."""
        if not self.actor.is_staff:
            raise NotPermitted("Only helpdesk staff see why a ticket has its category.")
        row = self.tickets.find(self.actor, ticket_id)
        if row is None:
            raise TicketNotFound(ticket_id)
        return category_reason_read(row, self.predictions.find(ticket_id), self.lookups.category_slugs())


def category_reason_read(
    row: TicketRow, prediction: TicketPrediction | None, slugs: Mapping[int, str]
) -> CategoryReasonRead:
    """Returns the reason. Without a prediction it says only who chose the category, and for old tickets not even that
    is known."""
    said = prediction and likeliest_first({int(id_): share for id_, share in prediction.probabilities.items()}, slugs)
    return CategoryReasonRead(
        category=row.category,
        by=CategoryBy(row.category_by or CategoryBy.UNKNOWN),
        sureness=Sureness(prediction.sureness) if prediction else None,
        predicted=slugs.get(prediction.category_id) if prediction else None,
        alternatives=said or [],
        like_tickets=prediction.like_tickets if prediction else 0,
        like_examples=prediction.like_examples if prediction else 0,
        model=prediction.model_version if prediction else None,
    )
