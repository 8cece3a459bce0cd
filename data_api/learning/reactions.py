"""Predicts a report's category from its text, and learns from whoever corrects or confirms a ticket's category."""

from sqlalchemy.orm import Session

from contracts.categorising import CategoryBy, ExampleSource
from contracts.suggestions import Sureness
from contracts.tickets import TEXTS
from data_api.learning.categoriser import Categoriser
from data_api.learning.knowledge import Prediction
from data_api.learning.learning import Learning
from data_api.learning.prediction_repository import PredictionRepository
from data_api.learning.repository import CategorisingRepository
from data_api.models import Ticket
from data_api.texts.text_vectors import TextVectors
from data_api.texts.texts import text_of
from data_api.tickets.reactions import Changed, Deleted, Expected, Happened, Moved, Reaction, Reported, Reporting


class LearnCategories(Reaction):
    """Predicts before it learns: a report must not be its own example. Encodes every text before it locks anything that
    other transactions wait for."""

    def __init__(self, session: Session, categoriser: Categoriser, vectors: TextVectors) -> None:
        self.session = session
        self.categoriser = categoriser
        self.vectors = vectors
        self.learning = Learning(CategorisingRepository(session))
        self.predictions = PredictionRepository(session)
        self._predicted: Prediction | None = None

    def reporting(self, reporting: Reporting) -> None:
        """Predicts the category from the text, and assigns it if nobody has chosen one."""
        values = reporting.values
        text = text_of(values["title"], values["description"])
        found = self.categoriser.predict(self.session, text, reporting.actor.person_id)
        if found is None:
            return
        self._predicted, vector = found
        self.vectors.keep(text, vector)
        if values["category_by"] == CategoryBy.DEFAULT and self._predicted.assigned_id is not None:
            values |= {"category_id": self._predicted.assigned_id, "category_by": CategoryBy.PREDICTED}

    def expected(self, expected: Expected) -> None:
        if "category" in expected.named:
            for ticket in expected.tickets:
                if not ticket.is_confidential:
                    self.vectors.of(ticket)

    def reported(self, reported: Reported) -> None:
        """Stores the prediction even if somebody chose the category, to measure how often predictions are right."""
        if self._predicted is not None:
            self.predictions.keep(reported.ticket.id, self._predicted, reported.at)
        if reported.ticket.category_by == CategoryBy.STAFF:
            self._said_by_staff(reported)

    def changed(self, changed: Changed) -> None:
        ticket, is_staff = changed.ticket, changed.actor.is_staff
        is_reworded = bool(changed.changed & set(TEXTS))
        if is_reworded and is_staff:
            self.vectors.of(ticket)  # encoded before anything is locked
        if "category" in changed.named:
            self._said_by_staff(changed)
        if ticket.is_confidential and "is_confidential" in changed.changed:
            self.learning.withdrawn(ticket.id)
        if is_reworded:
            self.learning.reworded(ticket, self.vectors.of(ticket) if is_staff else None, by_staff=is_staff)

    def moved(self, moved: Moved) -> None:
        """Learns the category that the requester chose, if staff now work on the ticket and have not changed that
        category. A requester who answers or reopens their own ticket says nothing about its category, staff or not."""
        ticket = moved.ticket
        works_on_it = moved.actor.is_staff and moved.actor.person_id != ticket.requester_id
        if not works_on_it or ticket.category_by != CategoryBy.REQUESTER:
            return
        if self._is_news(ticket) and not self.learning.repository.has_learned_from(ticket.id):
            requester = ExampleSource.REQUESTER
            self.learning.category_confirmed(ticket, self.vectors.of(ticket), requester, ticket.requester_id)

    def deleted(self, deleted: Deleted) -> None:
        self.learning.withdrawn(deleted.ticket.id)

    def _said_by_staff(self, happened: Happened) -> None:
        """Learns that the ticket belongs in its present category, even if that is what was predicted."""
        ticket = happened.ticket
        self.learning.category_confirmed(ticket, self.vectors.of(ticket), ExampleSource.STAFF, happened.actor.person_id)

    def _is_news(self, ticket: Ticket) -> bool:
        """Whether the requester's choice teaches something: it differs from the prediction, or the prediction was
        unsure. The latter counts because a young category is only ever suggested, and grows by such answers."""
        predicted = self.predictions.find(ticket.id)
        if predicted is None:
            return False
        return predicted.category_id != ticket.category_id or predicted.sureness == Sureness.UNSURE
