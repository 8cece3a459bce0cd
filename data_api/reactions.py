"""Lists everything that reacts when something happens to a ticket, in the order in which the reactions run."""

from sqlalchemy.orm import Session

from data_api.learning.categoriser import Categoriser
from data_api.learning.reactions import LearnCategories
from data_api.lists.lookups import Lookups
from data_api.similar.reactions import FindBySimilarReports
from data_api.similar.tables import SimilarReports
from data_api.texts.text_vectors import TextVectors
from data_api.tickets.reactions import Reaction, Reactions
from data_api.tickets.reopening import AssignReopened
from data_api.tickets.repository import TicketRepository
from data_api.tickets.resuming import ResumeWork


def reactions(categoriser: Categoriser, similar_reports: SimilarReports, session: Session) -> Reactions:
    """Returns the reactions for one request; they run in its transaction."""
    vectors, tickets = TextVectors(), TicketRepository(session)
    return Reactions(
        ResumeWork(tickets, Lookups(session)),
        AssignReopened(tickets),
        FindBySimilarReports(session, vectors) if similar_reports.is_on else Reaction(),
        # Last, because it locks the single row of `learning`, for which every other transaction that learns then waits.
        LearnCategories(session, categoriser, vectors),
    )
