"""Keeps the vectors up to date by which tickets are found when somebody reports the same problem."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from contracts.tickets import TEXTS, Status
from data_api.models import Ticket
from data_api.similar.repository import SimilarRepository
from data_api.texts.encoder import Vectors
from data_api.texts.text_vectors import TextVectors
from data_api.texts.vectors import centred
from data_api.tickets.reactions import Changed, Expected, Moved, Reaction, Reported


class FindBySimilarReports(Reaction):
    """Stores the vector of each ticket that may be found."""

    def __init__(self, session: Session, vectors: TextVectors) -> None:
        self.session = session
        self.repository = SimilarRepository(session)
        self.vectors = vectors
        self._closed: set[int] | None = None  # while several tickets are changed together

    def expected(self, expected: Expected) -> None:
        self._closed = set()

    def all_changed(self, tickets: Collection[Ticket]) -> None:
        if closed := [ticket.id for ticket in tickets if ticket.id in (self._closed or ())]:
            self.repository.remove(closed)
        self._closed = None

    def reported(self, reported: Reported) -> None:
        """Stores the vector if this request has computed it; otherwise the background task encodes the text later."""
        self._keep(reported.ticket, self.vectors.known(reported.ticket))

    def changed(self, changed: Changed) -> None:
        if changed.changed & set(TEXTS):
            self._keep(changed.ticket, self.vectors.of(changed.ticket))
        if changed.changed & {"building", "is_confidential"}:
            self.repository.place(changed.ticket)

    def moved(self, moved: Moved) -> None:
        """Deletes the vector of a closed ticket, which must not be found. A reopened ticket gets its vector from the
        background task."""
        if moved.ticket.status != Status.CLOSED:
            return
        if self._closed is None:
            self.repository.remove([moved.ticket.id])
        else:
            self._closed.add(moved.ticket.id)

    def _keep(self, ticket: Ticket, vector: Vectors | None) -> None:
        if vector is not None:
            self.session.flush()  # the row decides whether the ticket may be found, so all changes must be in it
            self.repository.keep(ticket.id, centred(vector[None])[0])
