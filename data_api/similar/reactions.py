"""Which tickets are found when somebody reports the same problem, and by which words."""

from sqlalchemy.orm import Session

from contracts.tickets import TEXTS, Status
from data_api.models import Ticket
from data_api.similar.repository import SimilarRepository
from data_api.texts.encoder import Vectors
from data_api.texts.text_vectors import TextVectors
from data_api.texts.vectors import centred
from data_api.tickets.reactions import Changed, Moved, Reaction, Reported


class FindBySimilarReports(Reaction):
    """Keeps the vector of each ticket that may be found."""

    def __init__(self, session: Session, vectors: TextVectors) -> None:
        self.session = session
        self.repository = SimilarRepository(session)
        self.vectors = vectors

    def reported(self, reported: Reported) -> None:
        """Words that could not be looked at are encoded in the background."""
        self._keep(reported.ticket, self.vectors.known(reported.ticket))

    def changed(self, changed: Changed) -> None:
        if changed.changed & set(TEXTS):
            self._keep(changed.ticket, self.vectors.of(changed.ticket))
        if changed.changed & {"building", "is_confidential"}:
            self.repository.place(changed.ticket)

    def moved(self, moved: Moved) -> None:
        """A closed ticket is found no more; one that is reopened is looked at in the background."""
        if moved.ticket.status == Status.CLOSED:
            self.repository.place(moved.ticket)

    def _keep(self, ticket: Ticket, vector: Vectors | None) -> None:
        if vector is not None:
            self.session.flush()  # what else changed decides whether it may be found
            self.repository.keep(ticket.id, centred(vector[None])[0])
