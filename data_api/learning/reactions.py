"""Predicts a report's category from its text, and learns from whoever corrects or confirms a ticket's category."""

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from contracts.categorising import CategoryBy, ExampleSource
from contracts.suggestions import Sureness
from contracts.tickets import TEXTS
from data_api.access.actor import Actor
from data_api.learning.categoriser import Categoriser
from data_api.learning.knowledge import Prediction
from data_api.learning.learning import Confirmed, Learning
from data_api.learning.prediction_repository import PredictionRepository
from data_api.learning.repository import CategorisingRepository
from data_api.lists.errors import CategoryGoing
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
        # While several tickets are changed together: what is learned from them at the end, which of them teach
        # something if they are moved, and those of their categories that are being deleted.
        self._put_off: list[Confirmed] | None = None
        self._teaching: set[int] = set()
        self._going: set[int] = set()

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
        self._put_off = []
        told = [ticket for ticket in expected.tickets if not ticket.is_confidential]
        if "category" in expected.named:
            self.vectors.prepare(told)
        elif expected.named & {"status", "stage"}:
            self._expect_moves([ticket for ticket in told if _works_on(expected.actor, ticket)])

    def _expect_moves(self, tickets: Sequence[Ticket]) -> None:
        """Finds out now which categories are being deleted, because it is too late to refuse a ticket when all are
        changed."""
        self._teaching = self._teaching_among(tickets)
        teaching = [ticket for ticket in tickets if ticket.id in self._teaching]
        self.vectors.prepare(teaching)
        category_ids = {ticket.category_id for ticket in teaching}
        self._going = category_ids - self.learning.repository.hold_categories(category_ids) if category_ids else set()

    def all_changed(self, tickets: Collection[Ticket]) -> None:
        ids = {ticket.id for ticket in tickets}
        self.learning.categories_confirmed([one for one in self._put_off or () if one.ticket.id in ids])
        self._put_off = None

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
        if not _works_on(moved.actor, ticket):
            return
        teaching = self._teaching if self._put_off is not None else self._teaching_among([ticket])
        if ticket.id in teaching:
            self._learn(Confirmed(ticket, self.vectors.of(ticket), ExampleSource.REQUESTER, ticket.requester_id))

    def deleted(self, deleted: Deleted) -> None:
        self.learning.withdrawn(deleted.ticket.id)

    def _said_by_staff(self, happened: Happened) -> None:
        """Learns that the ticket belongs in its present category, even if that is what was predicted."""
        ticket = happened.ticket
        self._learn(Confirmed(ticket, self.vectors.of(ticket), ExampleSource.STAFF, happened.actor.person_id))

    def _learn(self, confirmed: Confirmed) -> None:
        if self._put_off is None:
            self.learning.categories_confirmed([confirmed])
            return
        if confirmed.ticket.category_id in self._going:
            raise CategoryGoing
        self._put_off.append(confirmed)

    def _teaching_among(self, tickets: Sequence[Ticket]) -> set[int]:
        """Returns the ids of the tickets whose requester's choice teaches something: it differs from the prediction, or
        the prediction was unsure. The latter counts because a young category is only ever suggested, and grows by such
        answers."""
        predicted = self.predictions.not_learned_from([ticket.id for ticket in tickets]) if tickets else {}
        return {
            ticket.id
            for ticket in tickets
            if (found := predicted.get(ticket.id)) is not None
            and (found.category_id != ticket.category_id or found.sureness == Sureness.UNSURE)
        }


def _works_on(actor: Actor, ticket: Ticket) -> bool:
    """Whether a move by this person says something about the category that the requester chose."""
    return actor.is_staff and actor.person_id != ticket.requester_id and ticket.category_by == CategoryBy.REQUESTER
