"""What follows from a ticket's words: its category, what is learned from those who correct it, and who else has the
problem."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from contracts.categorising import CategoryBy, ExampleSource
from contracts.suggestions import Sureness
from contracts.tickets import TicketCreate
from data_api.access.actor import Actor
from data_api.learning.categoriser import Categoriser
from data_api.learning.knowledge import Prediction
from data_api.learning.learning import Learning, vector_of
from data_api.learning.prediction_repository import PredictionRepository
from data_api.learning.repository import CategorisingRepository
from data_api.models import Ticket
from data_api.similar.repository import SimilarRepository
from data_api.texts.encoder import Vectors
from data_api.texts.texts import text_of
from data_api.texts.vectors import centred

WORDS = {"title", "description"}


@dataclass(frozen=True)
class Understood:
    prediction: Prediction
    vector: Vectors


class Understanding:
    """Of tickets that one actor reports and changes, in the request's transaction. `finds_similar`: whether reports
    like a text are looked for here."""

    def __init__(self, session: Session, actor: Actor, categoriser: Categoriser, *, finds_similar: bool) -> None:
        self.session = session
        self.actor = actor
        self.categoriser = categoriser
        self.finds_similar = finds_similar
        self.learning = Learning(CategorisingRepository(session))
        self.predictions = PredictionRepository(session)
        self.similar = SimilarRepository(session)
        self._vectors: dict[str, Vectors | None] = {}

    def of(self, report: TicketCreate) -> Understood | None:
        """None where texts cannot be understood. Asked before anything is learned in the transaction."""
        text = text_of(report.title, report.description)
        found = self.categoriser.predict(self.session, text, self.actor.person_id)
        if found is None:
            return None
        understood = Understood(*found)
        self._vectors[text] = understood.vector
        return understood

    def choice(self, report: TicketCreate, understood: Understood | None) -> tuple[CategoryBy, int | None]:
        """Who says where a report belongs, and where its words say so, when nobody else does."""
        if report.category is not None:
            return (CategoryBy.STAFF if self.actor.is_staff else CategoryBy.REQUESTER), None
        if understood is None or understood.prediction.assigned_id is None:
            return CategoryBy.DEFAULT, None
        return CategoryBy.PREDICTED, understood.prediction.assigned_id

    def reported(self, ticket_id: int, understood: Understood | None, at: datetime) -> None:
        if understood is None:
            return
        self.predictions.keep(ticket_id, understood.prediction, at)
        self._keep_vector(ticket_id, understood.vector)

    def category_said(self, ticket: Ticket) -> None:
        """Staff say that it belongs where it is now, whether that is news or not."""
        ticket.category_by = CategoryBy.STAFF
        self.learning.category_confirmed(ticket, self._vector(ticket), ExampleSource.STAFF, self.actor.person_id)

    def taken_up(self, ticket: Ticket) -> None:
        """Staff work on it and left it where its requester put it."""
        if not self.actor.is_staff or ticket.category_by != CategoryBy.REQUESTER:
            return
        if self._is_news(ticket) and not self.learning.repository.has_learned_from(ticket.id):
            self.learning.category_confirmed(ticket, self._vector(ticket), ExampleSource.REQUESTER, ticket.requester_id)

    def _is_news(self, ticket: Ticket) -> bool:
        """Against what its words suggested, or an answer where they could not tell: a young category, which is only
        ever suggested, grows by those."""
        predicted = self.predictions.find(ticket.id)
        if predicted is None:
            return False
        return predicted.category_id != ticket.category_id or predicted.sureness == Sureness.UNSURE

    def changed(self, ticket: Ticket, names: set[str]) -> None:
        """Those of its fields."""
        if names & WORDS:
            self._vector(ticket)  # before anything that others wait for is held
        if ticket.is_confidential and "is_confidential" in names:
            self.learning.withdrawn(ticket.id)
        if names & WORDS:
            self._reworded(ticket)
        if self.finds_similar and names & {"category", "building", "is_confidential", "status", "stage"}:
            self.similar.place(ticket)

    def _reworded(self, ticket: Ticket) -> None:
        vector = self._vector(ticket)
        self.learning.reworded(ticket, vector, by_staff=self.actor.is_staff)
        if self.finds_similar and vector is not None:
            self.session.flush()
            self._keep_vector(ticket.id, vector)

    def deleted(self, ticket_id: int) -> None:
        self.learning.withdrawn(ticket_id)

    def _vector(self, ticket: Ticket) -> Vectors | None:
        """Of its words as they are now. Each text takes milliseconds: once a request."""
        text = text_of(ticket.title, ticket.description)
        if text not in self._vectors:
            self._vectors[text] = vector_of(text)
        return self._vectors[text]

    def _keep_vector(self, ticket_id: int, vector: Vectors) -> None:
        if self.finds_similar:
            self.similar.keep(ticket_id, centred(vector[None])[0])
