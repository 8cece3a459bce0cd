"""A report's category follows from its words, and is learned from whoever corrects or confirms it."""

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
from data_api.tickets.reactions import Changed, Deleted, Happened, Moved, Reaction, Reported, Reporting


class LearnCategories(Reaction):
    """Predicts before it learns: a report must not be its own example. Every text is encoded before anything is held
    that others wait for."""

    def __init__(self, session: Session, categoriser: Categoriser, vectors: TextVectors) -> None:
        self.session = session
        self.categoriser = categoriser
        self.vectors = vectors
        self.learning = Learning(CategorisingRepository(session))
        self.predictions = PredictionRepository(session)
        self._predicted: Prediction | None = None

    def reporting(self, reporting: Reporting) -> None:
        """The words say where a report belongs when nobody else does."""
        values = reporting.values
        text = text_of(values["title"], values["description"])
        found = self.categoriser.predict(self.session, text, reporting.actor.person_id)
        if found is None:
            return
        self._predicted, vector = found
        self.vectors.keep(text, vector)
        if values["category_by"] == CategoryBy.DEFAULT and self._predicted.assigned_id is not None:
            values |= {"category_id": self._predicted.assigned_id, "category_by": CategoryBy.PREDICTED}

    def reported(self, reported: Reported) -> None:
        """The prediction is kept whoever chose, to tell how often it is right."""
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
        """Staff work on it and left it where its requester put it. Who answers or reopens their own ticket says nothing
        about its category."""
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
        """It belongs where it is now, whether that is news or not."""
        ticket = happened.ticket
        self.learning.category_confirmed(ticket, self.vectors.of(ticket), ExampleSource.STAFF, happened.actor.person_id)

    def _is_news(self, ticket: Ticket) -> bool:
        """Against what its words suggested, or an answer where they could not tell: a young category, which is only
        ever suggested, grows by those."""
        predicted = self.predictions.find(ticket.id)
        if predicted is None:
            return False
        return predicted.category_id != ticket.category_id or predicted.sureness == Sureness.UNSURE
